"""Bytes to events: every reason for a dead letter, in the order of tests/cases/README.md, and what is let through."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from streams.decode import Event, Ignored, decode, encode
from streams.events import LONGEST, TYPES, BadEvent, CallEnded, EvaluationItem, EvaluationScored, SurveyAnswered
from tests.streams.making import NOW_MS, call

LEAST: dict[str, dict[str, Any]] = {
    "call.ended": call(),
    "complaint.recorded": {"complaint_id": "k", "agent": "1042", "kind": "complaint"},
    "complaint.decided": {"complaint_id": "k", "agent": "1042", "decision": "withdrawn"},
    "evaluation.scored": {"evaluation_id": "e", "version": 1, "agent": "1042", "score": 88},
    "evaluation.decided": {"evaluation_id": "e", "agent": "1042", "decision": "revised", "score": 70},
    "survey.answered": {"survey_id": "s", "agent": "1042", "score": 4, "scale": [1, 5]},
    "conduct.recorded": {"record_id": "r", "version": 0, "agent": "1042", "kind": "late", "points": -2.5},
    "queue.snapshot": {"queue": "q", "waiting": 0},
    "campaign.snapshot": {"campaign": "c", "list_size": 10, "done": 3},
    "agent.state": {"agent": "1042", "state": "ringing"},
    "person.erased": {"agent": "1042"},
    "pipeline.heartbeat": {"sent_at": "2026-11-23T06:00:00Z"},
}
SIMPLE = LEAST["complaint.recorded"]


def envelope(kind: Any = "complaint.recorded", data: Any = None, **fields: Any) -> dict[str, Any]:
    usual = {"specversion": "1.0", "id": "i", "source": "/acd", "type": kind, "time": "2026-11-23T06:00:00Z"}
    return usual | {"data": LEAST.get(kind, {}) if data is None else data} | fields


def dead(value: bytes | None) -> BadEvent:
    with pytest.raises(BadEvent) as caught:
        decode(value)
    return caught.value


def dead_event(**fields: Any) -> BadEvent:
    return dead(json.dumps(envelope(**fields)).encode())


def good(value: bytes) -> Event:
    found = decode(value)
    assert isinstance(found, Event)
    return found


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_with_the_least_it_needs(kind: str) -> None:
    found = good(encode(kind, "i", "/acd", NOW_MS, LEAST[kind]))
    assert type(found.data) is TYPES[kind]
    assert (found.time_ms, found.source) == (NOW_MS, "/acd")


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, data in LEAST.items() for field in data])
def test_a_required_field_missing_or_of_another_type_is_bad(kind: str, field: str) -> None:
    data = LEAST[kind]
    wrong = {**data, field: {"not": "this"}}
    assert dead_event(kind=kind, data=wrong).reason == "bad_field"
    without = {name: value for name, value in data.items() if name != field}
    if field in TYPES[kind].__struct_fields__ and field not in ("disposition", "talk_s", "wrap_s"):
        assert dead_event(kind=kind, data=without).reason == "bad_field"


@pytest.mark.parametrize(
    ("kind", "field"),
    [("complaint.decided", "reason"), ("complaint.decided", "decided_by"), ("conduct.recorded", "reason"),
     ("complaint.recorded", "topic"), ("call.ended", "disposition"), ("evaluation.scored", "form"), ("agent.state", "reason")],
)  # fmt: skip
def test_free_text_is_a_note(kind: str, field: str) -> None:
    assert good(encode(kind, "i", "/acd", NOW_MS, LEAST[kind] | {field: "注" * LONGEST}))
    assert dead_event(kind=kind, data=LEAST[kind] | {field: "注" * (LONGEST + 1)}).reason == "bad_field"


@pytest.mark.parametrize("kind", LEAST)
def test_strings_are_not_empty_and_unknown_fields_are_dropped(kind: str) -> None:
    for field, value in LEAST[kind].items():
        if isinstance(value, str):
            assert dead_event(kind=kind, data=LEAST[kind] | {field: ""}).reason == "bad_field"
    found = good(json.dumps(envelope(kind, LEAST[kind] | {"customer_number": "13800000000"}, extra=1)).encode())
    assert "13800000000" not in repr(found)


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b" ",
        b"\xff\xfe{}",
        b'{"type":"x","id":"\xc3\x28"}',
        b"\xef\xbb\xbf" + encode("agent.state", "i", "s", NOW_MS, LEAST["agent.state"]),
        b'{"type":"x"} {}',
        b'{"type":"x",}',
        b'{"type":"x","data":NaN}',
        b'{"type":"x","data":-Infinity}',
        b'{"type":"x","data":01}',
        b'{"type":"x","id":"\\ud800"}',
        b'{"type":"call.ended","id":"\\ud800"}',
        b'{"type":"x","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda value: repr(value)[:30],
)
def test_not_json(value: bytes | None) -> None:
    assert dead(value).reason == "not_json"


def test_invalid_utf8_outside_of_what_is_looked_at_is_not_json() -> None:
    value = encode("agent.state", "i", "s", NOW_MS, LEAST["agent.state"] | {"x": "~"}).replace(b"~", b"\xff")
    assert dead(value).reason == "not_json"
    assert dead(value.replace(b"agent.state", b"other.thing")).reason == "not_json"


@pytest.mark.parametrize(
    "value", [b"[]", b"null", b"7", b'"x"', b"{}", b'{"type":null}', b'{"type":7}', b'{"type":["call.ended"]}']
)
def test_no_object_or_no_type_is_no_cloudevent(value: bytes) -> None:
    assert dead(value).reason == "not_cloudevent"


@pytest.mark.parametrize(
    "value",
    [
        b'{"type":"other"}',
        b'{"type":""}',
        b'{"type":"call.ended.v2","specversion":7,"id":"","source":[],"time":"yesterday","data":3}',
        b'{"type":"other","data":1' + b"0" * 5_000 + b"}",
        b'{"type":"other","data":1e999999}',
    ],
    ids=lambda value: repr(value)[:30],
)
def test_an_unknown_type_is_ignored_whatever_else_is_wrong(value: bytes) -> None:
    assert isinstance(decode(value), Ignored)


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": "0.3"},
        {"specversion": 1.0},
        {"id": ""},
        {"id": 7},
        {"source": ""},
        {"source": None},
        {"time": None},
        {"time": "2026-11-23T06:00:00"},
        {"time": "data"},
        {"time": "2026-02-30T00:00:00Z"},
    ],
)
def test_a_wrong_envelope_is_no_cloudevent_even_where_the_data_are_wrong_too(wrong: dict[str, Any]) -> None:
    assert dead_event(**wrong).reason == "not_cloudevent"
    assert dead_event(data=7, **wrong).reason == "not_cloudevent"
    without_data = {name: value for name, value in envelope(**wrong).items() if name != "data"}
    assert dead(json.dumps(without_data).encode()).reason == "not_cloudevent"


@pytest.mark.parametrize("name", ["specversion", "id", "source", "time"])
def test_a_missing_attribute_is_no_cloudevent(name: str) -> None:
    without = {field: value for field, value in envelope().items() if field != name}
    assert dead(json.dumps(without).encode()).reason == "not_cloudevent"


@pytest.mark.parametrize("data", [None, 7, "x", [], [1]])
def test_data_that_are_no_object_are_bad(data: Any) -> None:
    assert dead(json.dumps(envelope() | {"data": data}).encode()).reason == "bad_field"


def test_missing_data_are_a_bad_field() -> None:
    without = {name: value for name, value in envelope().items() if name != "data"}
    assert dead(json.dumps(without).encode()).reason == "bad_field"


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("call.ended", {"version": True}),
        ("call.ended", {"version": -1}),
        ("call.ended", {"version": 1.0}),
        ("call.ended", {"version": "1"}),
        ("call.ended", {"version": 10**30}),
        ("call.ended", {"agent": 1042}),
        ("call.ended", {"direction": "Inbound"}),
        ("call.ended", {"outcome": "answered"}),
        ("call.ended", {"talk_s": 86_401}),
        ("call.ended", {"hold_s": -1}),
        ("call.ended", {"wrap_s": 1.5}),
        ("call.ended", {"wait_s": "3"}),
        ("call.ended", {"talk_s": False}),
        ("call.ended", {"queue": ""}),
        ("call.ended", {"ended_at": "2026-11-23 06:00"}),
        ("call.ended", {"ended_at": 1_795_413_600}),
        ("call.ended", {"started_at": "morning"}),
        ("complaint.recorded", {"agent": None}),
        ("complaint.recorded", {"kind": "complaints"}),
        ("complaint.decided", {"decision": "recorded"}),
        ("evaluation.scored", {"score": 100.01}),
        ("evaluation.scored", {"score": -0.01}),
        ("evaluation.scored", {"score": "88"}),
        ("evaluation.scored", {"score": True}),
        ("evaluation.scored", {"score": None}),
        ("evaluation.scored", {"score": [88]}),
        ("evaluation.scored", {"critical_fail": 1}),
        ("evaluation.decided", {"score": None}),
        ("evaluation.decided", {"decision": "upheld", "score": 101}),
        ("evaluation.decided", {"decision": "appealed", "score": "70"}),
        ("survey.answered", {"score": 6}),
        ("survey.answered", {"score": 0}),
        ("survey.answered", {"score": "4"}),
        ("survey.answered", {"scale": [5, 1]}),
        ("survey.answered", {"scale": [5, 5]}),
        ("survey.answered", {"scale": [1, None]}),
        ("survey.answered", {"scale": [False, True], "score": None}),
        ("survey.answered", {"scale": [1]}),
        ("survey.answered", {"scale": [1, 2, 3]}),
        ("survey.answered", {"scale": ["1", "5"]}),
        ("conduct.recorded", {"points": 100.5}),
        ("conduct.recorded", {"points": -101}),
        ("conduct.recorded", {"points": "5"}),
        ("queue.snapshot", {"waiting": -1}),
        ("queue.snapshot", {"longest_wait_s": 86_401}),
        ("campaign.snapshot", {"done": 1.5}),
        ("agent.state", {"state": "lunch"}),
        ("agent.state", {"agent": None}),
        ("call.ended", {"recording_id": 7}),
        ("call.ended", {"recording_id": ""}),
        ("complaint.recorded", {"version": True}),
        ("complaint.recorded", {"version": -1}),
        ("complaint.recorded", {"version": "1"}),
        ("complaint.recorded", {"version": 1.0}),
        ("complaint.recorded", {"campaign": 7}),
        ("complaint.recorded", {"queue": ""}),
        ("complaint.recorded", {"recorded_by": 7}),
        ("complaint.decided", {"cause": "nobody"}),
        ("evaluation.scored", {"method": "robot"}),
        ("evaluation.scored", {"campaign": ""}),
        ("evaluation.scored", {"items": {}}),
        ("evaluation.scored", {"items": [7]}),
        ("evaluation.scored", {"items": [{"points": 1}]}),
        ("evaluation.scored", {"items": [{"code": ""}]}),
        ("evaluation.scored", {"items": [{"code": "a", "points": "1"}]}),
        ("evaluation.scored", {"items": [{"code": "a", "points": True}]}),
        ("evaluation.scored", {"items": [{"code": "a", "fatal": 1}]}),
        ("survey.answered", {"version": False}),
        ("survey.answered", {"queue": 7}),
        ("campaign.snapshot", {"fresh": -1}),
        ("campaign.snapshot", {"redial": "1"}),
        ("campaign.snapshot", {"used_up": 1.5}),
        ("pipeline.heartbeat", {"sent_at": "now"}),
    ],
)
def test_a_field_of_wrong_type_or_range_is_bad(kind: str, wrong: dict[str, Any]) -> None:
    assert dead_event(kind=kind, data=LEAST[kind] | wrong).reason == "bad_field"


@pytest.mark.parametrize("kind", LEAST)
def test_every_optional_field_may_be_null(kind: str) -> None:
    optional = [name for name in TYPES[kind].__struct_fields__ if name not in LEAST[kind]]
    found = good(encode(kind, "i", "/acd", NOW_MS, LEAST[kind] | dict.fromkeys(optional)))
    assert all(getattr(found.data, name) is None for name in optional)


def test_the_items_of_an_evaluation() -> None:
    items = [
        {"code": "greeting", "points": 2.5, "fatal": False, "text": "dropped"},
        {"code": "promise", "points": None},
    ]
    found = good(encode("evaluation.scored", "i", "/acd", NOW_MS, LEAST["evaluation.scored"] | {"items": items}))
    assert isinstance(found.data, EvaluationScored)
    assert found.data.items == [
        EvaluationItem(code="greeting", points=Decimal("2.5"), fatal=False),
        EvaluationItem(code="promise"),
    ]


def test_optional_fields_may_be_null_and_a_survey_may_be_unanswered() -> None:
    optional = {name: None for name in CallEnded.__struct_fields__ if name not in LEAST["call.ended"]}
    assert good(json.dumps(envelope("call.ended", call() | optional | {"agent": None})).encode()).data.agent is None
    survey = good(json.dumps(envelope("survey.answered", LEAST["survey.answered"] | {"score": None})).encode()).data
    assert isinstance(survey, SurveyAnswered)
    assert survey.score is None
    missing = {name: value for name, value in LEAST["survey.answered"].items() if name != "score"}
    assert dead_event(kind="survey.answered", data=missing).reason == "bad_field"


def test_the_time_of_a_call_is_its_end_and_of_all_else_the_envelopes() -> None:
    assert good(encode("call.ended", "i", "s", 0, call(at_ms=NOW_MS))).time_ms == NOW_MS
    assert good(encode("agent.state", "i", "s", 250, LEAST["agent.state"])).time_ms == 250
    assert good(encode("pipeline.heartbeat", "i", "s", 0, LEAST["pipeline.heartbeat"])).time_ms == NOW_MS


def test_what_stood_in_a_bad_field_is_not_repeated() -> None:
    secret = "Lovelace 13800000000"
    letters = [
        dead_event(kind="agent.state", data={"agent": "1", "state": secret}),
        dead_event(kind="agent.state", data={"agent": "1", "state": f"{secret}\n{secret}"}),
        dead_event(kind="call.ended", data=call() | {"ended_at": secret}),
        dead_event(kind="call.ended", data=call() | {"started_at": secret * 10_000}),
        dead_event(kind="evaluation.scored", data=LEAST["evaluation.scored"] | {"score": secret}),
        dead_event(time=secret),
        dead_event(specversion=secret),
    ]
    for letter in letters:
        assert letter.field
        assert len(letter.field) <= 200
        assert "Lovelace" not in letter.field


def test_a_pair_of_surrogates_is_a_character() -> None:
    value = encode("agent.state", "i", "s", NOW_MS, {"agent": "~", "state": "talk"}).replace(b"~", b"\\ud83d\\ude00")
    assert good(value).data.agent == "😀"


def test_events_are_frozen() -> None:
    found = good(encode("agent.state", "i", "s", NOW_MS, LEAST["agent.state"]))
    with pytest.raises(AttributeError):
        found.data.agent = "2"
    assert isinstance(found, msgspec.Struct)


@pytest.mark.parametrize("agent", ["~boss", "~unattributed", "~queue:q9"])
def test_an_agent_does_not_bear_the_name_of_a_line(agent: str) -> None:
    data = {"call_id": "c", "version": 1, "agent": agent, "direction": "inbound", "outcome": "handled"}
    with pytest.raises(BadEvent) as bad:
        decode(encode("call.ended", "e", "/test", 0, data | {"ended_at": "2026-11-23T06:00:00Z"}))
    assert bad.value.reason == "bad_field"


STEERING = [
    "\t",
    "\n",
    "\r",
    "\x1b[31m",
    "\x00",
    "\x7f",
    "\x9b",
    "\u0085",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\u200f",
]
IDS = [
    (kind, name)
    for kind, struct in TYPES.items()
    for name in struct.__struct_fields__
    if name in ("agent", "campaign", "queue", "handled_by") or name.endswith("_id")
]


@pytest.mark.parametrize("sign", STEERING, ids=ascii)
@pytest.mark.parametrize(("kind", "field"), IDS)
def test_no_id_has_a_character_that_steers_its_place(kind: str, field: str, sign: str) -> None:
    for data in (LEAST[kind] | {field: f"a{sign}b"}, LEAST[kind] | {field: sign}):
        for escaped in (True, False):
            bad = dead(json.dumps(envelope(kind=kind, data=data), ensure_ascii=escaped).encode())
            assert (bad.reason, bad.field.partition(" ")[0]) == ("bad_field", field)
            assert sign not in bad.field


@pytest.mark.parametrize("sign", STEERING, ids=ascii)
@pytest.mark.parametrize("kind", TYPES)
def test_nor_has_a_source_and_an_unknown_type_is_ignored_all_the_same(kind: str, sign: str) -> None:
    assert dead_event(kind=kind, source=f"/acd{sign}").reason == "not_cloudevent"
    assert isinstance(decode(json.dumps(envelope(kind="x", source=f"/acd{sign}")).encode()), Ignored)


@pytest.mark.parametrize(
    "id", ["می\u200cخواهم", "👩\u200d💻", "晨曦\u3000一组", "a\u00a0b", "back\\slash", "e\u0301", "אבג", 'q"q']
)
@pytest.mark.parametrize(("kind", "field"), IDS)
def test_every_other_text_is_an_id(kind: str, field: str, id: str) -> None:
    for escaped in (True, False):
        found = good(json.dumps(envelope(kind=kind, data=LEAST[kind] | {field: id}), ensure_ascii=escaped).encode())
        assert getattr(found.data, field) == id


def test_free_text_may_have_several_lines() -> None:
    assert good(encode("conduct.recorded", "i", "/hr", NOW_MS, LEAST["conduct.recorded"] | {"reason": "late\nagain"}))
