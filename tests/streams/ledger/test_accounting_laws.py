"""Misrouted records, conflicts and types against a recount by plain loops that shares no code with the product.

Keys in clothes, keys of others and no keys at all, versions that come in any order, ids that two systems share: in any batches
and after any take-overs the totals are those of the recount, and the days of the sources add up to them.
"""

import json
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.decode import Record
from streams.source_days import CONFLICT, MISROUTED
from tests.streams.ledger.test_fold_laws import KEEPING, folded
from tests.streams.making import at, record

AGENTS = ("1042", "1043", " x ", '"q"')
CLOTHES = ("{}", "{}", "{}", '"{}"', " {} ", '" {} "', "\ufeff{}")
IDS = st.sampled_from(["1", "2"])
LINES = {"campaign": st.sampled_from([None, "c"]), "queue": st.sampled_from([None, "q"])}
DATA: dict[str, dict[str, Any]] = {
    "call.ended": {
        "call_id": IDS,
        "version": st.integers(1, 2),
        "direction": st.sampled_from(["inbound", "outbound"]),
        "outcome": st.sampled_from(["handled", "handled", "abandoned", "busy"]),
        "talk_s": st.sampled_from([None, 0, 5, 50]),
        "wait_s": st.sampled_from([None, 3, 30]),
        "disposition": st.sampled_from([None, "sale"]),
        **LINES,
    },
    "complaint.recorded": {
        "complaint_id": IDS,
        "version": st.sampled_from([None, 0, 1]),
        "kind": st.sampled_from(["complaint", "repeat_enquiry"]),
        "topic": st.sampled_from([None, "t"]),
        **LINES,
    },
    "complaint.decided": {
        "complaint_id": IDS,
        "decision": st.sampled_from(["confirmed", "withdrawn", "appealed", "upheld", "overturned"]),
    },
    "evaluation.scored": {
        "evaluation_id": IDS,
        "version": st.integers(1, 2),
        "score": st.sampled_from([0, 80]),
        "critical_fail": st.sampled_from([None, False, True]),
        **LINES,
    },
    "evaluation.decided": {
        "evaluation_id": IDS,
        "decision": st.sampled_from(["revised", "appealed", "upheld"]),
        "score": st.sampled_from([60, 70]),
    },
    "survey.answered": {
        "survey_id": IDS,
        "version": st.sampled_from([None, 1]),
        "score": st.sampled_from([None, 1, 5]),
        "scale": st.just([1, 5]),
        **LINES,
    },
    "conduct.recorded": {
        "record_id": IDS,
        "version": st.integers(1, 2),
        "kind": st.sampled_from(["late", "other"]),
        "points": st.sampled_from([-1, 1]),
    },
    "agent.state": {"state": st.sampled_from(["talk", "wrap"])},
}


def _record(
    kind: str, data: dict[str, Any], agent: str | None, key: str, clothes: str, second: int, source: str
) -> Record:
    instant = {"ended_at": f"2026-11-23T05:5{second // 60}:{second % 60:02d}Z"} if kind == "call.ended" else {}
    made = record(0, kind, {**data, **instant, "agent": agent}, at_ms=at(second - 600), key=clothes.format(key))
    return replace(made, append_ms=at(), value=(made.value or b"").replace(b'"/acd"', f'"{source}"'.encode()))


def _facts(kind: str) -> Any:
    unattributed = (None,) if kind == "call.ended" else ()
    return st.builds(
        _record,
        st.just(kind),
        st.fixed_dictionaries(DATA[kind]),
        st.sampled_from(("1042", "1042", *AGENTS, *unattributed)),
        st.sampled_from(("1042", "1042", "1042", *AGENTS, "")),
        st.sampled_from(CLOTHES),
        st.sampled_from([0, 0, 0, 59, 60]),
        st.sampled_from(["/acd", "/crm"]),
    )


LOGS = st.lists(
    st.tuples(st.one_of([_facts(kind) for kind in DATA]), st.sampled_from(["on", "on", "commit", "take over"])),
    max_size=40,
)


@settings(max_examples=400)
@given(LOGS)
def test_totals_are_those_of_a_recount(made: list[tuple[Record, str]]) -> None:
    records = [replace(each, offset=offset) for offset, (each, _) in enumerate(made)]
    shelf = folded(records, [cut for _, cut in made], KEEPING)
    counted, types = Counter[str](), Counter[str]()
    recount = Recount()
    for each in records:
        counted.update(recount.take(each))
        types[json.loads(each.value or b"")["type"]] += 1
    names = ("applied", "duplicates", "superseded", "misrouted", "conflicts")
    assert {name: shelf.known.totals[name] for name in names} == {name: counted[name] for name in names}
    assert shelf.known.types == types
    days = list(shelf.known.source_days.values())
    assert sum(day.records for day in days) == len(records)
    for kind, name in ((MISROUTED, "misrouted"), (CONFLICT, "conflicts")):
        assert sum(day.findings[kind].count for day in days if kind in day.findings) == counted[name]


STAGES = {"confirmed": 1, "withdrawn": 1, "appealed": 2, "upheld": 3, "overturned": 3}
Gives = dict[str, tuple[int, dict[str, int]]]
"""Line -> minute and amounts."""


