"""The store on a real Redis: what is counted is read, kept as long as it should be, and known to the next owner."""

from typing import Any

import pytest
from msgspec.structs import replace

from streams.events import StateNow
from streams.site_time import DAY_MS, HOUR_MS, minute_of, parse_rfc3339
from streams.store.keys import Keys
from streams.store.reader import Reader
from streams.store.store import MOST_CALLS
from tests.streams.making import at, call_record, record, state_record
from tests.streams.storing import FACTS, TOPIC, cells, changes_of, commit, take_over

pytestmark = pytest.mark.services
TYPES = {
    "call.ended": 2,
    "complaint.recorded": 1,
    "evaluation.scored": 1,
    "survey.answered": 1,
    "conduct.recorded": 1,
    "agent.state": 2,
    "queue.snapshot": 1,
}
"""What FACTS hold: a heartbeat, an unknown type and what is dead are no facts."""


def test_what_was_known_is_known_after_a_take_over(client: Any) -> None:
    store, fold, known = take_over(client)
    store.commit(changes_of(fold, *FACTS[:6]))
    store.commit(changes_of(fold, *FACTS[6:]))
    _, _, again = take_over(client)
    whole = ("position", "newest_ms", "heartbeat_ms", "totals", "calls", "facts", "snapshots")
    for name in (*whole, "sources", "types", "state_sources", "source_days"):
        assert getattr(again, name) == getattr(known, name), name
    assert {name: line.entries for name, line in again.timelines.items()} == {
        name: line.entries for name, line in known.timelines.items()
    }


def test_what_is_read_is_what_was_counted(client: Any) -> None:
    commit(client, *FACTS)
    month = cells(client, "mo")
    assert month[202611, "1042"] == {
        "attempts": 1,
        "handled": 1,
        "handled_outbound": 1,
        "effective": 1,
        "converted": 1,
        "talk_s": 131,
        "wrap_s": 18,
        "complaints_pending": 1,
        "evaluations": 1,
        "evaluation_points": 8850,
        "surveys_offered": 1,
        "surveys_answered": 1,
        "survey_points": 10_000,
        "surveys_satisfied": 1,
        "conduct_records": 1,
        "conduct_points": -200,
        "state_talk_s": 90,
        "talks_known": 1,
    }
    assert month[202611, "~unattributed"] == {"attempts": 1, "abandoned": 1}
    assert month[202611, "~campaign:renewal-11"] == month[202611, "~queue:sales"]
    reader = Reader(client, TOPIC, 4)
    meta = reader.meta(0)
    assert meta is not None
    assert (meta.position, meta.newest_ms, meta.heartbeat_ms) == (12, at(90), at(10))
    assert meta.totals["dead:not_json"] == meta.totals["dead_lettered"] == meta.totals["ignored"] == 1
    assert reader.states(0) == {"1042": StateNow("wrap", at(90))}
    assert reader.snapshots(0)["queue:sales"].figures == {"waiting": 3, "longest_wait_s": None, "agents_ready": None}
    assert reader.sources(0) == {"/acd": at(90)}
    assert reader.types(0) == TYPES
    assert reader.types(1) == {}
    assert (reader.meta(1), reader.feed_end(1), reader.feed(1, "0-0"), reader.buckets(1, "m")) == (None, "0-0", [], [])


def test_a_fact_is_taken_back_by_the_next_owner(client: Any) -> None:
    commit(client, *FACTS)
    withdrawn = {"complaint_id": "k", "agent": "1042", "decision": "withdrawn"}
    commit(client, record(12, "complaint.decided", withdrawn, at_ms=at(60)))
    commit(client, call_record(13, agent="1043", version=2, key="1042"), call_record(14, agent="1043", version=2))
    month = cells(client, "mo")
    assert "complaints_pending" not in month[202611, "1042"]
    assert (month[202611, "1042"]["complaints_reversed"], month[202611, "1042"].get("handled", 0)) == (1, 0)
    assert month[202611, "1043"]["handled"] == 1
    assert month[202611, "~campaign:renewal-11"] == {}
    assert cells(client, "m")[minute_of(at()), "1042"]["complaints_reversed"] == 1


