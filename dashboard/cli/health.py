"""The reading side of the health page, opened when it is first asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dashboard.health import Health, not_counted
from dashboard.live.publish import wall_clock_ms
from dashboard.settings import Settings
from dashboard.site.watch import SiteWatch
from streams.store import open_redis
from streams.store_identity import stored_identity
from streams.store_reader import Reader


class Opening:
    """Opens the counters, and again until something is counted: before that their partitions are not known."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None
        self._reader: Reader | None = None

    def __call__(self) -> Reader:
        """Raises what Redis raises."""
        if self._client is None:
            self._client = open_redis(self._settings.redis)
        if self._reader is not None:
            return self._reader
        identity = stored_identity(self._client, self._settings.topic)
        reader = Reader(self._client, self._settings.topic, identity.partitions if identity else 0)
        if identity:
            self._reader = reader
        return reader

    def close(self) -> None:
        """Lets the connection go."""
        if self._client is not None:
            self._client.close()


@contextmanager
def health_of(
    settings: Settings, sites: SiteWatch, overdue: Callable[[], int | None] = not_counted
) -> Iterator[Health]:
    """The report of these settings; nothing is connected before it is needed. ``overdue``: as in ``Health``."""
    reader = Opening(settings)
    try:
        yield Health(sites, reader, wall_clock_ms, overdue)
    finally:
        reader.close()
