"""Who may do what about a flag and when, and what of it is kept."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import orjson
import pytest

from dashboard.actions.acting_person import Refused
from dashboard.actions.action_follower import Done
from dashboard.actions.flag_actions import Acting
from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.flag_service import MOST, FlagService
from dashboard.actions.flag_standing import ACKNOWLEDGED, CLOSED, CONTESTED, KINDS, NOTED, PLANNED, SNOOZED
from dashboard.actions.flag_store import ShiftCount
from dashboard.site.load import Site, Spell, Team
from streams.actions import OutgoingRecord
from streams.site_time import DAY_MS, rfc3339
from streams.store.ledger_reader import ActionLine
from tests.actors import actor
from tests.dashboard.actions.flag_floor import DAY, NOON_MS, TIME, MemoryActs, MemoryFlags, seen

REVIEW, DROP = "review-a1-20261123", "drop-a1-20261123"
SITE = Site(
    zone="Asia/Shanghai",
    teams=(Team("dawn", "晨曦组", "Dawn", "outbound", lead="boss"),),
    roster=(Spell("a1", "安一", "An", None, "dawn", None, None),),
)


class Room:
    """A desk whose actions are counted as soon as they are sent."""

    def __init__(self, site: Site = SITE) -> None:
        self.now_ms = NOON_MS
        self.store, self.acts = MemoryFlags(), MemoryActs()
        self.book = FlagRegister(self.store, self.acts, TIME)
        self.desk = FlagService(lambda: site, lambda site: self.book, self.count, "actions", lambda: self.now_ms)
        self.book.open_episodes([seen(), seen(rule="drop")], self.now_ms)

    def count(self, records: list[OutgoingRecord]) -> None:
        for record in records:
            event = orjson.loads(record.value)
            data = {name: event["data"].get(name) for name in ("by", "kind", "ref", "text", "due", "until", "record")}
            assert (event["type"], record.topic) == (data["kind"], "actions")
            line = ActionLine(stamp=0, gives=True, at_ms=self.now_ms, **data)
            self.acts.hear(Done(record.key.decode(), event["data"]["action_id"], line))

    def act(self, kind: str, who: str = "boss", ref: str = REVIEW, **more: Any) -> dict[str, Any]:
        self.now_ms += 1
        return self.desk.act(actor(who), Acting(ref, kind, **more))

    def refused(self, kind: str, who: str = "boss", ref: str = REVIEW, **more: Any) -> tuple[int, str]:
        before = len(self.acts.done)
        with pytest.raises(Refused) as refusal:
            self.act(kind, who, ref, **more)
        assert len(self.acts.done) == before
        return refusal.value.status, refusal.value.word


@pytest.fixture
def room() -> Room:
    return Room()


def in_days(days: int) -> str:
    return (DAY + timedelta(days=days)).isoformat()


def listed(desk: FlagService, team: str | None, agent: str | None, state: str | None) -> Any:
    """The list as JSON has it."""
    return msgspec.to_builtins(desk.list_flags(team, agent, state))


def test_an_acknowledgement_says_who_when_and_on_what(room: Room) -> None:
    found = room.act(ACKNOWLEDGED, text=" we talked ", useful=True)
    assert (found["state"], found["useful"], found["counted"], found["name"]) == ("acknowledged", True, True, "安一")
    assert found["acknowledged"] == {"by": "agent:boss", "at": rfc3339(NOON_MS + 1)}
    assert found["actions"][0] | {"id": ""} == {
        "id": "", "kind": ACKNOWLEDGED, "by": "agent:boss", "at": rfc3339(NOON_MS + 1),
        "text": "we talked", "due": None, "until": None, "useful": True,
    }  # fmt: skip
    record = json.loads(room.acts.done[found["action_id"]].line.record or "")
    assert (record["useful"], record["episode"]["facts"]) == (True, {"log_e": 7.0})
    assert room.refused(ACKNOWLEDGED) == (409, "already_acknowledged")
    assert room.refused(SNOOZED, until=rfc3339(NOON_MS + DAY_MS)) == (409, "already_acknowledged")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != CONTESTED])
def test_the_agent_himself_only_contests(room: Room, kind: str) -> None:
    assert room.refused(kind, who="a1") == (403, "own_flag")
    assert room.refused(CONTESTED, who="boss", text="no") == (403, "wrong_person")
    found = room.act(CONTESTED, who="a1", text="the dialer was down")
    assert (found["contested"], found["state"]) == (True, "open")


def test_what_makes_no_sense_is_refused_in_words(room: Room) -> None:
    at = rfc3339(NOON_MS + 3_600_000)
    for expected, kind, more in (
        ("bad_kind", "appeal.filed", {}),
        ("bad_kind", "", {}),
        ("bad_until", SNOOZED, {}),
        ("bad_until", SNOOZED, {"until": "tomorrow"}),
        ("bad_until", SNOOZED, {"until": rfc3339(NOON_MS)}),
        ("bad_until", SNOOZED, {"until": rfc3339(NOON_MS + 40 * DAY_MS)}),
        ("bad_until", NOTED, {"until": at, "text": "x"}),
        ("bad_due", PLANNED, {"text": "x"}),
        ("bad_due", PLANNED, {"text": "x", "due": "soon"}),
        ("bad_due", PLANNED, {"text": "x", "due": in_days(-1)}),
        ("bad_due", PLANNED, {"text": "x", "due": in_days(400)}),
        ("bad_due", ACKNOWLEDGED, {"due": in_days(1)}),
        ("no_text", PLANNED, {"due": in_days(1), "text": " "}),
        ("no_text", NOTED, {}),
        ("no_text", CONTESTED, {"who": "a1"}),
        ("bad_useful", SNOOZED, {"until": at, "useful": True}),
    ):
        assert room.refused(kind, **more) == (422, expected), (kind, more)
    assert room.refused(NOTED, ref="review-a9-20261123", text="x") == (404, "no_flag")
    assert room.refused(CLOSED) == (409, "no_coaching")


def test_a_drop_of_a_shift_that_is_over_is_history_but_may_be_spoken_of(room: Room) -> None:
    room.now_ms += DAY_MS
    assert room.refused(ACKNOWLEDGED, ref=DROP) == (409, "over")
    assert room.act(NOTED, ref=DROP, text="late bus", useful=False)["useful"] is False
    assert [each["id"] for each in listed(room.desk, None, None, "over")["flags"]] == [DROP]


def test_a_snoozed_flag_is_open_again_afterwards(room: Room) -> None:
    until = rfc3339(NOON_MS + 3_600_000)
    found = room.act(SNOOZED, until=until)
    assert (found["state"], found["snoozed_until"]) == ("snoozed", until)
    assert [each["state"] for each in listed(room.desk, "dawn", "a1", None)["flags"]] == ["snoozed", "open"]
    room.now_ms += DAY_MS
    (again,) = listed(room.desk, None, None, "open")["flags"]
    assert (again["id"], again["snoozed_until"]) == (REVIEW, None)


def test_coaching_shows_the_ratio_before_and_after(room: Room) -> None:
    room.act(PLANNED, text="two calls together", due=in_days(7))
    (planned,) = listed(room.desk, None, "a1", None)["flags"][0]["coaching"]
    assert (planned["due"], planned["closed"], planned["before"], planned["after"]) == (in_days(7), None, None, None)
    days = {DAY + timedelta(days=n): ShiftCount(70.0 if n <= 0 else 95.0, 100.0, 2.0) for n in range(-19, 8)}
    room.book.open_episodes([], room.now_ms + 2000, past=lambda agent: days)
    found = room.act(CLOSED, text="done", useful=True)
    (coaching,) = found["coaching"]
    assert (coaching["before"]["shifts"], coaching["after"]["shifts"]) == (20, 7)
    assert coaching["before"]["low"] < coaching["before"]["peer"] < coaching["before"]["high"] < 0.8
    assert coaching["after"]["low"] < 0.96 < coaching["after"]["high"]
    assert coaching["before"]["peer"] == round((100 + 1400 / 2) / (100 + 2000 / 2), 4)
    assert (coaching["closed"], found["useful"]) == (rfc3339(room.now_ms), True)
    assert room.refused(CLOSED) == (409, "no_coaching")


def test_doing_the_same_again_counts_once_and_a_second_coaching_is_another(room: Room) -> None:
    first, again = (room.act(PLANNED, text="listen", due=in_days(7)) for _ in range(2))
    assert first["action_id"] == again["action_id"]
    closed = room.act(CLOSED)
    anew = room.act(PLANNED, text="listen", due=in_days(7))
    assert anew["action_id"] != first["action_id"]
    assert room.act(CLOSED)["action_id"] != closed["action_id"]
    assert [bool(one["closed"]) for one in listed(room.desk, None, None, None)["flags"][0]["coaching"]] == [True, True]


def test_who_sees_it_is_said_and_a_long_list_is_cut(room: Room) -> None:
    assert listed(room.desk, None, "a1", None)["flags"][0]["seen_by"] == ["a1", "boss"]
    room.book.open_episodes([seen(f"b{n}") for n in range(MOST)], NOON_MS + 2000)
    found = listed(room.desk, None, None, None)
    assert (len(found["flags"]), found["more"]) == (MOST, 2)
    assert listed(room.desk, "lake", None, None) == {"flags": [], "more": 0}


def test_in_works_council_mode_there_is_nothing() -> None:
    room = Room(Site(zone="Asia/Shanghai", works_council="count"))
    with pytest.raises(Refused) as refusal:
        listed(room.desk, None, None, None)
    assert (refusal.value.status, refusal.value.word) == (404, "works_council")
    assert room.refused(ACKNOWLEDGED) == (404, "works_council")
