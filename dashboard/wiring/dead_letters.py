"""Dead letters with the settings of a process: the index, and a replay whose runs are kept in Redis."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

from dashboard.board.publish import wall_clock_ms
from dashboard.health.letter_replay import LetterReplayService
from dashboard.health.replay_store import ReplayStore
from dashboard.settings import Settings
from dashboard.wiring.connections import Connections
from streams.dead_letters.letters import DeadLetterFollower, DeadLetterIndex, select_sendable
from streams.dead_letters.replay_letters import replay
from streams.kafka_log.log_reader import RecordReader
from streams.kafka_log.produce import Producer

_GIVE_UP_S = 20.0


def read_index(settings: Settings) -> DeadLetterIndex:
    """The letters of both topics as they are now. Raises topics.Unreachable."""
    with closing(DeadLetterFollower(settings.kafka, [settings.topic, settings.actions])) as letters:
        return letters.read_index()


def send_again(
    settings: Settings, reason: str | None, by: str, before: Callable[[Counter[str]], None], stop: threading.Event
) -> Counter[str]:
    """Replays what waits, of a reason or all. Raises topics.Unreachable, ProduceFailed, and what ``before`` raises."""
    letters = select_sendable(read_index(settings).waiting(reason))
    before(tally := Counter(total=len(letters)))
    if not letters:
        return tally
    with (
        closing(RecordReader(settings.kafka)) as log,
        Producer(settings.kafka, settings.topic, give_up_s=_GIVE_UP_S) as producer,
    ):
        return replay(letters, log, producer, by, before=before, stop=stop)


@contextmanager
def letter_service(connections: Connections) -> Iterator[LetterReplayService]:
    """Replays letters and keeps its runs in Redis; nothing is connected before it is needed. What runs ends with the block."""
    send, store = partial(send_again, connections.settings), ReplayStore(connections.redis)
    with closing(LetterReplayService(send, store, wall_clock_ms)) as service:
        yield service
