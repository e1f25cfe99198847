"""The observer of Kafka: ends and settings of the topic and its dead letters, read in a thread, so that no reader waits."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from dashboard.floor.partition_follower import STALE_S
from dashboard.health.service_states import DeadLetterSum, KafkaState
from dashboard.settings import Settings
from streams.dead_letters.letters import DeadLetterFollower, Letter, ReasonSum, shape_of
from streams.kafka_log import topics
from streams.kafka_log.log_reader import RecordReader
from streams.store.outage import repeat_in_thread

EVERY_S = 3.0
_WANTED_MS = 20_000
"""So long after the last question the observer goes on looking."""
OLD_MS = STALE_S * 1000
"""An older answer says nothing about the present."""


class KafkaObserver:
    """Called, it gives the newest state; None before the first look and where the last look is long ago."""

    def __init__(self, settings: Settings, now_ms: Callable[[], int]) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self._state: KafkaState | None = None
        self._asked_ms = self._looked_ms = now_ms()
        self._letters = _DeadLetterSums(settings)

    def __call__(self) -> KafkaState | None:
        """At once, whatever Kafka does."""
        self._asked_ms = now_ms = self._now_ms()
        state = self._state
        if state is None or now_ms - self._looked_ms > OLD_MS:
            return None
        return KafkaState(state.at_ms, state.error) if now_ms - state.at_ms > OLD_MS else state

    def step(self) -> None:
        """Looks, if somebody asked lately."""
        if self._now_ms() - self._asked_ms <= _WANTED_MS:
            self.look()

    def look(self) -> None:
        """Looks now; where Kafka cannot be asked, adds the reason to the last state."""
        settings, now_ms = self._settings, self._now_ms()
        try:
            info = topics.describe(settings.kafka, settings.topic)
            ends, letters = topics.ends(settings.kafka, settings.topic), self._letters.read()
            held = topics.open_transactions(settings.kafka, settings.topic, now_ms)
        except (topics.Unreachable, topics.NoSuchTopic) as error:
            self._state = (self._state or KafkaState(now_ms))._replace(error=str(error))
            self._looked_ms = self._now_ms()
            return
        self._state = KafkaState(now_ms, None, ends, info.log_append_time, info.retention_ms, letters, held)
        self._looked_ms = now_ms

    @contextmanager
    def following(self) -> Iterator["KafkaObserver"]:
        """Looks every few seconds while it is asked, until the block ends."""
        with closing(self), repeat_in_thread("kafka-look", self.step, EVERY_S, (), at_once=True):
            yield self

    def close(self) -> None:
        """Lets the connection go."""
        self._letters.close()


class _DeadLetterSums:
    """The dead letters by reason, read on from the last look; after an error from the beginning."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._follower = DeadLetterFollower(settings.kafka, [settings.topic, settings.actions])
        self._shapes: dict[Letter, str | None] = {}

    def read(self) -> tuple[DeadLetterSum, ...]:
        """Raises topics.Unreachable."""
        sums = self._follower.read_index().by_reason()
        self._find_shapes([each.newest for each in sums if each.newest])
        return tuple(self._sum(each) for each in sums)

    def close(self) -> None:
        self._follower.close()

    def _find_shapes(self, letters: list[Letter]) -> None:
        if missing := [letter for letter in letters if letter not in self._shapes]:
            with closing(RecordReader(self._settings.kafka)) as log:
                shapes = {letter: _shape(log, letter) for letter in missing}
            self._shapes = {letter: self._shapes.get(letter) for letter in letters} | shapes

    def _sum(self, letters: ReasonSum) -> DeadLetterSum:
        counts, newest = (letters.reason, letters.waiting, letters.again, letters.gone), letters.newest
        if newest is None:
            return DeadLetterSum(*counts, None, None, None, None)
        place = f"{newest.topic} / {newest.partition} / {newest.offset}"
        return DeadLetterSum(*counts, newest.at_ms, place, newest.field or None, self._shapes.get(newest))


def _shape(log: RecordReader, letter: Letter) -> str | None:
    for _, _, record in log.read_records(letter.topic, {letter.partition: [letter.offset]}):
        value = (record and record.value) or b""
        return shape_of(value) if record and hashlib.sha256(value).hexdigest() == letter.sha256 else None
    return None
