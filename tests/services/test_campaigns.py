"""Campaign and queue lines equal a plain recount of the calls that carry one, on a simulated floor through a real Kafka."""

import threading
from collections import Counter
from typing import Any

import pytest

from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.kafka_log.produce import Producer
from streams.simulator.floor import build_floor
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.simulator import Simulator
from streams.site_time import HOUR_MS, SiteTime, parse_rfc3339
from streams.store.client import open_redis
from tests import fact_recount
from tests.fact_recount import Sent
from tests.services import stored
from tests.services.kafka import KafkaServer

pytestmark = pytest.mark.services
SHIFT_MS = parse_rfc3339("2026-11-23T09:00:00+08:00")
ZONE = "Asia/Shanghai"


def recount(events: list[SimulatedEvent]) -> Counter[tuple[str, str, str]]:
    """(line, month, metric) -> count, of the newest version of every call, complaint, evaluation and survey."""
    facts = [
        Sent(event.type, event.key, event.time_ms, dict(event.data))
        for event in events
        if event.type.partition(".")[0] in ("complaint", "evaluation", "survey")
    ]
    found = Counter(
        {(line, "2026-11", name): n for (line, name), n in fact_recount.recount(facts).items() if line.startswith("~")}
    )
    found.update(recount_calls(events))
    return found


def recount_calls(events: list[SimulatedEvent]) -> Counter[tuple[str, str, str]]:
    """The same of calls alone."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for event in events:
        call = event.data
        known = newest.get((event.key, call["call_id"])) if event.type == "call.ended" else call
        if known is None or (known is not call and call["version"] > known["version"]):
            newest[event.key, call["call_id"]] = dict(call)
    found: Counter[tuple[str, str, str]] = Counter()
    for call in newest.values():
        for kind in ("campaign", "queue"):
            if call.get(kind):
                found.update({(f"~{kind}:{call[kind]}", "2026-11", name): n for name, n in amounts(call).items() if n})
    return found


def amounts(call: dict[str, Any]) -> dict[str, int]:
    """What one call counts, by docs/rules.md 2, written out once more."""
    talk_s, wait_s, inbound = call.get("talk_s"), call.get("wait_s"), int(call["direction"] == "inbound")
    if call["outcome"] != "handled":
        abandoned = int(call["outcome"] == "abandoned")
        short = int(abandoned and wait_s is not None and wait_s < 5)
        return {"attempts": 1, "abandoned": abandoned, "abandoned_short": short, "offered": abandoned * inbound}
    return {
        "attempts": 1,
        "handled": 1,
        f"handled_{call['direction']}": 1,
        "short": int(talk_s is not None and talk_s < 10),
        "effective": int(talk_s is not None and talk_s >= 30),
        "converted": int(call.get("disposition") == "sale"),
        "talk_s": talk_s or 0,
        "hold_s": call.get("hold_s") or 0,
        "wrap_s": call.get("wrap_s") or 0,
        "wait_s": wait_s or 0,
        "in_time": int(inbound and wait_s is not None and wait_s <= 20),
        "offered": inbound,
        "waits_known": int(inbound and wait_s is not None),
        "talks_known": int(talk_s is not None),
    }


def test_campaign_and_queue_lines_equal_a_recount(kafka: KafkaServer, topic: str, redis_url: str) -> None:
    events = list(Simulator(build_floor(45, 9), 3, SHIFT_MS, ZONE).events(SHIFT_MS, SHIFT_MS + 2 * HOUR_MS))
    with Producer(kafka.bootstrap, topic) as producer:
        for event in events:
            producer.send(event.key.encode(), event.encode())
    rules = Rules(SiteTime(ZONE), Counting(), Retention())
    with open_redis(redis_url) as client:
        consume(kafka.bootstrap, topic, client, rules, until_end=True, stop=threading.Event())
        months = stored.cells(client, topic, "mo")
    views = {key: n for key, n in months.items() if key[0].startswith(("~campaign:", "~queue:"))}
    assert views == recount(events)
    assert {line.split(":")[0] for line, _, _ in views} == {"~campaign", "~queue"}
    facts = {"complaints_pending", "evaluations", "surveys_answered"}
    assert facts <= {name for line, _, name in views if line.startswith("~campaign:")}
