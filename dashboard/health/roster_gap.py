"""Which agents are counted and in no line of the roster: named by ``check`` and /health, listed by ``callfloor roster``.

An agent is seen who has a cell in the newest month of the counters or the month before, or of whom a state is known.
"""

from collections.abc import Collection, Mapping
from typing import Any

from dashboard.floor.counter_store import CounterStore
from dashboard.site.load import Site

MOST_NAMED = 10
_MONTHS = 2
EVERYONE_PATH = "/team/~everyone"


def agents_seen(reader: CounterStore) -> list[str]:
    """Ids of the agents in the counters, in order. Raises what Redis raises."""
    held = {partition: reader.buckets(partition, "mo") for partition in reader.partitions}
    newest = sorted({key for keys in held.values() for key in keys})[-_MONTHS:]
    found: set[str] = set()
    for partition, keys in held.items():
        for _, lines, _ in reader.cells(partition, "mo", [key for key in keys if key in newest]):
            found.update(lines)
        found.update(reader.states(partition))
    return sorted(agent for agent in found if not agent.startswith("~"))


def roster_gap(seen: Collection[str], site: Site) -> list[str]:
    """Those of the agents seen who are in no line of the roster that has a team."""
    rostered = {spell.agent for spell in site.roster}
    return sorted(set(seen) - rostered)


def named(agents: Collection[str]) -> str:
    """The first ten, and how many more there are."""
    shown = list(agents)[:MOST_NAMED]
    return ", ".join(shown) + (f" and {len(agents) - len(shown)} more" if len(agents) > len(shown) else "")


def roster_warnings(seen: Collection[str], site: Site) -> list[str]:
    """What is missing and what to do, for ``check``."""
    gap, how = (
        roster_gap(seen, site),
        "`callfloor roster` prints a roster.csv with them, to fill in their teams",
    )
    found = []
    if gap:
        are = "1 agent is" if len(gap) == 1 else f"{len(gap)} agents are"
        found.append(f"{are} not in the roster: {named(gap)}. They are counted and stand at {EVERYONE_PATH}; {how}")
    if not site.teams:
        found.append(
            f"there are no teams: everybody stands at {EVERYONE_PATH}. Name teams in the site file ([[teams]] id, name), then "
            "give each agent a team in roster.csv"
        )
    return found


def roster_told(seen: Collection[str], site: Site) -> dict[str, Any]:
    """The same in JSON, for /health."""
    gap = roster_gap(seen, site)
    return {"seen": len(seen), "teams": len(site.teams), "missing": len(gap), "agents": gap[:MOST_NAMED]}


def roster_to_do(told: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What somebody should look after, by code."""
    if not told:
        return []
    more = told["missing"] - len(told["agents"])
    gap = {"code": "roster", "n": told["missing"], "agents": told["agents"], "more": more}
    return [*([gap] if told["missing"] else []), *([] if told["teams"] else [{"code": "no_teams"}])]
