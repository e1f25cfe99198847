"""The table of pages: path -> the function that draws it without data; scripts fill the page from the stream."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dash.development.base_component import Component

from dashboard.floor.visible_groups import (
    EVERYONE,
    EVERYONE_NAME,
    EVERYONE_NAME_EN,
    NONE_HIDDEN,
    OTHERS,
    OTHERS_NAME,
    OTHERS_NAME_EN,
    HiddenIds,
    direction_of,
)
from dashboard.site.load import Site
from layouts.agent import me
from layouts.campaigns import campaigns
from layouts.health import health
from layouts.parts.page_site import PageBoard, PageSite, PageTeam
from layouts.rollup import rollup
from layouts.shell import DEFAULT_THEME
from layouts.team import team
from layouts.wall import wall
from layouts.wording.words import LANGUAGES, load_words

THEMES = ("dark", "light")


class Look(NamedTuple):
    """Language and theme of a page."""

    lang: str
    theme: str


Drawing = Callable[[Look, PageSite, Mapping[str, str]], Component]


class Page(NamedTuple):
    """``path``: a pattern whose names are handed to ``draw``; ``title`` gives the text of the tab."""

    path: str
    density: str
    draw: Drawing
    title: Callable[[str, PageSite, Mapping[str, str]], str]


class PageMatch(NamedTuple):
    """The page of a path, with the values of the path's names."""

    page: Page
    values: Mapping[str, str]


def _wall(look: Look, site: PageSite, values: Mapping[str, str]) -> Component:
    return wall(look.lang, look.theme, site, next(board for board in site.boards if board.id == values["board"]))


def _team(look: Look, site: PageSite, values: Mapping[str, str]) -> Component:
    return team(values["team"], look.lang, look.theme, site)


def _plain(draw: Callable[[str, str, PageSite], Component]) -> Drawing:
    return lambda look, site, values: draw(look.lang, look.theme, site)


def _titled(key: str) -> Callable[[str, PageSite, Mapping[str, str]], str]:
    """The page's own word, then the site's name, which tells tabs of one site apart."""
    return lambda lang, site, values: f"{load_words(lang)[key]} · {site.called(lang)}"


def _team_title(lang: str, site: PageSite, values: Mapping[str, str]) -> str:
    names = {team.id: team.called(lang) for team in (*site.teams, site.everyone)}
    return f"{names[values['team']]} · {site.called(lang)}"


PAGES: tuple[Page, ...] = (
    Page(r"/wall/(?P<board>[^/]+)", "wall", _wall, _titled("page.wall")),
    Page(r"/team/(?P<team>[^/]+)", "desk", _team, _team_title),
    Page(r"/rollup", "desk", _plain(rollup), _titled("rollup.title")),
    Page(r"/campaigns", "desk", _plain(campaigns), _titled("campaign.title")),
    Page(r"/me", "desk", _plain(me), _titled("me.title")),
    Page(r"/health", "desk", _plain(health), _titled("health.title")),
)


def find_page(pages: Sequence[Page], path: str, site: PageSite) -> PageMatch | None:
    """The page of a path; None if there is none, or not for a team or board that does not exist."""
    existing = {
        "team": {team.id for team in (*site.teams, site.everyone)},
        "board": {board.id for board in site.boards},
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


def page_site(site: Site, small: HiddenIds = NONE_HIDDEN) -> PageSite:
    """The site file -> the part that pages need, without the hidden teams."""
    teams = tuple(
        PageTeam(team.id, team.name, team.name_en, team.direction) for team in site.teams if team.id not in small.hidden
    )
    others = tuple(PageTeam(id, OTHERS_NAME, OTHERS_NAME_EN, id.removeprefix(OTHERS)) for id in small.pools)
    everyone = PageTeam(EVERYONE, EVERYONE_NAME, EVERYONE_NAME_EN, direction_of(site.teams))
    duty, boards = site.duty_phone or "", tuple(_boards(site))
    shown = (duty, teams, site.judges_persons, boards, others, everyone)
    return PageSite(
        site.name, site.name_en, site.zone, *shown, has_roster=bool(site.roster), shows_persons=site.shows_persons
    )


def _boards(site: Site) -> Iterator[PageBoard]:
    """The boards of the site file, and ``main`` if it is not among them."""
    for board in site.boards:
        yield PageBoard(board.id, board.pages, board.rotate_ms, board.names)
    if all(board.id != PageBoard.id for board in site.boards):
        yield PageBoard()
