"""What one partition knows: the state that folding a record needs, and what a batch changes of it.

``Known`` is read from Redis when a partition is taken over and grows with the fold. ``Changes`` is what one batch wants
committed: differences of cells, new lines, and the position after it.
"""

from typing import Any, NamedTuple

from streams.agent_routes import AgentRoutes
from streams.decode import DeadLetter, Event
from streams.events import CampaignSnapshot, QueueSnapshot, Snapshot, StateNow
from streams.halts import Halt
from streams.ledger.calls import CallLine
from streams.ledger.counters import CellChanges, Limits
from streams.ledger.facts import FactLine
from streams.ledger.states import StateEntry, Timeline, TimelineBase
from streams.metrics import TOTALS
from streams.site_time import DayClock
from streams.source_days import Place, SourceDays

DEAD = "dead:"


def snapshot_of(event: Event) -> tuple[str, Snapshot]:
    """-> (``queue:<id>`` or ``campaign:<id>``, the snapshot that an event brings)."""
    data = event.data
    if isinstance(data, QueueSnapshot):
        figures = {"waiting": data.waiting, "longest_wait_s": data.longest_wait_s, "agents_ready": data.agents_ready}
        return f"queue:{data.queue}", Snapshot(event.time_ms, figures)
    if isinstance(data, CampaignSnapshot):
        figures = {name: getattr(data, name) for name in ("list_size", "done", "fresh", "redial", "used_up")}
        return f"campaign:{data.campaign}", Snapshot(event.time_ms, figures)
    raise TypeError(f"{type(data).__name__} is no snapshot")


class Known:
    """Everything remembered of one partition at one position. Only the fold changes it."""

    def __init__(self) -> None:
        self.position: int | None = None
        self.newest_ms: int | None = None
        self.heartbeat_ms: int | None = None
        self.totals: dict[str, int] = dict.fromkeys(TOTALS, 0)
        self.calls: dict[str, dict[str, CallLine]] = {}
        self.facts: dict[tuple[str, str], dict[str, FactLine]] = {}
        self.timelines: dict[tuple[str, str], Timeline] = {}
        self.halt: Halt | None = None
        self.snapshots: dict[str, Snapshot] = {}
        self.sources: dict[str, int] = {}
        self.types: dict[str, int] = {}
        self.source_days: SourceDays = {}
        self.state_sources: dict[str, str] = {}
        self.routes: AgentRoutes = {}
        self.clock: DayClock | None = None
        """By which the topic was counted so far; None: nothing says it, so the site's holds."""

    def call(self, key: str, call_id: str, limits: Limits | None) -> CallLine | None:
        """The line of a call; None where there is none, or one so old that it may be forgotten."""
        lines = self.calls.get(key)
        line = None if lines is None else lines.get(call_id)
        return None if line is not None and limits is not None and line.stamp < limits.call_stamp else line

    def fact(self, kind: str, key: str, fact_id: str, limits: Limits | None) -> FactLine | None:
        """The line of any other fact, likewise."""
        line = self.facts.get((kind, key), {}).get(fact_id)
        return None if line is not None and limits is not None and line.stamp < limits.fact_stamp else line

    def forget(self, limits: Limits) -> None:
        """Drops the lines that are so old."""
        _forget(self.calls, limits.call_stamp)
        _forget(self.facts, limits.fact_stamp)

    def cut(self, before_ms: int) -> dict[tuple[str, str], TimelineBase]:
        """Cuts the timelines before an instant -> where each that was cut begins now."""
        return {name: line.base() for name, line in self.timelines.items() if line.cut(before_ms)}


def _forget(lines: dict[Any, dict[str, Any]], oldest_stamp: int) -> None:
    for key in list(lines):
        kept = {fact_id: line for fact_id, line in lines[key].items() if line.stamp >= oldest_stamp}
        if kept:
            lines[key] = kept
        else:
            del lines[key]


class Changes(NamedTuple):
    """What one batch of one partition changes. Offsets [start, position) were folded; there may be no record among them.

    ``after`` is the stored position that the batch follows; None: nothing may be stored yet.
    """

    after: int | None
    start: int
    position: int
    newest_ms: int | None
    heartbeat_ms: int | None
    totals: dict[str, int]
    limits: Limits | None
    cells: CellChanges
    calls: dict[tuple[str, str], CallLine]
    facts: dict[tuple[str, str, str], FactLine]
    entries: list[StateEntry]
    cut: dict[tuple[str, str], TimelineBase]
    states: dict[str, StateNow]
    snapshots: dict[str, Snapshot]
    dead: list[DeadLetter]
    sources: dict[str, int]
    types: dict[str, int]
    """Type -> facts of it ever taken, of the types that came in this batch; absolute like ``totals``."""
    source_days: SourceDays
    """The days of sources that changed, each as it is now."""
    old_source_days: list[Place]
    """Days of sources that are forgotten from now on."""
    routes: AgentRoutes
    """The sources of agents that changed, each as they are now."""
    old_routes: list[str]
    """Agents whose sources are forgotten from now on."""
    state_sources: dict[str, str]
    """Agent -> source of the state the agent is in, where it is another than before."""
    clock: DayClock
    """Where the days begin that the cells are sums of."""
    halt: Halt | None = None
    """Why nothing after the position is counted; None: it goes on."""
