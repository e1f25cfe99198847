"""Evaluations, surveys and conduct: the newest stands at its own time, a revision outranks every version."""

import random
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import ConductRecorded, EvaluationDecided, EvaluationItem, EvaluationScored, SurveyAnswered
from streams.ledger.facts import Criterion, EvaluationLine, FactLine, amounts_of, fact_gives
from streams.ledger.fold_facts import fold_conduct, fold_evaluation_decided, fold_scored, fold_survey, survey_points
from streams.ledger.outcome import Difference, Outcome
from streams.site_time import minute_of
from tests.streams.ledger.adding import Sums, added
from tests.streams.making import amounts_by_name, at

KEY = "1042"
Sent = tuple[Any, int]


def scored(
    version: int, score: str, seconds: float = 0, *, agent: str = KEY, critical: bool | None = None, **more: Any
) -> Sent:
    made = EvaluationScored(
        evaluation_id="e", version=version, agent=agent, score=Decimal(score), critical_fail=critical, **more
    )
    return made, at(seconds)


def decided(decision: Any, seconds: float, score: str | None = None) -> Sent:
    points = None if score is None else Decimal(score)
    return EvaluationDecided(evaluation_id="e", agent=KEY, decision=decision, score=points), at(seconds)


def answered(score: Any, seconds: float = 0, scale: tuple[Any, Any] = (1, 5), agent: str = KEY, **more: Any) -> Sent:
    return SurveyAnswered(survey_id="s", agent=agent, score=score, scale=scale, **more), at(seconds)


def conduct(version: int, points: str, seconds: float = 0) -> Sent:
    return ConductRecorded(record_id="r", version=version, agent=KEY, kind="late", points=Decimal(points)), at(seconds)


def _fold(known: Any, event: Any, at_ms: int) -> tuple[Outcome, FactLine | None]:
    match event:
        case EvaluationScored():
            return fold_scored(known, event, KEY, at_ms, 1)
        case EvaluationDecided():
            return fold_evaluation_decided(known, event, KEY, at_ms, 1)
        case SurveyAnswered():
            return fold_survey(known, event, KEY, at_ms, 1, satisfied_points=7500)
    return fold_conduct(known, event, KEY, at_ms, 1)


def folded(sent: list[Sent]) -> tuple[FactLine | None, Sums, list[Outcome]]:
    known: FactLine | None = None
    differences: list[Difference] = []
    outcomes = []
    for event, at_ms in sent:
        outcome, line = _fold(known, event, at_ms)
        outcomes.append(outcome)
        if line is not None:
            differences += fact_gives(line, KEY) + fact_gives(known, KEY, -1)
            known = line
    return known, added(differences), outcomes


def counted(*sent: Sent) -> dict[int, dict[str, int]]:
    """Minute after the beginning -> metric -> amount."""
    _, sums, _ = folded(list(sent))
    return {minute - minute_of(at()): amounts_by_name(amounts) for (_, minute), amounts in sums.items()}


def test_an_evaluation_and_its_newer_version_at_its_own_time() -> None:
    assert counted(scored(1, "87.555", critical=True)) == {
        0: {"evaluations": 1, "evaluation_points": 8756, "critical_fails": 1}
    }
    assert counted(scored(1, "87.555", critical=True), scored(2, "90", 120)) == {
        2: {"evaluations": 1, "evaluation_points": 9000}
    }


def test_a_score_of_zero_is_an_evaluation() -> None:
    assert counted(scored(0, "0")) == {0: {"evaluations": 1}}


def test_a_revision_outranks_every_version_and_stands_in_the_evaluations_own_minute() -> None:
    revised = decided("revised", 6_000, "70")
    for sent in ([scored(1, "88"), revised], [revised, scored(1, "88")], [scored(0, "12"), revised, scored(1, "88")]):
        assert counted(*sent) == {0: {"evaluations": 1, "evaluation_points": 7000}}
    assert counted(scored(1, "88"), revised, decided("revised", 5_000, "60")) == counted(scored(1, "88"), revised)


def test_appeals_change_no_counter_and_have_their_own_order() -> None:
    sent = [
        scored(1, "88"),
        decided("upheld", 60),
        decided("appealed", 60),
        decided("upheld", 60),
        decided("appealed", 61),
    ]
    _, sums, outcomes = folded(sent)
    assert outcomes == [Outcome.APPLIED, Outcome.APPLIED, Outcome.SUPERSEDED, Outcome.DUPLICATE, Outcome.APPLIED]
    assert sums == folded(sent[:1])[1]


def test_a_moved_evaluation_takes_back() -> None:
    assert counted(scored(1, "88"), scored(2, "88", agent="1043")) == {}
    assert counted(scored(1, "88", agent="1043"), decided("revised", 60, "70")) == {}


evaluation_facts = st.tuples(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 10_000), st.integers(0, 5), st.sampled_from([KEY, KEY, "1043"])),
        min_size=1,
        max_size=4,
        unique_by=lambda made: made[0],
    ).map(lambda found: [scored(v, str(Decimal(p) / 100), 60 * m, agent=a) for v, p, m, a in found]),
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 100)), max_size=3, unique_by=lambda made: made[0]).map(
        lambda found: [decided("revised", 60 * minutes, str(points)) for minutes, points in found]
    ),
    st.lists(st.tuples(st.sampled_from(["appealed", "upheld"]), st.integers(1, 9)), max_size=3, unique=True).map(
        lambda found: [decided(name, 60 * minutes) for name, minutes in found]
    ),
).map(lambda parts: [*parts[0], *parts[1], *parts[2]])


