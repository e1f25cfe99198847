"""The parts of the desk of letters: how letters are replayed with these settings, and where the runs are kept."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from dashboard.board.publish import wall_clock_ms
from dashboard.health.letter_replay import LetterReplayService, ReplayTally
from dashboard.health.replay_store import ReplayStore, ReplayStoreAway
from dashboard.settings import Settings
from streams.dead_letters.letters import DeadLetterFollower, DeadLetterIndex, select_sendable
from streams.dead_letters.replay_letters import ReplayProgress, replay
from streams.kafka_log.log_reader import RecordReader
from streams.kafka_log.produce import Producer
from streams.store.client import open_redis
from streams.store.errors import StoreAway

_GIVE_UP_S = 20.0


def read_index(settings: Settings) -> DeadLetterIndex:
    """The letters of both topics as they are now. Raises topics.Unreachable."""
    with closing(DeadLetterFollower(settings.kafka, [settings.topic, settings.actions])) as letters:
        return letters.read_index()


def send_again(
    settings: Settings, reason: str | None, by: str, before: Callable[[ReplayTally], None], stop: threading.Event
) -> ReplayProgress:
    """Replays what waits, of a reason or all. Raises topics.Unreachable, ProduceFailed, and what ``before`` raises."""
    letters = select_sendable(read_index(settings).waiting(reason))
    before(ReplayProgress(len(letters)))
    if not letters:
        return ReplayProgress(0)
    with (
        closing(RecordReader(settings.kafka)) as log,
        Producer(settings.kafka, settings.topic, give_up_s=_GIVE_UP_S) as producer,
    ):
        return replay(letters, log, producer, by, before=before, stop=stop)


class _Opening:
    """Opens Redis when runs are first asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None

    def __call__(self) -> ReplayStore:
        """Raises ReplayStoreAway."""
        try:
            if self._client is None:
                self._client = open_redis(self._settings.redis)
        except StoreAway as error:
            raise ReplayStoreAway(str(error)) from error
        return ReplayStore(self._client)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


@contextmanager
def letter_desk_of(settings: Settings) -> Iterator[LetterReplayService]:
    """The desk of these settings; nothing is connected before it is needed. What runs ends with the block."""
    opening = _Opening(settings)

    def again(
        reason: str | None, by: str, before: Callable[[ReplayTally], None], stop: threading.Event
    ) -> ReplayProgress:
        return send_again(settings, reason, by, before, stop)

    desk = LetterReplayService(again, opening, wall_clock_ms)
    try:
        yield desk
    finally:
        desk.close()
        opening.close()
