"""The partitions and sources by which the facts of each agent come in; more than one partition is a wiring mistake.

Producers that hash keys differently (librdkafka by CRC32, Kafka's own clients by murmur2) split an agent. Then a correction
finds no line to take back, a fact that two sources send counts twice, and there are two timelines of states.
A partition remembers the sources of each agent with the newest business day of its log, as long as the ledger may have a line
of theirs, so that replayed records find it (streams.store.record_routes). The newest days tell whether an agent is split. Only
facts under the agent's own key are noted: a record that moves a call rightly lies under another key.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.site_time import days_before

SPLIT_DAYS = 8
"""Long enough for weekly lists; a week after a producer is put right the agent is no longer named."""
MOST_SOURCES = 4
"""Most sources per agent and partition."""
AgentRoutes = dict[str, dict[str, int]]
"""Agent -> source -> yyyymmdd of the newest business day of the log on which it sent a fact of the agent."""


class Route(NamedTuple):
    """A source that sends an agent into a partition."""

    partition: int
    source: str


class SplitAgent(NamedTuple):
    """An agent who comes in on more than one partition."""

    agent: str
    routes: tuple[Route, ...]


def note_routes(routes: AgentRoutes, source: str, agents: Iterable[str], day: int) -> set[str]:
    """Notes that a source sent facts of these agents on a day -> the agents whose routes changed."""
    fresh = set()
    for agent in agents:
        sources = routes.setdefault(agent, {})
        if sources.get(source) == day:
            continue
        if source not in sources and len(sources) >= MOST_SOURCES:
            oldest = min(sources, key=lambda each: (sources[each], each))
            if sources[oldest] >= days_before(day, SPLIT_DAYS - 1):
                continue
            del sources[oldest]
        sources[source] = day
        fresh.add(agent)
    return fresh


def forget_routes(routes: AgentRoutes, day: int, kept_days: int) -> list[str]:
    """Drops the agents without a fact in the last ``kept_days`` days -> these agents."""
    oldest = days_before(day, kept_days - 1)
    gone = [agent for agent, sources in routes.items() if max(sources.values()) < oldest]
    for agent in gone:
        del routes[agent]
    return gone


def split_agents(partitions: Sequence[AgentRoutes], own_source: str) -> list[SplitAgent]:
    """The routes of every partition -> the agents on more than one. ``own_source`` is left out: its records follow the lines."""
    newest = max((day for routes in partitions for sources in routes.values() for day in sources.values()), default=0)
    if not newest:
        return []
    oldest, found = days_before(newest, SPLIT_DAYS - 1), dict[str, list[Route]]()
    for number, routes in enumerate(partitions):
        for agent, sources in routes.items():
            named = sorted(source for source, day in sources.items() if day >= oldest and source != own_source)
            found.setdefault(agent, []).extend(Route(number, source) for source in named)
    return [
        SplitAgent(agent, tuple(routes))
        for agent, routes in sorted(found.items())
        if len({route.partition for route in routes}) > 1
    ]
