"""Acts that wait for Kafka keep neither the health report nor reads from answering, and their own wait is bounded."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.health.health_service import HealthService
from dashboard.settings import load
from dashboard.site.watch import SiteWatch
from dashboard.web.outer_layer import BOUNDS
from dashboard.web.thread_pools import ThreadPool
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service
from streams.actions import OutgoingRecord, ProduceBusy
from streams.kafka_log.produce import LazyProducer, Producer
from tests import patient_http, signing
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, TOPIC, Partition, call, heartbeat, reader
from tests.dashboard.running import OFTEN, serving
from tests.waiting import PATIENCE_S, wait_until

POSTS = 45
ASKED = (("health.json", signing.OPERATOR), ("me.json", signing.agent("a1")), ("me", signing.agent("a1")))
FEEDBACK = {"kind": "feedback.given", "agent": "a1", "text": "well done"}


@pytest.fixture
def appeals(redis_url: str, store_client: Any) -> Iterator[AppealService]:
    """Appeals over what two agents did."""
    for at in range(PARTITIONS):
        Partition(store_client, at).write(call("a1" if at == 0 else "b1", f"c{at}", NOON_MS), heartbeat(NOON_MS))
    connections = Connections(load({"redis": redis_url, "topic": TOPIC, "actions": f"{TOPIC}-actions"}, {}))
    yield appeal_service(connections, lambda: SITE, lambda: NOON_MS)
    connections.close()


@pytest.mark.services
def test_45_acts_that_wait_for_kafka_leave_health_and_reads_answering(
    redis_url: str, store_client: Any, appeals: AppealService
) -> None:
    waiting, answers = threading.Semaphore(0), threading.Event()

    def hang(_: list[OutgoingRecord]) -> None:
        waiting.release()
        assert answers.wait(PATIENCE_S)

    health = HealthService(SiteWatch.fixed(SITE), lambda: reader(store_client), lambda: NOON_MS)
    more: dict[str, Any] = {"appeals": replace(appeals, post=hang), "health": health}
    with serving(redis_url, bounds=BOUNDS._replace(acts=OFTEN), **more) as address, ThreadPoolExecutor(POSTS) as people:
        acts = [people.submit(patient_http.post, f"{address}/feedback", json=FEEDBACK) for _ in range(POSTS)]
        try:
            for _ in range(4):
                assert waiting.acquire(timeout=PATIENCE_S)
            for _ in range(3):
                asked = [patient_http.get(f"{address}/{path}", who=who) for path, who in ASKED]
                assert [answer.status_code for answer in asked] == [200, 200, 200]
            refused = _refused(acts)
            assert {answer.json()["error"] for answer in refused} == {"busy"}
            assert {answer.headers["retry-after"] for answer in refused} == {"1"}
        finally:
            answers.set()


def _refused(acts: list[Any]) -> list[Any]:
    """The answers to the acts that found no place, while four still wait."""
    wait_until(lambda: sum(act.done() for act in acts) == POSTS - 4, PATIENCE_S, "the others to be refused")
    return [act.result() for act in acts if act.done()]


def test_a_place_in_a_pool_is_waited_for_no_longer_than_it_says() -> None:
    async def ask() -> tuple[str, str]:
        pool, go = ThreadPool(1, wait_s=0.05), threading.Event()
        first = asyncio.create_task(pool.run(go.wait))
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await pool.run(str, "never")
        go.set()
        await first
        return refused.value.word, await pool.run(str, "a place is free again")

    assert asyncio.run(ask()) == ("busy", "a place is free again")


def test_a_sender_waits_for_another_one_no_longer_than_it_says() -> None:
    sending, go = threading.Event(), threading.Event()

    def connect() -> Producer:
        sending.set()
        assert go.wait(PATIENCE_S)
        raise ConnectionError("away")

    lazy = LazyProducer(connect, busy_s=0.05)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(lazy.send_records, [])
        assert sending.wait(PATIENCE_S)
        with pytest.raises(ProduceBusy, match="nothing of these was sent"):
            lazy.send_records([])
        go.set()
        assert "away" in str(first.exception(PATIENCE_S))