class Recount:
    """What becomes of each record: names of the totals it counts in. A line is a dict of all that was ever told of it."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.states: set[tuple[str, str, str, str]] = set()

    def take(self, one: Record) -> list[str]:
        event = json.loads(one.value or b"")
        data, name = event["data"], event["type"]
        kind, agent = name.partition(".")[0], data["agent"] or ""
        id_field = next((field for field in data if field.endswith("_id")), "agent")
        time = data.get("ended_at") or event["time"]
        if name == "agent.state":
            return self._state((one.key or b"").decode(), agent, time, data["state"])
        key = self._key((one.key or b"").decode(), agent, lambda form: (kind, form, data[id_field]) in self.lines)
        place = kind, key, data[id_field]
        known = self.lines.get(place)
        line, outcome = _folded(known or {}, name, data, agent == key, time)
        if outcome == "applied":
            self.lines[place] = line
            return ["applied", "misrouted"] if known is None and agent != key else ["applied"]
        if outcome == "duplicates" and _gives(kind, key, known or {}) != _gives(kind, key, line):
            return ["duplicates", "conflicts"]
        return [outcome]

    def _state(self, key: str, agent: str, time: str, state: str) -> list[str]:
        key = self._key(key, agent, lambda form: any(known[:2] == (form, agent) for known in self.states))
        if (key, agent, time, state) in self.states:
            return ["duplicates"]
        self.states.add((key, agent, time, state))
        return ["applied"] if key == agent else ["applied", "misrouted"]

    @staticmethod
    def _key(key: str, agent: str, is_line: Any) -> str:
        if key == agent:
            return key
        bare = key
        for _ in range(3):
            bare = bare.strip().strip("\ufeff")
        forms = [key, bare]
        try:
            content = json.loads(bare) if bare.startswith('"') else None
        except ValueError:
            content = None
        if isinstance(content, str):
            forms += [content, content.strip()]
        for form in forms:
            if is_line(form):
                return form
        return agent if agent in forms else forms[-1]


def _folded(
    known: dict[str, Any], name: str, data: dict[str, Any], is_own: bool, time: str
) -> tuple[dict[str, Any], str]:
    """The line with the record in it, and what becomes of the record."""
    minute = int(time[14:16])
    if name == "complaint.decided":
        rank, standing = (time, STAGES[data["decision"]]), known.get("decided", ("", 0, ""))
        outcome = _ranked((*rank,), standing[:2])
        if outcome == "duplicates" and data["decision"] != standing[2]:
            outcome = "applied"
        return {**known, "decided": (*rank, data["decision"]), "moved": not is_own}, outcome
    if name == "evaluation.decided":
        of = "revised" if data["decision"] == "revised" else "appeal"
        rank = (time, {"appealed": 1, "upheld": 2}.get(data["decision"], 0))
        return {**known, of: rank, **({"points": data["score"]} if of == "revised" else {})}, _ranked(
            rank, known.get(of)
        )
    rank = (data.get("version") or 0, name == "survey.answered" and data["score"] is not None)
    line = {**known, "rank": rank, "record": data, "own": is_own, "minute": minute}
    return line, _ranked(rank, known.get("rank"))


def _ranked(rank: Any, standing: Any) -> str:
    if not standing or rank > standing:
        return "applied"
    return "duplicates" if rank == standing else "superseded"


def _gives(kind: str, key: str, line: dict[str, Any]) -> Gives:
    data = line.get("record")
    if data is None or not line["own"] or (kind == "complaint" and line.get("moved")):
        return {}
    names = {key or "~unattributed", *(f"~{of}:{data[of]}" for of in ("campaign", "queue") if data.get(of))}
    amounts = {name: amount for name, amount in _AMOUNTS[kind](data, line).items() if amount}
    return dict.fromkeys(names, (line["minute"], amounts))


def _call(data: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    handled, inbound = data["outcome"] == "handled", data["direction"] == "inbound"
    amounts = {"attempts": 1, "abandoned": data["outcome"] == "abandoned"}
    amounts["offered"] = inbound and data["outcome"] in ("handled", "abandoned")
    if handled:
        amounts |= {"inbound": inbound, "outbound": not inbound, "talk_s": data["talk_s"], "wait_s": data["wait_s"]}
        amounts |= {"sale": data["disposition"] == "sale", "talk_known": data["talk_s"] is not None}
        amounts |= {"wait_known": inbound and data["wait_s"] is not None}
    return amounts


def _complaint(data: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    decision = line.get("decided", ("", 0, "appealed"))[2]
    status = {"appealed": "pending", "confirmed": "confirmed", "upheld": "confirmed"}.get(decision, "reversed")
    return {f"{data['kind']}_{status}": 1}


def _evaluation(data: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    return {"evaluations": 1, "points": line.get("points", data["score"]), "critical": bool(data["critical_fail"])}


def _survey(data: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    answered = data["score"] is not None
    return {"offered": 1, "answered": answered, "points": (data["score"] - 1) if answered else 0}


def _conduct(data: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    return {"records": 1, "points": data["points"]}


_AMOUNTS = {"call": _call, "complaint": _complaint, "evaluation": _evaluation, "survey": _survey, "conduct": _conduct}