@given(evaluation_facts, st.randoms())
def test_the_order_of_what_is_said_about_an_evaluation_does_not_matter(sent: list[Sent], dice: random.Random) -> None:
    line, sums, _ = folded(sent)
    shuffled = sent + dice.choices(sent, k=3)
    dice.shuffle(shuffled)
    again, again_sums, _ = folded(shuffled)
    assert isinstance(line, EvaluationLine)
    assert isinstance(again, EvaluationLine)
    assert msgspec.structs.replace(again, decisions=()) == msgspec.structs.replace(line, decisions=())
    assert again_sums == sums


def test_a_survey_is_offered_then_answered_once() -> None:
    assert counted(answered(None)) == {0: {"surveys_offered": 1}}
    good = {"surveys_offered": 1, "surveys_answered": 1, "survey_points": 7500, "surveys_satisfied": 1}
    assert counted(answered(None), answered(4, 60)) == {1: good}
    _, _, outcomes = folded([answered(4), answered(None), answered(5), answered(4)])
    assert outcomes == [Outcome.APPLIED, Outcome.SUPERSEDED, Outcome.DUPLICATE, Outcome.DUPLICATE]


def test_the_lowest_answer_is_an_answer() -> None:
    assert counted(answered(1)) == {0: {"surveys_offered": 1, "surveys_answered": 1}}
    assert counted(answered(4, agent="1043")) == {}


@given(st.permutations([answered(None, 0), answered(4, 60), answered(None, 120)]))
def test_the_order_of_offer_and_answer_does_not_matter(sent: list[Sent]) -> None:
    assert counted(*sent) == counted(answered(4, 60))


@given(
    st.permutations(
        [
            answered(4, 60),
            answered(None, 0),
            answered(2, 120, version=1),
            answered(None, 180, version=2),
            answered(1, 9),
        ]
    )
)
def test_of_surveys_the_newest_version_stands_and_of_a_version_the_answer(sent: list[Sent]) -> None:
    assert counted(*sent) == {3: {"surveys_offered": 1}}


@given(st.permutations([answered(4, 60, version=3), answered(None, 0, version=3), answered(1, 120, version=2)]))
def test_an_answer_of_an_older_version_is_superseded(sent: list[Sent]) -> None:
    assert counted(*sent) == counted(answered(4, 60))


def test_evaluations_and_surveys_count_on_the_lines_of_their_campaign_and_queue() -> None:
    for sent in (answered(4, campaign="c", queue="q"), scored(1, "88.5", campaign="c", queue="q")):
        line, _, _ = folded([sent])
        assert line is not None
        assert {each.line: each.amounts for each in fact_gives(line, KEY)} == dict.fromkeys(
            (KEY, "~campaign:c", "~queue:q"), amounts_of(line)
        )


def test_an_evaluation_keeps_its_items_in_hundredths_and_its_method() -> None:
    items = [
        EvaluationItem(code="greeting", points=Decimal("2.5"), fatal=False),
        EvaluationItem(code="promise", points=None, fatal=True),
    ]
    line, _, _ = folded([scored(1, "88.5", items=items, method="machine")])
    assert isinstance(line, EvaluationLine)
    assert (line.items, line.method) == (
        (Criterion("greeting", 250, False), Criterion("promise", None, True)),
        "machine",
    )


@pytest.mark.parametrize(
    ("score", "scale", "points"),
    [
        (Decimal("3.99"), (1, 5), 7475),
        (2, (1, 7), 1667),
        (0, (-1, 1), 5000),
        (Decimal("0.00005"), (0, 1), 1),
        (Decimal("0.00004999999999999999999999999999999999"), (0, 1), 0),
        (Decimal("1000000000.00005"), (1_000_000_000, 1_000_000_001), 1),
        (Decimal("1e-300"), (0, 1), 0),
    ],
)
def test_survey_points_are_rounded_once(score: Any, scale: tuple[Any, Any], points: int) -> None:
    assert survey_points(answered(score, scale=scale)[0]) == points


@given(
    st.decimals(0, 1, places=40), st.decimals(-(10**9), 10**9, places=9), st.decimals(Decimal("0.001"), 10**6, places=9)
)
def test_survey_points_are_exact(share: Decimal, low: Decimal, width: Decimal) -> None:
    event = SurveyAnswered(survey_id="s", agent=KEY, score=share, scale=(0, 1))
    assert survey_points(event) == floor(10_000 * Fraction(share) + Fraction(1, 2))
    ends = SurveyAnswered(survey_id="s", agent=KEY, score=low, scale=(low, low + width))
    assert survey_points(ends) == 0


def test_conduct_points_are_signed_and_the_newest_version_stands() -> None:
    assert counted(conduct(1, "-2.5")) == {0: {"conduct_records": 1, "conduct_points": -250}}
    assert counted(conduct(1, "-2.5"), conduct(2, "4", 60), conduct(1, "9", 120)) == {
        1: {"conduct_records": 1, "conduct_points": 400}
    }


@given(st.permutations([conduct(1, "-2.5"), conduct(2, "4", 60), conduct(2, "4", 60), conduct(3, "-1", 120)]))
def test_the_order_of_conduct_versions_does_not_matter(sent: list[Sent]) -> None:
    assert counted(*sent) == {2: {"conduct_records": 1, "conduct_points": -100}}


@given(evaluation_facts)
def test_taking_back_is_giving_with_the_other_sign(sent: list[Sent]) -> None:
    line, _, _ = folded(sent)
    assert added(fact_gives(line, KEY) + fact_gives(line, KEY, -1)) == {}
