"""The sections of an agent's own page, which assets/js/me/me.js fills: number, formula, next bracket, peers, feedback, curves."""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import UNKNOWN
from layouts.parts.chart import pace_chart, quality_chart
from layouts.parts.glyphs import attributes, empty, glyph
from layouts.wording.words import Words


def slot(name: str, tag: str, class_name: str = "", text: str = "", **props: str) -> Component:
    """An empty element by its name; ``props``: further attributes."""
    return empty(tag, class_name, text, data_me=name, **props)


def number(words: Words) -> Component:
    """Net of the month, its two ratios by name, today beside them; under it net, due and target as marks."""
    ratios = [
        _figure(words["metric.pace"], "pace", "owed"),
        _figure(words["rollup.attainment"], "attainment", "target"),
        _figure(words["metric.net_today"], "net_today", "owed_today"),
        _figure(words["me.pace_today"], "pace_today", "calls_today"),
    ]
    head = html.Div([slot("net", "div", "big n fig gone", UNKNOWN), html.Div(ratios, className="kv n")], className="hd")
    bars, hidden = [slot("bar", "div", "bar"), slot("scale", "div", "scale n")], attributes(aria_hidden="true")
    marks = html.Div(bars, className="marks", id="me-marks", **hidden)
    return html.Section([html.H2(words["me.net_month"], className="k plain"), head, marks])


def how_made(words: Words) -> Component:
    """calls − deducted = net ÷ due = pace, of the month and of today, and the part that is still open."""
    head = html.H2([words["me.how"], slot("rules", "span", "n")], className="k")
    return html.Section([head, slot("eq", "div", "eqs n"), slot("note", "p", "note")])


def _figure(label: str, name: str, below: str) -> Component:
    return html.Div(
        [html.Span(label), slot(name, "b", "fig gone", UNKNOWN), slot(below, "span", "under")], className=f"f-{name}"
    )


def bracket(words: Words) -> Component:
    """The net calls that lead to the next bracket."""
    head = html.H2([html.Span([glyph("lock"), words["me.bracket_title"]], className="lock")], className="k")
    body = [slot("next", "p", "next n"), slot("as_is", "p", "note"), slot("steps", "div", "brackets n")]
    return html.Section([head, *body, html.P(words["me.estimate"], className="est")], className="panel")


def compared(words: Words) -> Component:
    """What the lead sees too: the verdict, the sentence that can be read aloud, the flags and what was done about each."""
    head = html.H2([words["me.peers_title"], html.Span(words["me.peers_seen"])], className="k")
    said = [slot("verdict", "p", "verdict"), slot("said", "p", "quote"), slot("exact", "p", "tiny n")]
    return html.Section([head, *said, slot("episodes", "div", "episodes")], className="panel")


def feedback(words: Words) -> Component:
    """The agent's feedback, and whether they have read it."""
    head = html.H2(words["me.feedback_title"], className="k")
    return html.Section([head, slot("feedback", "div", "feedback")], className="panel")


def lookers(words: Words) -> Component:
    """Everybody else who looked at the agent in the last month: who, how often, when last."""
    head = html.H2([words["me.lookers"], html.Span(words["me.lookers_days"])], className="k")
    body = [
        slot("lookers", "ul", "dl"),
        slot("refused", "p", "note"),
        html.P(words["me.lookers_note"], className="est"),
    ]
    return html.Section([head, *body], className="panel lookers")


def own_pace(words: Words, theme: str) -> Component:
    """The running shift against the peers, from the chart of the drawer. At a desk only: a phone goes without."""
    title: list[Component | str] = [words["curve.pace"], html.Span(className="n", **attributes(data_slot="exposure"))]
    return _section(title, "pace_state", pace_chart(theme, words.lang))


def own_quality(words: Words, theme: str) -> Component:
    """The scores and their trend, likewise."""
    return _section([words["drawer.quality"]], "quality_state", quality_chart(theme, words.lang))


def _section(title: list[Component | str], state: str, chart: Component) -> Component:
    said = html.P(className="tiny", **attributes(data_slot=state))
    return html.Section([html.H2(title, className="k"), said, chart], className="own-curve")
