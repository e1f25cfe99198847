"""GET /me.json and /me: the page of one agent over a real Redis, and the rules of feedback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from dashboard.actions.acting_person import Refused
from dashboard.actions.action_follower import Done
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.feedback_service import FeedbackRequest, action_of, feedback_of
from dashboard.actions.my_page import MyPageService
from dashboard.floor.single_agent import judge_of
from dashboard.settings import load
from dashboard.site.types import Calendar
from dashboard.site.watch import SiteWatch
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service
from streams.actions import OutgoingRecord
from streams.events import Action
from streams.site_time import DAY_MS, MINUTE_MS
from streams.store.client import open_redis
from streams.store.ledger_reader import ActionLine
from tests import patient_http, signing
from tests.actors import actor
from tests.dashboard.actions.flag_floor import MemoryActs
from tests.dashboard.partitions import NOON_MS, SITE, TOPIC, Partition, call, complaint, decided, event, reader
from tests.dashboard.running import answering, board_server

pytestmark = pytest.mark.services
HOLIDAYS = Calendar(None, frozenset({date(2026, 11, 25)}), frozenset())
FLOOR = replace(SITE, calendar=HOLIDAYS)


def _no_post(records: list[OutgoingRecord]) -> None:
    raise AssertionError("nobody acts here")


@pytest.fixture
def desk(redis_url: str) -> Iterator[AppealService]:
    """A desk at noon over what two agents of one team did today and one of them a week ago."""
    client: Any = open_redis(redis_url)
    calls = [call(agent, f"{agent}-{n}", NOON_MS - (30 - n) * MINUTE_MS) for agent in ("a1", "a2") for n in range(20)]
    cases = [
        complaint("a1", "k1", NOON_MS - 20 * MINUTE_MS),
        complaint("a1", "k2", NOON_MS - 19 * MINUTE_MS, "repeat_enquiry"),
        complaint("a2", "k3", NOON_MS - 18 * MINUTE_MS),
    ]
    scored = {"evaluation_id": "e1", "version": 1, "agent": "a1", "score": 88.5}
    old_ms = NOON_MS - 6 * DAY_MS
    Partition(client, 0, append_ms=old_ms).write(complaint("a1", "old", old_ms))
    made = [Partition(client, at, append_ms=NOON_MS) for at in range(2)]
    made[0].write(*calls, *cases, ("a1", event("evaluation.scored", NOON_MS - 17 * MINUTE_MS, scored)))
    made[0].write(decided("a1", "k2", NOON_MS - 5 * MINUTE_MS, "withdrawn"))
    made[1].write(call("b1", "b1-1", NOON_MS - MINUTE_MS))
    settings = load({"redis": redis_url, "topic": TOPIC, "actions": f"{TOPIC}-actions"}, {})
    connections = Connections(settings)
    judge = judge_of(reader(client), FLOOR, FLOOR.time, lambda: NOON_MS)
    desk = appeal_service(connections, lambda: FLOOR, lambda: NOON_MS)
    yield replace(desk, post=_no_post, judges=lambda site: judge)
    connections.close()
    client.close()


@contextmanager
def serving(url: str, desk: AppealService) -> Iterator[str]:
    with answering(board_server(url, SiteWatch.fixed(FLOOR), appeals=desk)) as address:
        yield address


@pytest.fixture
def address(redis_url: str, desk: AppealService) -> Iterator[str]:
    with serving(redis_url, desk) as address:
        yield address


def test_only_his_own_leaves(address: str) -> None:
    answer = patient_http.get(f"{address}/me.json", who=signing.agent("a1"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    found = answer.json()
    assert (found["agent"], found["name"], found["team"]["id"]) == ("a1", "安一", "dawn")
    assert {each["id"] for each in found["records"]} == {"k1", "k2", "e1", "old"}
    for other in ("a2", "安二", "k3", "b1", "白一"):
        assert f'"{other}"' not in answer.text


def told(desk: AppealService) -> Any:
    """The page of a1 as JSON has it."""
    return msgspec.to_builtins(MyPageService(desk).read_page("a1"))


def test_today_and_the_month_with_what_they_are_made_of(desk: AppealService) -> None:
    found = told(desk)
    day, month = found["day"], found["month"]
    assert (day["calls"], day["deducted"], day["net"], day["pending"]) == (20, 1, 19, 1)
    assert (month["calls"], month["deducted"], month["net"], month["net_high"]) == (20, 2, 18, 20)
    deducted = [each for each in found["records"] if each["of"] == "deducted"]
    assert sum(each["effect"] for each in deducted) == -month["deducted"]
    assert found["policy"] == {"version": "default", "since": None, "published": None}


def test_every_record_says_until_when_it_can_be_appealed(desk: AppealService) -> None:
    """Three working days; the 25th is a holiday of this site. What is over or withdrawn cannot be appealed."""
    found = {each["id"]: each for each in told(desk)["records"]}
    assert {id: (each["appeal_day"], each["may_appeal"]) for id, each in found.items()} == {
        "k1": ("2026-11-27", True),
        "k2": ("2026-11-27", False),
        "old": ("2026-11-20", False),
        "e1": ("2026-11-27", True),
    }
    assert (found["e1"]["effect"], found["e1"]["status"]) == (88.5, "scored")
    assert (found["k2"]["status"], found["k2"]["effect"]) == ("withdrawn", 0)


def test_nobody_and_somebody_unknown_are_told_so(address: str) -> None:
    people = ((None, 401, "signed_out"), (signing.OPERATOR, 404, "not_found"), (signing.agent("x9"), 404, "no_agent"))
    for who, status, word in people:
        answer = patient_http.get(f"{address}/me.json", who=who)
        assert (answer.status_code, answer.json()["error"]) == (status, word)


def test_the_page_opens_for_its_agent_and_is_not_there_for_others(address: str) -> None:
    page = patient_http.get(f"{address}/me?lang=en", who=signing.agent("a1"))
    assert page.status_code == 200
    assert "<title>My performance" in page.text
    nobody = patient_http.get(f"{address}/me?lang=en", who=None)
    assert (nobody.status_code, nobody.headers["location"]) == (303, "/sign-in?next=%2Fme%3Flang%3Den")
    other = patient_http.get(f"{address}/me")
    assert (other.status_code, "There is no such page" in other.text) == (404, True)


def test_who_is_in_no_roster_and_was_counted_is_known(desk: AppealService, redis_url: str) -> None:
    assert [MyPageService(desk).has_agent(agent) for agent in ("a1", "a2", "x9", "")] == [True, True, False, False]
    nameless = replace(desk, site=lambda: replace(FLOOR, roster=()))
    assert MyPageService(nameless).has_agent("a1")
    assert told(nameless)["name"] == "a1"


def test_the_step_to_the_next_bracket_is_that_of_the_rules(desk: AppealService) -> None:
    """Without a target calls lead nowhere: the score is that of the evaluation alone."""
    found = told(desk)["bracket"]
    assert (found["grade"], found["next"], found["calls_to_next"]) == ("A", None, -1)
    assert found["score"] == pytest.approx(88.5 / 90, abs=1e-4)
    assert [each["label"] for each in found["brackets"]] == ["D", "C", "A"]


class Said(MemoryActs):
    """What was said, by its id."""

    def get(self, id: str) -> Done | None:
        return self.done.get(id)

    def take(self, new: Action) -> None:
        line = ActionLine(stamp=0, gives=True, at_ms=NOON_MS, by=new.by, kind=new.kind, ref=new.ref, text=new.text)
        self.hear(Done(new.agent, new.action_id, line))


def test_feedback_is_said_by_those_who_may_and_once() -> None:
    log = Said()
    given = action_of(log, actor("boss"), FeedbackRequest("feedback.given", "good", agent="a1"), {"a1"})
    log.take(given)
    for asked, who, word in (
        (FeedbackRequest("feedback.given", "x", agent="a1"), "a1", "own_case"),
        (FeedbackRequest("feedback.given", "x", agent="x9"), "boss", "no_agent"),
        (FeedbackRequest("feedback.given", " ", agent="a1"), "boss", "no_text"),
        (FeedbackRequest("feedback.seen", ref="none"), "a1", "no_feedback"),
        (FeedbackRequest("feedback.seen", ref=given.action_id), "a2", "wrong_person"),
        (FeedbackRequest("feedback.answered", "x", ref=given.action_id), "a1", "wrong_person"),
        (FeedbackRequest("feedback.answered", "x", ref=given.action_id), "boss", "nothing_to_answer"),
        (FeedbackRequest("feedback.objected", "", ref=given.action_id), "a1", "no_text"),
        (FeedbackRequest("feedback.given", "good", agent="a1"), "boss", "already_said"),
    ):
        with pytest.raises(Refused) as refused:
            action_of(log, actor(who), asked, {"a1", "a2"})
        assert refused.value.word == word, asked
    for kind, who, text in (("seen", "a1", ""), ("objected", "a1", "no"), ("answered", "boss", "well")):
        saying = msgspec.convert({"kind": f"feedback.{kind}", "ref": given.action_id, "text": text}, FeedbackRequest)
        log.take(action_of(log, actor(who), saying, set()))
    (receipt,) = msgspec.to_builtins(feedback_of(log, "a1"))
    assert (receipt["text"], receipt["objected"]["text"], receipt["answered"]["by"]) == (
        "good",
        "no",
        "agent:boss",
    )
    assert feedback_of(log, "a2") == []
