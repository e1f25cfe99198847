"""A producer of librdkafka spreads keys by CRC32, Kafka's own clients by murmur2: what is decided here reaches the record."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from zlib import crc32

import httpx
import pytest
from kafka.partitioner.default import murmur2

from dashboard.settings import load
from dashboard.site.types import Spell
from dashboard.wiring.connections import Connections
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.kafka_log.topics import ensure_topic
from streams.site_time import rfc3339
from tests import patient_http, signing
from tests.dashboard.cli.program import call
from tests.services.acting import SITE, TIME, consuming
from tests.services.kafka import KafkaServer
from tests.services.test_appeals import Floor, serving
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
PARTITIONS = 4
AGENTS = [f"agent-{n}" for n in range(9)] + ["王芳", "1042", "7"]
CLOTHES = {"1042": b'"1042"', "7": b"  7\t"}
"""Keys as some producers write them: JSON text, and white space around the id."""
FLOOR = replace(SITE, roster=tuple(Spell(agent, agent, agent, None, "dawn", None, None) for agent in AGENTS))


class CrcFloor(Floor):
    """A floor whose events come from librdkafka."""

    def post(self, path: str, who: str, **body: Any) -> httpx.Response:
        identity = signing.agent(who) if who in AGENTS else signing.acting(who)
        return patient_http.post(f"{self.address}{path}", who=identity, json=body)

    def send(self, type_: str, at_ms: int, /, **data: Any) -> None:
        key = CLOTHES.get(data["agent"], data["agent"].encode())
        value = encode(type_, "id", "/dialler", at_ms, data)
        self.producer.send(key, value, partition=crc32(key) % PARTITIONS)


@pytest.fixture
def floor(kafka: KafkaServer, topic: str, redis_url: str) -> Iterator[CrcFloor]:
    named = {"kafka": kafka.bootstrap, "redis": redis_url, "topic": topic, "actions": f"{topic}-actions"}
    settings = load(named, {})
    with (
        Producer(kafka.bootstrap, topic) as producer,
        consuming(kafka, topic, redis_url),
        serving(settings, FLOOR) as address,
    ):
        now_ms = time.time_ns() // 1_000_000
        yield CrcFloor(producer, address, settings, max(now_ms - 60_000, TIME.day(now_ms).start_ms))


def a_shift(floor: CrcFloor, agent: str) -> None:
    """Three calls, a complaint, an evaluation and a conduct record."""
    at_ms = floor.at_ms
    for n in range(3):
        floor.send("call.ended", at_ms, call_id=f"{agent}-c{n}", version=1, agent=agent, direction="outbound",
                   ended_at=rfc3339(at_ms), outcome="handled", talk_s=60)  # fmt: skip
    floor.send("complaint.recorded", at_ms, complaint_id=f"x-{agent}", agent=agent, kind="complaint")
    floor.send("evaluation.scored", at_ms, evaluation_id=f"e-{agent}", version=1, agent=agent, score=80)
    floor.send("conduct.recorded", at_ms, record_id=f"r-{agent}", version=1, agent=agent, kind="late", points=-5)


def test_the_hashes_do_part_these_agents() -> None:
    apart = [agent for agent in AGENTS if (murmur2(agent.encode()) & 0x7FFFFFFF) % PARTITIONS != _crc(agent)]
    assert len(apart) >= len(AGENTS) // 2
    assert {_crc(agent) for agent in AGENTS} == set(range(PARTITIONS))


def _crc(agent: str) -> int:
    return crc32(CLOTHES.get(agent, agent.encode())) % PARTITIONS


def test_each_agent_can_appeal_and_each_decision_moves_the_number(floor: CrcFloor) -> None:
    for agent in AGENTS:
        a_shift(floor, agent)
    floor.producer.flush()
    day = TIME.day(floor.at_ms).label
    for agent in AGENTS:
        wait_until(lambda a=agent: _net(floor, day, a) == 2, PATIENCE_S, f"the day of {agent}")
    for agent in AGENTS:
        _appeal_all(floor, agent)
        assert _values(floor, agent, day) == (3.0, 92.5, 0.0), agent
        own = patient_http.get(f"{floor.address}/me.json", who=signing.agent(agent)).json()
        assert (own["day"]["net"], len(own["appeals"])) == (3.0, 3)
        assert len(floor.get("/appeals", agent=agent, state="granted")["appeals"]) == 3


def _net(floor: CrcFloor, day: Any, agent: str) -> float | None:

    params = {"agent": agent, "period": "day", "date": str(day)}
    found = patient_http.get(f"{floor.address}/explain", params=params)
    if found.status_code != 200:
        return None
    values = {term["name"]: term["value"] for term in found.json()["terms"]}
    return values["net"] if (values["evaluation_mean"], values["conduct_points"]) == (80.0, -5.0) else None


def _appeal_all(floor: CrcFloor, agent: str) -> None:
    for ref, more in ((f"x-{agent}", {}), (f"e-{agent}", {"score": 92.5}), (f"r-{agent}", {})):
        filed = floor.post("/appeals", agent, ref=ref, text="please listen again")
        assert (filed.status_code, filed.json().get("counted")) == (201, True), (agent, ref, filed.text)
        decided = floor.post("/decisions", "qa2", ref=ref, decision="overturned", **more)
        assert (decided.status_code, decided.json().get("counted")) == (201, True), (agent, ref, decided.text)
        assert decided.json()["state"] == "granted"


def _values(floor: CrcFloor, agent: str, day: Any) -> tuple[float, float, float]:
    found = floor.get("/explain", agent=agent, period="day", date=str(day))
    values = {term["name"]: term["value"] for term in found["terms"]}
    return values["net"], values["evaluation_mean"], values["conduct_points"]


def test_feedback_is_given_to_each_agent_and_answered(floor: CrcFloor) -> None:
    for agent in AGENTS[:4]:
        given = floor.post("/feedback", "boss", kind="feedback.given", agent=agent, text="well done")
        assert (given.status_code, given.json()["counted"]) == (201, True), given.text
        seen = floor.post("/feedback", agent, kind="feedback.seen", ref=given.json()["action_id"])
        assert (seen.status_code, seen.json()["counted"]) == (201, True), seen.text


def test_a_record_that_came_in_on_two_partitions_is_decided_in_both(floor: CrcFloor) -> None:
    """Two sources send the same agent by two hashes: the complaint counts twice, and a decision takes back both."""
    agent, at_ms = AGENTS[0], floor.at_ms
    data = {"complaint_id": "twice", "agent": agent, "kind": "complaint"}
    for n in range(3):
        floor.send("call.ended", at_ms, call_id=f"c{n}", version=1, agent=agent, direction="outbound",
                   ended_at=rfc3339(at_ms), outcome="handled", talk_s=60)  # fmt: skip
    for partition in range(2):
        value = encode("complaint.recorded", "id", f"/source-{partition}", at_ms, data)
        floor.producer.send(agent.encode(), value, partition=partition)
    floor.producer.flush()
    day = TIME.day(at_ms).label
    wait_until(lambda: _counted_net(floor, agent, day) == 1.0, PATIENCE_S, "both lines deducted")
    assert floor.post("/appeals", agent, ref="twice").json()["counted"] is True
    granted = floor.post("/decisions", "qa2", ref="twice", decision="overturned")
    assert (granted.status_code, granted.json()["counted"]) == (201, True), granted.text
    assert granted.json()["net"]["day"] == {"before": 1.0, "after": 3.0}
    (case,) = floor.get("/appeals", agent=agent)["appeals"]
    assert (case["state"], case["after"]["status"]) == ("granted", "reversed")


def _counted_net(floor: CrcFloor, agent: str, day: Any) -> float | None:
    found = floor.get("/explain", agent=agent, period="day", date=str(day))
    return {term["name"]: term["value"] for term in found["terms"]}["net"]


def test_the_publisher_reads_every_partition_of_actions_also_before_the_first_one(floor: CrcFloor) -> None:
    """The topic of actions may have been made by hand, with more partitions than the events have."""
    made = floor.settings.actions + "-by-hand"
    ensure_topic(floor.settings.kafka, made, 8)
    floor.send("agent.state", floor.at_ms, agent=AGENTS[0], state="available")
    floor.producer.flush()
    with closing(Connections(floor.settings)) as connections:
        wait_until(lambda: connections.partitions(floor.settings.topic), PATIENCE_S, "the event to be counted")
    for kafka, partitions in ((floor.settings.kafka, 8), ("127.0.0.1:1", PARTITIONS)):
        with closing(Connections(replace(floor.settings, kafka=kafka, actions=made))) as connections:
            connections.settle_partitions()
            assert len(connections.action_counters().partitions) == partitions


def test_check_names_agents_that_two_sources_send_to_two_partitions(floor: CrcFloor, kafka: KafkaServer) -> None:
    agent = AGENTS[0]
    for partition, source in ((_crc(agent), "/dialler"), ((_crc(agent) + 1) % PARTITIONS, "/crm")):
        data = {"complaint_id": f"c{partition}", "agent": agent, "kind": "complaint"}
        value = encode("complaint.recorded", "id", source, floor.at_ms, data)
        floor.producer.send(agent.encode(), value, partition=partition)
    floor.producer.flush()
    named = {name: str(getattr(floor.settings, name)) for name in ("topic", "actions")}
    variables = {f"CALLFLOOR_{name.upper()}": value for name, value in named.items()}
    variables |= {"CALLFLOOR_KAFKA": kafka.bootstrap, "CALLFLOOR_REDIS": floor.settings.redis.url}
    warned = wait_until(lambda: _warning(variables), PATIENCE_S, "the warning of check")
    assert f"{agent}: " in warned and "partitioner=murmur2_random" in warned and "id as the key, bare" in warned
    assert f"/dialler -> {_crc(agent)}" in warned and f"/crm -> {(_crc(agent) + 1) % PARTITIONS}" in warned


def _warning(variables: dict[str, str]) -> str:
    found = call("check", **variables)
    assert found.returncode == 0, found.stderr
    return next((line for line in found.stdout.splitlines() if "more than one partition" in line), "")
