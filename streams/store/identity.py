"""The log, the schema and the clock by which Redis was counted, and the checks whether this program may go on with them.

Readers find their partitions here without Kafka. Every process and command begins with it, so all refuse another schema.
"""

from typing import Any, NamedTuple

from streams.metrics import SCHEMA, UnknownSchema
from streams.site_time import DayClock
from streams.store.keys import Keys

MOST_PARTITIONS = 1024


class TopicChanged(Exception):
    """The topic is not the one that was counted: it was recreated, or its number of partitions changed."""


class LogIdentity(NamedTuple):
    """The log that a position belongs to."""

    cluster_id: str
    topic_id: str
    partitions: int


def stored_identity(client: Any, topic: str) -> LogIdentity | None:
    """The log behind the counters of a topic, from the first partition that has any; None if nothing was counted.

    Raises UnknownSchema, and what Redis raises.
    """
    with client.pipeline(transaction=False) as pipe:
        for partition in range(MOST_PARTITIONS):
            pipe.hmget(Keys(topic, partition).meta, *LogIdentity._fields, "schema")
        found = pipe.execute()
    for *_, schema in found:
        check_schema(schema, topic)
    for cluster_id, topic_id, partitions, _ in found:
        if partitions is not None:
            return LogIdentity((cluster_id or b"").decode(), (topic_id or b"").decode(), int(partitions))
    return None


def clock_waits(counted: DayClock | None, site: DayClock) -> str | None:
    """What to do where the days of the site are not those that were counted; None where they are."""
    if counted in (None, site):
        return None
    return (
        f"the site has {site}, what is counted has {counted}, and so have all numbers until it is counted again: stop "
        "`callfloor consume`, empty this Redis database and start it again, then it counts the topic from Kafka by the site's"
    )


def check_identity(meta: dict[bytes, bytes], identity: LogIdentity) -> None:
    """Raises TopicChanged if what is stored was counted from another log. An id the broker does not give is not compared."""
    for name, now in identity._asdict().items():
        stored = meta.get(name.encode(), b"").decode()
        if stored and str(now) and stored != str(now):
            raise TopicChanged(
                f"the counters follow {name} {stored}, Kafka now has {now}: the topic is not the one that was counted. "
                "Use another Redis database or empty this one, then consume again."
            )


def check_schema(stored: bytes | None, topic: str) -> None:
    """Raises UnknownSchema where counters of a topic were stored by a program with another table of metrics."""
    if stored is not None and int(stored) != SCHEMA:
        raise UnknownSchema(
            f"Redis holds counters of topic {topic} in schema {int(stored)}, this program reads and writes schema {SCHEMA}. "
            "Empty this Redis database or use another (setting `redis`), then `callfloor consume` counts the topic again "
            "from Kafka. Nothing was changed and nothing is guessed."
        )
