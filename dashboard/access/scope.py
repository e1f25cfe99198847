"""The scope of a viewer on a site and a day, as pure questions about what its roles may see.

A person is seen whole or not at all; which of the fields are shown is decided in fields.py.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dashboard.access.viewer import Viewer
from dashboard.board.seats_view import namings, project_boards
from dashboard.board.topics import CAMPAIGNS, FLOOR, LINE, PROJECT, ROLLUP, TEAM_TOPICS, WALL
from dashboard.site.load import Site

_ON_THE_FLOOR = ("lead", "supervisor", "manager", "quality", "planner")
"""Roles that see the sums of the floor and its teams, as the walls show them."""


@dataclass(frozen=True)
class Scope:
    """The scope of a viewer on a business day."""

    viewer: Viewer
    site: Site
    today: date

    @property
    def sees_floor(self) -> bool:
        """The sums of the floor."""
        return self.viewer.has(*_ON_THE_FLOOR)

    @property
    def sees_rollup(self) -> bool:
        """The months of teams and site, beside each other."""
        return self.viewer.has("supervisor", "manager")

    @property
    def sees_health(self) -> bool:
        """How the line is."""
        return self.viewer.has("admin")

    @property
    def sees_audit(self) -> bool:
        """The audit log."""
        return self.viewer.has("auditor")

    @property
    def manages_displays(self) -> bool:
        """The displays and their pairing."""
        return self.viewer.has("admin")

    @property
    def decides(self) -> bool:
        """Appeals, as far as the person is not barred from the case."""
        return self.viewer.has("quality", "supervisor")

    def sees_team(self, team: str) -> bool:
        """The agents of a team, row by row; ``team`` may be the page of everyone."""
        return self.viewer.has("supervisor") or team in self.viewer.leads

    def sees_board(self, board: str) -> bool:
        """A board, as a wall shows it; a client sees those of their projects."""
        if self.sees_floor or self.viewer.board == board:
            return True
        return project_boards(self.site).get(board) in self.projects

    @property
    def projects(self) -> frozenset[str]:
        """The projects of a client that the site file has."""
        return self.viewer.projects & {project.id for project in self.site.projects}

    @property
    def sees_campaigns(self) -> bool:
        """The campaigns of the floor, or of a client's project."""
        return self.sees_floor or bool(self.projects)

    def sees_people_on(self, board: str) -> bool:
        """The people on a board, named as they are there."""
        if self.viewer.board is not None:
            return self.viewer.board == board and self.viewer.shows_people
        is_alias = namings(self.site).get(board) == "alias"
        return self.viewer.has("supervisor", "manager") or (is_alias and self.viewer.has("lead"))

    def sees_topic(self, topic: str) -> bool:
        """A topic of live numbers."""
        kind, _, id = topic.partition(":")
        if kind in TEAM_TOPICS:
            return self.sees_team(id)
        if kind == ROLLUP:
            return self.sees_rollup or (bool(id) and id in self.viewer.leads)
        if kind == WALL:
            board, _, people = id.partition("/")
            return self.sees_people_on(board) if people else self.sees_board(board)
        if kind == PROJECT:
            return self.sees_floor or id in self.projects
        if topic in (FLOOR, CAMPAIGNS):
            return self.sees_floor
        return topic == LINE

    def sees_person(self, agent: str, day: date) -> bool:
        """The numbers and the judgement of an agent; ``day``: the day, or the last of a month.

        As in the sums of a team (docs/rules.md 6), whoever leads the agent on that day leads them in the period.
        """
        return (
            self.viewer.own_agent == agent or self.viewer.has("supervisor", "manager") or agent in self._led_agents(day)
        )

    def sees_shift(self, agent: str) -> bool:
        """The running shift of an agent, minute by minute."""
        return self.viewer.own_agent == agent or self.viewer.has("supervisor") or agent in self.led_agents

    def sees_cases(self, agent: str) -> bool:
        """The appeals of an agent."""
        return self.viewer.own_agent == agent or self.viewer.has("supervisor", "quality") or agent in self.led_agents

    def sees_flags(self, agent: str, team: str | None) -> bool:
        """The flags of an agent; ``team``: the one they were in."""
        return (
            self.viewer.own_agent == agent
            or self.viewer.has("supervisor")
            or team in self.viewer.leads
            or agent in self.led_agents
        )

    def gives_feedback(self, agent: str) -> bool:
        """Feedback to an agent."""
        return self.viewer.has("supervisor", "quality") or agent in self.led_agents

    @cached_property
    def led_agents(self) -> frozenset[str]:
        """The agents who are today in a team that the viewer leads."""
        return self._led_agents(self.today)

    def _led_agents(self, day: date) -> frozenset[str]:
        spells = (spell for spell in self.site.roster if spell.touches(day, day)) if self.viewer.leads else ()
        return frozenset(spell.agent for spell in spells if spell.team in self.viewer.leads)
