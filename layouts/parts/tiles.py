"""Tiles: a label, one figure, one line that supports it; half hours, agents by state, lines that say why figures are missing."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import (
    live_age,
    live_bar,
    live_chart,
    live_phrase,
    live_reported,
    live_status,
    live_text,
    live_when,
    live_word,
)
from layouts.parts.glyphs import glyph
from layouts.wording.words import Words


def label(text: str, *asides: Component, age: bool = False) -> Component:
    """A label with its asides; ``age``: while the figures are stale their age takes the asides' place."""
    ages = [live_age()] if age else []
    return html.Div([html.Span(text), *ages, *asides], className="lab fit")


def aside(child: Component | str, class_name: str = "") -> Component:
    return html.Small(child, className=f"aside n {class_name}".strip())


def equation(*terms: Component) -> Component:
    """``= a − b``: how the figure above it is made."""
    return html.Div(list(terms), className="eq fit")


def word(text: str) -> Component:
    return html.Span(text, className="w")


def percent(path: str, class_name: str = "") -> Component:
    """A share as a key figure; its unit goes where the figure goes."""
    unit = html.Span("%", className="pctu")
    return html.Div([live_text(path, "share"), unit], className=f"kpi {class_name} n".replace("  ", " "))


def deducted_tile(words: Words) -> Component:
    """Complaints + repeat enquiries = deducted, and how much of it is still pending."""
    kinds = (("metric.complaint", "floor.complaints"), ("metric.repeat_enquiry", "floor.repeat_enquiries"))
    rows = [part for key, path in kinds for part in (html.Span(words[key]), live_text(path))]
    total = html.Div(live_text("floor.deducted"), className="kpi n")
    pending = html.Div(
        live_reported([live_phrase(words, "metric.pending", {"n": "floor.pending"})], "complaints"), className="sub"
    )
    head = html.Div([total, html.Div(rows, className="kv")], className="ded")
    return _tile(label(words["metric.deducted"], age=True), [head, pending])


def qa_tile(words: Words) -> Component:
    score = html.Div(live_text("floor.quality.score", "score"), className="kpi n")
    count = live_phrase(words, "wall.scored", {"n": "floor.quality.n"})
    scored = html.Div(live_reported([count], "evaluations", short=True), className="sub n fit")
    return _tile(label(words["metric.qa"]), [score, scored])


def campaign_tile(words: Words) -> Component:
    """Records done of all campaigns' lists, beside the part of their working days that is over."""
    share, plan = "floor.campaigns.share", "floor.campaigns.plan"
    text = live_phrase(words, "metric.plan", {"n": plan}, formats={"n": "percent"}, plan={"n"})
    planned = live_reported([live_when([text], plan, plan=True)], "campaigns", short=True)
    head = label(words["metric.campaign"], html.Span(planned, className="end n plain"))
    return _tile(head, [percent(share), live_bar(share, whole=1, tick=plan)], "share")


def fact(
    title: Sequence[Component | str], figure: Sequence[Component], support: Sequence[Component], class_name: str = ""
) -> Component:
    """A figure of a strip of sums: its title over it, what supports it under it."""
    rows = (("k n", title), ("v n", figure), ("s n", support))
    return html.Div([html.Div(list(children), className=name) for name, children in rows], className=class_name)


def _tile(head: Component, body: Sequence[Component], class_name: str = "") -> Component:
    return html.Div([head, *body], className=f"tile {class_name}".strip())


HALF_HOURS = "floor.half_hours"
HALF_HOURS_PX = 552
_LAST = "floor.last30"


def half_hours_due(words: Words) -> Component:
    """The last 30 minutes as net / due of agents with a target, over the half hours with ticks of what is due."""
    swatch, tick = html.Span(className="swatch"), html.Span(className="swatch due")
    key = html.Small([swatch, words["column.net"], tick, words["column.due"]], className="key end")
    return html.Div([label(words["metric.last_30"], key), _rolling(), live_chart(HALF_HOURS, HALF_HOURS_PX, 166)])


