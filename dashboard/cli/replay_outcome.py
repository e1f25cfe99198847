"""What became of a replayed file: waits until the consumer has passed what was sent, and says what it counted."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dashboard.board.bus import AWAY
from dashboard.cli.command import redis_of
from dashboard.floor.partition_follower import STALE_S
from dashboard.settings import Settings
from streams.kafka_log.topics import TopicInfo
from streams.store.errors import error_text
from streams.store.identity import stored_identity
from streams.store.reader import Meta, Reader
from streams.store.record_routes import RecordRoutes, read_routes

_LOOK_EVERY_S = 0.2
PATIENCE_S, PATIENCE_WITHOUT_CONSUMER_S = 60.0, 5.0
"""So long without progress is waited for a consumer that lives, and for one that gives no sign."""
_ALIVE_MS = STALE_S * 1000
"""A heartbeat as young as this was counted by a consumer at work."""
_FATES = ("applied", "duplicates", "superseded", "ignored")
_PARTS = {"misrouted": "applied", "conflicts": "duplicates"}
_DEAD = "dead:"


class Totals(NamedTuple):
    """Position and sums of all partitions at one moment."""

    positions: Mapping[int, int]
    sums: Counter[str]
    heartbeat_ms: int


def totals_of(metas: Mapping[int, Meta | None]) -> Totals:
    """The metas of the partitions -> their totals; of one that counted nothing yet there are none."""
    counted = {partition: meta for partition, meta in metas.items() if meta is not None}
    sums: Counter[str] = Counter()
    for meta in counted.values():
        sums.update(meta.totals)
    newest = max((meta.heartbeat_ms or 0 for meta in counted.values()), default=0)
    return Totals({partition: meta.position for partition, meta in counted.items()}, sums, newest)


def waiting(now: Totals, ends: Mapping[int, int]) -> int:
    """How many records before these ends are not counted yet."""
    return sum(max(0, end - now.positions.get(partition, 0)) for partition, end in ends.items())


def counted_text(before: Totals, after: Totals, sent: int) -> str:
    """What was counted between two moments, in words; with what others sent meanwhile, if there was something."""
    found = after.sums - before.sums
    dead = {name.removeprefix(_DEAD): n for name, n in sorted(found.items()) if name.startswith(_DEAD)}
    parts = [f"{found[name]} {name}" for name in _FATES if found[name] or name == "applied"]
    if dead:
        parts.append(f"{sum(dead.values())} dead-lettered ({', '.join(f'{n} {reason}' for reason, n in dead.items())})")
    notes = [f"{found[name]} of the {whole} {name}" for name, whole in _PARTS.items() if found[name]]
    others = sum(found[name] for name in _FATES) + sum(dead.values()) - sent
    notes += [f"with {others} that waited before or came from elsewhere"] if others > 0 else []
    return "counted: " + "; ".join([", ".join(parts), *notes])


class ReplayOutcome:
    """Looks at the counters before a file is sent and until it is counted. A Redis that is away is told of, and no error."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None
        self._reader: Reader | None = None
        self.trouble = ""
        """Why Redis was not seen the last time."""

    def routes(self, log: TopicInfo) -> RecordRoutes | None:
        """Where the ledger lines of records lie that are sent again; None: Redis does not answer."""
        try:
            identity = stored_identity(self._connected(), self._settings.topic)
            if identity is None or (identity.topic_id, identity.partitions) != (log.topic_id, log.partitions):
                return RecordRoutes()  # nothing is counted of this log
            return read_routes(self._connected(), self._settings.topic, identity.partitions)
        except AWAY as error:
            self.trouble = error_text(error)
            return None

    def wait(
        self,
        before: Totals | None,
        sent: int,
        ends: Mapping[int, int],
        show: Callable[[str], None],
        stop: threading.Event,
    ) -> str:
        """Until what lies before ``ends`` is counted, nothing moves any more, or it is told to stop -> what to say."""
        if before is None:
            return f"whether it is counted cannot be seen: {self.trouble}"
        newest = self.wait_until_counted(
            before, ends, lambda left: show(f"{sent} sent, {left} wait to be counted"), stop
        )
        ever = counted_text(before, newest, sent)
        if not (left := waiting(newest, ends)):
            return ever
        why = "" if stop.is_set() else "; nothing is counted just now: is `callfloor consume` running?"
        return f"{ever}; {left} records wait{why}"

    def wait_until_counted(
        self, before: Totals, ends: Mapping[int, int], show: Callable[[int], None], stop: threading.Event
    ) -> Totals:
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
            if time.monotonic() - moved_s > self._patience_s(newest):
                break
            stop.wait(_LOOK_EVERY_S)
        return newest

    def close(self) -> None:
        """Lets the connection go."""
        if self._client is not None:
            self._client.close()

    def now(self) -> Totals | None:
        """What is counted now; None: Redis does not answer."""
        try:
            reader = self._reader or self._connect()
            return totals_of({} if reader is None else {number: reader.meta(number) for number in reader.partitions})
        except AWAY as error:
            self.trouble = error_text(error)
            return None

    def _connected(self) -> Any:
        if self._client is None:
            self._client = redis_of(self._settings)
        return self._client

    def _connect(self) -> Reader | None:
        """The counters of the topic; None while it has none."""
        identity = stored_identity(self._connected(), self._settings.topic)
        if identity is not None:
            self._reader = Reader(self._client, self._settings.topic, identity.partitions)
        return self._reader

    def _patience_s(self, newest: Totals) -> float:
        is_alive = time.time_ns() // 1_000_000 - newest.heartbeat_ms < _ALIVE_MS
        return PATIENCE_S if is_alive else PATIENCE_WITHOUT_CONSUMER_S
