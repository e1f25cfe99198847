"""The reading side of the counters, as the rooms above the store need it, and a copy that reads its index once."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from streams.events import StateNow
from streams.metrics import Rows
from streams.store.reader import Cells, Meta


class CounterStore(Protocol):
    """Counters, states and positions per partition; ``streams.store.reader.Reader`` is one."""

    @property
    def partitions(self) -> range: ...

    def meta(self, partition: int) -> Meta | None: ...

    def buckets(self, partition: int, kind: str) -> list[int]: ...

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]: ...

    def states(self, partition: int) -> dict[str, StateNow]: ...

    def types(self, partition: int) -> dict[str, int]: ...


class AgentCounterStore(CounterStore, Protocol):
    """A store that can be asked for the cells and the state of a single line."""

    def counts_of(self, partition: int, line: str) -> bool: ...

    def cells_of(self, partition: int, kind: str, keys: Sequence[int], line: str) -> tuple[list[int], Rows]: ...

    def state_of(self, partition: int, agent: str) -> StateNow | None: ...


class CachedStore:
    """The same store for one board: positions and buckets are read once and hold from then on."""

    def __init__(self, store: CounterStore) -> None:
        self.partitions = store.partitions
        self.meta = cache(store.meta)
        self.buckets = cache(store.buckets)
        self.cells = store.cells
        self.states = store.states
        self.types = store.types