def half_hours_without_due(words: Words) -> Component:
    """The half hours of a floor without targets."""
    key = html.Small([html.Span(className="swatch"), words["column.net"]], className="key end")
    return html.Div([label(words["metric.half_hours"], key), live_chart(HALF_HOURS, HALF_HOURS_PX, 228)])


def _rolling() -> Component:
    ratio = f"{_LAST}.pace"
    net = html.Span(live_text(f"{_LAST}.assessed_net"), className="kpi n")
    due = html.Span(["/ ", live_text(f"{_LAST}.due", "due", strong=False, plan=True)], className="n dim")
    share = html.B([live_text(ratio, "whole_share"), html.Span("%", className="pctu")])
    status = html.Span(live_status(ratio, f"{_LAST}.band"), className="shape")
    return html.Div(
        [net, due, html.Span(live_when([status, share], ratio), className="end dim n")], className="roll fit"
    )


STATE_COLUMNS = (("talk", ("talk", "hold")), ("available", ("available",)), ("wrap", ("wrap",)), ("break", ("break",)))
"""Column -> the states of the frame that it adds up. With OTHER_STATES they add up to the agents signed in."""
OTHER_STATES = ("training", "meeting", "other")


def wall_states(words: Words) -> Component:
    """The tile of the wall: talking (with calls on hold), available (with ringing), wrap-up, break; the rest in one word."""
    base = "floor.states"
    signed_in = live_phrase(words, "states.signed_in", {"n": f"{base}.signed_in", "of": f"{base}.total"})
    others = live_when([live_phrase(words, "states.others", {"n": _sum(base, OTHER_STATES)})], _sum(base, OTHER_STATES))
    columns = [_column(words, base, name, parts, "kpi n", "sub") for name, parts in STATE_COLUMNS]
    here = html.Small(live_reported([signed_in], "states"), className="aside n")
    head = label(words["states.title"], here, aside(others, "end"), age=True)
    return html.Div([head, html.Div(columns, className="states")], className="tile")


def desk_states(words: Words) -> Component:
    """The last column of a team's summary strip."""
    signed_in = live_phrase(words, "states.desk_title", {"n": "team.signed_in", "of": "team.agents"})
    known, why = live_reported([signed_in], "states")
    title = [known, html.Span(words["states.title"], className="untold-title"), why]
    columns = [_column(words, "team.states", name, parts, "v n", "s") for name, parts in STATE_COLUMNS]
    return html.Div([html.Div(title, className="k n"), html.Div(columns, className="sts")], className="sts-col")


def _column(words: Words, base: str, name: str, parts: tuple[str, ...], figure: str, caption: str) -> Component:
    value = html.Div(live_text(_sum(base, parts)), className=figure)
    return html.Div(
        [value, html.Div([glyph(name), html.Span(words[f"state.{name}"], className="cap")], className=caption)]
    )


def _sum(base: str, names: tuple[str, ...]) -> str:
    return "+".join(f"{base}.{name}" for name in names)


def unreported_line(*kinds: str, of: str = "floor") -> Component:
    """Kinds of facts that no source has reported; the line takes no room where none is missing. ``of``: floor or rollup."""
    return html.P([live_word(f"{of}.missing.{kind}", "missing") for kind in kinds], className="unreported-line")


def empty_line(words: Words, of: str = "floor") -> Component:
    """The reason why a board is empty although records came."""
    return html.P(why_empty(words, of), className="why-empty")


def why_empty(words: Words, of: str = "floor", group: str = "metric") -> list[Component]:
    """A sentence for each reason, of which one at most is seen; the words of ``group``, which are short for a wall."""
    paths = {f"{of}.{name}": f"{group}.{name}" for name in ("none_given", "none_counted")}
    return [live_when([live_phrase(words, key, {"n": path})], path) for path, key in paths.items()]
