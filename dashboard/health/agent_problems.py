"""Agents that need attention, for ``check`` and /health: those missing from the roster, and those on several partitions.

An agent is counted if the newest month of the counters, or the month before, has a cell or a state of the agent.
"""

from collections.abc import Collection, Sequence
from typing import Any

from dashboard.site.load import Site
from streams.actions import SOURCE
from streams.agent_routes import Route, SplitAgent, split_agents
from streams.site_time import rfc3339
from streams.store.reader import Reader
from streams.store.source_reports import source_text
from streams.tombstones import Tombstone, tombstone_id

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


def erased_warnings(reader: Reader, site: Site) -> list[str]:
    """For ``check``: erased people who still stand in a list, or under whose id facts keep coming. Raises what Redis raises.

    A tombstone does not have the id: it is named where a list has it.
    """
    newest: dict[str, Tombstone] = {}
    for partition in reader.partitions:
        for name, tombstone in reader.tombstones(partition).items():
            stands = newest.get(name)
            if stands is None or (tombstone.newest_ms or 0) > (stands.newest_ms or 0):
                newest[name] = tombstone
    lists = {
        "roster.csv": site.roster,
        "rota.csv": site.rota,
        "leave.csv": site.leave,
        "employment.csv": site.employment,
    }
    files: dict[str, list[str]] = {}
    for file, rows in lists.items():
        for agent in sorted({row.agent for row in rows}):  # type: ignore[attr-defined]
            files.setdefault(agent, []).append(file)
    named = {tombstone_id(agent): agent for agent in files} if newest else {}
    warnings = [
        f"agent {named[name]} was erased and still stands in {', '.join(files[named[name]])}: take the rows out"
        for name in newest
        if name in named
    ]
    for name, stands in newest.items():
        if stands.newest_ms is not None:
            warnings.append(
                f"facts come under the id of a person who was erased on {rfc3339(stands.erased_ms)[:10]}, the last of them at "
                f"{rfc3339(stands.newest_ms)} from {source_text(stands.source or '')}; they count nothing. "
                f"{_whose(named.get(name), name)} Let the source stop sending them, and give the id to nobody else"
            )
    return sorted(warnings)


def _whose(agent: str | None, name: str) -> str:
    if agent is not None:
        return f"The agent is {agent}."
    return f"The id is not kept, only its hash {name}: the source's records of that time have it."


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
