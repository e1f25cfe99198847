"""The state of one partition that folding a record needs, and the changes that one batch commits.

``PartitionState`` is read from Redis when a partition is taken over and grows with the fold. ``Changes`` holds differences of
cells, new lines, and the position after the batch.
"""

from typing import Any, NamedTuple

from streams.agent_routes import AgentRoutes
from streams.decode import DeadLetter, Event
from streams.events import AgentState, CampaignSnapshot, QueueSnapshot, Snapshot, StateNow
from streams.halts import Halt
from streams.ledger.calls import CallLine
from streams.ledger.counters import CellChanges, Limits
from streams.ledger.erasure import without_mentions
from streams.ledger.facts import FactLine
from streams.ledger.record_keys import plain_forms
from streams.ledger.states import StateEntry, Timeline, TimelineStart
from streams.metrics import TOTALS
from streams.site_time import DayClock
from streams.source_days import LONGEST_EXAMPLE, SourceDays, SourceKey
from streams.tombstones import Tombstone, tombstone_id

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


class PartitionState:
    """Everything that is remembered about one partition at one position. Only the fold changes it."""

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
        self.quiet_ms: int | None = None
        """The first heartbeat after the newest accepted fact; None: none came since."""
        self.floor: Limits | None = None
        """The limits that silence has raised; they never fall."""
        self.tombstones: dict[str, Tombstone] = {}
        self.erasures = 0
        """Records of erasure that were obeyed; a reader that sees another number reads its lines again."""
        self.clock: DayClock | None = None
        """Where the days begin that were counted so far; None: the clock of the site holds."""

    def call(self, key: str, call_id: str, limits: Limits | None) -> CallLine | None:
        """The line of a call; None where there is none, or one so old that it may be forgotten."""
        lines = self.calls.get(key)
        line = None if lines is None else lines.get(call_id)
        return None if line is not None and limits is not None and line.stamp < limits.call_stamp else line

    def fact(self, kind: str, key: str, fact_id: str, limits: Limits | None) -> FactLine | None:
        """The line of any other fact; None as for a call."""
        line = self.facts.get((kind, key), {}).get(fact_id)
        return None if line is not None and limits is not None and line.stamp < limits.fact_stamp else line

    def is_erased(self, text: str) -> bool:
        """Whether a text is the id of a person who was erased."""
        return bool(self.tombstones) and tombstone_id(text) in self.tombstones

    def bury_fact(self, event: Event, key: str, append_ms: int) -> str | None:
        """Notes at the tombstone that a fact came under the id of an erased person -> the tombstone's name; None: it did not.

        A record under another key may name the person, as it takes back what its own line gave. A state may not.
        """
        agents = (event.data.agent,) if isinstance(event.data, AgentState) else ()
        names = map(tombstone_id, (key, *plain_forms(key), *agents))
        found = next((name for name in names if name in self.tombstones), None)
        if found is not None:
            stands = self.tombstones[found]
            source = event.source[:LONGEST_EXAMPLE]
            self.tombstones[found] = Tombstone(stands.erased_ms, stands.later + 1, append_ms, source)
        return found

    def erase(self, agent: str) -> set[str]:
        """Drops the lines and the timelines of an agent, and the id in lines of others -> the ids of the dropped lines."""
        ids = {*self.calls.pop(agent, ())}
        for place in [place for place in self.facts if place[1] == agent]:
            ids.update(self.facts.pop(place))
        for lines in self.facts.values():
            lines.update({id: without_mentions(line, agent.__eq__) for id, line in lines.items()})
        for name in [name for name in self.timelines if agent in name]:
            del self.timelines[name]
        return ids

    def forget(self, limits: Limits) -> None:
        """Drops the lines that are older than the limits."""
        _forget(self.calls, limits.call_stamp)
        _forget(self.facts, limits.fact_stamp)

    def cut(self, before_ms: int) -> dict[tuple[str, str], TimelineStart]:
        """Cuts the timelines before an instant -> where each that was cut begins now."""
        return {name: line.start() for name, line in self.timelines.items() if line.cut(before_ms)}


def _forget(lines: dict[Any, dict[str, Any]], oldest_stamp: int) -> None:
    for key in list(lines):
        kept = {fact_id: line for fact_id, line in lines[key].items() if line.stamp >= oldest_stamp}
        if kept:
            lines[key] = kept
        else:
            del lines[key]


class SourceChanges(NamedTuple):
    """The changes of a batch about sources. Everything is absolute, like ``totals``."""

    heard_ms: dict[str, int]
    """Source -> its newest append time."""
    types: dict[str, int]
    """Type of event -> facts ever counted, for the types of this batch."""
    days: SourceDays
    old_days: list[SourceKey]
    """Days of sources to forget."""
    routes: AgentRoutes
    """The sources of the agents whose sources changed."""
    old_routes: list[str]
    """Agents whose sources to forget."""
    state_sources: dict[str, str]
    """Agent -> source of the agent's state, where it changed."""


class Changes(NamedTuple):
    """The changes of one batch of one partition. Offsets [start, position) were folded; there may be no record among them.

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
    cut: dict[tuple[str, str], TimelineStart]
    states: dict[str, StateNow]
    snapshots: dict[str, Snapshot]
    dead: list[DeadLetter]
    sources: SourceChanges
    clock: DayClock
    """Where the days begin that the cells are sums of."""
    halt: Halt | None = None
    """Why nothing after the position is counted; None: it goes on."""
    erasures: int = 0
    """All that were obeyed so far."""
    erased: tuple[str, ...] = ()
    """The agents to erase before anything else of the batch is written: no line of it is theirs."""
    tombstones: dict[str, Tombstone] = {}
    """Those that are new or had later facts."""
    quiet_ms: int | None = None
    floor: Limits | None = None
    swept: bool = False
    """Whether timelines were cut: what lies before the limit of calls is in none of them, or is its start."""
