"""The pages of a wall: the floor's (net today, pace, the last 30 minutes; teams; four tiles), and the line over the others."""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import (
    WITH_PLAN,
    WITHOUT_PLAN,
    live_chart,
    live_phrase,
    live_reported,
    live_status,
    live_text,
    live_when,
    live_word,
)
from layouts.parts.glyphs import attributes
from layouts.parts.page_site import PageBoard, PageSite
from layouts.parts.team_strips import team_strips
from layouts.parts.tiles import (
    HALF_HOURS,
    aside,
    campaign_tile,
    deducted_tile,
    equation,
    half_hours_due,
    half_hours_without_due,
    label,
    percent,
    qa_tile,
    wall_states,
    why_empty,
    word,
)
from layouts.wording.words import Words

_HALF_PX = (1046, 600)
_AGENTS_ACROSS = 5


def floor_page(words: Words, site: PageSite, board: PageBoard) -> list[Component]:
    """The hero over teams and tiles."""
    return [_hero(words), html.Div([wall_half(words, site, board), _side(words)], className="mid")]


def _hero(words: Words) -> Component:
    """Net today; pace and the last 30 minutes against what is due, or without any target the last 30 minutes alone."""
    beside = [_third(half_hours_due(words), WITH_PLAN), _third(half_hours_without_due(words), WITHOUT_PLAN)]
    return html.Section([*_today(words), *_pace(words), *_last_30(words), *beside], className="hero")


def _third(trend: Component, variant: str) -> Component:
    return html.Div(trend, className=f"c3 {variant}")


def _today(words: Words) -> list[Component]:
    """Column 1: net today, its settled range, what the floor at 0 gave back, and how it is made."""
    withdrawn = live_phrase(words, "wall.up_to", {"n": "floor.net_if_withdrawn"})
    beside = live_when([withdrawn], "floor.net_if_withdrawn", "floor.net")
    empty = html.Span(live_reported([live_when([words["metric.no_calls"]], "floor.empty")], "calls"))
    floor = live_when([live_phrase(words, "metric.floored", {"n": "floor.floored"})], "floor.floored")
    why = [aside(each) for each in why_empty(words, group="wall")]
    head = label(words["metric.net_today"], aside(beside), aside(floor), aside(empty), *why, age=True)
    parts = [html.I("="), word(words["metric.handled"]), live_text("floor.handled")]
    less = live_reported([word(words["metric.deducted"]), live_text("floor.deducted")], "complaints")
    made = equation(*parts, html.I("−"), *less)
    return _column(1, head, html.Div(live_text("floor.net"), className="big n fit"), made)


def _pace(words: Words) -> list[Component]:
    """Column 2: pace with the net of agents not assessed, and what is due with the gap: net − that part − due."""
    off = live_phrase(words, "wall.unassessed", {"n": "floor.not_assessed_net"})
    head = label(words["metric.pace"], aside(live_when([off], "floor.not_assessed_net")))
    figure = html.Div([percent("floor.pace", "att"), live_word("floor.reason", "reason", "why")], className="row")
    due = [word(words["metric.due"]), live_text("floor.due", "due", plan=True)]
    gap = html.Span([word(words["column.gap"]), live_text("floor.gap", "gap")], className="gap")
    return _column(2, head, figure, equation(*due, gap), WITH_PLAN)


def _last_30(words: Words) -> list[Component]:
    """Column 2 without any target: the last 30 minutes, made the same way as the day."""
    base = "floor.last30"
    figure = html.Div(live_text(f"{base}.net"), className="kpi att n")
    less, _ = live_reported([html.I("−"), live_text(f"{base}.deducted")], "complaints")
    made = equation(html.I("="), live_text(f"{base}.handled"), less)
    return _column(2, label(words["metric.last_30"], age=True), figure, made, WITHOUT_PLAN)


def _column(number: int, head: Component, figure: Component, made: Component, variant: str = "") -> list[Component]:
    rows = (head, figure, made)
    return [html.Div(part, className=f"r{row} c{number} {variant}".strip()) for row, part in enumerate(rows, start=1)]


def _side(words: Words) -> Component:
    pair = html.Div([qa_tile(words), campaign_tile(words)], className="pair")
    return html.Section([deducted_tile(words), wall_states(words), pair], className="side")


def wall_half(words: Words, site: PageSite, board: PageBoard) -> Component:
    """The half that teams take. Without teams: the agents in the order of their ids, as many as fit, the next at each turn of
    the page; where agents may not be on a wall (a works council, a board without names) the floor's half hours.
    """
    if site.strips:
        return team_strips(words, site.strips)
    return _agents() if shows_agents(board, site) else _half_hours(words)


def shows_agents(board: PageBoard, site: PageSite) -> bool:
    """Whether the floor's page has agents in the place of teams."""
    return not site.strips and site.judges_persons and board.names != "none"


def _agents() -> Component:
    """Filled by assets/js/wall/seats.js."""
    data = attributes(data_wall="half", data_across=str(_AGENTS_ACROSS))
    return html.Section(className="wall-agents half", **data)


def _half_hours(words: Words) -> Component:
    chart = live_chart(HALF_HOURS, *_HALF_PX, figure="handled")
    return html.Section([label(words["metric.handled_half_hours"], age=True), chart], className="half")


def pinned(words: Words) -> Component:
    """One line over a page that is not the floor's own."""
    last = "floor.last30"
    due = html.Span(["/ ", live_text(f"{last}.due", "due", strong=False, plan=True)], className="n dim of")
    status = html.Span(live_status(f"{last}.pace", f"{last}.band"), className="shape")
    rolling = [status, html.Span(live_text(f"{last}.assessed_net"), className="kpi n"), due]
    return html.Div(
        [
            _pin(words["metric.net_today"], html.Span(live_text("floor.net"), className="kpi n"), age=True),
            _pin(words["metric.pace"], percent("floor.pace"), class_name=WITH_PLAN),
            _pin(words["metric.last_30"], *rolling),
        ],
        className="pinned",
    )


def _pin(text: str, *figures: Component, class_name: str = "", age: bool = False) -> Component:
    return html.Div(
        [label(text, age=age), html.Div(list(figures), className="fit row")], className=f"pin {class_name}".strip()
    )
