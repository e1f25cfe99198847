"""A closed month: signed once, unchanged by what is decided later, which stands once in the sheet of an open month."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from dashboard.actions import closing_service as closing
from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_messages import Ruling
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.closing_adjustments import MonthReader
from dashboard.actions.closing_service import CannotClose, ClosingService
from dashboard.actions.closing_sheets import (
    Adjustment,
    closed_month,
    closed_months,
    document,
    fault_of,
    hash_of,
    seal_of,
    sealed_line,
    sealed_sheet,
)
from dashboard.actions.my_page import MyPageService
from dashboard.floor.periods import Period, parse_month
from dashboard.settings import Settings, load
from dashboard.site.load import Site
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service
from streams.consume.consume import consume_both
from streams.consume.consumer import Rules
from streams.counting_policy import Retention
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.metrics import NAMES
from streams.site_time import DAY_MS, HOUR_MS, parse_rfc3339, rfc3339
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests.actors import actor
from tests.services.acting import SITE, TIME, consuming
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
JULY_MS = parse_rfc3339("2026-07-30T06:00:00Z")
AUGUST_MS = parse_rfc3339("2026-08-03T06:00:00Z")


@dataclass
class Centre:
    """A line that runs at a time of its own: the third of August."""

    desk: AppealService
    producer: Producer
    counters: Reader
    settings: Settings
    now_ms: int = AUGUST_MS
    site: Site = SITE

    @property
    def books(self) -> MonthReader:
        sources = self.desk.sources()
        sources.actions.refresh()
        return MonthReader(sources.actions, sources.ledgers, self.counters, TIME)

    def close(self, month: str, by: str = "manager", approved_by: str | None = None) -> dict[str, Any]:
        closing = ClosingService(
            self.site, self.books, self.rows, self.desk.post, self.settings.actions, lambda: self.now_ms
        )
        found: dict[str, Any] = json.loads(closing.close(parse_month(month), by, approved_by))
        return found

    def rows(self, period: Period) -> dict[str, list[dict[str, Any]]]:
        """Every metric, as a judged sheet has them."""
        agents = self.books.metrics(period.label) or {}
        rows: list[dict[str, Any]] = [
            {"agent": agent, **dict.fromkeys(NAMES, 0), **metrics} for agent, metrics in agents.items()
        ]
        total = {name: sum(row[name] for row in rows) for name in NAMES}
        return {"agent": rows, "team": [{"team": "dawn", **total}], "site": [{"site": "Test", **total}]}

    def send(self, type_: str, at_ms: int, /, **data: Any) -> None:
        self.producer.send(data["agent"].encode(), encode(type_, "id", "/test", at_ms, data))
        self.producer.flush()

    def call(self, id: str, at_ms: int, agent: str = "a1") -> None:
        self.send("call.ended", at_ms, call_id=id, version=1, agent=agent, direction="outbound",
                  ended_at=rfc3339(at_ms), outcome="handled", talk_s=60)  # fmt: skip

    def july(self) -> None:
        """Two calls and a confirmed complaint of one agent, one call of another; all in July."""
        for id, agent in (("c1", "a1"), ("c2", "a1"), ("c3", "a2")):
            self.call(id, JULY_MS, agent)
        self.send("complaint.recorded", JULY_MS, complaint_id="k1", agent="a1", kind="complaint")
        self.send("complaint.decided", JULY_MS + HOUR_MS, complaint_id="k1", agent="a1", decision="confirmed")
        self.until(lambda: self.counted("2026-07", "a1").get("complaints_confirmed") == 1)
        self.until(lambda: self.counted("2026-07", "a2").get("handled") == 1)

    def counted(self, month: str, agent: str) -> dict[str, int]:
        return (self.books.metrics(month) or {}).get(agent, {})

    def grant(self) -> None:
        """The complaint of July is appealed and the appeal granted."""
        self.desk.file(actor("a1"), "k1", "it was the product")
        self.desk.decide(actor("qa"), "k1", Ruling("overturned", "product"))

    def adjustments(self, month: str | None = None) -> list[Adjustment]:
        return self.books.adjustments(month)

    def until(self, holds: Any) -> None:
        wait_until(holds, PATIENCE_S, "it to be counted")


@pytest.fixture
def centre(kafka: KafkaServer, topic: str, redis_url: str) -> Iterator[Centre]:
    named = {"kafka": kafka.bootstrap, "redis": redis_url, "topic": topic, "actions": f"{topic}-actions"}
    settings = load(named, {})
    with (
        Producer(kafka.bootstrap, topic) as producer,
        consuming(kafka, topic, redis_url),
        contextlib.closing(Connections(settings)) as connections,
        open_redis(redis_url) as client,
    ):
        desk = appeal_service(connections, lambda: SITE)
        found = Centre(desk, producer, Reader(client, topic, 4), settings)
        found.desk = replace(desk, now=lambda: found.now_ms)
        yield found


def test_a_month_is_closed_once_and_only_when_it_is_over(centre: Centre) -> None:
    centre.july()
    with pytest.raises(CannotClose, match="nobody approves"):
        centre.close("2026-07", approved_by=" ")
    with pytest.raises(CannotClose, match="still runs"):
        centre.close("2026-08")
    with pytest.raises(CannotClose, match="nothing was counted"):
        centre.close("2026-06")
    signed = centre.close("2026-07")
    assert (signed["month"], signed["approved_by"], signed["closed_at"]) == (
        "2026-07",
        "manager",
        rfc3339(AUGUST_MS),
    )
    assert [line["line"] for line in signed["lines"]] == ["a1", "a2", "~team:dawn", "~site"]
    with pytest.raises(CannotClose, match="closed by manager"):
        centre.close("2026-07", "somebody else")


def test_a_month_is_not_closed_before_the_day_the_policy_names(centre: Centre) -> None:
    centre.july()
    centre.site = replace(SITE, policies=(replace(SITE.policies[0], close_from_day=5),))
    with pytest.raises(CannotClose, match="from 2026-08-05 on"):
        centre.close("2026-07")
    centre.now_ms += 2 * DAY_MS
    assert centre.close("2026-07")["month"] == "2026-07"


def test_an_appeal_granted_after_the_closing_is_one_adjustment_and_the_sheet_stays(centre: Centre) -> None:
    centre.july()
    centre.close("2026-07")
    closed = closed_month(centre.books.log, "2026-07")
    assert closed is not None
    signed = sealed_sheet(centre.books.log, closed)
    assert centre.adjustments() == []
    centre.desk.file(actor("a1"), "k1", "it was the product")
    assert centre.adjustments() == [], "an appeal is no decision"
    decided = centre.desk.decide(actor("qa"), "k1", Ruling("overturned", "product"))
    assert (decided["month_closed"], decided["net"]["month"]) == (True, {"before": 1.0, "after": 2.0})
    (found,) = centre.adjustments()
    assert (found.month, found.shown_in, found.agent, found.kind, found.id) == (
        "2026-07",
        "2026-08",
        "a1",
        "complaint",
        "k1",
    )
    assert (found.before.status, found.after.status) == ("confirmed", "reversed")
    assert found.change == {"complaints_confirmed": -1, "complaints_reversed": 1}
    assert found.decision is not None
    assert (found.decision["by"], found.decision["decision"]) == ("agent:qa", "overturned")
    assert sealed_sheet(centre.books.log, closed) == signed
    assert centre.counted("2026-07", "a1")["complaints_reversed"] == 1


def test_an_adjustment_stands_in_one_sheet_only(centre: Centre) -> None:
    centre.july()
    centre.close("2026-07")
    centre.grant()
    centre.call("c9", AUGUST_MS)
    centre.until(lambda: centre.counted("2026-08", "a1").get("handled") == 1)
    centre.now_ms = parse_rfc3339("2026-09-01T06:00:00Z")
    august = centre.close("2026-08")
    (line,) = [line for line in august["lines"] if line["adjustments"]]
    assert [(each["of"], each["id"]) for each in line["adjustments"]] == [("2026-07", "k1")]
    assert centre.adjustments() == []
    centre.send(
        "complaint.decided", centre.now_ms, complaint_id="k1", agent="a1", decision="upheld", decided_by="court"
    )
    centre.until(lambda: centre.counted("2026-07", "a1").get("complaints_confirmed") == 1)
    (again,) = centre.adjustments()
    assert (again.shown_in, again.before.status, again.after.status) == ("2026-09", "reversed", "confirmed")
    assert again.decision is not None
    assert again.decision["by"] == "court"


def test_what_comes_in_late_is_an_adjustment_too(centre: Centre) -> None:
    centre.july()
    centre.close("2026-07")
    centre.call("late", JULY_MS + HOUR_MS, "a2")
    centre.until(lambda: centre.counted("2026-07", "a2").get("handled") == 2)
    (found,) = centre.adjustments("2026-08")
    assert (found.agent, found.kind, found.change["handled"], found.decision) == ("a2", "late", 1, None)


def _without(metrics: dict[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in metrics.items() if name in NAMES[:36]}


def test_metrics_that_an_older_sheet_does_not_have_are_no_adjustment(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.july()
    line = closing._line  # noqa: SLF001
    with monkeypatch.context() as older:
        older.setattr(closing, "_line", lambda name, row, metrics, *rest: line(name, row, _without(metrics), *rest))
        signed = centre.close("2026-07")
    assert not {"offered", "talks_known"} & {name for line in signed["lines"] for name in line["metrics"]}
    assert centre.counted("2026-07", "a1")["talks_known"] == 2
    assert centre.adjustments() == []
    centre.call("late", JULY_MS + HOUR_MS, "a2")
    centre.until(lambda: centre.counted("2026-07", "a2").get("handled") == 2)
    (found,) = centre.adjustments()
    assert (found.agent, found.kind, found.change["handled"]) == ("a2", "late", 1)


def test_a_complaint_that_was_reclassified_or_came_late_is_one_adjustment_each(centre: Centre) -> None:
    centre.july()
    centre.close("2026-07")
    record = {"complaint_id": "k1", "agent": "a1", "kind": "repeat_enquiry", "version": 1}
    centre.send("complaint.recorded", JULY_MS, **record)
    centre.send("complaint.recorded", JULY_MS, complaint_id="k2", agent="a2", kind="complaint")
    centre.until(lambda: centre.counted("2026-07", "a1").get("repeat_enquiries_confirmed") == 1)
    centre.until(lambda: centre.counted("2026-07", "a2").get("complaints_pending") == 1)
    first, second = centre.adjustments("2026-08")
    assert (first.agent, first.id, first.before.status, first.after.status) == ("a1", "k1", "confirmed", "confirmed")
    assert (first.change, first.decision) == ({"complaints_confirmed": -1, "repeat_enquiries_confirmed": 1}, None)
    assert (second.agent, second.id, second.change) == ("a2", "k2", {"complaints_pending": 1})


def test_a_complaint_that_moves_after_the_closing_is_given_back_here_and_taken_there(centre: Centre) -> None:
    centre.july()
    centre.close("2026-07")
    centre.grant()
    moved = {"complaint_id": "k1", "kind": "complaint", "version": 1}
    value = encode("complaint.recorded", "id", "/test", JULY_MS, moved | {"agent": "a2"})
    for key in ("a1", "a2"):
        centre.producer.send(key.encode(), value)
    centre.producer.flush()
    centre.until(lambda: centre.counted("2026-07", "a2").get("complaints_pending") == 1)
    centre.until(lambda: not centre.counted("2026-07", "a1").get("complaints_reversed"))
    given_back, taken = centre.adjustments()
    assert (given_back.agent, given_back.after.status, given_back.change) == (
        "a1",
        "moved",
        {"complaints_confirmed": -1},
    )
    assert (taken.agent, taken.change, taken.decision) == ("a2", {"complaints_pending": 1}, None)
    assert centre.desk.list_appeals("a2") == []  # it was another agent who appealed
    filed = centre.desk.file(actor("a2"), "k1", "not mine either")
    assert (filed["agent"], filed["state"], filed["counted"]) == ("a2", "open", True)
    assert centre.desk.decide(actor("qa3"), "k1", Ruling("overturned", "product"))["state"] == "granted"
    assert [(each.agent, each.state) for each in centre.desk.list_appeals()] == [("a2", "granted")]
    centre.until(lambda: centre.counted("2026-07", "a2").get("complaints_reversed") == 1)
    assert [(each.agent, each.after.status) for each in centre.adjustments()] == [("a1", "moved"), ("a2", "reversed")]


def test_decisions_before_the_closing_are_in_the_sheet(centre: Centre) -> None:
    centre.july()
    centre.grant()
    signed = centre.close("2026-07")
    assert signed["lines"][0]["metrics"]["complaints_reversed"] == 1
    assert centre.adjustments() == []


def test_the_sheet_comes_back_from_kafka_byte_for_byte(centre: Centre, redis_url: str) -> None:
    centre.july()
    closing = ClosingService(
        SITE, centre.books, centre.rows, centre.desk.post, centre.settings.actions, lambda: centre.now_ms, b"k" * 32
    )
    signed = closing.close(parse_month("2026-07"), "os:manager", "王经理")
    other = redis_url.rpartition("/")[0] + "/1"
    stop = threading.Event()
    with open_redis(other) as client:
        args = (centre.settings.kafka, centre.settings.topic, centre.settings.actions, client)
        consume_both(*args, Rules(TIME, SITE.counting, Retention()), until_end=True, stop=stop)
    connections = Connections(replace(centre.settings, redis=other))
    log = connections.sources(SITE).actions
    log.refresh()
    (closed,) = closed_months(log)
    people, lines = (closed.approved_by, closed.closed_by), sealed_sheet(log, closed)
    again = document("2026-07", closed.policy, *people, rfc3339(closed.closed_ms), lines)
    assert again == signed
    assert people == ("王经理", "os:manager")
    assert (closed.sha256, closed.seal) == (hash_of(signed), seal_of(signed, b"k" * 32))
    assert fault_of(signed, closed, b"k" * 32) is None
    assert "not made by the key" in str(fault_of(signed, closed, b"other" * 8))
    assert "its hash is" in str(fault_of(signed.replace(b"2026-07", b"2026-08"), closed, None))
    assert sealed_line(log, closed, "a1") is not None
    connections.close()


def test_the_sheet_itself_can_be_appealed_but_not_decided_by_who_approved_it(centre: Centre) -> None:
    centre.july()
    centre.close("2026-07")
    filed = centre.desk.file(actor("a1"), "2026-07", "the grade is wrong")
    assert (filed["kind"], filed["state"], filed["period"]) == ("sheet", "open", {"month": "2026-07"})
    with pytest.raises(Refused, match="approved it"):
        centre.desk.decide(actor("manager"), "2026-07", Ruling("upheld", ""), "a1")
    assert centre.desk.decide(actor("hr"), "2026-07", Ruling("upheld", "checked"), "a1")["state"] == "refused"
    centre.now_ms += 10 * DAY_MS
    with pytest.raises(Refused, match="could be appealed until"):
        centre.desk.file(actor("a2"), "2026-07", "")


def test_the_agent_is_told_his_line_of_the_sheet_and_until_when_it_can_be_appealed(centre: Centre) -> None:
    centre.july()
    assert MyPageService(centre.desk).read_page("a1").sheets == []
    centre.close("2026-07")
    (told,) = MyPageService(centre.desk).read_page("a1").sheets
    assert (told.month, told.may_appeal, told.approved_by) == ("2026-07", True, "manager")
    assert {"net", "score", "grade", "closed"} <= set(told.__struct_fields__)
    centre.desk.file(actor("a1"), "2026-07", "the grade is wrong")
    assert [each.may_appeal for each in MyPageService(centre.desk).read_page("a1").sheets] == [False]
    centre.now_ms += 10 * DAY_MS
    assert [each.may_appeal for each in MyPageService(centre.desk).read_page("a2").sheets] == [False]
