"""By which partitions the facts of each agent come in, and from which sources: more than one partition is a wiring mistake.

Producers that hash keys differently (librdkafka by CRC32, Kafka's own clients by murmur2) part an agent. Then a correction
finds no line to take back, what two sources send of one fact counts twice, and there are two timelines of states.
A partition keeps the sources of each agent with the newest business day of its log, as long as the ledger may have a line
of theirs: by that what is sent again finds it (streams.store.record_routes). The newest days tell whether an agent
is split. A fact counts here under the agent's own key alone: a record that moves a call lies under another key rightly.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from streams.site_time import day_key

SPLIT_DAYS = 8
"""Weekly lists are seen; a week after a producer is put right nothing is said any more."""
MOST_SOURCES = 4
"""Sources kept per agent and partition."""
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


def note_routes(known: AgentRoutes, source: str, agents: Iterable[str], day: int) -> set[str]:
    """Takes up that a source sent facts of these agents on a day -> the agents of whom that is new."""
    fresh = set()
    for agent in agents:
        sources = known.setdefault(agent, {})
        if sources.get(source) == day:
            continue
        if source not in sources and len(sources) >= MOST_SOURCES:
            oldest = min(sources, key=lambda each: (sources[each], each))
            if sources[oldest] >= _oldest(day, SPLIT_DAYS):
                continue
            del sources[oldest]
        sources[source] = day
        fresh.add(agent)
    return fresh


def forget_routes(known: AgentRoutes, day: int, kept_days: int) -> list[str]:
    """Drops the agents without a fact in the last ``kept_days`` days -> these agents."""
    oldest = _oldest(day, kept_days)
    gone = [agent for agent, sources in known.items() if max(sources.values()) < oldest]
    for agent in gone:
        del known[agent]
    return gone


def split_agents(partitions: Sequence[AgentRoutes], own_source: str) -> list[SplitAgent]:
    """The routes of every partition -> who comes in on more than one; what ``own_source`` sends follows the lines."""
    newest = max((day for routes in partitions for sources in routes.values() for day in sources.values()), default=0)
    if not newest:
        return []
    oldest, found = _oldest(newest, SPLIT_DAYS), dict[str, list[Route]]()
    for number, routes in enumerate(partitions):
        for agent, sources in routes.items():
            named = sorted(source for source, day in sources.items() if day >= oldest and source != own_source)
            found.setdefault(agent, []).extend(Route(number, source) for source in named)
    return [
        SplitAgent(agent, tuple(routes))
        for agent, routes in sorted(found.items())
        if len({route.partition for route in routes}) > 1
    ]


def _oldest(day: int, days: int) -> int:
    return day_key(date(day // 10_000, day // 100 % 100, day % 100) - timedelta(days=days - 1))
