"""Signing in and out: an identity that was proved becomes a session, and the token of a session becomes a viewer."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from dashboard.access.door import NotYours
from dashboard.access.identity import Identity
from dashboard.access.requests import DemoSignIn
from dashboard.access.sessions import Session, SessionLimits, SessionStore
from dashboard.access.viewer import OS_ACCOUNT, Viewer, viewer_of, viewer_of_wall
from dashboard.site.load import Site
from dashboard.site.types import Grant
from dashboard.site.watch import SiteWatch
from streams.site_time import HOUR_MS, MINUTE_MS
from streams.store.async_client import AsyncRedis
from streams.store.redis_endpoint import Redis

LONGEST_MS = 12 * HOUR_MS
"""A shift. Whoever leads watches for hours without a click, so nothing shorter ends their session."""
IDLE_MS = 30 * MINUTE_MS
"""Agents share computers: whoever holds no other role is signed out after so long without an act."""
LINK_MS = 10 * MINUTE_MS
DEMO_AGENTS = "agents"
"""The group of all agents in the demo's list of grants."""
_DEMO_BOARD = "main"


class DemoPerson(NamedTuple):
    """A person of the demo: the role, the name, of a lead the team, of an agent their id."""

    role: str
    name: str
    team: str | None = None
    agent: str | None = None


@dataclass
class SignInService:
    """The sign-in of one web worker. ``is_demo``: whoever opens the board chooses a role, and the wall needs none."""

    redis: AsyncRedis
    sessions: SessionStore
    sites: SiteWatch
    clock_ms: Callable[[], int]
    is_demo: bool = False
    _links: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Code of a link -> the user of this machine whom it signs in, and until when."""

    async def find_viewer(self, token: str | None) -> Viewer | None:
        """The viewer of a session, with the grants of this moment; None where nobody is signed in. Raises what Redis raises."""
        session = await self.find_session(token)
        if session is not None:
            return viewer_of(session.identity, self.sites.site, self.clock_ms())
        return viewer_of_wall("demo", _DEMO_BOARD) if self.is_demo else None

    async def find_session(self, token: str | None) -> Session | None:
        """The session of a token. Raises what Redis raises."""
        return None if token is None else await self.sessions.find(token, self.clock_ms())

    async def begin(self, identity: Identity) -> str:
        """A new session -> its token. Raises what Redis raises."""
        now_ms = self.clock_ms()
        roles = viewer_of(identity, self.sites.site, now_ms).roles
        idle_ms = IDLE_MS if roles <= {"agent"} else None
        return await self.sessions.begin(identity, SessionLimits(idle_ms, LONGEST_MS), now_ms)

    async def end(self, token: str | None) -> None:
        """Ends a session. Raises what Redis raises."""
        if token is not None:
            await self.sessions.end(token)

    async def note_act(self, token: str | None) -> None:
        """The person did something. Raises what Redis raises."""
        if token is not None:
            await self.sessions.note_act(token, self.clock_ms())

    async def close(self) -> None:
        """Lets the connections go."""
        await self.redis.close()

    def make_link(self, user: str) -> str:
        """The code of a link that signs a user of this machine in, once and within ten minutes."""
        code = secrets.token_urlsafe(32)
        self._links[code] = user, self.clock_ms() + LINK_MS
        return code

    def use_link(self, code: str) -> Identity:
        """The identity behind the code of a link, which is used up by this. Raises NotYours."""
        user, until_ms = self._links.pop(code, ("", 0))
        if self.clock_ms() >= until_ms:
            raise NotYours
        return Identity(f"{OS_ACCOUNT}{user}", user)

    def choose_role(self, asked: DemoSignIn) -> Identity:
        """The person of the demo who holds a role. Raises NotYours: no demo, or nobody holds it."""
        if not self.is_demo:
            raise NotYours
        site = self.sites.site
        if asked.role == "agent":
            return _demo_agent(site, asked.agent)
        grant = _demo_grant(site, asked, self.clock_ms())
        return Identity(grant.account or "", grant.name or grant.account or "")

    def demo_people(self) -> tuple[DemoPerson, ...]:
        """The people of the demo to choose from: of each role the first, of the agents the first of the roster."""
        site, now_ms = self.sites.site, self.clock_ms()
        first: dict[str, DemoPerson] = {}
        for grant in site.grants:
            if grant.account and grant.holds(now_ms):
                person = DemoPerson(grant.role, grant.name or grant.account, team=grant.team)
                first.setdefault(grant.role, person)
        for spell in site.roster[:1]:
            first["agent"] = DemoPerson("agent", spell.name, agent=spell.agent)
        return tuple(first.values())


def sign_in_service(
    server: Redis, key: bytes, sites: SiteWatch, clock_ms: Callable[[], int], is_demo: bool = False
) -> SignInService:
    """The service over the Redis of the sessions; ``key``: the secret of the site, by which tokens are hashed."""
    redis = AsyncRedis(server)
    return SignInService(redis, SessionStore(redis, key), sites, clock_ms, is_demo)


def _demo_agent(site: Site, agent: str | None) -> Identity:
    spell = next((spell for spell in site.roster if spell.agent == agent), None)
    if spell is None:
        raise NotYours
    return Identity(f"local:{spell.agent}", spell.name, agent=spell.agent, groups=(DEMO_AGENTS,))


def _demo_grant(site: Site, asked: DemoSignIn, now_ms: int) -> Grant:
    for grant in site.grants:
        if grant.account and grant.holds(now_ms) and (grant.role, grant.team) == (asked.role, asked.team):
            return grant
    raise NotYours
