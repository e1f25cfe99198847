"""The scores of a floor as they stand, whatever was written of them in which order."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboard.people.quality_scores import Score, ScoreIndex
from streams.ledger.facts import SurveyLine
from streams.store.ledger_reader import EvaluationLine, FactLine

IDS = ("e1", "e2", "e3")
AGENTS = ("a1", "a2")
evaluations = st.builds(
    EvaluationLine,
    stamp=st.just(1),
    gives=st.booleans(),
    version=st.sampled_from([-1, 1, 2]),
    at_ms=st.integers(0, 3),
    points=st.integers(0, 10_000),
    revised_ms=st.sampled_from([-1, 5]),
    revised_points=st.integers(0, 10_000),
)
writings = st.lists(
    st.lists(st.tuples(st.sampled_from(AGENTS), st.sampled_from(IDS), evaluations), max_size=4), max_size=8
)


def standing(book: ScoreIndex) -> list[Score]:
    found = book.scores
    rows = zip(found.at_ms.tolist(), found.ids, found.agent.tolist(), found.points.tolist(), strict=True)
    return [Score(*row) for row in rows]


def lines(writing: list[Any]) -> list[tuple[str, str, str, FactLine]]:
    return [("evaluation", agent, id, line) for agent, id, line in writing]


@given(writings)
def test_the_last_line_of_each_stands_in_order_of_time_and_id(written: list[list[Any]]) -> None:
    book = ScoreIndex(numbers := {})
    last: dict[tuple[str, str], EvaluationLine] = {}
    for writing in written:
        book.note(lines(writing))
        book.settle()
        last |= {(agent, id): line for agent, id, line in writing if line.version >= 0}
    expected = sorted(
        Score(line.at_ms, id, numbers[agent], line.points if line.revised_ms < 0 else line.revised_points)
        for (agent, id), line in last.items()
        if line.gives and line.version >= 0
    )
    assert standing(book) == expected


def scored(points: int = 8000, **more: Any) -> EvaluationLine:
    return EvaluationLine(**{"stamp": 1, "gives": True, "version": 1, "at_ms": 60_000, "points": points, **more})


def test_a_revised_score_takes_the_place_of_the_first_and_an_appealed_one_stays() -> None:
    book = ScoreIndex({})
    book.note(lines([("a1", "e1", scored()), ("a1", "e2", scored(9000, at_ms=120_000))]))
    assert book.settle()
    book.note(lines([("a1", "e1", scored(appeal=(300_000, 1)))]))
    book.settle()
    assert [score.points for score in standing(book)] == [8000, 9000]
    book.note(lines([("a1", "e1", scored(revised_ms=400_000, revised_points=6000))]))
    book.settle()
    assert [(score.at_ms, score.points) for score in standing(book)] == [(60_000, 6000), (120_000, 9000)]


def test_a_moved_evaluation_belongs_to_one_agent() -> None:
    book = ScoreIndex(numbers := {})
    book.note(lines([("a1", "e1", scored())]))
    book.settle()
    book.note(lines([("a2", "e1", scored(version=2))]))
    book.settle()
    book.note(lines([("a1", "e1", scored(version=2, gives=False))]))
    book.settle()
    assert [score.agent for score in standing(book)] == [numbers["a2"]]


def test_other_facts_are_no_scores_and_nothing_new_is_told() -> None:
    book = ScoreIndex({})
    assert not book.settle()
    book.note([("survey", "a1", "s1", SurveyLine(stamp=1, gives=True, rank=1, points=9000))])
    assert not book.settle()
    assert not standing(book)
