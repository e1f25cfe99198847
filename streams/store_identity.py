"""Which log the counters in Redis were made from: for readers that should not need Kafka to find their partitions."""

from typing import Any

from streams.keys import Keys
from streams.store import Identity

MOST_PARTITIONS = 1024


def stored_identity(client: Any, topic: str) -> Identity | None:
    """The log behind the counters of a topic, from the first partition that has any; None if nothing was counted."""
    with client.pipeline(transaction=False) as pipe:
        for partition in range(MOST_PARTITIONS):
            pipe.hmget(Keys(topic, partition).meta, Identity._fields)
        found = pipe.execute()
    for cluster_id, topic_id, partitions in found:
        if partitions is not None:
            return Identity((cluster_id or b"").decode(), (topic_id or b"").decode(), int(partitions))
    return None