def test_calls_of_small_commits_are_gathered_and_the_newest_version_stands(client: Any) -> None:
    store, fold, known = take_over(client)
    for offset in range(2 * MOST_CALLS):
        store.commit(changes_of(fold, call_record(offset, f"c{offset % 100}", version=offset + 1)))
    later = at(3_600)
    store.commit(changes_of(fold, call_record(2 * MOST_CALLS, "later", at_ms=later)))
    keys = Keys(TOPIC, 0)
    assert set(client.hkeys(keys.bucket("lc", at() // HOUR_MS))) == {b"0", str(MOST_CALLS).encode()}
    assert client.hkeys(keys.bucket("lc", later // HOUR_MS)) == [str(2 * MOST_CALLS).encode()]
    _, _, again = take_over(client)
    assert again.calls == known.calls
    assert again.calls["1042"]["c5"].version == 106


def test_an_old_log_keeps_its_buckets(client: Any) -> None:
    commit(client, call_record(0, at_ms=parse_rfc3339("2020-02-29T12:00:00Z")))
    assert list(cells(client, "d")) == [(20200229, "1042")]
    assert len(cells(client, "m")) == 1


def test_what_is_past_its_retention_vanishes_and_the_rest_stays(client: Any) -> None:
    days = (0, 1, 2, 3, 45, 46, 800)
    for offset, day in enumerate(days):
        commit(client, call_record(offset, f"c{day}", at_ms=at(day * 86_400)))
    last = days[-1] * DAY_MS + at()
    assert list(cells(client, "m")) == [(minute_of(last), "1042")]
    assert list(cells(client, "h")) == [(minute_of(last), "1042")]
    assert [day for day, _ in cells(client, "d")] == [20270107, 20270108, 20290131]
    assert [month for month, _ in cells(client, "mo")] == [202701, 202901]
    kept = {
        key.decode().split(":", 1)[1] for key in client.keys("*:m:*") + client.keys("*:lc:*") + client.keys("*:mo:*")
    }
    assert kept == {f"m:{minute_of(last)}", f"lc:{last // HOUR_MS}", "mo:202701", "mo:202901"}
    dropped = [bucket.key for change in Reader(client, TOPIC, 1).feed(0, "0-0") for bucket in change.entry.dropped]
    assert 202611 in dropped


def test_a_state_of_five_days_ago_survives_sweeps_and_take_overs(client: Any) -> None:
    commit(client, state_record(0, "break", at(0), agent="1007"))
    for offset, day in enumerate((1, 2, 3, 4, 5), 1):
        commit(client, state_record(offset, ("talk", "wrap")[day % 2], at(day * 86_400)))
    assert [key for key in client.keys("*:ls:*") if int(key.rpartition(b":")[2]) < at() // HOUR_MS + 24] == []
    assert Reader(client, TOPIC, 1).states(0)["1007"] == StateNow("break", at(0))
    commit(client, state_record(6, "break", at(5 * 86_400 + 10), agent="1007"))
    assert Reader(client, TOPIC, 1).states(0)["1007"] == StateNow("break", at(0))
    commit(client, state_record(7, "available", at(5 * 86_400 + 30), agent="1007"))
    assert cells(client, "mo")[202611, "1007"] == {"state_break_s": 5 * 86_400 + 30}
    assert cells(client, "mo")[202611, "1042"] == {"state_wrap_s": 2 * 86_400, "state_talk_s": 2 * 86_400}


@pytest.mark.parametrize(
    "text",
    ["{x}:m:1", "é" * 35_000, "😀", " ", "*1 $4 PING", "a:b|c"],
    ids=lambda text: repr(text)[:16],
)
def test_names_of_any_kind(client: Any, text: str) -> None:
    commit(
        client, call_record(0, text, agent=text, campaign=text, queue=text), state_record(1, "talk", at(), agent=text)
    )
    commit(client, call_record(2, text, agent=text, campaign=text, queue=text, version=2, talk_s=7))
    _, _, known = take_over(client)
    assert known.calls[text][text].talk_s == 7
    month = cells(client, "mo")
    assert month[202611, text]["talk_s"] == month[202611, f"~campaign:{text}"]["talk_s"] == 7
    assert Reader(client, TOPIC, 1).states(0) == {text: StateNow("talk", at())}


def test_the_change_feed_has_no_gap_and_absolute_values(client: Any) -> None:
    for first in range(0, 12, 3):
        commit(client, *FACTS[first : first + 3])
    reader = Reader(client, TOPIC, 1)
    changes = reader.feed(0, "0-0")
    assert [(change.entry.start, change.entry.position) for change in changes] == [(0, 3), (3, 6), (6, 9), (9, 12)]
    assert changes[-1].id == reader.feed_end(0)
    assert reader.feed(0, changes[1].id, count=1)[0].entry.start == 6
    seen: dict[tuple[str, int, str], list[int]] = {}
    for change in [*changes, *changes[2:]]:
        for bucket, lines, rows in change.cells:
            seen |= {(*bucket, line): row for line, row in zip(lines, rows.tolist(), strict=True)}
    stored = {
        (*bucket, line): row
        for kind in ("m", "h", "d", "mo")
        for bucket, lines, rows in reader.cells(0, kind, reader.buckets(0, kind))
        for line, row in zip(lines, rows.tolist(), strict=True)
    }
    assert seen == stored
    assert changes[-1].meta == reader.meta(0)
    assert {agent: state for change in changes for agent, state in change.entry.states.items()} == reader.states(0)
    assert {name: count for change in changes for name, count in change.entry.types.items()} == reader.types(0) == TYPES


def test_the_change_feed_is_bounded_in_bytes(client: Any) -> None:
    store, fold, _ = take_over(client)
    for number in range(12):
        heavy = call_record(number)
        value = (heavy.value or b"").replace(b'"/acd"', b'"' + b"s" * 9_000_000 + b'"')
        store.commit(changes_of(fold, replace(heavy, value=value, append_ms=heavy.append_ms + number)))
    assert client.xlen(store.keys.feed) <= 9
    assert Reader(client, TOPIC, 1).feed(0, "0-0")[-1].entry.position == 12
