"""The replays of dead letters in Redis: how the newest one goes, and the lock that lets one run at a time.

Any process may run a replay, and every process can report it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from dashboard.board.bus import AWAY, Lease, LeaseHeld
from streams.site_time import DAY_MS
from streams.store.errors import error_text

REPLAY_KEY = "callfloor:replay"
LAST_KEY = "callfloor:replay:last"
REPLAY_LIFE_MS = 40 * DAY_MS
"""As long as Kafka keeps dead letters."""
Answer = TypeVar("Answer")


class ReplayStoreAway(ConnectionError):
    """The store of replays cannot be reached: wait and try again."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """One replay: the reason of its letters (None: every reason), who began it and when, its progress.

    ``sent``: letters sent to their topic again; ``same``: letters equal to one that was sent, byte for byte; ``gone``: letters
    that Kafka no longer has. ``error``: the word for what ended the replay early.
    """

    by: str
    reason: str | None
    began_ms: int
    ended_ms: int | None = None
    total: int = 0
    sent: int = 0
    same: int = 0
    gone: int = 0
    error: str | None = None


_REPLAY = msgspec.json.Decoder(Replay)


class ReplayLock:
    """The right to replay, held by one process at a time. Every method raises ReplayStoreAway."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    def renew(self) -> bool:
        """Keeps the lock, if it is called every few seconds. False once the lock was lost, and for ever after."""
        try:
            _ask(self._lease.hold)
        except LeaseHeld:
            return False
        return True

    def release(self) -> None:
        """Lets another process replay."""
        _ask(self._lease.release)


class ReplayStore:
    """Replays over a Redis client that threads may share, opened when it is needed. Every method raises ReplayStoreAway."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def acquire_lock(self) -> ReplayLock | None:
        """None while another process replays. The lock of a dead process is waited for, some seconds."""
        lease = Lease(_ask(self._client), key=REPLAY_KEY, once=True)
        try:
            _ask(lease.acquire)
        except LeaseHeld:
            return None
        return ReplayLock(lease)

    def write_replay(self, replay: Replay) -> None:
        """Makes it the newest replay."""
        _ask(lambda: self._client().set(LAST_KEY, msgspec.json.encode(replay), px=REPLAY_LIFE_MS))

    def newest_replay(self) -> Replay | None:
        """The newest replay, running or ended; None if there was none in 40 days."""
        raw = _ask(lambda: self._client().get(LAST_KEY))
        return None if raw is None else _REPLAY.decode(raw)

    def is_locked(self) -> bool:
        """Whether a process replays now."""
        return bool(_ask(lambda: self._client().exists(REPLAY_KEY)))


def _ask(question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except AWAY as error:
        raise ReplayStoreAway(error_text(error)) from error
