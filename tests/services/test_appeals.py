"""People act over HTTP: through a real Kafka into a real Redis and back onto the board, in the record's own period."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from typing import Any, NamedTuple

import httpx
import pytest

from dashboard.settings import load
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.site_time import DAY_MS, rfc3339
from streams.store.client import open_redis
from tests import patient_http, signing
from tests.dashboard.running import answering, board_server, snapshot
from tests.services.acting import SITE, TIME, consuming
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


A1 = signing.agent("a1")


class Floor(NamedTuple):
    """A line that runs: where it is sent to, where it is asked, and what time it is."""

    producer: Producer
    address: str
    settings: Any
    at_ms: int
    """A moment ago, and today."""

    def post(self, path: str, who: str, **body: Any) -> httpx.Response:
        return patient_http.post(f"{self.address}{path}", who=signing.acting(who), json=body)

    def get(self, path: str, **params: str) -> Any:
        answer = patient_http.get(f"{self.address}{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, type_: str, at_ms: int, /, **data: Any) -> None:
        self.producer.send(data["agent"].encode(), encode(type_, "id", "/test", at_ms, data))

    def net(self, day: date, agent: str = "a1", period: str = "day") -> float:
        found = self.get("/explain", agent=agent, period=period, date=str(day))
        value: float = {term["name"]: term for term in found["terms"]}["net"]["value"]
        return value


@contextmanager
def serving(settings: Any, site: Site) -> Iterator[str]:
    with closing(Connections(settings)) as connections:
        desk = appeal_service(connections, lambda: site)
        server = board_server(settings.redis, SiteWatch.fixed(site), appeals=desk)
        with answering(server) as address:
            yield address


@pytest.fixture
def floor(kafka: KafkaServer, topic: str, redis_url: str) -> Iterator[Floor]:
    named = {"kafka": kafka.bootstrap, "redis": redis_url, "topic": topic, "actions": f"{topic}-actions"}
    settings = load(named, {})
    with (
        Producer(kafka.bootstrap, topic) as producer,
        consuming(kafka, topic, redis_url),
        serving(settings, SITE) as address,
    ):
        now_ms = time.time_ns() // 1_000_000
        yield Floor(producer, address, settings, max(now_ms - 60_000, TIME.day(now_ms).start_ms))


def a_day(floor: Floor, at_ms: int) -> date:
    """Five calls, a complaint, a confirmed complaint, an evaluation and a conduct record at one time -> its day."""
    for n in range(5):
        floor.send("call.ended", at_ms, call_id=f"c{n}-{at_ms}", version=1, agent="a1", direction="outbound",
                   ended_at=rfc3339(at_ms), outcome="handled", talk_s=60)  # fmt: skip
    for case in ("open", "firm"):
        floor.send("complaint.recorded", at_ms, complaint_id=f"{case}-{at_ms}", agent="a1", kind="complaint")
    confirmed = {"complaint_id": f"firm-{at_ms}", "agent": "a1", "decision": "confirmed", "decided_by": "qa"}
    floor.send("complaint.decided", at_ms + 1000, **confirmed)
    floor.send("evaluation.scored", at_ms, evaluation_id=f"e-{at_ms}", version=1, agent="a1", score=80)
    floor.send("conduct.recorded", at_ms, record_id=f"r-{at_ms}", version=1, agent="a1", kind="late", points=-5)
    floor.producer.flush()
    day = TIME.day(at_ms).label
    wait_until(lambda: floor.net(day) == 3, PATIENCE_S, "the day to be counted")
    return day


def test_an_appeal_granted_moves_agent_team_and_site_in_its_own_period(floor: Floor, redis_url: str) -> None:
    yesterday_ms = floor.at_ms - DAY_MS
    before, today = a_day(floor, yesterday_ms), a_day(floor, floor.at_ms)
    ref = f"firm-{floor.at_ms}"
    with publishing_now(floor, redis_url):
        wait_until(lambda: board(floor) == (3, 3, 3), PATIENCE_S, "the board to show the day")
        filed = floor.post("/appeals", "a1", ref=ref, text="they asked for another product")
        assert (filed.status_code, filed.json()["state"], filed.json()["counted"]) == (201, "open", True)
        assert filed.json()["before"] == {"status": "pending", "effect": -1.0}
        (listed,) = floor.get("/appeals", state="open")["appeals"]
        assert (listed["ref"], listed["filed_by"], listed["overdue"]) == (ref, "agent:a1", False)
        granted = floor.post("/decisions", "qa2", ref=ref, decision="overturned", reason="process")
        assert granted.status_code == 201, granted.text
        wait_until(lambda: board(floor) == (4, 4, 4), PATIENCE_S, "the board to show the decision")
    found = granted.json()
    assert (found["state"], found["decided_by"], found["reason"]) == ("granted", "oidc:qa2", "process")
    assert (found["before"], found["after"]) == (
        {"status": "confirmed", "effect": -1.0},
        {"status": "reversed", "effect": 0.0},
    )
    assert found["period"] == {"day": str(today), "month": f"{today:%Y-%m}"}
    assert found["net"]["day"] == {"before": 3.0, "after": 4.0}
    assert (floor.net(before), floor.net(today)) == (3.0, 4.0)
    (decided,) = floor.get("/appeals", agent="a1")["appeals"]
    assert {name: decided[name] for name in ("before", "after", "decided_by", "state")} == {
        name: found[name] for name in ("before", "after", "decided_by", "state")
    }


def board(floor: Floor) -> tuple[float, float, float] | None:
    """Net of the agent, their team and the site on the board."""
    answer, team = snapshot(floor.address), snapshot(floor.address, "team:dawn")
    if answer.status_code != 200 or team.status_code != 200:
        return None
    agents = team.json()["agents"]
    at = agents["columns"].index("net")
    nets = {row[0]: row[at] for row in agents["rows"]}
    return nets["a1"], answer.json()["teams"][0]["net"], answer.json()["floor"]["net"]


@contextmanager
def publishing_now(floor: Floor, url: str) -> Iterator[None]:
    """A publisher over the floor's own topic."""
    from dashboard.board.bus import FrameWriter, Lease
    from dashboard.board.publish import Publisher, wall_clock_ms
    from dashboard.board.read_model import ReadModel
    from streams.store.reader import Reader

    client, stop = open_redis(url), threading.Event()
    model = ReadModel(Reader(client, floor.settings.topic, 4), SITE)
    thread = threading.Thread(
        target=Publisher(model, FrameWriter(client), Lease(client), wall_clock_ms).run, args=(stop,)
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        client.close()


def test_an_appeal_against_what_stands_is_refused(floor: Floor) -> None:
    day = a_day(floor, floor.at_ms)
    ref = f"open-{floor.at_ms}"
    assert floor.post("/appeals", "a1", ref=ref).status_code == 201
    upheld = floor.post("/decisions", "qa", ref=ref, decision="upheld", reason="recording heard")
    assert (upheld.status_code, upheld.json()["state"]) == (201, "refused")
    assert (upheld.json()["before"]["status"], upheld.json()["after"]["status"]) == ("pending", "confirmed")
    assert floor.net(day) == 3
    again = floor.post("/decisions", "qa", ref=ref, decision="overturned")
    assert (again.status_code, again.json()["error"]) == (409, "already_decided")


def test_an_evaluation_and_a_conduct_record_can_be_appealed(floor: Floor) -> None:
    at_ms = floor.at_ms
    day = a_day(floor, at_ms)
    for ref in (f"e-{at_ms}", f"r-{at_ms}"):
        assert floor.post("/appeals", "a1", ref=ref).status_code == 201
    unscored = floor.post("/decisions", "qa", ref=f"e-{at_ms}", decision="overturned")
    assert (unscored.status_code, unscored.json()["error"]) == (422, "no_score")
    revised = floor.post("/decisions", "qa", ref=f"e-{at_ms}", decision="overturned", score=92.5)
    assert (revised.json()["before"]["effect"], revised.json()["after"]["effect"]) == (80.0, 92.5)
    pardoned = floor.post("/decisions", "hr", ref=f"r-{at_ms}", decision="overturned")
    assert (pardoned.json()["before"]["effect"], pardoned.json()["after"]["effect"]) == (-5.0, 0.0)
    found = floor.get("/explain", agent="a1", period="day", date=str(day))
    values = {term["name"]: term["value"] for term in found["terms"]}
    assert (values["evaluation_mean"], values["conduct_points"]) == (92.5, 0.0)


def test_who_may_file_and_decide_and_until_when(floor: Floor) -> None:
    at_ms = floor.at_ms
    a_day(floor, at_ms)
    old_ms = at_ms - 9 * DAY_MS
    floor.send("complaint.recorded", old_ms, complaint_id="old", agent="a1", kind="complaint")
    floor.producer.flush()
    wait_until(lambda: floor.net(TIME.day(old_ms).label, period="day") == 0, PATIENCE_S, "the old complaint")
    ref = f"firm-{at_ms}"
    refused = {
        (404, "not_found"): floor.post("/appeals", "a2", ref=ref),
        (404, "not_closed"): floor.post("/appeals", "a1", ref="2026-10"),
        (404, "no_appeal"): floor.post("/decisions", "qa2", ref=ref, decision="upheld"),
        (401, "signed_out"): patient_http.post(f"{floor.address}/appeals", who=None, json={"ref": ref}),
        (400, "unknown_field"): patient_http.post(f"{floor.address}/appeals?as=a1", who=A1, json={"ref": ref}),
        (415, "not_json"): patient_http.post(f"{floor.address}/appeals", who=A1, data={"ref": ref}),
        (422, "bad_body"): floor.post("/appeals", "a1", reff=ref),
    }
    for (status, word), answer in refused.items():
        assert (answer.status_code, answer.json()["error"]) == (status, word), answer.text
    late = wait_until(lambda: filing(floor, "old"), PATIENCE_S, "the old complaint to be known")
    assert late
    assert (late.status_code, late.json()["error"]) == (409, "too_late")
    assert floor.post("/appeals", "a1", ref=ref).status_code == 201
    assert floor.post("/appeals", "a1", ref=ref).json()["error"] == "already_filed"
    both = signing.Identity("oidc:both", "both", agent="a1", groups=("agent", "quality"))
    own = patient_http.post(f"{floor.address}/decisions", who=both, json={"ref": ref, "decision": "overturned"})
    assert (own.status_code, own.json()["error"]) == (403, "own_case")
    barred = floor.post("/decisions", "a1", ref=ref, decision="overturned")
    assert (barred.status_code, barred.json()["error"]) == (404, "not_found")
    for who, word in (("boss", "own_lead"), ("qa", "recorded_it")):
        answer = floor.post("/decisions", who, ref=ref, decision="overturned")
        assert (answer.status_code, answer.json()["error"]) == (403, word)


def filing(floor: Floor, ref: str) -> httpx.Response | None:
    answer = floor.post("/appeals", "a1", ref=ref)
    return None if answer.json().get("error") == "not_found" else answer


def test_what_is_done_once_counts_once(floor: Floor) -> None:
    at_ms = floor.at_ms
    a_day(floor, at_ms)
    ref = f"firm-{at_ms}"
    answers = [floor.post("/appeals", "a1", ref=ref) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert len(floor.get("/appeals")["appeals"]) == 1


def test_of_two_appeals_at_once_the_words_of_one_are_kept_and_the_other_is_told(floor: Floor) -> None:
    a_day(floor, floor.at_ms)
    ref = f"firm-{floor.at_ms}"
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda text: floor.post("/appeals", "a1", ref=ref, text=text), ["one", "two"]))
    assert sorted(each.status_code for each in answers) == [201, 409]
    (kept,) = [each.json()["text"] for each in answers if each.status_code == 201]
    assert [(each["ref"], each["text"]) for each in floor.get("/appeals")["appeals"]] == [(ref, kept)]


