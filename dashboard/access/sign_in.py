"""Signing in and out: a person who proved who they are gets a session, and the token of a session becomes a viewer."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from dashboard.access.accounts import PREFIX, AccountService, identity_of
from dashboard.access.attempts import CONFIRMATION, PAUSE_MS, AttemptStore, Locked
from dashboard.access.company_sign_in import Arrival, CompanySignIn
from dashboard.access.demo_people import DEMO_BOARD, DemoPerson, find_person, people_to_choose
from dashboard.access.identity import Identity
from dashboard.access.oidc import OidcClient
from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.one_use import OneUseStore
from dashboard.access.refusals import NotYours
from dashboard.access.requests import DemoSignIn
from dashboard.access.sessions import Session, SessionLimits, SessionStore
from dashboard.access.viewer import DEMO_WALL, OS_ACCOUNT, Viewer, viewer_of, viewer_of_wall
from dashboard.site.watch import SiteWatch
from streams.site_time import HOUR_MS, MINUTE_MS
from streams.store.async_client import AsyncRedis
from streams.store.redis_endpoint import Redis

LONGEST_MS = 12 * HOUR_MS
"""A shift. Whoever leads watches for hours without a click, so nothing shorter ends their session."""
IDLE_MS = 30 * MINUTE_MS
"""Agents share computers: whoever holds no other role is signed out after so long without an act."""
CONFIRMED_MS = HOUR_MS
"""Whoever decides has proved within this time who they are."""
LINK_MS = 10 * MINUTE_MS
InThread = Callable[..., Awaitable[Any]]
"""Runs a function that waits: (function, arguments ...) -> what it returns."""


class WrongPassword(Exception):
    """Account or password is wrong; ``left``: so many tries are left before a lock."""

    def __init__(self, left: int) -> None:
        super().__init__("account or password is wrong")
        self.left = left


@dataclass
class SignInService:
    """The sign-in of one web worker. ``is_demo``: whoever opens the board chooses a role, and the wall needs none.

    ``accounts``: the local ones; ``company``: those of the provider. A way in that is left out lets nobody in. Every method that
    reads a session raises what Redis raises, and BadAccounts for a session of a local account.
    """

    redis: AsyncRedis
    sessions: SessionStore
    attempts: AttemptStore
    sites: SiteWatch
    clock_ms: Callable[[], int]
    is_demo: bool = False
    accounts: AccountService | None = None
    company: CompanySignIn | None = None
    _links: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Code of a link -> the user of this machine whom it signs in, and until when."""

    # ---- sessions

    async def find_viewer(self, token: str | None) -> Viewer | None:
        """The viewer of a session, with the grants of this moment; None where nobody is signed in."""
        session = await self.find_session(token)
        if session is not None:
            return self.viewer_of(session.identity)
        return viewer_of_wall(DEMO_WALL, DEMO_BOARD) if self.is_demo else None

    async def find_session(self, token: str | None) -> Session | None:
        """The session of a token, if its account may go on."""
        session = None if token is None else await self.sessions.find(token, self.clock_ms())
        return session if session is not None and self.goes_on(session) else None

    def viewer_of(self, identity: Identity) -> Viewer:
        """A person with the grants of this moment."""
        return viewer_of(identity, self.sites.site, self.clock_ms())

    def has_role(self, identity: Identity) -> bool:
        """Whether a person may see anything; the role of an agent counts for an agent alone."""
        viewer = self.viewer_of(identity)
        return bool(viewer.roles - {"agent"}) or viewer.own_agent is not None

    def name_admin(self) -> str | None:
        """The name of somebody who can give roles; None where only groups are administrators."""
        now_ms = self.clock_ms()
        admins = (grant for grant in self.sites.site.grants if grant.role == "admin" and grant.holds(now_ms))
        return next((grant.name or grant.account for grant in admins if grant.account), None)

    async def begin(self, identity: Identity, *, is_confirmed: bool = True) -> str:
        """A new session -> its token. ``is_confirmed``: the person entered a password for it, or has none."""
        idle_ms = IDLE_MS if self.viewer_of(identity).roles <= {"agent"} else None
        limits = SessionLimits(idle_ms, LONGEST_MS)
        return await self.sessions.begin(identity, limits, self.clock_ms(), is_confirmed=is_confirmed)

    async def end(self, token: str | None) -> None:
        """Ends a session."""
        if token is not None:
            await self.sessions.end(token)

    async def sign_out(self, token: str | None, then: str) -> str | None:
        """Ends a session -> the page of the provider that ends its own and comes back to ``then``; None where there is none."""
        await self.end(token)
        return await self.company.logout_url(token, then) if token is not None and self.company is not None else None

    async def note_act(self, token: str | None) -> None:
        """The person did something."""
        if token is not None:
            await self.sessions.note_act(token, self.clock_ms())

    def confirmed_until(self, session: Session) -> int:
        """Until when the person counts as the one who signed in; then they prove it again."""
        # Users of the machine and people of the demo have no password, so they have nothing to prove it by.
        if self.is_demo or session.identity.account.startswith(OS_ACCOUNT):
            return session.ends_ms
        return 0 if session.confirmed_ms is None else min(session.confirmed_ms + CONFIRMED_MS, session.ends_ms)

    async def is_confirmed(self, token: str | None) -> bool:
        """Whether the person of a session proved within the hour who they are."""
        session = await self.find_session(token)
        return session is not None and self.clock_ms() < self.confirmed_until(session)

    async def close(self) -> None:
        """Lets the connections go."""
        await self.redis.close()

    def goes_on(self, session: Session) -> bool:
        """Whether the account of a session may go on by it. Raises BadAccounts."""
        account = session.identity.account
        if self.is_demo or not account.startswith(PREFIX):
            return True
        return self.accounts is not None and self.accounts.admits(account, session.begun_ms)

    # ---- local accounts

    def is_account(self, name: str) -> bool:
        """Whether a local account has this name. Raises BadAccounts."""
        return self.accounts is not None and self.accounts.exists(name)

    async def check_password(self, name: str, password: str, address: str, in_thread: InThread) -> Identity:
        """The person of a local account, by their password. Raises Locked, WrongPassword, BadAccounts, and what Redis raises.

        Every try counts before it is checked; while Redis is away nobody may try. ``address``: of the browser. Raises NotYours
        where there are no local accounts.
        """
        if self.accounts is None:
            raise NotYours
        now_ms = self.clock_ms()
        left = await self.attempts.count_sign_in(name, address, now_ms)
        found = await self._verify(self.accounts, name, password, in_thread, left, now_ms)
        await self.attempts.note_sign_in(name, address)
        return found

    async def check_again(self, token: str | None, password: str, in_thread: InThread) -> None:
        """The person of a session of a local account proves again who they are. Raises as ``check_password``.

        Tries count by the account, and those of people without a session of it do not.
        """
        session = await self.find_session(token)
        if self.accounts is None or session is None or not session.identity.account.startswith(PREFIX):
            raise NotYours
        name, now_ms = session.identity.account.removeprefix(PREFIX), self.clock_ms()
        left = await self.attempts.count(CONFIRMATION, name, now_ms)
        await self._verify(self.accounts, name, password, in_thread, left, now_ms)
        await self.attempts.clear(CONFIRMATION, name)

    @staticmethod
    async def _verify(
        accounts: AccountService, name: str, password: str, in_thread: InThread, left: int, now_ms: int
    ) -> Identity:
        """The person of a password. ``left``: so many tries are left after this one."""
        account = await in_thread(accounts.verify, name, password)
        if account is None and not left:
            raise Locked(now_ms + PAUSE_MS)
        if account is None:
            raise WrongPassword(left)
        return identity_of(account)

    async def confirm(self, token: str | None) -> None:
        """The person of a session has proved again who they are."""
        if token is not None:
            await self.sessions.confirm(token, self.clock_ms())

    # ---- company accounts

    async def begin_company(self, arrival: Arrival) -> str:
        """A new session of a person whom the provider vouches for -> its token."""
        token = await self.begin(arrival.identity, is_confirmed=False)
        if self.company is not None:
            await self.company.keep_id_token(token, arrival.id_token)
        return token

    async def is_person_of(self, token: str | None, arrival: Arrival) -> bool:
        """A person came back from the provider to confirm who they are -> whether the session is theirs."""
        session = await self.find_session(token)
        return session is not None and session.identity.account == arrival.identity.account

    # ---- the link of a board for this machine alone

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

    # ---- the demo

    def choose_role(self, asked: DemoSignIn) -> Identity:
        """The person of the demo who holds a role. Raises NotYours: no demo, or nobody holds it."""
        if not self.is_demo:
            raise NotYours
        return find_person(self.sites.site, asked, self.clock_ms())

    def demo_people(self) -> tuple[DemoPerson, ...]:
        """The people of the demo to choose from; none elsewhere."""
        return people_to_choose(self.sites.site, self.clock_ms()) if self.is_demo else ()


def sign_in_service(
    server: Redis,
    key: bytes,
    sites: SiteWatch,
    clock_ms: Callable[[], int],
    is_demo: bool = False,
    accounts: AccountService | None = None,
    oidc: OidcSettings | None = None,
) -> SignInService:
    """The service over the Redis of the sessions; ``key``: the secret of the site, by which tokens are hashed. Raises BadTls."""
    redis = AsyncRedis(server)
    sessions = SessionStore(redis, key)
    company = None if oidc is None else CompanySignIn(OidcClient(oidc), OneUseStore(redis, key), sessions)
    return SignInService(redis, sessions, AttemptStore(redis, key), sites, clock_ms, is_demo, accounts, company)
