"""The site as one viewer's pages know it: its names, its teams, and what the viewer may open."""

from collections.abc import Iterator

from dashboard.access.scope import Scope
from dashboard.board.seats_view import namings
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
from layouts.parts.page_site import EVERY_PAGE, PageBoard, PageProject, PageSite, PageTeam, PageViewer


def page_site(
    site: Site,
    small: HiddenIds = NONE_HIDDEN,
    viewer: PageViewer = EVERY_PAGE,
) -> PageSite:
    """The site file -> the part that pages need, without hidden teams."""
    teams = tuple(
        PageTeam(team.id, team.name, team.name_en, team.direction) for team in site.teams if team.id not in small.hidden
    )
    others = tuple(PageTeam(id, OTHERS_NAME, OTHERS_NAME_EN, id.removeprefix(OTHERS)) for id in small.pools)
    everyone = PageTeam(EVERYONE, EVERYONE_NAME, EVERYONE_NAME_EN, direction_of(site.teams))
    return PageSite(
        name=site.name,
        name_en=site.name_en,
        zone=site.zone,
        duty_phone=site.duty_phone or "",
        teams=teams,
        judges_persons=site.judges_persons,
        boards=tuple(_boards(site)),
        others=others,
        everyone=everyone,
        has_roster=bool(site.roster),
        shows_persons=site.shows_persons,
        viewer=viewer,
    )


def page_viewer(scope: Scope, paths: frozenset[str]) -> PageViewer:
    """The viewer of a scope; ``paths``: the pages without a name in their path that they may open."""
    viewer = scope.viewer
    paths |= {"/wall/main"} if scope.sees_board("main") else set()
    teams = frozenset(team for team in (EVERYONE, *(each.id for each in scope.site.teams)) if scope.sees_team(team))
    roles = tuple(sorted(viewer.roles))
    boards = frozenset(board for board in namings(scope.site) if scope.sees_people_on(board))
    return PageViewer(
        viewer.name,
        viewer.agent,
        roles,
        paths,
        teams,
        boards,
        () if scope.sees_floor else _projects(scope),
    )


def _projects(scope: Scope) -> tuple[PageProject, ...]:
    return tuple(
        PageProject(each.id, each.name, each.name_en) for each in scope.site.projects if each.id in scope.projects
    )


def _boards(site: Site) -> Iterator[PageBoard]:
    """The boards of the site file, and ``main`` if it is not among them."""
    for board in site.boards:
        project = next((each for each in site.projects if each.id == board.project), None)
        named = (project.name, project.name_en) if project else ("", "")
        yield PageBoard(board.id, board.pages, board.rotate_ms, board.names, *named)
    if all(board.id != PageBoard.id for board in site.boards):
        yield PageBoard()
