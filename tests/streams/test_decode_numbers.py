"""Numbers as they are written: exact however long, and refused where exact arithmetic would have no end."""

import json
from decimal import Decimal

import pytest

from streams.events import hundredths
from tests.streams.test_decode import dead, envelope, good


def raw(kind: str, data: str) -> bytes:
    """An event whose data are written as given, for numbers that Python would write otherwise."""
    return json.dumps(envelope(kind, "@")).replace('"@"', data).encode()


@pytest.mark.parametrize(
    ("written", "points"),
    [
        ("88", 8800),
        ("1e2", 10_000),
        ("1E+2", 10_000),
        ("87.555", 8756),
        ("87.554999999999999999999999999999999999", 8755),
        ("0.005", 1),
        ("8.5e1", 8500),
        ("1e-500", 0),
        ("-0.0", 0),
        ("2.675", 268),
        ("100.000", 10_000),
    ],
)
def test_a_score_counts_as_it_is_written(written: str, points: int) -> None:
    found = good(raw("evaluation.scored", f'{{"evaluation_id":"e","version":1,"agent":"1","score":{written}}}')).data
    assert hundredths(found.score) == points


def test_points_below_zero_round_away_from_zero() -> None:
    assert [hundredths(Decimal(text)) for text in ("-2.675", "-0.005", "-0.0049")] == [-268, -1, 0]


@pytest.mark.parametrize(
    "written",
    [
        "1e400",
        "1e-999999999",
        "1e-99999999999999999999999",
        "0e99999999999999999999999",
        "1" + "0" * 5_000,
        "0." + "1" * 5_000,
    ],
    ids=lambda text: text[:24],
)
def test_a_number_beyond_all_reason_is_bad_and_stops_nobody(written: str) -> None:
    scored = f'{{"evaluation_id":"e","version":1,"agent":"1","score":{written}}}'
    answered = f'{{"survey_id":"s","agent":"1","score":{written},"scale":[0,10]}}'
    scaled = f'{{"survey_id":"s","agent":"1","score":null,"scale":[{written},{written}]}}'
    assert dead(raw("evaluation.scored", scored)).reason == "bad_field"
    assert dead(raw("survey.answered", answered)).reason == "bad_field"
    assert dead(raw("survey.answered", scaled)).reason == "bad_field"


def test_numbers_beyond_all_reason_in_fields_nobody_reads_are_dropped() -> None:
    value = raw("agent.state", '{"agent":"1","state":"talk","x":1e99999999999999999999,"y":1' + "0" * 5_000 + "}")
    assert good(value).data.agent == "1"