@pytest.mark.parametrize("agent", ["nobody", "../../etc/passwd", "~site", "*", "x" * 9000])
def test_of_who_does_not_exist_nothing_is_explained(floor: Floor, agent: str) -> None:
    answer = patient_http.get(f"{floor.address}/explain", params={"agent": agent, "period": "day"})
    assert (answer.status_code, answer.json()["error"]) == (404, "no_agent")


@pytest.mark.parametrize("day", ["2100-01-01", "0001-01-01", "9999-12-31", "today"])
def test_a_day_that_is_none_or_lies_ahead_is_not_explained(floor: Floor, day: str) -> None:
    asked = {"agent": "a1", "period": "day", "date": day}
    answer = patient_http.get(f"{floor.address}/explain", params=asked)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_period")


def test_of_two_decisions_at_once_the_register_says_what_the_number_says(floor: Floor) -> None:
    """Both may be taken by the log before either is read back: then the record's own order decides, everywhere."""
    for n in range(4):
        ref = f"race-{floor.at_ms}-{n}"
        floor.send("complaint.recorded", floor.at_ms, agent="a1", complaint_id=ref, kind="complaint")
        wait_until(
            lambda ref=ref: floor.post("/appeals", "a1", ref=ref).status_code in (201, 409), PATIENCE_S, "appealed"
        )
        gate = threading.Barrier(2)
        said = ("overturned", "upheld")

        def decide(decision: str, ref: str = ref, gate: threading.Barrier = gate) -> int:
            gate.wait()
            return floor.post("/decisions", f"by-{decision}", ref=ref, decision=decision).status_code

        with ThreadPoolExecutor(2) as both:
            codes = dict(zip(said, both.map(decide, said), strict=True))
        # An answer that came before its decision was counted says so; soon all say the same.
        wait_until(lambda ref=ref: of_case(floor, ref)[1] == of_record(floor, ref), PATIENCE_S, "one answer everywhere")
        assert of_case(floor, ref) in {("granted", "reversed"), ("refused", "confirmed")}
        assert 201 in codes.values()


def of_case(floor: Floor, ref: str) -> tuple[str, str]:
    """How an appeal was decided, and what it made of the record."""
    (case,) = [each for each in floor.get("/appeals")["appeals"] if each["ref"] == ref]
    return case["state"], case["after"]["status"]


def of_record(floor: Floor, ref: str) -> str:
    """What the record does now; one that is reversed takes no call and may be left out."""
    (case,) = [each for each in floor.get("/appeals")["appeals"] if each["ref"] == ref]
    found = floor.get("/explain", agent="a1", period="day", date=case["period"]["day"])
    records = [r for term in found["terms"] if term["name"] == "deducted" for r in term["records"] if r["id"] == ref]
    return str(records[0]["status"]) if records else "reversed"
