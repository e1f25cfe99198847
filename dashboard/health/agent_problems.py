"""Agents that need attention, for ``check`` and /health: those missing from the roster, and those on several partitions.

An agent is counted if the newest month of the counters, or the month before, has a cell or a state of the agent.
"""

from collections.abc import Collection, Sequence
from typing import Any

from dashboard.site.load import Site
from streams.actions import SOURCE
from streams.agent_routes import Route, SplitAgent, split_agents
from streams.store.reader import Reader

MOST_NAMED = 10
EVERYONE_PATH = "/team/~everyone"
CURE = "partitioner=murmur2_random"
MOST_LISTED = 20
_MONTHS = 2
_MOST_SPLIT_NAMED = 3


def counted_agents(reader: Reader) -> list[str]:
    """Ids of the agents in the counters, in order. Raises what Redis raises."""
    buckets = {partition: reader.buckets(partition, "mo") for partition in reader.partitions}
    newest = sorted({key for keys in buckets.values() for key in keys})[-_MONTHS:]
    agents: set[str] = set()
    for partition, keys in buckets.items():
        for _, lines, _ in reader.cells(partition, "mo", [key for key in keys if key in newest]):
            agents.update(lines)
        agents.update(reader.states(partition))
    return sorted(agent for agent in agents if not agent.startswith("~"))


def missing_from_roster(agents: Collection[str], site: Site) -> list[str]:
    """Those of the agents without a roster line that names a team, in order."""
    return sorted(set(agents) - {spell.agent for spell in site.roster})


def roster_warnings(agents: Collection[str], site: Site) -> list[str]:
    """For ``check``: the agents that are missing and what to do."""
    missing, warnings = missing_from_roster(agents, site), []
    if missing:
        are = "1 agent is" if len(missing) == 1 else f"{len(missing)} agents are"
        rest = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        warnings.append(
            f"{are} not in the roster: {', '.join(missing[:MOST_NAMED])}{rest}. They are counted and stand at {EVERYONE_PATH}; "
            "`callfloor roster` prints a roster.csv with them, to fill in their teams"
        )
    if not site.teams:
        warnings.append(
            f"there are no teams: everybody stands at {EVERYONE_PATH}. Name teams in the site file ([[teams]] id, name), then "
            "give each agent a team in roster.csv"
        )
    return warnings


def roster_report(agents: Collection[str], site: Site) -> dict[str, Any]:
    """For /health: how many agents are counted and missing, and the first of the missing."""
    missing = missing_from_roster(agents, site)
    return {"seen": len(agents), "teams": len(site.teams), "missing": len(missing), "agents": missing[:MOST_NAMED]}


def read_split_agents(reader: Reader) -> list[SplitAgent]:
    """The agents on more than one partition in the last days of the log. Raises what Redis raises."""
    return split_agents([reader.routes(partition) for partition in reader.partitions], SOURCE)


def split_warnings(agents: Sequence[SplitAgent]) -> list[str]:
    """For ``check``: the split agents, their sources, and the cure."""
    if not agents:
        return []
    named = "; ".join(f"{each.agent}: {routes_text(each.routes)}" for each in agents[:_MOST_SPLIT_NAMED])
    rest = f" and {len(agents) - _MOST_SPLIT_NAMED} more" if len(agents) > _MOST_SPLIT_NAMED else ""
    return [
        f"{len(agents)} agents come in on more than one partition ({named}{rest}): their sources hash keys differently or write "
        "them differently (quotes, white space), so corrections find no line to take back, what two sources send of one fact "
        f"counts twice, and states make two timelines. Set {CURE} in the producers that use librdkafka (Python, Go, C#, Node, "
        "PHP); Java hashes so by itself. Send the agent's id as the key, bare"
    ]


def split_report(agents: Sequence[SplitAgent]) -> dict[str, Any]:
    """For /health: how many agents are split, and the first of them with their routes."""
    listed = agents[:MOST_LISTED]
    routes = [{"agent": each.agent, "routes": [route._asdict() for route in each.routes]} for each in listed]
    return {"n": len(agents), "agents": routes}


def routes_text(routes: Sequence[Route]) -> str:
    """``/dialler -> 1, /crm -> 3``: each source with its partition."""
    return ", ".join(f"{route.source} -> {route.partition}" for route in routes)
