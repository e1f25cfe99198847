"""The outcome of a replayed file: where its lines lie already, a wait until they are counted, and what was counted."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from dashboard.board.bus import AWAY
from dashboard.floor.partition_follower import STALE_S
from dashboard.wiring.commands import require_redis
from dashboard.wiring.connections import Connections
from streams.kafka_log.topics import describe, ends
from streams.store.errors import error_text
from streams.store.identity import stored_identity
from streams.store.reader import Meta
from streams.store.record_routes import RecordRoutes, read_routes

_LOOK_EVERY_S = 0.2
PATIENCE_S, PATIENCE_WITHOUT_CONSUMER_S = 60.0, 5.0
"""So long the wait goes on without progress: with a consumer that lives, and with one that gives no sign."""
_ALIVE_MS = STALE_S * 1000
"""A heartbeat as young as this was counted by a consumer at work."""
_FATES = ("applied", "duplicates", "superseded", "ignored")
_PARTS = {"misrouted": "applied", "conflicts": "duplicates"}
_DEAD = "dead:"


class ReplayTotals(NamedTuple):
    """Position and sums of all partitions at one moment."""

    positions: Mapping[int, int]
    sums: Counter[str]
    heartbeat_ms: int


def add_totals(metas: Mapping[int, Meta | None]) -> ReplayTotals:
    """The metas of the partitions -> their totals; a partition that counted nothing yet adds nothing."""
    counted = {partition: meta for partition, meta in metas.items() if meta is not None}
    sums: Counter[str] = Counter()
    for meta in counted.values():
        sums.update(meta.totals)
    newest = max((meta.heartbeat_ms or 0 for meta in counted.values()), default=0)
    return ReplayTotals({partition: meta.position for partition, meta in counted.items()}, sums, newest)


def waiting(now: ReplayTotals, ends: Mapping[int, int]) -> int:
    """How many records before these ends are not counted yet."""
    return sum(max(0, end - now.positions.get(partition, 0)) for partition, end in ends.items())


def counted_text(before: ReplayTotals, after: ReplayTotals, sent: int) -> str:
    """The change of the totals between two moments, in words; it names records of other senders, if there are any."""
    new = after.sums - before.sums
    dead = {name.removeprefix(_DEAD): n for name, n in sorted(new.items()) if name.startswith(_DEAD)}
    parts = [f"{new[name]} {name}" for name in _FATES if new[name] or name == "applied"]
    if dead:
        parts.append(f"{sum(dead.values())} dead-lettered ({', '.join(f'{n} {reason}' for reason, n in dead.items())})")
    notes = [f"{new[name]} of the {whole} {name}" for name, whole in _PARTS.items() if new[name]]
    others = sum(new[name] for name in _FATES) + sum(dead.values()) - sent
    notes += [f"with {others} that waited before or came from elsewhere"] if others > 0 else []
    return "counted: " + "; ".join([", ".join(parts), *notes])


class ReplayOutcome:
    """Looks at the counters before a file is sent and until it is counted. A Redis that is away is named, and no error."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._settings = connections.settings
        self.trouble = ""
        """Why Redis was not reached the last time."""

    def routes(self) -> RecordRoutes | None:
        """Where the ledger lines of records lie that are sent again; None: Redis does not answer. Raises Unreachable."""
        log = describe(self._settings.kafka, self._settings.topic)
        try:
            require_redis(self._connections)
            client = self._connections.redis()
            identity = stored_identity(client, self._settings.topic)
            if identity is None or (identity.topic_id, identity.partitions) != (log.topic_id, log.partitions):
                return RecordRoutes()  # nothing is counted of this log
            return read_routes(client, self._settings.topic, identity.partitions)
        except AWAY as error:
            self.trouble = error_text(error)
            return None

    def ends(self) -> dict[int, int]:
        """Where the partitions of the topic end now. Raises Unreachable."""
        return {number: end for number, (_, end) in ends(self._settings.kafka, self._settings.topic).items()}

    def wait(self, before: ReplayTotals | None, sent: int, show: Callable[[str], None], stop: threading.Event) -> str:
        """Waits until the topic as it is now is counted, nothing moves any more, or ``stop`` is set -> what to say of it."""
        if before is None:
            return f"whether it is counted cannot be seen: {self.trouble}"
        ends = self.ends()
        newest = self.wait_for_positions(
            before, ends, lambda left: show(f"{sent} sent, {left} wait to be counted"), stop
        )
        counted = counted_text(before, newest, sent)
        if not (left := waiting(newest, ends)):
            return counted
        why = "" if stop.is_set() else "; nothing is counted just now: is `callfloor consume` running?"
        return f"{counted}; {left} records wait{why}"

    def wait_for_positions(
        self, before: ReplayTotals, ends: Mapping[int, int], show: Callable[[int], None], stop: threading.Event
    ) -> ReplayTotals:
        """Until what lies before ``ends`` is counted, no more of it is, or it is told to stop -> what is counted then.

        A partition that stands still is not waited for because others move on.
        """
        newest, moved_s = before, time.monotonic()
        while not stop.is_set():
            now = self.now()
            if now is not None:
                left, was = waiting(now, ends), waiting(newest, ends)
                newest = now
                if not left:
                    break
                if left != was:
                    moved_s = time.monotonic()
                show(left)
            is_alive = time.time_ns() // 1_000_000 - newest.heartbeat_ms < _ALIVE_MS
            if time.monotonic() - moved_s > (PATIENCE_S if is_alive else PATIENCE_WITHOUT_CONSUMER_S):
                break
            stop.wait(_LOOK_EVERY_S)
        return newest

    def now(self) -> ReplayTotals | None:
        """The totals as they are now; None: Redis does not answer."""
        try:
            require_redis(self._connections)
            counters = self._connections.event_counters()
            return add_totals({number: counters.meta(number) for number in counters.partitions})
        except AWAY as error:
            self.trouble = error_text(error)
            return None
