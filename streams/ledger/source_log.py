"""Follows the sources of one partition while it is folded: their days, newest append times, and the types of their facts.

A record costs one look-up. The sums go into the partition's state when a batch, a day or ten minutes end.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from streams.agent_routes import forget_routes, note_routes
from streams.decode import Event
from streams.events import SLOW_FACTS, TYPES, Action, AgentState, CallEnded, Data, id_of_fact
from streams.ledger.implausible import Doubt
from streams.ledger.partition_state import PartitionState, SourceChanges
from streams.site_time import FIRST_MS, SiteTime, day_key
from streams.source_days import (
    CLOCK_AHEAD,
    CONFLICT,
    ERASED_TEXT,
    KEPT_DAYS,
    LONGEST_EXAMPLE,
    MISROUTED,
    MOST_SOURCES,
    OTHER_SOURCES,
    SLOT_MS,
    Lag,
    SourceDay,
    SourceKey,
)

LIVE: tuple[type, ...] = (CallEnded, AgentState)
"""Facts that are sent when they happen; the others come in lists."""
OF_AGENTS: frozenset[type] = SLOW_FACTS.union(LIVE)
"""Facts about one agent, whose key must name the agent."""
TYPE_NAMES: dict[type, str] = {struct: name for name, struct in TYPES.items()}
_NO_LAG = 2**62


class Tally:
    """The facts of a source in ten minutes of one day: by struct (actions by name), newest append, least lag.

    ``agents``: those it sent a fact about under their own key.
    """

    __slots__ = ("agents", "day", "facts", "heard_ms", "least", "least_lag_ms")

    def __init__(self, day: SourceDay) -> None:
        self.day = day
        self.facts: dict[type | str, int] = {}
        self.agents: set[str] = set()
        self.heard_ms = -1
        self.least_lag_ms = _NO_LAG
        self.least: Data | None = None


class SourceLog:
    """The sources of one partition while it is folded. ``partition`` grows in place when a batch ends.

    ``line_days``: for how many days the ledger may have a line of an agent (streams.counting_policy).
    """

    def __init__(self, partition: PartitionState, site_time: SiteTime, line_days: int) -> None:
        self._partition = partition
        self._site_time = site_time
        self._line_days = line_days
        self._open: dict[str, Tally] = {}
        self._day = self._day_start_ms = self._day_end_ms = 0
        self._slot_start_ms = self._slot_end_ms = 0
        self._begin_batch()

    def _begin_batch(self) -> None:
        self._types: set[str] = set()
        self._sources: set[str] = set()
        self._places: set[SourceKey] = set()
        self._old_days: list[SourceKey] = []
        self._routes: set[str] = set()
        self._old_routes: list[str] = []
        self._state_sources: dict[str, str] = {}

    def hear(self, event: Event, append_ms: int) -> set[str]:
        """Tallies an accepted fact: its type, when it came, and how long it took. -> the agents of its source, to add to."""
        tally, data, lag_ms = self._tally(event.source, append_ms), event.data, append_ms - event.time_ms
        kind: type | str = type(data)
        if isinstance(data, CallEnded):
            if data.wrap_s:
                lag_ms -= data.wrap_s * 1000  # a call may be sent when its wrap-up is over
        elif isinstance(data, Action):
            kind = data.kind
        tally.facts[kind] = tally.facts.get(kind, 0) + 1
        if append_ms > tally.heard_ms:
            tally.heard_ms = append_ms
        if lag_ms < tally.least_lag_ms and kind in LIVE:
            tally.least_lag_ms, tally.least = lag_ms, data
        return tally.agents

    def note_ahead(self, event: Event, append_ms: int) -> None:
        """Notes a fact from the future, counted or refused: the clock of its source is ahead."""
        ahead_s = str((event.time_ms - append_ms) // 1000)
        self._tally(event.source, append_ms).day.note(CLOCK_AHEAD, id=id_of_fact(event.data), ahead_s=ahead_s)

    def hear_state(self, event: Event, agent: str) -> None:
        """Notes the source of the state that an agent is in now."""
        source = event.source[:LONGEST_EXAMPLE]
        if self._partition.state_sources.get(agent) != source:
            self._partition.state_sources[agent] = self._state_sources[agent] = source

    def note_astray(self, event: Event) -> None:
        """Notes a fact about an agent under a key that is not the agent: a correction, or a wrong key."""
        if type(event.data) in OF_AGENTS:
            self._open[event.source].day.astray += 1

    def forget_agent(self, agent: str, ids: Collection[str]) -> None:
        """Forgets what is held about an agent, whose records have these ids. Numbers of records stay."""
        self._close()
        partition = self._partition
        if partition.routes.pop(agent, None) is not None:
            self._old_routes.append(agent)
        partition.state_sources.pop(agent, None)
        self._state_sources.pop(agent, None)
        self._places |= {place for place, day in partition.source_days.items() if day.forget({agent, *ids})}

    def note_misrouted(self, event: Event, key: str) -> None:
        """Notes an applied record whose key is not its agent and that takes nothing back: it counts for nobody."""
        data: Any = event.data
        if type(data) in OF_AGENTS:
            self._partition.totals["misrouted"] += 1
            self._note(
                event,
                MISROUTED,
                {"key": key, "agent": ERASED_TEXT if self._partition.is_erased(data.agent or "") else data.agent or ""},
            )

    def note_conflict(self, event: Event, fact: str, stands: str | None, differs: tuple[str, ...]) -> None:
        """Notes a duplicate that would count otherwise; ``stands``: the source of the record that stands, where it is known."""
        if differs:
            self._partition.totals["conflicts"] += 1
            of_both = {} if stands is None else {"stands": stands}
            self._note(event, CONFLICT, {"fact": fact, "differs": ", ".join(differs), **of_both})

    def note_doubts(self, event: Event, doubts: Iterable[Doubt]) -> None:
        """Notes what is implausible about an applied fact."""
        for kind, figures in doubts:
            self._note(event, kind, figures)

    def _note(self, event: Event, kind: str, figures: dict[str, str]) -> None:
        self._open[event.source].day.note(kind, id=id_of_fact(event.data), **figures)

    def _tally(self, source: str, append_ms: int) -> Tally:
        """The tally of a source for the log's day and ten minutes; before the first fact the append time tells the day."""
        log_ms = self._partition.newest_ms
        if log_ms is None:
            log_ms = append_ms
        if not (
            self._day_start_ms <= log_ms < self._day_end_ms and self._slot_start_ms <= append_ms < self._slot_end_ms
        ):
            self._turn(log_ms, append_ms)
        found = self._open.get(source)
        return self._begin(source) if found is None else found

    def take_changes(self) -> SourceChanges:
        """The changes since the last call; the days are copies."""
        self._close()
        partition = self._partition
        changes = SourceChanges(
            {source: partition.sources[source] for source in self._sources},
            {name: partition.types[name] for name in self._types},
            {place: partition.source_days[place].copy() for place in self._places if place in partition.source_days},
            self._old_days,
            {agent: dict(partition.routes[agent]) for agent in self._routes if agent in partition.routes},
            [agent for agent in self._old_routes if agent not in partition.routes],
            self._state_sources,
        )
        self._begin_batch()
        return changes

    def _turn(self, log_ms: int, append_ms: int) -> None:
        self._close()
        self._slot_start_ms = append_ms // SLOT_MS * SLOT_MS
        self._slot_end_ms = self._slot_start_ms + SLOT_MS
        day = self._site_time.day(max(log_ms, FIRST_MS))
        self._day, self._day_start_ms, self._day_end_ms = day_key(day.label), day.start_ms, day.end_ms
        oldest = day_key(day.label - timedelta(days=KEPT_DAYS - 1))
        for place in [place for place in self._partition.source_days if place[0] < oldest]:
            del self._partition.source_days[place]
            self._old_days.append(place)
        self._old_routes += forget_routes(self._partition.routes, self._day, self._line_days)

    def _begin(self, source: str) -> Tally:
        """A tally for the first record of a source in a day or ten minutes."""
        days, today = self._partition.source_days, self._day
        place = (today, source[:LONGEST_EXAMPLE])
        if place not in days and sum(day == today for day, _ in days) >= MOST_SOURCES:
            place = (today, OTHER_SOURCES)
        self._places.add(place)
        tally = self._open[source] = Tally(days.setdefault(place, SourceDay()))
        return tally

    def _close(self) -> None:
        partition, day = self._partition, self._day
        for source, tally in self._open.items():
            self._routes |= note_routes(partition.routes, source[:LONGEST_EXAMPLE], tally.agents, day)
            heard_ms = max(tally.heard_ms, 0) if tally.facts else -1
            if heard_ms > partition.sources.get(source, -1):
                partition.sources[source] = heard_ms
                self._sources.add(source)
            for struct, count in tally.facts.items():
                name = struct if isinstance(struct, str) else TYPE_NAMES[struct]
                partition.types[name] = partition.types.get(name, 0) + count
                self._types.add(name)
            of_agents = {struct: count for struct, count in tally.facts.items() if struct in OF_AGENTS}
            tally.day.records += sum(of_agents.values())
            if tally.least is not None:
                live = sum(of_agents.get(struct, 0) for struct in LIVE)
                lag = Lag(tally.least_lag_ms, live, id_of_fact(tally.least)[:LONGEST_EXAMPLE])
                tally.day.add_lag(self._slot_start_ms // SLOT_MS, lag)
        self._open = {}
