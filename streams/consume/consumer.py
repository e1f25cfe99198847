"""The consumer of one topic: a loop of poll, fold and commit. After any failure the memory is dropped and read again from Redis.

The group decides only which process owns which partition; the position comes from Redis, where it moves with the counters
or not at all. So there is one way of recovery: load the partition again.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from streams.actions import ProduceFailed
from streams.consume.notices import MisroutedNotices, StandstillNotices
from streams.counting_policy import Counting, Retention
from streams.dead_letters.letters import DeadLetterWriter
from streams.decode import EVENTS, Decoders
from streams.halts import Halt, PartitionHalted, sentence
from streams.kafka_log.fetch import Fetcher, InstanceInUse, KafkaAway, Read
from streams.kafka_log.kafka_connect import KafkaRefuses, Unreachable
from streams.kafka_log.topics import NoSuchTopic
from streams.ledger.fold import Fold
from streams.ledger.partition_state import PartitionState
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
"""Progress over offsets without records is committed so often at most."""
AGAIN_S = 15.0
"""A halted partition is tried again after so long: another, sound replica may lead it by now."""
_PASSING = (*StoreAway, KafkaAway, Unreachable, NoSuchTopic, ProduceFailed, InstanceInUse, PositionMoved)
"""The errors that may end by themselves."""
_log = logging.getLogger(__name__)


class Rules(NamedTuple):
    """The rules of counting that every fold is made with."""

    site_time: SiteTime
    counting: Counting
    retention: Retention
    types: Decoders = EVENTS
    """The types of the topic; others are counted and ignored."""

    def as_counted(self, clock: DayClock | None) -> "Rules":
        """The same with the days that were counted so far: days of two clocks in one Redis would be wrong in both."""
        if clock is None or clock == self.site_time.clock:
            return self
        return self._replace(site_time=SiteTime(*clock))


class Partition(NamedTuple):
    """One partition that this process counts."""

    store: Store
    fold: Fold
    state: PartitionState


class PartitionLoader(NamedTuple):
    """Loads partitions from the store, and asks Kafka about their topic.

    ``verify`` raises store.TopicChanged if the topic was recreated or has other partitions.
    """

    verify: Callable[[], None]
    load: Callable[[int], tuple[Store, PartitionState]]
    held_back: Callable[[], Mapping[int, str]] = dict
    """Partition -> in words, what holds it back for long. Raises topics.Unreachable."""


class Consumer:
    """Counts what comes in on the partitions of its fetcher. Used by one thread."""

    def __init__(self, fetcher: Fetcher, loader: PartitionLoader, dead_letters: DeadLetterWriter, rules: Rules) -> None:
        self._fetcher = fetcher
        self._loader = loader
        self._dead_letters = dead_letters
        self._rules = rules
        self._partitions: dict[int, Partition] = {}
        self._outage = Outage("nothing is counted", _log, _BACK_OFF_S)
        self._logged_at = self._heard_at = time.monotonic()
        self._folded = 0
        self._misrouted = MisroutedNotices()
        self._committed_at = self._logged_at
        self._halted: dict[int, float] = {}
        self._halts: dict[int, Halt] = {}
        self._standstill = StandstillNotices(loader.held_back)
        self._has_owned = self._has_committed = False

    def run(self, stop: threading.Event, ends: dict[int, int] | None = None) -> None:
        """Counts until ``stop`` is set, or until every partition has reached its end of ``ends``.

        Waits out every failure of Kafka and Redis that can pass. Raises TopicChanged and StoreUnusable; with ``ends`` also
        PartitionHalted, once all other partitions have reached theirs. A missing right in Kafka or Redis is raised at the
        beginning (KafkaRefuses, StoreUnusable); later it was withdrawn, and may come back.
        """
        while not stop.is_set():
            try:
                if self._reached(ends):
                    break
                self.turn()
                self._outage.idle()
            except _PASSING as error:
                require_passing(error, self._has_committed)
                if isinstance(error, KafkaRefuses) and not self._has_owned:
                    raise
                self._start_over(stop, error)
        if ends is not None and self._halted:
            raise PartitionHalted({number: self._halts[number] for number in self._halted})

    def turn(self) -> None:
        """One poll, folded and committed. Raises the errors that ``run`` recovers from."""
        self._load_waiting()
        self._try_halted()
        self._log_if_idle()
        try:
            reads = self._fetcher.poll(POLL_S)
        except PartitionHalted as halted:
            self._loader.verify()
            self._halt(halted.halts)
            return
        if self._fetcher.differs:  # before anything of another topic is counted
            self._loader.verify()
        self._doubt_silence(bool(reads))
        for number, read in reads.items():
            if number in self._partitions:
                self._count_read(number, self._partitions[number], read)
        self._commit_progress()
        self._standstill.check_positions(self._fetcher.positions, self._fetcher.end)

    def _load_waiting(self) -> None:
        for number in self._partitions.keys() - self._fetcher.owned:
            del self._partitions[number]
            self._halts.pop(number, None)
        if self._fetcher.waiting:
            self._loader.verify()
        self._has_owned = self._has_owned or bool(self._fetcher.owned)
        waits: set[str | None] = set()
        for number in sorted(self._fetcher.waiting):
            store, state = self._loader.load(number)
            self._partitions[number] = Partition(store, Fold(state, *self._rules.as_counted(state.clock)), state)
            self._fetcher.seek(number, state.position)
            self._halted.pop(number, None)
            begin = state.position or "the beginning"
            _log.info("topic %s, partition %d: counting on from %s", self._fetcher.topic, number, begin)
            waits.add(clock_waits(state.clock, self._rules.site_time.clock))
        for text in filter(None, waits):
            _log.warning("topic %s: %s", self._fetcher.topic, text)

    def _doubt_silence(self, heard: bool) -> None:
        """Heartbeats come all the time: after a long silence the topic may have been recreated. Raises TopicChanged."""
        if not heard and time.monotonic() - self._heard_at < _SILENT_S:
            return
        self._heard_at = time.monotonic()
        if not heard:
            with suppress(Unreachable):  # the broker is silent then: polling goes on once it is back
                self._loader.verify()

    def _count_read(self, number: int, partition: Partition, read: Read) -> None:
        for record in read.records:
            partition.fold.fold_record(record)
        partition.fold.pass_to(read.position)
        if read.records:
            self._commit(number, partition)
            self._log_progress(len(read.records))

    def _commit_progress(self) -> None:
        """Commits positions that moved over markers and aborted records: then nothing waits at the end of a log."""
        if time.monotonic() - self._committed_at >= _QUIET_S:
            self._committed_at = time.monotonic()
            for number, partition in self._partitions.items():
                self._commit(number, partition)

    def _commit(self, number: int, partition: Partition, halt: Halt | None = None) -> None:
        changes = partition.fold.take_changes(halt)
        if changes is None:
            return
        self._dead_letters.send_letters(number, changes.dead)
        partition.store.commit(changes)
        self._has_committed = True
        self._misrouted.check_partition(number, partition.state)
        if halt is None and number in self._halts:
            del self._halts[number]
            _log.info("topic %s, partition %d: counted on", self._fetcher.topic, number)

    def _log_progress(self, records: int) -> None:
        self._folded += records
        seconds = time.monotonic() - self._logged_at
        if seconds >= _PROGRESS_S:
            _log.info("%d records in %.0f s", self._folded, seconds)
            self._logged_at, self._folded = time.monotonic(), 0

    def _log_if_idle(self) -> None:
        if not self._fetcher.owned and time.monotonic() - self._logged_at >= _PROGRESS_S:
            _log.info("no partition yet: another member of the group holds them, or its session must end first (10 s)")
            self._logged_at = time.monotonic()

    def _start_over(self, stop: threading.Event, error: Exception) -> None:
        """Drops all partitions, waits a little, and lets each be loaded again."""
        self._partitions.clear()
        self._halted.clear()
        for number in self._fetcher.owned:
            self._fetcher.hold(number)
        stop.wait(self._outage.note(error))

    def _halt(self, halts: Mapping[int, Halt]) -> None:
        """Stops reading these partitions for a while, and gives the reason: to the log once, and stored with their position."""
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
            if partition.state.halt != halt or not partition.fold.is_committed:
                self._commit(number, partition, halt)

    def _try_halted(self) -> None:
        for number, since in list(self._halted.items()):
            if number not in self._partitions or time.monotonic() - since >= AGAIN_S:
                del self._halted[number]
                if number in self._partitions:
                    self._fetcher.seek(number, self._partitions[number].state.position)

    def _reached(self, ends: dict[int, int] | None) -> bool:
        """Whether every partition that is not halted is counted and committed up to its end."""
        if ends is None:
            return False
        positions, partitions = self._fetcher.positions, self._partitions
        return all(
            number in self._halted
            or (number in partitions and positions.get(number, -1) >= end and partitions[number].fold.is_committed)
            for number, end in ends.items()
        )
