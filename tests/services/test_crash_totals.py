"""kill -9 while a log is counted that has of everything: wrong keys, ids of two systems, what no one can read, and what was
taken back. The totals, the types, what is noticed of the source and the positions are those of who sent it.
"""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from kafka import KafkaProducer

from streams.decode import encode
from streams.kafka_log import topics
from streams.site_time import rfc3339
from streams.source_days import CONFLICT, MISROUTED
from streams.store.reader import Reader
from tests.services import stored
from tests.services.consuming import PARTITIONS
from tests.services.crash_driver import POINTS
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer
from tests.services.test_crash import Line

pytestmark = [pytest.mark.services, pytest.mark.crash]
AT_MS = 1_795_000_000_000
STEPS = 6_000
KINDS = {"right": 60, "misrouted": 10, "conflict": 10, "again": 10, "no event": 3, "unknown": 2, "taken back": 5}


class Sent(NamedTuple):
    """What was sent, by what has to become of it: totals by name, and where the log ends."""

    totals: Counter[str]
    end: int


def call(number: int, talk_s: int) -> bytes:
    data = {"call_id": f"c{number}", "version": 1, "agent": "a1", "direction": "inbound", "outcome": "handled"}
    return encode("call.ended", f"e{number}", "/acd", AT_MS, data | {"ended_at": rfc3339(AT_MS), "talk_s": talk_s})


def send(kafka: KafkaServer, topic: str, choose: random.Random) -> Sent:
    """Some thousand records, each to a partition by its number; of what is sent anew there is an original before it."""
    found: Counter[str] = Counter()
    originals: list[int] = []
    plain = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", linger_ms=20)
    taking_back = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", transactional_id=f"t-{topic}")
    taking_back.init_transactions()
    for step in range(STEPS):
        (kind,) = choose.choices([*KINDS], [*KINDS.values()])
        number = choose.choice(originals) if originals and kind in ("conflict", "again") else step
        key, value = b"a1", call(number, 50)
        if kind == "taken back" and step % 10:
            continue
        if kind == "taken back":
            taking_back.begin_transaction()
            for partition in range(PARTITIONS):
                taking_back.send(topic, value, key, partition=partition)
            taking_back.abort_transaction()
            continue
        if kind == "no event":
            value = b"no event"
        elif kind == "unknown":
            value = value.replace(b"call.ended", b"call.began")
        elif kind == "misrouted":
            key = b"crm-7"
        elif kind == "conflict" and number != step:
            value = call(number, 60)
        elif number == step:
            kind = "right"
            originals.append(number)
        plain.send(topic, value, key, partition=number % PARTITIONS)
        found[kind] += 1
    for producer in (plain, taking_back):
        producer.flush(60)
        producer.close()
    ends = sum(end for _, end in topics.ends(kafka.bootstrap, topic).values())
    return Sent(_totals(found), ends)


def _totals(sent: Counter[str]) -> Counter[str]:
    calls = sent["right"] + sent["misrouted"] + sent["again"] + sent["conflict"]
    return Counter(
        {
            "records": sum(sent.values()),
            "consumed": calls + sent["no event"],
            "applied": sent["right"] + sent["misrouted"],
            "duplicates": sent["again"] + sent["conflict"],
            "dead_lettered": sent["no event"],
            "ignored": sent["unknown"],
            "misrouted": sent["misrouted"],
            "conflicts": sent["conflict"],
            "type call.ended": calls,
            "noticed misrouted": sent["misrouted"],
            "noticed conflict": sent["conflict"],
            "handled": sent["right"],
        }
    )


def counted(client: Any, topic: str) -> Counter[str]:
    reader, found = Reader(client, topic, PARTITIONS), Counter[str]()
    for partition in reader.partitions:
        meta = reader.meta(partition)
        assert meta
        found.update({name: n for name, n in meta.totals.items() if not name.startswith("dead:")})
        found.update({f"type {name}": n for name, n in reader.types(partition).items()})
        for day in reader.source_days(partition).values():
            for kind in (MISROUTED, CONFLICT):
                found[f"noticed {kind}"] += day.findings[kind].count if kind in day.findings else 0
    found["handled"] = sum(n for (line, _, name), n in stored.cells(client, topic, "mo").items() if name == "handled")
    return +found


@pytest.fixture
def sent(kafka: KafkaServer, topic: str) -> Sent:
    return send(kafka, topic, random.Random(20261130))


@pytest.fixture
def line(kafka: KafkaServer, redis_url: str, redis_server: RedisServer, topic: str, sent: Sent) -> Iterator[Line]:
    line = Line(kafka, redis_url, topic, sent.end)
    yield line
    line.client.close()


def test_killed_at_each_point_of_a_commit(line: Line, sent: Sent) -> None:
    assert all(line.kill_at(point, 2) for point in POINTS)
    line.finish()
    assert counted(line.client, line.topic) == sent.totals
    assert line.position() == sent.end


def test_the_control_arm_shows_differences(line: Line, sent: Sent) -> None:
    assert line.kill_at("apart", 2, arm="apart")
    line.finish()
    differing = {name for name, n in sent.totals.items() if counted(line.client, line.topic)[name] != n}
    assert {"misrouted", "conflicts", "type call.ended", "noticed misrouted", "handled"} <= differing
