"""Erasure of a person on a real Redis: nothing of the id stays, the sums stay, a rebuild gives the same."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.decode import Record
from streams.ledger.facts import ActionLine
from streams.ledger.outcome import ERASED, UNATTRIBUTED
from streams.site_time import KINDS
from streams.store.keys import Keys
from streams.store.reader import Reader
from streams.tombstones import tombstone_id
from tests.streams.making import at, call, call_record, record, state_record
from tests.streams.storing import FACTS, TOPIC, cells, changes_of, commit, take_over

pytestmark = pytest.mark.services
GONE, STAYS = "ag-gone-77", "ag-stays-8"
AGENTS = (GONE, STAYS)


def erased(offset: int, agent: str = GONE, key: str | None = None, at_ms: int | None = None) -> Record:
    return record(offset, "person.erased", {"agent": agent}, key=key, at_ms=at(0) if at_ms is None else at_ms)


def whole(client: Any) -> list[tuple[bytes, bytes]]:
    """(key, everything that is stored under it) of all of a Redis."""
    found = []
    for key in client.keys("*"):
        match client.type(key):
            case b"hash":
                parts = [each for item in client.hgetall(key).items() for each in item]
            case b"list":
                parts = client.lrange(key, 0, -1)
            case b"zset":
                parts = client.zrange(key, 0, -1)
            case b"set":
                parts = list(client.smembers(key))
            case b"stream":
                parts = [each for _, fields in client.xrange(key) for item in fields.items() for each in item]
            case _:
                parts = [client.get(key) or b""]  # it may have run out since
        found.append((key, b"\0".join(parts)))
    return found


def holders(client: Any, text: str) -> list[bytes]:
    """The keys under which, or in whose name, a text stands."""
    return [key for key, value in whole(client) if text.encode() in key or text.encode() in value]


def site_sums(client: Any) -> dict[tuple[str, int], Counter[str]]:
    """(kind, bucket) -> metric -> the sum of the lines that make up the site."""
    found: dict[tuple[str, int], Counter[str]] = {}
    for kind in KINDS:
        for (key, line), row in cells(client, kind).items():
            if not line.startswith("~") or line in (UNATTRIBUTED, ERASED):
                found.setdefault((kind, key), Counter()).update(row)
    return {place: +sums for place, sums in found.items() if +sums}


def facts_of(agent: str, other: str = STAYS) -> list[Record]:
    """Facts of every type about an agent, and mentions of them in the records of another."""
    complaint = {"complaint_id": f"k-{other}", "agent": other, "kind": "complaint"}
    made: list[tuple[str, dict[str, Any]]] = [
        ("call.ended", call("c-1", agent=agent, campaign="renewal", recording_id="r-1")),
        ("call.ended", call("c-2", agent=other, campaign="renewal")),
        ("complaint.recorded", {"complaint_id": "k-1", "agent": agent, "kind": "complaint"}),
        ("complaint.recorded", {**complaint, "handled_by": agent, "recorded_by": f"agent:{agent}"}),
        (
            "complaint.decided",
            {"complaint_id": f"k-{other}", "agent": other, "decision": "confirmed", "decided_by": agent},
        ),
        ("evaluation.scored", {"evaluation_id": "e-1", "version": 1, "agent": agent, "score": 88.5}),
        ("survey.answered", {"survey_id": "s-1", "agent": agent, "score": 5, "scale": [1, 5]}),
        ("conduct.recorded", {"record_id": "r-1", "version": 1, "agent": agent, "kind": "late", "points": -2}),
        ("agent.state", {"agent": agent, "state": "talk"}),
        ("agent.state", {"agent": agent, "state": "wrap"}),
        ("agent.state", {"agent": other, "state": "talk"}),
    ]
    return [record(offset, kind, data, at_ms=at(10 * offset)) for offset, (kind, data) in enumerate(made)]


def test_cells_move_and_nothing_of_the_id_stays(client: Any) -> None:
    commit(client, *facts_of(GONE))
    before, named = site_sums(client), cells(client, "mo")[202611, GONE]
    assert len(holders(client, GONE)) > 10
    commit(client, erased(20))
    assert holders(client, GONE) == []
    assert site_sums(client) == before
    month = cells(client, "mo")
    assert (month[202611, ERASED], month[202611, STAYS]["handled"]) == (named, 1)
    assert named["handled"] == named["complaints_pending"] == named["conduct_records"] == 1
    assert month[202611, "~campaign:renewal"]["handled"] == 2
    assert list(Reader(client, TOPIC, 1).tombstones(0)) == [tombstone_id(GONE)]
    assert Reader(client, TOPIC, 1).states(0).keys() == {STAYS}


def test_lines_of_others_lose_the_mention_alone(client: Any) -> None:
    commit(client, *facts_of(GONE), erased(20))
    _, _, state = take_over(client)
    line: Any = state.facts["complaint", STAYS][f"k-{STAYS}"]
    assert (line.handled_by, line.recorded_by, [made.by for made in line.decisions]) == (None, None, [None])
    assert (line.decision, line.kind) == ("confirmed", "complaint")
    commit(client, record(21, "complaint.decided", facts_about_later(), at_ms=at(300)))
    assert holders(client, GONE) == []


def facts_about_later() -> dict[str, Any]:
    return {"complaint_id": f"k-{STAYS}", "agent": STAYS, "decision": "withdrawn", "decided_by": GONE}


def test_later_facts_are_superseded_and_the_tombstone_remembers_them(client: Any) -> None:
    commit(client, *facts_of(GONE), erased(20))
    before = {kind: cells(client, kind) for kind in KINDS}
    duplicate, correction = call_record(21, "c-1", agent=GONE), call_record(22, "c-1", agent=GONE, version=2)
    moved = call_record(23, "c-1", agent=STAYS, version=3, key=GONE)
    dressed = call_record(24, "c-9", agent=GONE, key=f'"{GONE}"')
    state = state_record(25, "break", at(500), GONE, key=STAYS)
    ancient = call_record(26, "c-0", agent=GONE, at_ms=at(-900 * 86_400))
    commit(client, duplicate, correction, moved, dressed, state, ancient)
    meta = Reader(client, TOPIC, 1).meta(0)
    assert meta is not None
    assert (meta.totals["superseded"], meta.totals["dead_lettered"], meta.totals["misrouted"]) == (6, 0, 0)
    assert {kind: cells(client, kind) for kind in KINDS} == before
    assert holders(client, GONE) == []
    tombstone = Reader(client, TOPIC, 1).tombstones(0)[tombstone_id(GONE)]
    assert (tombstone.erased_ms, tombstone.later, tombstone.source) == (at(0), 6, "/acd")


def test_a_record_that_moved_to_the_person_is_still_taken_back(client: Any) -> None:
    commit(client, call_record(0, "c-1", agent=STAYS), erased(1))
    commit(
        client, call_record(2, "c-1", agent=GONE, version=2, key=STAYS), call_record(3, "c-5", agent=GONE, key="other")
    )
    assert cells(client, "mo")[202611, STAYS] == {}
    assert Reader(client, TOPIC, 1).source_days(0)[20261123, "/acd"].findings["misrouted"].example["agent"] == ERASED
    assert holders(client, GONE) == []


def test_an_erasure_under_another_key_erases_nobody(client: Any) -> None:
    commit(client, *facts_of(GONE))
    commit(client, erased(20, key=STAYS), erased(21, agent="~team:dawn"))
    meta = Reader(client, TOPIC, 1).meta(0)
    assert meta is not None
    assert meta.totals["dead:bad_field"] == 2
    assert cells(client, "mo")[202611, GONE]["handled"] == 1


def test_time_refuses_no_erasure_and_an_erasure_moves_no_time(client: Any) -> None:
    commit(client, *facts_of(GONE))
    late, future = erased(20, at_ms=at(-900 * 86_400)), erased(21, agent=STAYS, at_ms=at(900 * 86_400))
    before = Reader(client, TOPIC, 1).meta(0)
    commit(client, late, future)
    meta = Reader(client, TOPIC, 1).meta(0)
    assert before is not None and meta is not None
    assert (meta.totals["dead_lettered"], meta.newest_ms, meta.erasures) == (0, before.newest_ms, 2)
    assert holders(client, GONE) == holders(client, STAYS) == []


def test_a_campaign_that_is_called_like_the_person_stays(client: Any) -> None:
    commit(client, call_record(0, "c-1", agent=GONE), call_record(1, "c-2", agent=STAYS, campaign=GONE), erased(2))
    _, _, state = take_over(client)
    assert state.calls == {STAYS: state.calls[STAYS]}
    assert state.calls[STAYS]["c-2"].campaign == GONE


def test_a_newest_blob_of_calls_in_memory_does_not_bring_them_back(client: Any) -> None:
    store, fold, _ = take_over(client)
    for offset, agent in enumerate((GONE, STAYS)):
        store.commit(changes_of(fold, call_record(offset, f"c-{offset}", agent=agent)))
    store.commit(changes_of(fold, erased(2), call_record(3, "c-3", agent=STAYS)))
    store.commit(changes_of(fold, call_record(4, "c-4", agent=STAYS)))
    _, _, state = take_over(client)
    assert holders(client, GONE) == []
    assert {key: sorted(lines) for key, lines in state.calls.items()} == {STAYS: ["c-1", "c-3", "c-4"]}


def test_actions_of_the_person_go_and_signed_records_of_others_lose_the_id(client: Any) -> None:
    from streams.consume.consume import rules_of_actions
    from streams.consume.consumer import Rules
    from streams.counting_policy import Counting, Retention
    from streams.ledger.fold import Fold
    from streams.store.loader import load
    from tests.streams.making import SHANGHAI
    from tests.streams.storing import IDENTITY

    actions = rules_of_actions(Rules(SHANGHAI, Counting(), Retention()))
    store, state = load(client, "callfloor.actions", 0, IDENTITY)
    fold = Fold(state, *actions)
    closing = json.dumps({"sha256": "x", "lines": [GONE, STAYS, "~site"]})
    made = [
        {"action_id": "a-1", "agent": GONE, "by": f"agent:{GONE}", "kind": "appeal.filed", "text": "wrong"},
        {"action_id": "a-2", "agent": STAYS, "by": f"agent:{GONE}", "kind": "feedback.given", "text": "good"},
        {"action_id": "close:2026-10", "agent": "~site", "by": "local:hr", "kind": "month.closed", "record": closing},
    ]
    store.commit(changes_of(fold, *(record(at_, each["kind"], each) for at_, each in enumerate(made))))
    assert holders(client, GONE)
    store.commit(changes_of(fold, erased(3)))
    assert holders(client, GONE) == []
    _, state = load(client, "callfloor.actions", 0, IDENTITY)
    lines = {id: line for of_key in state.facts.values() for id, line in of_key.items() if isinstance(line, ActionLine)}
    assert lines.keys() == {"a-2", "close:2026-10"}
    assert (lines["a-2"].by, lines["a-2"].text) == (ERASED, "good")
    assert lines["close:2026-10"].record == json.dumps({"sha256": "x", "lines": [STAYS, "~site"]})


Step = tuple[str, str, str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["call", "call", "state", "complaint", "decided", "survey", "heartbeat", "erase"]),
        st.sampled_from(AGENTS),
        st.sampled_from(["", "", "", "other key", "commit", "take over"]),
        st.integers(0, 3),
        st.integers(-2 * 86_400, 2 * 86_400),
    ),
    max_size=25,
)


def log_of(made: Sequence[Step]) -> list[Record]:
    records = []
    for offset, (kind, agent, how, number, seconds) in enumerate(made):
        other = AGENTS[1 - AGENTS.index(agent)]
        key, at_ms = other if how == "other key" else agent, at(seconds)
        match kind:
            case "call":
                lines = {"campaign": ["sale", None][number % 2], "version": 1 + number // 2}
                records.append(call_record(offset, f"c-{number % 2}", agent=agent, key=key, at_ms=at_ms, **lines))
            case "state":
                records.append(state_record(offset, ("talk", "wrap", "break", "offline")[number], at_ms, agent, key))
            case "erase":
                records.append(erased(offset, GONE))
            case "heartbeat":
                records.append(record(offset, "pipeline.heartbeat", {"sent_at": call(at_ms=at_ms)["ended_at"]}, key=""))
            case "survey":
                data: dict[str, Any] = {"survey_id": "s", "agent": agent, "score": number + 1, "scale": [1, 5]}
                records.append(record(offset, "survey.answered", data | {"version": number}, key=key, at_ms=at_ms))
            case "complaint":
                data = {
                    "complaint_id": "k",
                    "agent": agent,
                    "kind": "complaint",
                    "version": number,
                    "handled_by": other,
                }
                records.append(record(offset, "complaint.recorded", data, key=key, at_ms=at_ms))
            case _:
                data = {"complaint_id": "k", "agent": agent, "decision": "withdrawn", "decided_by": other}
                records.append(record(offset, "complaint.decided", data, key=key, at_ms=at_ms))
    return records


def count(client: Any, records: Sequence[Record], cuts: Sequence[str]) -> dict[str, Any]:
    """Counts a log from nothing -> everything that the next owner and the readers find."""
    client.flushdb()
    store, fold, _ = take_over(client)
    for one, cut in zip(records, cuts, strict=True):
        fold.fold_record(one)
        if cut in ("commit", "take over") and (changes := fold.take_changes()) is not None:
            store.commit(changes)
        if cut == "take over":
            store, fold, _ = take_over(client)
    if (changes := fold.take_changes()) is not None:
        store.commit(changes)
    _, _, state = take_over(client)
    reader = Reader(client, TOPIC, 4)
    return {
        **{kind: {place: row for place, row in cells(client, kind).items() if row} for kind in KINDS},
        **{name: getattr(state, name) for name in ("totals", "calls", "facts", "tombstones", "erasures", "newest_ms")},
        **{name: getattr(state, name) for name in ("source_days", "routes", "types", "state_sources")},
        "timelines": {name: list(line.entries) for name, line in state.timelines.items()},
        "states": reader.states(0),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_a_log_with_erasures_gives_the_same_in_one_batch_live_and_after_restarts(client: Any, made: list[Step]) -> None:
    records, cuts = log_of(made), [how for _, _, how, _, _ in made]
    replayed = count(client, records, [""] * len(records))
    assert count(client, records, cuts) == replayed
    assert count(client, records, ["take over"] * len(records)) == replayed
    if any(kind == "erase" for kind, *_ in made):
        assert holders(client, GONE) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_an_erasure_changes_no_sum_of_the_site(client: Any, made: list[Step]) -> None:
    records = [each for each, (kind, *_) in zip(log_of(made), made, strict=True) if kind != "erase"]
    count(client, records, ["commit"] * len(records))
    before = site_sums(client)
    commit(client, erased(1_000), erased(1_001, STAYS))
    assert site_sums(client) == before
    assert all(line.startswith("~") or not row for (_, line), row in cells(client, "mo").items())
    assert [key for key in (GONE, STAYS) if holders(client, key)] == []


def test_the_feed_tells_readers_to_read_again(client: Any) -> None:
    commit(client, *FACTS)
    reader = Reader(client, TOPIC, 1)
    end = reader.feed_end(0)
    commit(client, erased(20, "1042"))
    (change,) = reader.feed(0, end)
    assert change.entry.erased
    assert client.xlen(Keys(TOPIC, 0).feed) == 1
