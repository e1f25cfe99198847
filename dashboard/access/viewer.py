"""The viewer: an account with the roles that it holds at one moment. Nothing else decides what somebody may see or do.

A viewer is made at every request: from a session, from the token of a wall, or of the user of this machine. That of an open
stream is made anew when it may be another (rights_watch.py). So a grant that begins or ends holds at once.
"""

from dataclasses import dataclass

from dashboard.access.identity import Identity
from dashboard.actions.acting_person import Actor
from dashboard.site.grants import grants_of
from dashboard.site.load import Site

OS_ACCOUNT = "os:"
"""Accounts of the users of the machine that serves; they sign in by a link that only its terminal shows."""
_WALL = "wall:"
_OS_ROLES = frozenset({"supervisor", "admin"})
CLIENT = "client"
DEMO_WALL = "demo"
"""The wall of the demo, whose viewer is everybody who chose nobody."""


@dataclass(frozen=True)
class Viewer:
    """An account and what it holds now.

    ``agent``: the agent of the roster whom the account belongs to. ``leads``: the teams that it leads. ``projects``: those of a
    client. ``board``: of a wall, the board that it shows, with the people that the board names or without; a wall holds no role.
    """

    account: str
    name: str
    agent: str | None = None
    roles: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    board: str | None = None
    shows_people: bool = True

    def has(self, *roles: str) -> bool:
        """Whether it holds one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def own_agent(self) -> str | None:
        """The agent whose own page it may open; None without the role ``agent``."""
        return self.agent if self.has("agent") else None

    @property
    def holder(self) -> str:
        """By what its streams are counted: a person in all their sessions, a wall; "" for the wall of the demo."""
        return "" if self.account == f"{_WALL}{DEMO_WALL}" else self.account

    @property
    def actor(self) -> Actor:
        """The person who acts."""
        return Actor(self.account, self.agent, self.leads)


def viewer_of(identity: Identity, site: Site, now_ms: int) -> Viewer:
    """An identity with its grants of this moment; the user of the machine is supervisor and admin besides."""
    grants = grants_of(site, identity.account, identity.groups, now_ms)
    roles = {CLIENT if grant.project else grant.role for grant in grants}
    if identity.account.startswith(OS_ACCOUNT):
        roles |= _OS_ROLES
    return Viewer(
        account=identity.account,
        name=identity.name,
        agent=identity.agent,
        roles=frozenset(roles),
        leads=frozenset(grant.team for grant in grants if grant.team is not None),
        projects=frozenset(grant.project for grant in grants if grant.project is not None),
    )


def viewer_of_wall(display: str, board: str, shows_people: bool = True) -> Viewer:
    """A paired display and the board that it shows, with people or without."""
    return Viewer(f"{_WALL}{display}", display, board=board, shows_people=shows_people)
