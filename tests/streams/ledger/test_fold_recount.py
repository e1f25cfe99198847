"""The month of every line against a recount by plain loops: the newest version of each fact, on its agent's, campaign's and
queue's line; so a campaign's line is the sum of its facts, whatever was corrected in whatever order.
"""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode import Record
from tests.fact_recount import PLURAL, STAGES, Sent, decision_rank, rank_of, recount
from tests.streams.ledger.test_fold_laws import AGENTS, KEEPING, folded
from tests.streams.making import at, record

SPREAD_S = 60 * 86_400


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
            "evaluation.decided",
            st.fixed_dictionaries({"evaluation_id": ids, "decision": st.just("revised"), "score": st.integers(0, 100)}),
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
    return each.data[f"{kind}_id"], _decided_rank(each) if each.kind.endswith("decided") else rank_of(each)


def _decided_rank(each: Sent) -> tuple[Any, ...]:
    return decision_rank(each) if each.kind == "complaint.decided" else (each.at_ms,)
