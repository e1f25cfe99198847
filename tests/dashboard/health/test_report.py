"""The states of Kafka, Redis and the publisher in JSON, and the tasks of a report, by code: without any service."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from dashboard.health.report import HealthReport, to_do
from dashboard.health.service_states import (
    DeadLetterSum,
    KafkaState,
    PublisherState,
    count_waiting,
    kafka_report,
    letters_report,
    publisher_report,
    redis_report,
)
from streams.halts import CODEC, Halt, OpenTransaction, as_object
from streams.store.client import RedisState
from tests.layouts.ailing import example_health

NOW_MS = 1_795_415_411_000
WELL = HealthReport(
    now="",
    site={"problems": []},
    appeals_overdue=0,
    kafka=kafka_report(KafkaState(NOW_MS, log_append_time=True, retention_ms=None)),
    dead_letters=[],
    redis={"reachable": True, "used_bytes": 1, "most_bytes": None, "policy": "noeviction"},
    publisher=publisher_report(PublisherState("h", 1, "b", NOW_MS - 200), NOW_MS),
)
HALT = as_object(Halt(CODEC, 17, "no snappy"))
HELD = KafkaState(NOW_MS, log_append_time=True, held={3: OpenTransaction(9, 2, NOW_MS - 95_000, "clerk")})


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"redis": {"reachable": False}, "silent": None, "forgotten": None, "publisher": None}, ["redis"]),
        ({"redis": redis_report(RedisState(95, 100, "allkeys-lru"))}, ["policy", "memory"]),
        ({"redis": redis_report(RedisState(90, 100, "noeviction"))}, []),
        ({"kafka": kafka_report(None), "dead_letters": None}, []),
        ({"kafka": kafka_report(KafkaState(NOW_MS, "no answer"))}, ["kafka"]),
        ({"kafka": kafka_report(KafkaState(NOW_MS, None, {}, False, 34 * 86_400_000))}, ["append_time", "retention"]),
        ({"kafka": kafka_report(KafkaState(NOW_MS, None, {}, None))}, ["settings_hidden"]),
        ({"redis": redis_report(RedisState(1, 0, ""))}, ["policy_hidden"]),
        ({"publisher": publisher_report(None, NOW_MS)}, ["publisher"]),
        ({"publisher": publisher_report(PublisherState("h", 1, "b", NOW_MS - 15_001), NOW_MS)}, ["publisher"]),
        ({"publisher": None}, []),
        ({"site": {"problems": [{}]}, "silent": [{"source": "/a"}], "appeals_overdue": 2}, ["site", "silent", "overdue"]),
        ({"accounts": ["accounts:3: five fields, not one", "accounts:9: no name"]}, ["accounts"]),
        ({"dead_letters": [{"waiting": 2, "by_rebuild": True}, {"waiting": 3}]}, ["letters", "too_late"]),
        ({"totals": {"ignored": 3, "dead_lettered": 1, "heartbeats": 9}}, ["unknown_types"]),
        ({"totals": {"ignored": 3, "duplicates": 1}}, []),
        ({"split": {"n": 1, "agents": [{"agent": "a", "routes": []}]}}, ["split_agents"]),
        ({"dead_letters": [{"waiting": 0, "gone": 3}], "forgotten": [{}]}, ["forgotten"]),
        ({"partitions": [{"partition": 0, "halt": None}, {"partition": 1, "halt": HALT}]}, ["halted_codec"]),
        ({"partitions": [{"partition": 0}], "kafka": kafka_report(HELD)}, ["transaction"]),
    ],
)  # fmt: skip
def test_what_is_to_do(changes: dict[str, Any], codes: list[str]) -> None:
    assert [each["code"] for each in to_do(replace(WELL, **changes))] == codes


def test_a_halt_and_an_open_transaction_say_where_and_why() -> None:
    told = to_do(replace(WELL, partitions=[{"partition": 1, "halt": HALT}], kafka=kafka_report(HELD)))
    assert told == [
        {"code": "transaction", "partition": 3, "offset": 9, "n": 2, "held_s": 95, "producer": "clerk"},
        {"code": "halted_codec", "partition": 1, "offset": 17, "detail": "no snappy"},
    ]


def test_lag_is_never_below_zero_and_unknown_is_not_zero() -> None:
    seen = KafkaState(NOW_MS, ends={0: (0, 10), 1: (4, 9), 2: (0, 5)})
    positions = ((0, 7), (1, None), (2, 6), (3, 1))
    assert [count_waiting(seen, *each) for each in positions] == [3, 5, 0, None]
    assert count_waiting(None, 0, 7) is None


def test_letters_in_json_and_not_known_where_nobody_looked() -> None:
    letters = (DeadLetterSum("future", 2, 1, 0, NOW_MS, "t / 0 / 1", None, None),)
    (told,) = letters_report(KafkaState(NOW_MS, letters=letters)) or []
    assert (told["waiting"], told["again"], told["newest"]) == (2, 1, "2026-11-23T06:30:11Z")
    assert not told["by_rebuild"]
    (late,) = letters_report(KafkaState(NOW_MS, letters=(letters[0]._replace(reason="too_late"),))) or []
    assert late["by_rebuild"]
    assert letters_report(None) is letters_report(KafkaState(NOW_MS)) is None


def test_the_example_of_the_browser_tests_is_a_report() -> None:
    assert msgspec.convert(example_health(), HealthReport).appeals_overdue == 2
    assert example_health().keys() <= set(HealthReport.__struct_fields__)
