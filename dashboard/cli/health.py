"""The reading side of the health page, opened when it is first asked for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from dashboard.around.seen import StoreSeen
from dashboard.around.told import Around
from dashboard.cli.kafka_look import KafkaLook
from dashboard.health import Health, not_counted
from dashboard.letters.desk import LetterDesk
from dashboard.live.bus_health import publisher_of
from dashboard.live.publish import wall_clock_ms
from dashboard.settings import Settings
from dashboard.site.watch import SiteWatch
from streams.store import open_redis
from streams.store_identity import stored_identity
from streams.store_reader import Reader
from streams.store_state import store_state


class Opening:
    """Opens the counters, and again until something is counted: before that their partitions are not known."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None
        self._reader: Reader | None = None

    def __call__(self) -> Reader:
        """Raises what Redis raises."""
        if self._reader is not None:
            return self._reader
        client = self.client()
        identity = stored_identity(client, self._settings.topic)
        reader = Reader(client, self._settings.topic, identity.partitions if identity else 0)
        if identity:
            self._reader = reader
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
    overdue: Callable[[], int | None] = not_counted,
    letters: LetterDesk | None = None,
) -> Iterator[Health]:
    """The report of these settings; nothing is connected before it is needed. ``overdue``: as in ``Health``."""
    reader = Opening(settings)
    with ExitStack() as stack:
        stack.callback(reader.close)
        kafka = stack.enter_context(KafkaLook(settings, wall_clock_ms).following())
        around = Around(kafka, lambda: _store(reader.client()), lambda: publisher_of(reader.client()))
        yield Health(sites, reader, wall_clock_ms, overdue, around, letters)


def _store(client: Any) -> StoreSeen:
    return StoreSeen(*store_state(client))
