"""What Redis says of the line beside the counters: who publishes and when he last did, and how the replay of letters goes."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from dashboard.board.bus import AWAY, LEASE_KEY, Lease, LeaseHeld, snapshot_key
from dashboard.health.observed import PublisherSeen
from dashboard.health.replay_lock import Run, RunsAway
from streams.site_time import DAY_MS
from streams.store.errors import error_text

REPLAY_KEY = "callfloor:replay"
LAST_KEY = "callfloor:replay:last"
KEPT_MS = 40 * DAY_MS
"""As long as letters are kept."""
_RUN = msgspec.json.Decoder(Run)
Answer = TypeVar("Answer")


class _Published(msgspec.Struct):
    """What is wanted of a snapshot."""

    now: int
    build: str = ""


_published = msgspec.json.Decoder(_Published)


def publisher_of(client: Any) -> PublisherSeen | None:
    """Who holds the lease, and what he published last; None where nobody does. Raises what is in AWAY."""
    holder, newest = client.get(LEASE_KEY), client.get(snapshot_key("floor"))
    if holder is None:
        return None
    named = json.loads(holder)
    found = _published.decode(newest) if newest else None
    return PublisherSeen(named["host"], named["pid"], found.build if found else "", found.now if found else None)


class _Held:
    """dashboard.health.replay_lock.Right over a lease that was taken."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    def hold(self) -> bool:
        """See Right."""
        try:
            _ask(self._lease.hold)
        except LeaseHeld:
            return False
        return True

    def release(self) -> None:
        """See Right."""
        _ask(self._lease.release)


class RedisRuns:
    """dashboard.health.replay_lock.Runs over a client of Redis, which may be shared by threads."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def take(self) -> _Held | None:
        """See Runs."""
        lease = Lease(self._client, key=REPLAY_KEY, once=True)
        try:
            _ask(lease.take)
        except LeaseHeld:
            return None
        return _Held(lease)

    def write(self, run: Run) -> None:
        """See Runs."""
        _ask(lambda: self._client.set(LAST_KEY, msgspec.json.encode(run), px=KEPT_MS))

    def last(self) -> Run | None:
        """See Runs."""
        found = _ask(lambda: self._client.get(LAST_KEY))
        return None if found is None else _RUN.decode(found)

    def is_running(self) -> bool:
        """See Runs."""
        return bool(_ask(lambda: self._client.exists(REPLAY_KEY)))


def _ask(question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except AWAY as error:
        raise RunsAway(error_text(error)) from error
