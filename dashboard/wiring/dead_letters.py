"""The parts of the desk of letters: how letters are replayed with these settings, and where the runs are kept."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from dashboard.board.publish import wall_clock_ms
from dashboard.health.letter_replay import Counted, LetterDesk
from dashboard.health.redis_health import RedisRuns
from dashboard.health.replay_lock import RunsAway
from dashboard.settings import Settings
from streams.dead_letters.fetch_letters import LetterReader, LogReader
from streams.dead_letters.letters import LetterBook, to_send
from streams.dead_letters.replay_letters import Tally, replay
from streams.dead_letters.writer import TOPIC
from streams.kafka_log.produce import Producer
from streams.kafka_log.topics import NoSuchTopic, ends
from streams.store.store import open_redis
from streams.store.store_errors import StoreAway

_GIVE_UP_S = 20.0


def read_book(settings: Settings) -> LetterBook:
    """The letters of both topics as they are now. Raises topics.Unreachable."""
    book = LetterBook([settings.topic, settings.actions])
    try:
        until = {number: end for number, (_, end) in ends(settings.kafka, TOPIC).items()}
        with closing(LetterReader(settings.kafka, TOPIC)) as reader:
            book.take(reader.read(until))
    except NoSuchTopic:
        return book  # nothing was ever refused
    return book


def send_again(
    settings: Settings, reason: str | None, by: str, before: Callable[[Counted], None], stop: threading.Event
) -> Tally:
    """Replays what waits, of a reason or all. Raises topics.Unreachable, ProduceFailed, and what ``before`` raises."""
    letters = to_send(read_book(settings).waiting(reason))
    before(Tally(len(letters)))
    if not letters:
        return Tally(0)
    with (
        closing(LogReader(settings.kafka)) as log,
        Producer(settings.kafka, settings.topic, give_up_s=_GIVE_UP_S) as producer,
    ):
        return replay(letters, log, producer, by, before=before, stop=stop)


class _Opening:
    """Opens Redis when runs are first asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None

    def __call__(self) -> RedisRuns:
        """Raises RunsAway."""
        try:
            if self._client is None:
                self._client = open_redis(self._settings.redis)
        except StoreAway as error:
            raise RunsAway(str(error)) from error
        return RedisRuns(self._client)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


@contextmanager
def letter_desk_of(settings: Settings) -> Iterator[LetterDesk]:
    """The desk of these settings; nothing is connected before it is needed. What runs ends with the block."""
    opening = _Opening(settings)

    def again(reason: str | None, by: str, before: Callable[[Counted], None], stop: threading.Event) -> Tally:
        return send_again(settings, reason, by, before, stop)

    desk = LetterDesk(again, opening, wall_clock_ms)
    try:
        yield desk
    finally:
        desk.close()
        opening.close()
