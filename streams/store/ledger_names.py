"""The names of the ledger's lines under some record keys: which facts a partition has, without what they say."""

from collections.abc import Collection, Iterator
from typing import Any

from streams.store.keys import JOURNALS, Keys
from streams.store.ledger_rows import Names, call_ids, unpack_entries, unpack_facts

LineName = tuple[str, str, str]
"""(kind, key, id): ``call``, the kinds of other facts, and ``state`` with the entry of its timeline."""
_HOURS_AT_ONCE = 24


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
        yield from (("call", key, call_id) for key, call_id in call_ids(blobs, names, wanted))
        return
    for blob in blobs:
        if kind == "lf":
            yield from ((fact, key, id) for fact, key, id, _ in unpack_facts(blob) if key in wanted)
        else:
            entries = unpack_entries(blob, names)
            yield from (
                ("state", key, str(entry)) for key, agent, entry, _ in entries if key == agent and key in wanted
            )
