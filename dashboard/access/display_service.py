"""The displays: what a screen without a seat asks for, and what an administrator does with the screens.

A screen shows a code until an administrator approves it, and is then the viewer of one board. Every method raises what redis-py
raises, and OSError, while Redis is away.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from dashboard.access.attempts import AttemptStore
from dashboard.access.pairing import NewPairing, Pairing, PairingStore, TooManyWaiting, require_valid
from dashboard.access.refusals import Refused
from dashboard.access.requests import DisplayApproval
from dashboard.access.viewer import Viewer, viewer_of_wall
from dashboard.access.walls import DAY_MS, LIFE_MS, Approval, Display, Screen, WallStore
from streams.store.async_client import AsyncRedis
from streams.store.redis_endpoint import Redis

SOON_MS = 30 * DAY_MS
"""A wall that expires within this time is counted apart."""


class ScreenView(msgspec.Struct, frozen=True):
    """A screen that asked for a code, and what became of it."""

    id: str
    state: str
    width: int
    height: int
    address: str
    asked_ms: int
    code_ends_ms: int


class WallView(msgspec.Struct, frozen=True):
    """A wall. ``people``: ``alias`` as the board names them, or ``none``; ``by``: who approved it."""

    id: str
    location: str
    board: str
    people: str
    by: str
    width: int
    height: int
    address: str
    paired_ms: int
    used_ms: int
    is_on: bool
    expires_ms: int
    revoked_ms: int | None
    revoked_by: str


class DisplayList(msgspec.Struct, frozen=True):
    """All screens: those that wait, the newest first; the walls, by where they hang; and those that were revoked of late."""

    waiting: list[ScreenView]
    walls: list[WallView]
    revoked: list[WallView]
    now_ms: int
    on: int
    """How many walls are in use."""
    soon: int
    """How many walls expire within 30 days."""
    until_ms: int
    """When a wall that is approved now expires, unless it is in use."""


class Collected(msgspec.Struct, frozen=True):
    """What an approved screen gets, once."""

    token: str
    board: str


@dataclass(frozen=True)
class DisplayService:
    """The displays of one web worker, over the Redis of the sessions."""

    redis: AsyncRedis
    walls: WallStore
    pairings: PairingStore
    clock_ms: Callable[[], int]

    async def close(self) -> None:
        """Lets the connections go."""
        await self.redis.close()

    # ---- a screen

    async def find_viewer(self, token: str | None, address: str) -> Viewer | None:
        """The viewer of a wall, which is in use by this; None where the token is none in force. ``address``: of the screen."""
        now_ms = self.clock_ms()
        display = await self.walls.find(token, now_ms) if token else None
        if token is None or display is None:
            return None
        await self.walls.note_use(token, display.screen._replace(address=address), now_ms)
        return viewer_of_wall(display.id, display.approval.board, display.approval.people != "none")

    async def renew(self, token: str) -> str | None:
        """The token that follows a wall's; None where it may keep the one that it has."""
        return await self.walls.rotate(token, self.clock_ms())

    async def find_former(self, token: str | None) -> Display | None:
        """The wall of a token that was revoked or has expired."""
        return await self.walls.find_former(token, self.clock_ms()) if token else None

    async def ask_code(self, screen: Screen, earlier: str | None) -> NewPairing:
        """A new code for a screen; ``earlier``: its token of a pairing or a wall. Raises Locked, Refused."""
        try:
            return await self.pairings.begin(screen, self.clock_ms(), earlier or "")
        except TooManyWaiting as error:
            raise Refused(503, "busy", str(error)) from error

    async def read_pairing(self, token: str | None) -> Pairing | None:
        """What became of a screen's code; None: it shows a new one."""
        return await self.pairings.read(token, self.clock_ms()) if token else None

    async def collect(self, token: str, screen: Screen) -> Collected | None:
        """The token of a wall that was approved, once."""
        now_ms = self.clock_ms()
        made = await self.pairings.collect(token, screen, now_ms)
        display = await self.walls.find(made, now_ms) if made else None
        return Collected(made, display.approval.board) if made and display else None

    # ---- an administrator

    async def list_displays(self) -> DisplayList:
        """The screens by now."""
        now_ms = self.clock_ms()
        walls = await self.walls.displays(now_ms)
        return DisplayList(
            waiting=[_screen_view(each) for each in await self.pairings.waiting(now_ms)],
            walls=[_wall_view(each, now_ms) for each in walls],
            revoked=[_wall_view(each, now_ms) for each in await self.walls.revoked(now_ms)],
            now_ms=now_ms,
            on=sum(wall.is_on(now_ms) for wall in walls),
            soon=sum(wall.expires_ms - now_ms < SOON_MS for wall in walls),
            until_ms=now_ms + LIFE_MS,
        )

    async def find_code(self, code: str, account: str) -> ScreenView:
        """The screen that shows a code. Raises Refused where none does, and Locked after five wrong codes of the account."""
        return _required(await self.pairings.find_code(code, account, self.clock_ms()))

    def make_approval(self, asked: DisplayApproval, boards: Iterable[str], who: Viewer) -> Approval:
        """A board for a screen, and who gives it. Raises Refused where a field is wrong."""
        if asked.board not in boards:
            raise Refused(422, "bad_board", f"there is no board {asked.board!r} in the site file")
        approval = Approval(asked.location.strip(), asked.board, asked.people, who.account, who.name)
        try:
            require_valid(approval)
        except ValueError as error:
            raise Refused(422, "bad_location", str(error)) from error
        return approval

    async def approve(self, code: str, approval: Approval) -> ScreenView:
        """The screen with a code gets its board. Raises as ``find_code``."""
        return _required(await self.pairings.approve(code, approval, self.clock_ms()))

    async def refuse(self, code: str, account: str) -> ScreenView:
        """The screen with a code is none of the centre's. Raises as ``find_code``."""
        return _required(await self.pairings.refuse(code, account, self.clock_ms()))

    async def find_wall(self, display_id: str) -> WallView:
        """A wall in force. Raises Refused where there is none."""
        now_ms = self.clock_ms()
        for display in await self.walls.displays(now_ms):
            if display.id == display_id:
                return _wall_view(display, now_ms)
        raise _no_display()

    async def revoke(self, display_id: str, name: str) -> WallView:
        """Ends a wall; ``name``: who does. Raises Refused where there is none."""
        display = await self.walls.revoke(display_id, self.clock_ms(), name)
        if display is None:
            raise _no_display()
        return _wall_view(display, self.clock_ms())


def display_service(server: Redis, key: bytes, clock_ms: Callable[[], int]) -> DisplayService:
    """The service over the Redis of the sessions; ``key``: the secret of the site, by which tokens are hashed."""
    redis = AsyncRedis(server)
    walls = WallStore(redis, key)
    return DisplayService(redis, walls, PairingStore(redis, key, walls, AttemptStore(redis, key)), clock_ms)


def _no_display() -> Refused:
    return Refused(404, "no_display", "there is no such display, or it is revoked")


def _required(pairing: Pairing | None) -> ScreenView:
    if pairing is None:
        raise Refused(404, "no_code", "no screen shows this code now: look at the screen again")
    return _screen_view(pairing)


def _screen_view(pairing: Pairing) -> ScreenView:
    return ScreenView(pairing.id, pairing.state, *pairing.screen, pairing.asked_ms, pairing.code_ends_ms)


def _wall_view(display: Display, now_ms: int) -> WallView:
    approval = display.approval
    return WallView(
        display.id,
        approval.location,
        approval.board,
        approval.people,
        approval.name,
        *display.screen,
        display.paired_ms,
        display.used_ms,
        display.is_on(now_ms),
        display.expires_ms,
        display.revoked_ms,
        display.revoked_by,
    )
