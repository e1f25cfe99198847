"""The month of every line against a recount by plain loops: the newest version of each fact, on its agent's, campaign's and
queue's line; so a campaign's line is the sum of its facts, whatever was corrected in whatever order.
"""

from collections import Counter
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.fold import Record
from tests.streams.making import at, record
from tests.streams.test_fold_laws import AGENTS, KEEPING, folded

STAGES = {"confirmed": 1, "withdrawn": 1, "appealed": 2, "upheld": 3, "overturned": 3}
STATUS = {"confirmed": "confirmed", "upheld": "confirmed", "withdrawn": "reversed", "overturned": "reversed"}
PLURAL = {"complaint": "complaints", "repeat_enquiry": "repeat_enquiries"}
SPREAD_S = 60 * 86_400


class Sent(NamedTuple):
    """A fact as it was sent: under which key, and when it happened."""

    kind: str
    key: str
    at_ms: int
    data: dict[str, Any]


def _sent(kind: str, data: Any) -> Any:
    return st.builds(
        lambda agent, other, seconds, data: Sent(
            kind, AGENTS[1 - AGENTS.index(agent)] if other else agent, at(-seconds), {**data, "agent": agent}
        ),
        st.sampled_from(AGENTS),
        st.sampled_from([False, False, True]),
        st.integers(0, SPREAD_S),
        data,
    )


versions = st.none() | st.integers(0, 3)
lines = {"campaign": st.sampled_from([None, "c", "d"]), "queue": st.sampled_from([None, "q"])}
ids = st.sampled_from(["1", "2"])
facts = st.lists(
    st.one_of(
        _sent(
            "complaint.recorded",
            st.fixed_dictionaries({"complaint_id": ids, "version": versions, "kind": st.sampled_from(list(PLURAL)), **lines}),
        ),
        _sent(
            "complaint.decided",
            st.fixed_dictionaries({"complaint_id": ids, "decision": st.sampled_from(list(STAGES))}),
        ),
        _sent(
            "survey.answered",
            st.fixed_dictionaries(
                {"survey_id": ids, "version": versions, "score": st.sampled_from([None, 1, 4, 5]),
                 "scale": st.just([1, 5]), **lines}
            ),
        ),
        _sent(
            "evaluation.scored",
            st.fixed_dictionaries(
                {"evaluation_id": ids, "version": st.integers(0, 3), "score": st.integers(0, 100),
                 "critical_fail": st.none() | st.booleans(), **lines}
            ),
        ),
    ),
    max_size=30,
)  # fmt: skip


def recount(sent: list[Sent]) -> Counter[tuple[str, str]]:
    """(line, metric) -> amount over all time."""
    found: Counter[tuple[str, str]] = Counter()
    for (kind, key, _), (newest, decision) in _standing(sent).items():
        if newest is None or newest.data["agent"] != key or (decision and decision.data["agent"] != key):
            continue
        named = [f"~{name}:{newest.data[name]}" for name in ("campaign", "queue") if newest.data[name]]
        for line in [key, *named]:
            for metric, amount in _amounts(kind, newest.data, decision).items():
                found[line, metric] += amount
    return +found


def _standing(sent: list[Sent]) -> dict[tuple[str, str, str], tuple[Sent | None, Sent | None]]:
    """(kind, key, id) -> its newest version and the decision in force."""
    records: dict[tuple[str, str, str], Sent] = {}
    made: dict[tuple[str, str, str], Sent] = {}
    for each in sent:
        kind = each.kind.partition(".")[0]
        place = kind, each.key, each.data[f"{kind}_id"]
        if each.kind == "complaint.decided":
            if place not in made or _decision_rank(each) >= _decision_rank(made[place]):
                made[place] = each
        elif place not in records or _rank(each) > _rank(records[place]):
            records[place] = each
    return {place: (records.get(place), made.get(place)) for place in records.keys() | made.keys()}


def _rank(each: Sent) -> tuple[int, bool]:
    return each.data["version"] or 0, each.kind == "survey.answered" and each.data["score"] is not None


def _decision_rank(each: Sent) -> tuple[int, int]:
    return each.at_ms, STAGES[each.data["decision"]]


def _amounts(kind: str, data: dict[str, Any], decision: Sent | None) -> dict[str, int]:
    if kind == "complaint":
        status = STATUS.get(decision.data["decision"], "pending") if decision else "pending"
        return {f"{PLURAL[data['kind']]}_{status}": 1}
    if kind == "evaluation":
        points = {"evaluations": 1, "evaluation_points": 100 * data["score"]}
        return points | {"critical_fails": int(bool(data["critical_fail"]))}
    if data["score"] is None:
        return {"surveys_offered": 1}
    points_of_100 = 2500 * (data["score"] - 1)
    answered = {"surveys_offered": 1, "surveys_answered": 1, "survey_points": points_of_100}
    return answered | {"surveys_satisfied": int(points_of_100 >= 7500)}


def records_of(sent: list[Sent]) -> list[Record]:
    return [
        record(offset, each.kind, each.data, key=each.key, at_ms=each.at_ms, append_ms=at())
        for offset, each in enumerate(sent)
    ]


@settings(max_examples=300)
@given(facts, st.lists(st.sampled_from(["on", "commit", "take over"]), min_size=30, max_size=30))
def test_every_line_is_the_sum_of_its_newest_facts(sent: list[Sent], cuts: list[str]) -> None:
    shelf = folded(records_of(sent), cuts[: len(sent)], KEEPING)
    for kind in ("d", "mo"):
        cells: Counter[tuple[str, str]] = Counter()
        for (of, _, line, metric), amount in shelf.cells.items():
            cells.update({(line, metric): amount} if of == kind else {})
        assert +cells == recount(sent)


@given(facts, st.randoms())
def test_the_order_of_versions_does_not_matter(sent: list[Sent], dice: Any) -> None:
    # Of two equal versions, or two decisions of one rank, the order says which stands: of each, one is sent.
    unique = {(each.kind, each.key, *_id_and_rank(each)): each for each in sent}
    ordered, shuffled = list(unique.values()), list(unique.values())
    dice.shuffle(shuffled)
    one, other = (folded(records_of(each), ["on"] * len(each), KEEPING) for each in (ordered, shuffled))
    assert one.cells == other.cells


def _id_and_rank(each: Sent) -> tuple[Any, ...]:
    kind = each.kind.partition(".")[0]
    return each.data[f"{kind}_id"], _decision_rank(each) if each.kind == "complaint.decided" else _rank(each)
