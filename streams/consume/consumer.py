"""The loop: poll, fold, commit. Whatever fails, what is in memory is thrown away and read again from Redis.

The group decides only who owns which partition; the position comes from Redis, where it moves with the counters or not at
all. So there is one way of recovery: take the partition over anew.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from streams.consume.hold_watch import HoldWatch
from streams.consume.misrouted_log import MisroutedLog
from streams.counting_policy import Counting, Retention
from streams.dead_letters.writer import DeadLetterWriter
from streams.decode import EVENTS, Decoders
from streams.halts import Halt, PartitionHalted, sentence
from streams.kafka_log.fetch import Fetcher, InstanceInUse, KafkaAway, Read
from streams.kafka_log.kafka_connect import KafkaRefuses, Unreachable
from streams.kafka_log.produce import ProduceFailed
from streams.kafka_log.topics import NoSuchTopic
from streams.ledger.fold import Fold
from streams.ledger.partition_state import Known
from streams.site_time import DayClock, SiteTime
from streams.store.errors import StoreAway, require_passing
from streams.store.identity import clock_waits
from streams.store.outage import Outage
from streams.store.store import PositionMoved, Store

POLL_S = 0.2
_BACK_OFF_S = (0.2, 0.4, 0.8, 1.6, *(2.0,) * 8, 5.0, 10.0)
"""Each try may read a whole ledger: one that fails for long is tried less often."""
_PROGRESS_S = 5.0
_SILENT_S = 10.0
_QUIET_S = 0.3
"""Progress over what is no record is committed so often at most."""
AGAIN_S = 15.0
"""A partition that was halted is tried again after so long: its leader may be another, sound one by now."""
_log = logging.getLogger(__name__)


class Rules(NamedTuple):
    """How a site counts: what every fold is made with."""

    site_time: SiteTime
    counting: Counting
    retention: Retention
    types: Decoders = EVENTS
    """Which types the topic has; the others are counted and ignored."""

    def as_counted(self, clock: DayClock | None) -> "Rules":
        """The same with the days that were counted so far: days of two clocks in one Redis would be wrong in both."""
        if clock is None or clock == self.site_time.clock:
            return self
        return self._replace(site_time=SiteTime(*clock))


class Partition(NamedTuple):
    """One partition in this process's hands."""

    store: Store
    fold: Fold
    known: Known


class Opening(NamedTuple):
    """How partitions are taken over, and what is asked about them.

    ``verify`` raises store.TopicChanged if the topic is no longer the one it was.
    """

    verify: Callable[[], None]
    load: Callable[[int], tuple[Store, Known]]
    held_back: Callable[[], Mapping[int, str]] = dict
    """Partition -> in words, what holds it back for long. Raises topics.Unreachable."""


