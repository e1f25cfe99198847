"""The site as a page needs to know it: its names, zone, teams and walls."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PageTeam:
    """direction: ``outbound``, ``inbound`` or ``both``; name_en empty: the name serves both languages."""

    id: str
    name: str
    name_en: str
    direction: str

    def called(self, lang: str) -> str:
        return self.name_en if lang == "en" and self.name_en else self.name


EVERYONE = PageTeam("~everyone", "全部坐席", "Everyone", "both")
"""All agents of the site, as a team: it has a page on every site."""


@dataclass(frozen=True)
class PageBoard:
    """A wall of the site file: the pages that it turns, how long each stands, in ms, and how people are named on it.

    names: ``alias``, ``full`` or ``none``. project: the name of the project whose figures alone it shows; empty: the floor's.
    """

    id: str = "main"
    pages: tuple[str, ...] = ("floor",)
    rotate_ms: int = 30_000
    names: str = "alias"
    project: str = ""
    project_en: str = ""


@dataclass(frozen=True)
class PageProject:
    """A project; name_en empty: the name serves both languages."""

    id: str
    name: str
    name_en: str

    def called(self, lang: str) -> str:
        return self.name_en if lang == "en" and self.name_en else self.name


@dataclass(frozen=True)
class PageViewer:
    """The person who looks, as scripts and bars need to know them: what they may not open is not there.

    ``agent``: the agent of the roster that they are. ``pages``: the paths without a name in them that they may open, and
    ``teams`` the teams; None: all.
    """

    name: str = ""
    agent: str | None = None
    roles: tuple[str, ...] = ()
    pages: frozenset[str] | None = None
    teams: frozenset[str] | None = None
    boards: frozenset[str] | None = None
    """The boards on which they see the people that the board names; None: all."""
    projects: tuple[PageProject, ...] = ()
    """Of a client, their projects; nobody else has one."""

    def opens(self, path: str) -> bool:
        """Whether a page is there for them."""
        return self.pages is None or path in self.pages

    def opens_team(self, team: str) -> bool:
        """Whether the page of a team is there for them."""
        return self.teams is None or team in self.teams

    def sees_people_on(self, board: str) -> bool:
        """Whether the people of a board are there for them."""
        return self.boards is None or board in self.boards


EVERY_PAGE = PageViewer()
"""Nobody in particular, for whom every page is there."""


@dataclass(frozen=True)
class PageSite:
    """The site's names, zone (IANA), duty telephone (empty: none) and teams in the fixed order of the site file.

    judges_persons False: nothing that judges a person, orders persons or tells how long one has been in a state is on a page.
    shows_persons False: nor is a row of a person.
    """

    name: str
    name_en: str
    zone: str
    duty_phone: str
    teams: tuple[PageTeam, ...]
    judges_persons: bool = True
    boards: tuple[PageBoard, ...] = (PageBoard(),)
    others: tuple[PageTeam, ...] = ()
    """Lines of the walls that show together teams too small to be shown by themselves; they have no page."""
    everyone: PageTeam = EVERYONE
    has_roster: bool = True
    """Whether anybody is in a team; if not, teams have nothing to show."""
    shows_persons: bool = True
    viewer: PageViewer = EVERY_PAGE
    is_demo: bool = False
    """Whether people and figures are simulated: every page says so."""

    @property
    def strips(self) -> tuple[PageTeam, ...]:
        """The lines of the walls: teams, and those shown together."""
        return (*self.teams, *self.others) if self.has_roster else ()

    def called(self, lang: str) -> str:
        return self.name_en if lang == "en" and self.name_en else self.name


def directions(teams: Sequence[PageTeam]) -> list[str]:
    """The directions that have teams, outbound first; ``both`` are teams of different ones shown together."""
    return [d for d in ("outbound", "inbound", "both") if any(team.direction == d for team in teams)]
