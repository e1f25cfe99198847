"""The drawer beside the table: one agent with the evidence, the make-up of the number, and what can be done about it.

Scripts fill its slots (``data-slot``) while it is open: assets/js/team/drawer.js from GET /explain, judgement.js the evidence,
flags.js the flags with their actions, deductions.js the records with theirs, assets/js/agent/curves.js the charts.
"""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import UNKNOWN
from layouts.parts.chart import pace_chart, quality_chart
from layouts.parts.glyphs import attributes, empty
from layouts.wording.words import Words


def drawer(words: Words, judged: bool, theme: str = "light", direction: str = "outbound") -> Component:
    """The drawer, closed; judged: with the evidence about the agent and the charts of it, drawn for a theme."""
    work = words[f"direction.{direction}"] if direction != "both" else ""
    state = attributes(aria_hidden="true", aria_label=words["drawer.title"], tabIndex="-1", data_direction=work)
    body = [_slot("problem", "p", "problem", role="alert"), *(_judgement(words) if judged else []), *_made(words)]
    curves = _curves(words, theme) if judged else []
    parts = [_head(words, judged), html.Div([*body, *curves], className="db")]
    return html.Aside([*parts, _slot("foot", "div", "df")], id="drawer", className="drawer", **state)


def _head(words: Words, judged: bool) -> Component:
    who = html.Div([_slot("name", "h2"), _slot("about", "div", "m n")], className="who")
    verdict = html.Div([_slot("verdict", "div", "verdict"), _slot("since", "div", "m n")], className="said-so")
    return html.Div([who, *([verdict] if judged else []), close_button(words)], className="dh")


def close_button(words: Words) -> Component:
    """The button in the head of every drawer."""
    close = attributes(data_act="close", aria_label=words["drawer.close"], title=words["drawer.close"])
    return html.Button("×", className="btn quiet sm", type="button", **close)


def _judgement(words: Words) -> list[Component]:
    """From raw to judged, growing in size; the sentence that can be read aloud; the exact figures; the flags."""
    steps = [("today", "a"), ("chance", "b"), ("window", "c")]
    shown = [_step(words[f"judge.{'window_short' if name == 'window' else name}"], name, size) for name, size in steps]
    line = [part for step in shown for part in (html.I("→", **attributes(aria_hidden="true")), step)][1:]
    said = [_slot("said", "p", "why-so"), _slot("exact", "p", "tiny")]
    return [html.Div(line, className="judge"), *said, _slot("episodes", "div", "episodes")]


def _step(label: str, name: str, size: str) -> Component:
    return html.Div([_slot(f"{name}_label", "span", "", label), _slot(name, "div", f"{size} n", UNKNOWN)])


def _made(words: Words) -> list[Component]:
    return [
        _title(words["drawer.how_made"], "policy"),
        _formula(words),
        html.P([_slot("due_made", "span"), _slot("range", "span")], className="fxn"),
        _title(words["drawer.cases"], "sum"),
        _slot("cases", "div", "dl"),
    ]


def _curves(words: Words, theme: str) -> list[Component]:
    """How the shift came about, and the scores; each with what is said while it cannot be drawn."""
    return [
        _title(words["curve.pace"], "exposure"),
        _slot("pace_state", "p", "tiny"),
        pace_chart(theme, words.lang),
        _title(words["drawer.quality"], "quality"),
        _slot("trend", "p", "fxn"),
        _slot("quality_state", "p", "tiny"),
        quality_chart(theme, words.lang),
    ]


def _formula(words: Words) -> Component:
    """(calls − deducted (+ floored)) ÷ due = pace; where there is no pace, = net, and why there is none."""
    floored = html.Span([html.I("+"), _number(words["drawer.floored"], "floored")], className="part off")
    counted = [_number(words["metric.handled"], "calls"), html.I("−"), _number(words["metric.deducted"], "deducted")]
    paced = [html.I(")"), html.I("÷"), _number(words["metric.due"], "target_by_now"), html.I("=")]
    paced += [_number(words["metric.pace"], "pace")]
    net = html.Span(
        [html.I("="), _number(words["column.net"], "net"), _slot("why", "span", "dim")], className="unpaced"
    )
    terms = [html.I("(", className="paced"), *counted, floored, html.Span(paced, className="paced"), net]
    return html.Div(terms, className="fx n", **attributes(data_slot="formula"))


def _number(label: str, slot: str) -> Component:
    return html.Span([html.Small(label), _slot(slot, "b", "", UNKNOWN)], className="term")


def _title(text: str, slot: str) -> Component:
    return html.Div([html.Span(text), _slot(slot, "span", "n")], className="sec")


def _slot(name: str, tag: str, class_name: str = "", text: str = "", **props: str) -> Component:
    return empty(tag, class_name, text, data_slot=name, **props)
