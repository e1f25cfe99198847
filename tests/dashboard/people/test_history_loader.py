"""The thread that reads past shifts: it takes up what changes, waits while Redis is away, and never ends unnoticed."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import redis

from dashboard.floor.counter_store import CounterStore
from dashboard.floor.day_ring import span_of
from dashboard.floor.partition_follower import Follower
from dashboard.people.drops import default_limit
from dashboard.people.history_loader import HistoryLoader, ReadingPace, ShiftCache
from streams.site_time import DAY_MS
from streams.store.errors import StoreAway
from streams.store.reader import Cells
from tests.dashboard.partitions import NOON_MS, call, reader
from tests.dashboard.people.evidence_floor import OPENS_MS, TODAY, Floor, names
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
QUICK = ReadingPace(0.01, 0.05, 0.0)


@pytest.fixture
def floor(store_client: Any) -> Floor:
    floor = Floor(store_client, names(12))
    for day in (2, 1):
        floor.work(day, hours=2)
    return floor


def loader(floor: Floor, store: CounterStore | None = None, clock_ms: Sequence[int] = (NOON_MS,)) -> HistoryLoader:
    """``clock_ms``: its last element is now."""
    return HistoryLoader(
        store or reader(floor.client), floor.site, lambda: clock_ms[-1], StoreAway, default_limit, QUICK
    )


def counted(reads: HistoryLoader) -> float:
    """Calls of all past shifts; 0 until they are known."""
    return float(reads.history.counted.sum()) if reads.history is not None else 0.0


def test_a_late_call_is_taken_up_from_the_feed(floor: Floor) -> None:
    followers = [Follower(reader(floor.client), at, span_of(TODAY)) for at in (0, 1)]
    reads = loader(floor)

    def ticked() -> float:
        for follower in followers:
            follower.follow()
        reads.note_late_blocks([follower.ring for follower in followers])
        return counted(reads)

    with reads.running():
        before = wait_until(ticked, PATIENCE_S, "history")
        assert reads.history is not None
        assert len(reads.history.days) == 2
        floor.write([call("agent-00", "late", OPENS_MS - DAY_MS)])
        wait_until(lambda: ticked() == before + 1, PATIENCE_S, "the late call")
        followers[0].load(span_of(TODAY))
        known = reads.history
        assert ticked() == before + 1
        wait_until(lambda: not reads._cache.waits, PATIENCE_S, "read again")  # noqa: SLF001
        assert reads.history is known
    assert not any(thread.name == "history" for thread in threading.enumerate())


def test_the_day_turns(floor: Floor) -> None:
    clock_ms = [NOON_MS]
    reads = loader(floor, clock_ms=clock_ms)
    with reads.running():
        wait_until(lambda: reads.history, PATIENCE_S, "history")
        floor.work(0, hours=1)
        clock_ms.append(NOON_MS + DAY_MS)
        wait_until(lambda: reads.history and reads.history.days[-1] == TODAY.label, PATIENCE_S, "the next day")


class Told:
    """A real store that is asked for its first cells while the followers read everything anew."""

    def __init__(self, store: CounterStore) -> None:
        self._store = store
        self.tell: Callable[[], None] | None = None
        self.partitions, self.buckets = store.partitions, store.buckets

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]:
        found = self._store.cells(partition, kind, keys)
        tell, self.tell = self.tell, None
        if tell is not None:
            tell()
        return found


def test_a_day_that_is_being_read_is_read_again_if_anything_may_have_changed(floor: Floor) -> None:
    store = Told(reader(floor.client))
    shelf = ShiftCache(store, floor.site, default_limit, lambda: None)

    def tell() -> None:
        floor.write([call("agent-00", "late", OPENS_MS - DAY_MS)])
        shelf.late(None)

    store.tell = tell
    shelf.read(NOON_MS)
    assert shelf.waits
    shelf.read(NOON_MS)
    assert shelf.history is not None
    assert float(shelf.history.counted.sum()) == counted_at_once(floor)


class Unsteady:
    """A real store that is away at first, or breaks."""

    def __init__(self, store: CounterStore, error: Exception, times: int) -> None:
        self._store, self._error, self._times = store, error, times

    @property
    def partitions(self) -> range:
        return self._store.partitions

    def buckets(self, partition: int, kind: str) -> list[int]:
        return self._store.buckets(partition, kind)

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]:
        self._times -= 1
        if self._times >= 0:
            raise self._error
        return self._store.cells(partition, kind, keys)


def test_while_redis_is_away_it_tries_again(floor: Floor) -> None:
    reads = loader(floor, Unsteady(reader(floor.client), redis.ConnectionError("away"), 2))
    with reads.running():
        wait_until(lambda: reads.history, PATIENCE_S, "history after the outage")
    assert counted(reads) == counted_at_once(floor)


def counted_at_once(floor: Floor) -> float:
    return float(floor.history().counted.sum())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_nobody_foresaw_is_heard_by_the_tick(floor: Floor) -> None:
    reads = loader(floor, Unsteady(reader(floor.client), ValueError("no such schema"), 1))
    with reads.running():
        wait_until(lambda: not any(t.name == "history" for t in threading.enumerate()), PATIENCE_S, "the thread's end")
        with pytest.raises(RuntimeError, match="has ended"):
            reads.note_late_blocks([])


def test_who_holds_the_turn_is_not_disturbed(floor: Floor) -> None:
    store, begun = Told(reader(floor.client)), threading.Event()
    store.tell = begun.set
    reads = loader(floor, store)
    with reads.turn, reads.running():
        assert begun.wait(PATIENCE_S), "the first piece"
        assert reads.history is None
        reads.turn.release()
        wait_until(lambda: reads.history, PATIENCE_S, "history")
        reads.turn.acquire()
