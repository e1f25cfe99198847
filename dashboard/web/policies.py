"""Policies: each says by a name and a question who may pass the gate to a route. The door says what lies in their scope."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dashboard.access.scope import Scope

Values = Mapping[str, str]


class Policy(NamedTuple):
    """A name for people, and the question to the viewer's scope and the values in the path."""

    name: str
    allows: Callable[[Scope, Values], bool]


ANYBODY = Policy("anybody", lambda scope, values: True)
"""Without a session too."""
VIEWERS = Policy("signed in, or a wall", lambda scope, values: True)
PERSONS = Policy("signed in", lambda scope, values: scope.viewer.board is None)
AGENTS = Policy("an agent, themself", lambda scope, values: scope.viewer.own_agent is not None)
ADMINS = Policy("admin", lambda scope, values: scope.sees_health)
DISPLAYS = Policy("admin", lambda scope, values: scope.manages_displays)
AUDITORS = Policy("auditor", lambda scope, values: scope.sees_audit)
CAMPAIGNS = Policy("lead, supervisor, manager, quality, planner, client", lambda scope, values: scope.sees_campaigns)
PROJECT = Policy("client of the project", lambda scope, values: values["project"] in scope.projects)
ROLLUP = Policy("supervisor, manager", lambda scope, values: scope.sees_rollup)
BOARD = Policy("the same, and the board's walls", lambda scope, values: scope.sees_board(values["board"]))
TEAM = Policy("lead of the team, supervisor", lambda scope, values: scope.sees_team(values["team"]))
