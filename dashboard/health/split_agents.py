"""Agents who come in on more than one partition, for ``check`` and ``/health``: who, from which sources, and the cure."""

from collections.abc import Sequence
from typing import Any, Protocol

from streams.actions import SOURCE
from streams.agent_routes import AgentRoutes, Route, SplitAgent, split_agents

CURE = "partitioner=murmur2_random"
LISTED = 20
_NAMED = 3


class Routes(Protocol):
    """What is needed of streams.store.reader.Reader."""

    @property
    def partitions(self) -> range: ...

    def routes(self, partition: int) -> AgentRoutes: ...


def split_now(reader: Routes) -> list[SplitAgent]:
    """The split agents of the last days of the log. Raises what Redis raises."""
    return split_agents([reader.routes(partition) for partition in reader.partitions], SOURCE)


def split_warning(found: Sequence[SplitAgent]) -> list[str]:
    """A line for ``check``; none where no agent is split."""
    if not found:
        return []
    named = "; ".join(f"{each.agent}: {routes_text(each.routes)}" for each in found[:_NAMED])
    rest = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return [
        f"{len(found)} agents come in on more than one partition ({named}{rest}): their sources hash keys differently or write "
        "them differently (quotes, white space), so corrections find no line to take back, what two sources send of one fact "
        f"counts twice, and states make two timelines. Set {CURE} in the producers that use librdkafka (Python, Go, C#, Node, "
        "PHP); Java hashes so by itself. Send the agent's id as the key, bare"
    ]


def split_told(found: Sequence[SplitAgent]) -> dict[str, Any]:
    """The same in JSON: how many, and the first of them with their routes."""
    listed = [{"agent": each.agent, "routes": [route._asdict() for route in each.routes]} for each in found[:LISTED]]
    return {"n": len(found), "agents": listed}


def split_to_do(told: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The entry of ``to_do``: the number, and one agent as an example."""
    if not told or not told["n"]:
        return []
    first = told["agents"][0]
    routes = routes_text([Route(**route) for route in first["routes"]])
    return [{"code": "split_agents", "n": told["n"], "agent": first["agent"], "routes": routes, "cure": CURE}]


def routes_text(routes: Sequence[Route]) -> str:
    """``/dialler -> 1, /crm -> 3``: each source with its partition."""
    return ", ".join(f"{route.source} -> {route.partition}" for route in routes)
