"""The loop: poll, fold, commit. Whatever fails, what is in memory is thrown away and read again from Redis.

The group decides only who owns which partition; the position comes from Redis, where it moves with the counters or not at
all. So there is one way of recovery: take the partition over anew.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from streams.counting import Counting, Retention
from streams.dead_letters import DeadLetters
from streams.decode import EVENTS, Decoders
from streams.fetch import Fetcher, GapInLog, InstanceInUse, KafkaAway
from streams.fold import Fold, Record
from streams.known import Known
from streams.misrouted_log import MisroutedLog
from streams.outage import Outage
from streams.produce import ProduceFailed
from streams.site_time import SiteTime
from streams.store import PositionMoved, Store
from streams.store_errors import StoreAway, require_passing
from streams.topics import NoSuchTopic, Unreachable

POLL_S = 0.2
_BACK_OFF_S = (0.2, 0.4, 0.8, 1.6, 2.0)
_PROGRESS_S = 5.0
_SILENT_S = 10.0
_log = logging.getLogger(__name__)


class Rules(NamedTuple):
    """How a site counts: what every fold is made with."""

    site_time: SiteTime
    counting: Counting
    retention: Retention
    types: Decoders = EVENTS
    """Which types the topic has; the others are counted and ignored."""


class Partition(NamedTuple):
    """One partition in this process's hands."""

    store: Store
    fold: Fold
    known: Known


class Opening(NamedTuple):
    """How partitions are taken over. ``verify`` raises store.TopicChanged if the topic is no longer the one it was."""

    verify: Callable[[], None]
    load: Callable[[int], tuple[Store, Known]]


class Consumer:
    """Counts what comes in on the partitions of its fetcher. Used by one thread."""

    def __init__(self, fetcher: Fetcher, opening: Opening, dead_letters: DeadLetters, rules: Rules) -> None:
        self._fetcher = fetcher
        self._opening = opening
        self._dead_letters = dead_letters
        self._rules = rules
        self._partitions: dict[int, Partition] = {}
        self._outage = Outage("nothing is counted", _log, _BACK_OFF_S)
        self._told = self._heard = time.monotonic()
        self._folded = 0
        self._misrouted = MisroutedLog()

    def run(self, stop: threading.Event, ends: dict[int, int] | None = None) -> None:
        """Turns until told to stop, or until every partition has reached its end of ``ends``.

        Waits for whatever of Kafka and Redis can pass. Raises TopicChanged and StoreUnusable; with ``ends`` also GapInLog,
        since then the end is never reached.
        """
        while not stop.is_set():
            try:
                if self._reached(ends):
                    return
                self._turn_or_halt(ends)
                self._outage.idle()
            except (
                *StoreAway,
                KafkaAway,
                Unreachable,
                NoSuchTopic,
                ProduceFailed,
                InstanceInUse,
                PositionMoved,
            ) as error:
                require_passing(error)
                self._start_over(stop, error)

    def _turn_or_halt(self, ends: dict[int, int] | None) -> None:
        try:
            self.turn()
        except GapInLog as gap:
            self._opening.verify()
            if ends is not None:
                raise
            self._halt(gap)

    def turn(self) -> None:
        """One poll, folded and committed. Raises what ``run`` recovers from."""
        self._take_over()
        self._tell_if_idle()
        found = self._fetcher.poll(POLL_S)
        self._doubt_silence(bool(found))
        for number, records in found.items():
            partition = self._partitions.get(number)
            if partition is not None:
                self._count(number, partition, records)

    def _take_over(self) -> None:
        for number in self._partitions.keys() - self._fetcher.owned:
            del self._partitions[number]
        if self._fetcher.waiting or self._fetcher.differs:
            self._opening.verify()
        for number in sorted(self._fetcher.waiting):
            store, known = self._opening.load(number)
            self._partitions[number] = Partition(store, Fold(known, *self._rules), known)
            self._fetcher.seek(number, known.position)
            _log.info("partition %d: counting on from %s", number, known.position or "the beginning")

    def _doubt_silence(self, heard: bool) -> None:
        """Heartbeats come all the time: where nothing does, the topic may be another by now. Raises TopicChanged."""
        if not heard and time.monotonic() - self._heard < _SILENT_S:
            return
        self._heard = time.monotonic()
        if not heard:
            with suppress(Unreachable):  # then it is the broker that is silent: polling finds it once it is back
                self._opening.verify()

    def _count(self, number: int, partition: Partition, records: Iterable[Record]) -> None:
        for record in records:
            partition.fold.take(record)
        changes = partition.fold.take_changes()
        if changes is None:
            return
        self._dead_letters.send(number, changes.dead)
        partition.store.commit(changes)
        self._misrouted.look(number, partition.known)
        self._tell(changes.position - changes.start)

    def _tell(self, records: int) -> None:
        self._folded += records
        seconds = time.monotonic() - self._told
        if seconds >= _PROGRESS_S:
            _log.info("%d records in %.0f s", self._folded, seconds)
            self._told, self._folded = time.monotonic(), 0

    def _tell_if_idle(self) -> None:
        if not self._fetcher.owned and time.monotonic() - self._told >= _PROGRESS_S:
            _log.info("no partition yet: another member of the group holds them, or its session must end first (10 s)")
            self._told = time.monotonic()

    def _start_over(self, stop: threading.Event, error: Exception) -> None:
        """Forgets everything, waits a little, and has every partition loaded again."""
        self._partitions.clear()
        for number in self._fetcher.owned:
            self._fetcher.hold(number)
        stop.wait(self._outage.note(error))

    def _halt(self, gap: GapInLog) -> None:
        _log.error("%s", gap)
        for number in gap.partitions:
            self._partitions.pop(number, None)
            self._fetcher.drop(number)

    def _reached(self, ends: dict[int, int] | None) -> bool:
        """Asked of the fetcher: a log may end in markers of transactions, which are no records."""
        if ends is None:
            return False
        return all(number in self._partitions and self._fetcher.position(number) >= end for number, end in ends.items())
