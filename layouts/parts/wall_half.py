"""The half of a wall's floor page that teams take. Without teams: the agents by id, or what the floor has handled per half hour.

Agents stand in the order of their ids, without rank or colour, as many as fit; the next of them whenever the page turns. Where
nobody may be on a wall (a works council, a board that names nobody) the floor's half hours stand there.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_chart
from layouts.parts.page_site import PageBoard, PageSite
from layouts.parts.team_strips import team_strips
from layouts.parts.tile import label
from layouts.parts.trend import PATH
from layouts.wording.words import Words

WIDTH_PX, HEIGHT_PX = 1046, 600
ACROSS = 5


def wall_half(words: Words, site: PageSite, board: PageBoard) -> Component:
    """Teams; without any, agents or half hours."""
    if site.strips:
        return team_strips(words, site.strips)
    return _agents() if shows_agents(board, site) else _half_hours(words)


def shows_agents(board: PageBoard, site: PageSite) -> bool:
    """Whether the floor's page has agents in the place of teams."""
    return not site.strips and not site.works_council and board.names != "none"


def _agents() -> Component:
    """Filled by assets/js/wall/seats.js."""
    data: dict[str, Any] = {"data-wall": "half", "data-across": str(ACROSS)}
    return html.Section(className="wall-agents half", **data)


def _half_hours(words: Words) -> Component:
    chart = live_chart(PATH, WIDTH_PX, HEIGHT_PX, figure="handled")
    return html.Section([label(words["metric.handled_half_hours"], age=True), chart], className="half")
