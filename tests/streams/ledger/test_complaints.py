"""Complaints: each stands in exactly one of pending, confirmed, reversed; the order in which decisions arrive is nothing."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import ComplaintDecided, ComplaintRecorded
from streams.ledger.facts import KEPT_DECISIONS, ComplaintLine, fact_gives
from streams.ledger.fold_facts import fold_decided, fold_recorded
from streams.ledger.outcome import Difference, Outcome
from streams.site_time import minute_of
from tests.streams.ledger.adding import Sums, added
from tests.streams.making import amounts_by_name, at

KEY = "1042"
Sent = tuple[ComplaintRecorded | ComplaintDecided, int]
STAGES = {"confirmed": 1, "withdrawn": 1, "appealed": 2, "upheld": 3, "overturned": 3}
STANDS = {
    "confirmed": "confirmed",
    "upheld": "confirmed",
    "withdrawn": "reversed",
    "overturned": "reversed",
    "appealed": "pending",
}


def recorded(
    seconds: float = 0, kind: Any = "complaint", agent: str = KEY, version: int | None = None, **more: Any
) -> Sent:
    return ComplaintRecorded(complaint_id="k", agent=agent, kind=kind, version=version, **more), at(seconds)


def decided(decision: Any, seconds: float = 600, agent: str = KEY) -> Sent:
    return ComplaintDecided(complaint_id="k", agent=agent, decision=decision), at(seconds)


def folded(sent: list[Sent]) -> tuple[ComplaintLine, Sums, list[Outcome]]:
    known: ComplaintLine | None = None
    differences: list[Difference] = []
    outcomes = []
    for event, at_ms in sent:
        if isinstance(event, ComplaintRecorded):
            outcome, line = fold_recorded(known, event, KEY, at_ms, 1)
        else:
            outcome, line = fold_decided(known, event, KEY, at_ms, 1)
        outcomes.append(outcome)
        if line is not None:
            differences += fact_gives(line, KEY) + fact_gives(known, KEY, -1)
            known = line
    assert known is not None
    return known, added(differences), outcomes


def counted(*sent: Sent) -> dict[str, int]:
    """Metric -> amount; all of it must stand in the minute in which the complaint was recorded."""
    _, sums, _ = folded(list(sent))
    assert set(sums) <= {(KEY, minute_of(at()))}
    return amounts_by_name(sum(sums.values()))


@pytest.mark.parametrize("kind", ["complaint", "repeat_enquiry"])
@pytest.mark.parametrize("decision", [None, *STANDS])
def test_a_complaint_stands_in_one_of_three(kind: str, decision: str | None) -> None:
    sent = [recorded(kind=kind), *([decided(decision)] if decision else [])]
    plural = {"complaint": "complaints", "repeat_enquiry": "repeat_enquiries"}[kind]
    assert counted(*sent) == {f"{plural}_{STANDS[decision] if decision else 'pending'}": 1}


def test_a_second_record_of_one_id_is_a_duplicate() -> None:
    _, sums, outcomes = folded([recorded(), recorded(60, "repeat_enquiry")])
    assert outcomes == [Outcome.APPLIED, Outcome.DUPLICATE]
    assert amounts_by_name(sum(sums.values())) == {"complaints_pending": 1}


def test_the_newest_version_stands_with_its_kind_and_minute_and_keeps_the_decisions() -> None:
    sent = [recorded(), decided("confirmed"), recorded(120, "repeat_enquiry", version=1), recorded(60, version=None)]
    _, sums, outcomes = folded(sent)
    assert outcomes == [Outcome.APPLIED, Outcome.APPLIED, Outcome.APPLIED, Outcome.SUPERSEDED]
    assert {line: amounts_by_name(n) for line, n in sums.items()} == {
        (KEY, minute_of(at(120))): {"repeat_enquiries_confirmed": 1}
    }


def test_no_version_is_version_nought() -> None:
    for first, again in ((None, 0), (0, None)):
        assert folded([recorded(version=first), recorded(version=again)])[2][1] is Outcome.DUPLICATE


def test_a_moved_complaint_gives_nothing_under_its_old_key_and_everything_once_it_is_back() -> None:
    moved, back = recorded(agent="1043", version=1), recorded(version=2)
    assert counted(recorded(), decided("confirmed"), moved) == {}
    assert counted(recorded(), decided("confirmed"), moved, back) == {"complaints_confirmed": 1}


def test_it_counts_on_the_lines_of_its_campaign_and_queue_too_and_a_correction_moves_it() -> None:
    first, then = recorded(campaign="c", queue="q"), recorded(campaign="d", version=1)
    one = {"complaints_pending": 1}
    for sent, lines in (([first], (KEY, "~campaign:c", "~queue:q")), ([first, then], (KEY, "~campaign:d"))):
        _, sums, _ = folded(sent)
        assert {line: amounts_by_name(n) for (line, _), n in sums.items()} == dict.fromkeys(lines, one)


def test_a_decision_keeps_its_cause_and_a_record_who_recorded_it() -> None:
    made = ComplaintDecided(complaint_id="k", agent=KEY, decision="withdrawn", cause="product")
    line, _, _ = folded([recorded(recorded_by="desk"), (made, at(60))])
    assert (line.recorded_by, line.decisions[0].cause) == ("desk", "product")


def test_a_decision_before_its_record_is_held() -> None:
    _, sums, outcomes = folded([decided("withdrawn")])
    assert (sums, outcomes) == ({}, [Outcome.APPLIED])
    assert counted(decided("withdrawn"), recorded()) == {"complaints_reversed": 1}


def test_at_one_instant_the_higher_stage_stands_and_at_one_rank_the_later() -> None:
    assert counted(recorded(), decided("overturned"), decided("confirmed")) == {"complaints_reversed": 1}
    assert counted(recorded(), decided("confirmed"), decided("withdrawn")) == {"complaints_reversed": 1}
    _, _, outcomes = folded(
        [recorded(), decided("confirmed"), decided("withdrawn"), decided("withdrawn"), decided("appealed", 1)]
    )
    assert outcomes[1:] == [Outcome.APPLIED, Outcome.APPLIED, Outcome.DUPLICATE, Outcome.SUPERSEDED]


def test_a_decision_that_names_another_agent_takes_back_in_any_order() -> None:
    sent = [recorded(), decided("confirmed", 600), decided("upheld", 700, agent="1043")]
    for order in (sent, sent[::-1], [sent[2], sent[0], sent[1]], [sent[1], sent[2], sent[0]]):
        assert counted(*order) == {}
    back = decided("upheld", 800)
    assert counted(*sent, back) == counted(back, *sent) == {"complaints_confirmed": 1}


def test_a_record_under_another_key_gives_nothing() -> None:
    assert counted(recorded(agent="1043"), decided("confirmed")) == {}


decisions = st.lists(
    st.tuples(st.sampled_from(sorted(STAGES)), st.integers(1, 4), st.sampled_from([KEY, KEY, KEY, "1043"])),
    max_size=7,
    unique_by=lambda made: (made[1], STAGES[made[0]]),
).map(lambda found: [decided(name, 60 * minutes, agent) for name, minutes, agent in found])


def _without_history(line: ComplaintLine) -> ComplaintLine:
    # Decisions that came too late to stand were never part of the history.
    return msgspec.structs.replace(line, decisions=())


@given(
    decisions,
    st.sampled_from(["complaint", "repeat_enquiry"]),
    st.lists(st.tuples(st.sampled_from([KEY, "1043"]), st.sampled_from([None, "c", "d"])), max_size=3),
    st.randoms(),
)
def test_the_order_does_not_matter_and_duplicates_change_nothing(
    made: list[Sent], kind: str, later: list[tuple[str, str | None]], dice: random.Random
) -> None:
    versions = [
        recorded(60 * n, ["complaint", "repeat_enquiry"][n % 2], agent, n, campaign=campaign)
        for n, (agent, campaign) in enumerate(later, 1)
    ]
    sent = [recorded(kind=kind), *versions, *made]
    line, sums, _ = folded(sent)
    shuffled = sent + dice.choices(sent, k=3)
    dice.shuffle(shuffled)
    again, again_sums, outcomes = folded(shuffled)
    assert (_without_history(again), again_sums) == (_without_history(line), sums)
    assert sum(outcome is not Outcome.APPLIED for outcome in outcomes) >= 3


@given(decisions)
def test_a_complaint_is_in_exactly_one_state_or_in_none(made: list[Sent]) -> None:
    newest = max(made, key=lambda one: (one[1], STAGES[one[0].decision]), default=None)  # type: ignore[union-attr]
    moved = newest is not None and newest[0].agent != KEY
    assert sum(counted(recorded(), *made).values()) == (0 if moved else 1)


def test_the_last_ten_decisions_are_kept() -> None:
    made = [decided("appealed" if i % 2 else "confirmed", 600 + i) for i in range(14)]
    line, _, _ = folded([recorded(), *made])
    assert [one.time_ms for one in line.decisions] == [at_ms for _, at_ms in made[-KEPT_DECISIONS:]]
