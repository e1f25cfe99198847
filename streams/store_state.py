"""What a Redis says of itself: its memory, and whether it would throw counters away."""

from typing import Any, NamedTuple

import redis


class StoreState(NamedTuple):
    """Bytes used and allowed, summed over the primaries of a cluster (``most`` 0: no limit of its own), and the policy."""

    used: int
    most: int
    policy: str


def store_state(client: Any) -> StoreState:
    """Asks a client of ``streams.store.open_redis``. Raises what Redis raises."""
    infos = [client.info("memory")]
    if isinstance(client, redis.RedisCluster):
        infos = list(client.info("memory", target_nodes=redis.RedisCluster.PRIMARIES).values())
    policies = {str(info["maxmemory_policy"]) for info in infos}
    used, most = (sum(int(info[name]) for info in infos) for name in ("used_memory", "maxmemory"))
    return StoreState(used, most, ", ".join(sorted(policies)))
