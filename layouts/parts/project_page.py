"""The pages of a wall that shows one project: its sums and campaigns, and the line over its queues."""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_phrase, live_text, live_word
from layouts.parts.campaign_table import campaign_table
from layouts.parts.tiles import aside, label, percent
from layouts.wording.words import Words

_COLUMNS = ("progress", "done", "conversion", "deadline")


def project_page(words: Words) -> list[Component]:
    """Five sums in a row, and a row per campaign."""
    scored = live_phrase(words, "wall.project_n", {"n": "project.scored"})
    answered = live_phrase(words, "wall.project_n", {"n": "project.answered"})
    tiles = [
        _tile(words["metric.handled"], html.Div(live_text("project.handled"), className="kpi n fit"), age=True),
        _tile(words["wall.project_abandoned"], html.Div(live_text("project.abandoned"), className="kpi n fit")),
        _tile(words["wall.project_complaints"], html.Div(live_text("project.complaints"), className="kpi n fit")),
        _tile(
            words["wall.project_quality"], html.Div(live_text("project.score", "score"), className="kpi n fit"), scored
        ),
        _tile(words["wall.project_csat"], percent("project.csat"), answered),
    ]
    why = html.P(live_word("project.reason", "reason", "why"), className="project-why")
    return [html.Section(tiles, className="project-sums"), why, campaign_table(words, _COLUMNS, short=True)]


def project_line(words: Words) -> Component:
    """Three of the sums, over the queues."""
    figures = (
        (words["metric.handled"], "project.handled"),
        (words["wall.project_abandoned"], "project.abandoned"),
        (words["wall.project_complaints"], "project.complaints"),
    )
    pins = [html.Div([label(text), html.Div(html.Span(live_text(path), className="kpi n"), className="fit row")], className="pin")
            for text, path in figures]  # fmt: skip
    return html.Div(pins, className="pinned")


def _tile(text: str, figure: Component, beside: Component | None = None, age: bool = False) -> Component:
    asides = [aside(beside)] if beside is not None else []
    return html.Div([label(text, *asides, age=age), figure])
