"""The reading side of the health page, opened when it is first asked for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dashboard.board.publish import wall_clock_ms
from dashboard.health.health_service import HealthService, unknown
from dashboard.health.letter_replay import LetterReplayService
from dashboard.health.service_states import RedisState, read_publisher
from dashboard.settings import Settings
from dashboard.site.watch import SiteWatch
from dashboard.wiring.kafka_observer import KafkaLook
from streams.store.client import open_redis, store_state
from streams.store.identity import stored_identity
from streams.store.reader import Reader


class Opening:
    """Opens the counters, and again until something is counted: before that their partitions are not known."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None
        self._readers: dict[str, Reader] = {}

    def events(self) -> Reader:
        """What is counted of what happened. Raises what Redis raises."""
        return self._reader(self._settings.topic)

    def actions(self) -> Reader:
        """What is counted of what people did here. Raises what Redis raises."""
        return self._reader(self._settings.actions)

    def _reader(self, topic: str) -> Reader:
        if (found := self._readers.get(topic)) is not None:
            return found
        client = self.client()
        identity = stored_identity(client, topic)
        reader = Reader(client, topic, identity.partitions if identity else 0)
        if identity:
            self._readers[topic] = reader
        return reader

    def client(self) -> Any:
        """The connection, opened when it is first asked for. Raises what Redis raises."""
        if self._client is None:
            self._client = open_redis(self._settings.redis)
        return self._client

    def close(self) -> None:
        """Lets the connection go."""
        if self._client is not None:
            self._client.close()


@contextmanager
def health_of(
    settings: Settings,
    sites: SiteWatch,
    overdue: Callable[[], int | None] = unknown,
    letters: LetterReplayService | None = None,
) -> Iterator[HealthService]:
    """The report of these settings; nothing is connected before it is needed. ``overdue``: as in ``Health``."""
    opening = Opening(settings)
    with ExitStack() as stack:
        stack.callback(opening.close)
        kafka = stack.enter_context(KafkaLook(settings, wall_clock_ms).following())
        yield HealthService(
            sites,
            opening.events,
            wall_clock_ms,
            overdue,
            kafka,
            lambda: RedisState(*store_state(opening.client())),
            lambda: read_publisher(opening.client()),
            letters,
            opening.actions,
        )
