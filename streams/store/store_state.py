"""What a Redis says of itself: its memory, and whether it would throw counters away."""

from typing import Any, NamedTuple

from streams.store.store_client import memory_of


class StoreState(NamedTuple):
    """Bytes used and allowed, summed over the primaries of a cluster (``most`` 0: no limit of its own), and the policy.

    The policy is "" where Redis does not tell it.
    """

    used: int
    most: int
    policy: str


def store_state(client: Any) -> StoreState:
    """Asks a client of ``streams.store.store.open_redis``. Raises what Redis raises."""
    infos = memory_of(client)
    policies = {str(info["maxmemory_policy"]) for info in infos if "maxmemory_policy" in info}
    used, most = (sum(int(info.get(name, 0)) for info in infos) for name in ("used_memory", "maxmemory"))
    return StoreState(used, most, ", ".join(sorted(policies)))
