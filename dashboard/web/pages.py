"""The table of pages: path -> who may open it, and the function that draws it without data; scripts fill it from the stream."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

from dash.development.base_component import Component

from dashboard.access.door import Door
from dashboard.access.site_view import page_site, page_viewer
from dashboard.web.policies import ADMINS, AGENTS, AUDITORS, BOARD, CAMPAIGNS, DISPLAYS, PROJECT, ROLLUP, TEAM, Policy
from layouts.agent import me
from layouts.audit import audit
from layouts.campaigns import campaigns
from layouts.displays import displays
from layouts.health import health
from layouts.parts.page_site import PageSite
from layouts.rollup import rollup
from layouts.shell import DEFAULT_THEME
from layouts.team import team
from layouts.wall import wall
from layouts.wording.words import LANGUAGES, load_words

THEMES = ("dark", "light")
WALL = "/wall/main"
SIGN_IN = "/sign-in"


class Look(NamedTuple):
    """Language and theme of a page."""

    lang: str
    theme: str


Drawing = Callable[[Look, PageSite, Mapping[str, str]], Component]


class Page(NamedTuple):
    """``path``: a pattern whose names are handed to ``draw``; ``title`` gives the text of the tab."""

    path: str
    who: Policy
    density: str
    draw: Drawing
    title: Callable[[str, PageSite, Mapping[str, str]], str]


class PageMatch(NamedTuple):
    """The page of a path, with the values of the path's names."""

    page: Page
    values: Mapping[str, str]


def _wall(look: Look, site: PageSite, values: Mapping[str, str]) -> Component:
    board = next(board for board in site.boards if board.id == values["board"])
    return wall(
        look.lang, look.theme, site, board if site.viewer.sees_people_on(board.id) else replace(board, names="none")
    )


def _team(look: Look, site: PageSite, values: Mapping[str, str]) -> Component:
    return team(values["team"], look.lang, look.theme, site)


def _project(look: Look, site: PageSite, values: Mapping[str, str]) -> Component:
    return campaigns(look.lang, look.theme, site, values["project"])


def _plain(draw: Callable[[str, str, PageSite], Component]) -> Drawing:
    return lambda look, site, values: draw(look.lang, look.theme, site)


def _titled(key: str) -> Callable[[str, PageSite, Mapping[str, str]], str]:
    """The page's own word, then the site's name, which tells tabs of one site apart."""
    return lambda lang, site, values: f"{load_words(lang)[key]} · {site.called(lang)}"


def _team_title(lang: str, site: PageSite, values: Mapping[str, str]) -> str:
    names = {team.id: team.called(lang) for team in (*site.teams, site.everyone)}
    return f"{names[values['team']]} · {site.called(lang)}"


PAGES: tuple[Page, ...] = (
    Page(r"/wall/(?P<board>[^/]+)", BOARD, "wall", _wall, _titled("page.wall")),
    Page(r"/team/(?P<team>[^/]+)", TEAM, "desk", _team, _team_title),
    Page(r"/rollup", ROLLUP, "desk", _plain(rollup), _titled("rollup.title")),
    Page(r"/campaigns", CAMPAIGNS, "desk", _plain(campaigns), _titled("campaign.title")),
    Page(r"/campaigns/(?P<project>[^/]+)", PROJECT, "desk", _project, _titled("campaign.title")),
    Page(r"/me", AGENTS, "desk", _plain(me), _titled("me.title")),
    Page(r"/displays", DISPLAYS, "desk", _plain(displays), _titled("displays.title")),
    Page(r"/audit", AUDITORS, "desk", _plain(audit), _titled("audit.title")),
    Page(r"/health", ADMINS, "desk", _plain(health), _titled("health.title")),
)


def find_page(pages: Sequence[Page], path: str, site: PageSite) -> PageMatch | None:
    """The page of a path; None if there is none, or not for a team, board or project that does not exist."""
    existing = {
        "team": {team.id for team in (*site.teams, site.everyone)},
        "board": {board.id for board in site.boards},
        "project": {project.id for project in site.viewer.projects},
    }
    for page in pages:
        match = re.fullmatch(page.path, path)
        if match and all(value in existing[name] for name, value in match.groupdict().items() if name in existing):
            return PageMatch(page, match.groupdict())
    return None


def look_of(query: Mapping[str, str], density: str, language: str) -> Look:
    """?lang=zh|en&theme=light|dark; without one of these values, the site's language and the page's theme."""
    lang, theme = query.get("lang", language), query.get("theme", "")
    return Look(lang if lang in LANGUAGES else language, theme if theme in THEMES else DEFAULT_THEME[density])


def site_of(door: Door, pages: Sequence[Page], *, is_demo: bool) -> PageSite:
    """The site as the pages of a viewer know it."""
    paths = frozenset(page.path for page in pages if "(" not in page.path and page.who.allows(door.scope, {}))
    return replace(page_site(door.site, door.hidden_teams, page_viewer(door.scope, paths)), is_demo=is_demo)


def first_path(door: Door) -> str:
    """The page on which a viewer begins: that of their work, not of all that they may open."""
    scope, viewer = door.scope, door.scope.viewer
    beginnings: tuple[tuple[bool, str], ...] = (
        (viewer.has("manager"), "/rollup"),
        (viewer.has("supervisor"), WALL),
        (bool(viewer.leads), f"/team/{quote(min(viewer.leads, default=''), safe='')}"),
        (viewer.own_agent is not None, "/me"),
        (viewer.has("quality"), "/campaigns"),
        (scope.sees_floor, WALL),
        (bool(scope.projects), "/campaigns"),
        (viewer.board is not None, f"/wall/{quote(viewer.board or '', safe='')}"),
        (scope.sees_health, "/health"),
        (scope.sees_audit, "/audit"),
    )
    return next((path for holds, path in beginnings if holds), SIGN_IN)
