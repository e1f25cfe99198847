"""What each finished day of the running month has counted, per line: read from the store's days beside the ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from dashboard.floor.day_ring import columns_of, counts
from dashboard.site.load import Site
from streams.metrics import INDEX, Rows
from streams.site_time import SiteTime, day_key
from streams.store.store_reader import Cells


class Store(Protocol):
    """What is needed of streams.store.store_reader.Reader."""

    @property
    def partitions(self) -> range: ...

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]: ...


@dataclass(frozen=True, eq=False)
class PastDays:
    """The days of a month before ``today``, of which there are any counts."""

    today: date
    columns: tuple[str, ...]
    """Metrics: all that a net needs."""
    days: dict[date, list[tuple[list[str], Rows]]]
    """Per day and partition the lines that add up to the site, and int64 (lines x columns)."""


def past_days(store: Store, site: Site, time: SiteTime, now_ms: int) -> PastDays:
    """One reading, a day after the other: what runs beside it has its turn between. Raises what the store raises."""
    today = time.day(now_ms).label
    columns = columns_of(profile.volume for profile in site.policy(today).profiles.values())
    first = today.replace(day=1)
    days = {}
    for label in (first + timedelta(days=n) for n in range((today - first).days)):
        if found := _cells(store, label, columns):
            days[label] = found
    return PastDays(today, columns, days)


def _cells(store: Store, label: date, columns: Sequence[str]) -> list[tuple[list[str], Rows]]:
    found = []
    places = [INDEX[name] for name in columns]
    for partition in store.partitions:
        for _, lines, rows in store.cells(partition, "d", [day_key(label)]):
            own = [at for at, line in enumerate(lines) if counts(line)]
            if own:
                found.append(([lines[at] for at in own], rows[own][:, places]))
    return found
