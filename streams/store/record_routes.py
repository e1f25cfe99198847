"""Finds the partition for a record that is sent from a file: the one with its ledger line.

Producers hash keys differently (librdkafka by CRC32, Kafka's own clients by murmur2). A record that was counted before may lie
in any partition, and in another it would count twice. An agent with one partition has every line there. For agents with
several, and for calls without an agent, the line of the very record is looked up. A record without a line goes by the hash.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from streams.agent_routes import AgentRoutes
from streams.decode import Event, decode
from streams.events import SLOW_FACTS, AgentState, BadEvent, CallEnded, id_of_fact
from streams.ledger.fold_facts import FOLDS
from streams.ledger.states import state_entry
from streams.store.keys import JOURNALS, Keys
from streams.store.ledger_rows import Names, unpack_calls, unpack_entries, unpack_facts
from streams.store.reader import Reader

_KINDS: dict[type, str] = {CallEnded: "call"} | {struct: FOLDS[struct][0] for struct in SLOW_FACTS}
_NOBODY = ""
LineName = tuple[str, str, str]
"""(kind, key, id): ``call``, the kinds of other facts, and ``state`` with the entry of its timeline."""
_HOURS_AT_ONCE = 24
LineNames = Callable[[int, Collection[str]], Iterable[LineName]]
"""(partition, record keys) -> the names of the lines under these keys."""


class RecordRoutes:
    """``routes``: of each partition, as the counters have them. ``line_names`` is asked once, when it is first needed."""

    def __init__(self, routes: Sequence[AgentRoutes] = (), line_names: LineNames = lambda partition, keys: ()) -> None:
        self._routes = routes
        self._line_names = line_names
        self._partitions: dict[str, list[int]] = {}
        for partition, agents in enumerate(routes):
            for agent in agents:
                self._partitions.setdefault(agent, []).append(partition)

    def partition_of(self, key: bytes, value: bytes) -> int | None:
        """Where a record of its agent's own key goes; None: the key decides."""
        agent = key.decode(errors="replace")
        partitions = self._partitions.get(agent, [])
        if agent != _NOBODY and len(partitions) < 2:
            return partitions[0] if partitions else None
        try:
            event = decode(value)
        except BadEvent:
            return None
        if not isinstance(event, Event):
            return None
        name = _name(event, agent)
        line = None if name is None else self._lines.get(name)
        return self._newest(agent, event.source) if line is None else line

    @cached_property
    def _lines(self) -> dict[LineName, int]:
        keys = {_NOBODY, *(agent for agent, partitions in self._partitions.items() if len(partitions) > 1)}
        return {name: partition for partition in range(len(self._routes)) for name in self._line_names(partition, keys)}

    def _newest(self, agent: str, source: str) -> int | None:
        """Where a source sent an agent last; of one that never did, where anybody did."""

        def newest(partition: int) -> tuple[int, int]:
            days = self._routes[partition][agent]
            return days.get(source, 0), max(days.values())

        return max(self._partitions.get(agent, []), key=newest, default=None)


def read_routes(client: Any, topic: str, partitions: int) -> RecordRoutes:
    """The routes to the lines in Redis. Raises what Redis raises, also when it is asked for a line."""
    reader = Reader(client, topic, partitions)
    routes = [reader.routes(partition) for partition in reader.partitions]
    return RecordRoutes(routes, lambda partition, keys: line_names(client, Keys(topic, partition), keys))


def _name(event: Event, agent: str) -> LineName | None:
    """The name of the line that a fact has; None: a snapshot or a heartbeat has none."""
    data = event.data
    if isinstance(data, AgentState):
        return "state", agent, str(state_entry(event.time_ms, data.state))
    kind = _KINDS.get(type(data))
    return None if kind is None else (kind, agent, id_of_fact(data))


def line_names(client: Any, keys: Keys, wanted: Collection[str]) -> Iterator[LineName]:
    """Every line of the partition under the ``wanted`` record keys. Raises what Redis raises."""
    of_agents = any(wanted)  # under the empty key there are calls alone
    for kind in JOURNALS if of_agents else ("lc",):
        hours = [int(hour) for hour in client.zrange(keys.existing(kind), 0, -1)]
        for some in (hours[at : at + _HOURS_AT_ONCE] for at in range(0, len(hours), _HOURS_AT_ONCE)):
            yield from _of_hours(client, keys, kind, some, wanted)


def _of_hours(client: Any, keys: Keys, kind: str, hours: list[int], wanted: Collection[str]) -> Iterator[LineName]:
    with client.pipeline(transaction=False) as pipe:
        for hour in hours:
            pipe.hgetall(keys.bucket(kind, hour))
        pipe.lrange(keys.names, 0, -1)  # after the rows: so every number in them has its name
        *found, stored = pipe.execute()
    blobs, names = [blob for hour in found for blob in hour.values()], Names([name.decode() for name in stored])
    if kind == "lc":
        yield from (("call", key, call_id) for key, call_id, _ in unpack_calls(blobs, names, wanted))
        return
    for blob in blobs:
        if kind == "lf":
            yield from ((fact, key, id) for fact, key, id, _ in unpack_facts(blob) if key in wanted)
        else:
            entries = unpack_entries(blob, names)
            yield from (
                ("state", key, str(entry)) for key, agent, entry, _ in entries if key == agent and key in wanted
            )