class Consumer:
    """Counts what comes in on the partitions of its fetcher. Used by one thread."""

    def __init__(self, fetcher: Fetcher, opening: Opening, dead_letters: DeadLetterWriter, rules: Rules) -> None:
        self._fetcher = fetcher
        self._opening = opening
        self._dead_letters = dead_letters
        self._rules = rules
        self._partitions: dict[int, Partition] = {}
        self._outage = Outage("nothing is counted", _log, _BACK_OFF_S)
        self._told = self._heard = time.monotonic()
        self._folded = 0
        self._misrouted = MisroutedLog()
        self._quiet = self._told
        self._halted: dict[int, float] = {}
        self._halts: dict[int, Halt] = {}
        self._hold_watch = HoldWatch(opening.held_back)
        self._has_owned = self._has_committed = False

    def run(self, stop: threading.Event, ends: dict[int, int] | None = None) -> None:
        """Turns until told to stop, or until every partition has reached its end of ``ends``.

        Waits for whatever of Kafka and Redis can pass. Raises TopicChanged and StoreUnusable; with ``ends`` also
        PartitionHalted, once all other partitions have reached theirs. A right in Kafka or Redis that is missing from the
        beginning is raised too (KafkaRefuses, StoreUnusable); one that is missing later was taken away, and may come back.
        """
        while not stop.is_set():
            try:
                if self._reached(ends):
                    break
                self.turn()
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
                require_passing(error, self._has_committed)
                if isinstance(error, KafkaRefuses) and not self._has_owned:
                    raise
                self._start_over(stop, error)
        if ends is not None and self._halted:
            raise PartitionHalted({number: self._halts[number] for number in self._halted})

    def turn(self) -> None:
        """One poll, folded and committed. Raises what ``run`` recovers from."""
        self._take_over()
        self._try_halted()
        self._tell_if_idle()
        try:
            reads = self._fetcher.poll(POLL_S)
        except PartitionHalted as halted:
            self._opening.verify()
            self._halt(halted.halts)
            return
        self._doubt_silence(bool(reads))
        for number, read in reads.items():
            if number in self._partitions:
                self._count(number, self._partitions[number], read)
        self._commit_quietly()
        self._hold_watch.look(self._fetcher.positions, self._fetcher.end)

    def _take_over(self) -> None:
        for number in self._partitions.keys() - self._fetcher.owned:
            del self._partitions[number]
            self._halts.pop(number, None)
        if self._fetcher.waiting or self._fetcher.differs:
            self._opening.verify()
        self._has_owned = self._has_owned or bool(self._fetcher.owned)
        waits: set[str | None] = set()
        for number in sorted(self._fetcher.waiting):
            store, known = self._opening.load(number)
            self._partitions[number] = Partition(store, Fold(known, *self._rules.as_counted(known.clock)), known)
            self._fetcher.seek(number, known.position)
            self._halted.pop(number, None)
            begin = known.position or "the beginning"
            _log.info("topic %s, partition %d: counting on from %s", self._fetcher.topic, number, begin)
            waits.add(clock_waits(known.clock, self._rules.site_time.clock))
        for text in filter(None, waits):
            _log.warning("topic %s: %s", self._fetcher.topic, text)

    def _doubt_silence(self, heard: bool) -> None:
        """Heartbeats come all the time: where nothing does, the topic may be another by now. Raises TopicChanged."""
        if not heard and time.monotonic() - self._heard < _SILENT_S:
            return
        self._heard = time.monotonic()
        if not heard:
            with suppress(Unreachable):  # then it is the broker that is silent: polling finds it once it is back
                self._opening.verify()

    def _count(self, number: int, partition: Partition, read: Read) -> None:
        for record in read.records:
            partition.fold.take(record)
        partition.fold.pass_to(read.position)
        if read.records:
            self._commit(number, partition)
            self._tell(len(read.records))

    def _commit_quietly(self) -> None:
        """Commits what moved over markers of transactions and what was taken back: then nothing waits at their end either."""
        if time.monotonic() - self._quiet >= _QUIET_S:
            self._quiet = time.monotonic()
            for number, partition in self._partitions.items():
                self._commit(number, partition)

    def _commit(self, number: int, partition: Partition, halt: Halt | None = None) -> None:
        changes = partition.fold.take_changes(halt)
        if changes is None:
            return
        self._dead_letters.send_letters(number, changes.dead)
        partition.store.commit(changes)
        self._has_committed = True
        self._misrouted.look(number, partition.known)
        if halt is None and number in self._halts:
            del self._halts[number]
            _log.info("topic %s, partition %d: counted on", self._fetcher.topic, number)

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
        self._halted.clear()
        for number in self._fetcher.owned:
            self._fetcher.hold(number)
        stop.wait(self._outage.note(error))

    def _halt(self, halts: Mapping[int, Halt]) -> None:
        """Reads these partitions no more for a while, and says why: to the log once, and beside their position."""
        for number, halt in halts.items():
            partition = self._partitions.get(number)
            if partition is None or number not in self._fetcher.positions:
                continue  # another member of the group has it by now
            self._fetcher.drop(number)
            self._halted[number] = time.monotonic()
            if self._halts.get(number) != halt:
                self._halts[number] = halt
                _log.error("topic %s, %s", self._fetcher.topic, sentence(number, halt))
            partition.fold.pass_to(halt.offset)
            if partition.known.halt != halt or not partition.fold.is_committed:
                self._commit(number, partition, halt)

    def _try_halted(self) -> None:
        for number, since in list(self._halted.items()):
            if number not in self._partitions or time.monotonic() - since >= AGAIN_S:
                del self._halted[number]
                if number in self._partitions:
                    self._fetcher.seek(number, self._partitions[number].known.position)

    def _reached(self, ends: dict[int, int] | None) -> bool:
        """Whether all that is not halted is counted, and committed, up to its end."""
        if ends is None:
            return False
        positions, there = self._fetcher.positions, self._partitions
        return all(
            number in self._halted
            or (number in there and positions.get(number, -1) >= end and there[number].fold.is_committed)
            for number, end in ends.items()
        )
