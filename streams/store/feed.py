"""An entry of the change feed, and its bytes. It holds absolute values, so reading it twice does no harm."""

import msgspec

from streams.events import Snapshot, StateNow
from streams.halts import Halt
from streams.ledger.facts import ActionLine
from streams.site_time import Bucket
from streams.source_days import SourceDay, SourceKey


class FeedCells(msgspec.Struct, frozen=True, array_like=True):
    """The packed cells of one bucket that a commit changed."""

    kind: str
    key: int
    lines: list[str]
    cells: list[bytes]


class FeedEntry(msgspec.Struct, frozen=True, array_like=True):
    """The changes of one commit. Offsets [start, position) were folded."""

    start: int
    position: int
    newest_ms: int | None
    heartbeat_ms: int | None
    totals: dict[str, int]
    cells: list[FeedCells]
    states: dict[str, StateNow]
    snapshots: dict[str, Snapshot]
    sources: dict[str, int]
    dropped: list[Bucket]
    actions: list[tuple[str, str, ActionLine]] = []
    """(agent, action id, line)"""
    types: dict[str, int] = {}
    """Type of event -> facts ever counted, for the types of this commit."""
    source_days: list[tuple[int, str, SourceDay]] = []
    """(yyyymmdd, source, its findings)"""
    old_source_days: list[SourceKey] = []
    halt: Halt | None = None
    """Why nothing after the position is counted; None: it goes on."""
    erased: bool = False
    """Whether lines of a person were erased. The feed names no erased id, so a reader reads everything again."""


FIELD = "e"
"""The field of the stream that has the entry as msgpack."""
