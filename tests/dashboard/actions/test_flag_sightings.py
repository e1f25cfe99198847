"""What evidence and trend point at, with the numbers that are shown of it."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import orjson

from dashboard.actions.flag_sightings import sightings
from dashboard.floor.lines import Lines
from dashboard.people.evidence import EvidenceNow
from dashboard.people.quality_charts import Trended, no_trend
from dashboard.rules.evidence import Verdict
from dashboard.rules.ewma import TrendState
from tests.dashboard.actions.flag_floor import DAY, NOON_MS
from tests.dashboard.partitions import SITE

FLAGS = np.array([True, True, False, False])


def evidence(lines: Lines, **given: Any) -> EvidenceNow:
    """Nothing is known but what is given."""
    unknown = np.full(len(lines), np.nan)
    whole = {"exposure_s": np.zeros(len(lines), np.int64), "shifts": np.arange(len(lines))}
    values: dict[str, Any] = {each.name: unknown for each in fields(EvidenceNow)} | whole
    return EvidenceNow(**values | {"at_ms": NOON_MS, "drop": np.zeros(len(lines), np.bool_)} | given)


def trend(lines: Lines, *states: TrendState) -> Trended:
    return replace(no_trend(len(lines)), state=np.array(states, np.int8), z=np.array([71.23456, 80.0, 90.0, 95.0]))


def floor() -> Lines:
    """a1, a2, b1 of the roster, and x1 who is not on it."""
    lines = Lines(SITE, DAY)
    lines.rows(["x1"])
    return lines


def test_reviews_drops_and_falling_quality_are_seen_with_their_numbers() -> None:
    lines = floor()
    words = np.array([Verdict.REVIEW, Verdict.WATCH, Verdict.ON_PACE, Verdict.REVIEW], np.int8)
    now = evidence(lines, verdict=words, drop=FLAGS, counted=np.array([41.0, 1, 2, 3]))
    seen = sightings(
        lines,
        DAY,
        now,
        trend(lines, TrendState.DROP, TrendState.IN_CONTROL, TrendState.RISE, TrendState.TOO_FEW_SCORES),
    )
    assert [(each.agent, each.team, each.rule, each.shift) for each in seen.sightings] == [
        ("a1", "dawn", "review", DAY),
        ("x1", None, "review", DAY),
        ("a1", "dawn", "drop", DAY),
        ("a2", "dawn", "drop", DAY),
        ("a1", "dawn", "quality", DAY),
    ]
    assert seen.in_control == {"a2", "b1"}
    assert (seen.sightings[0].facts["counted"], seen.sightings[0].facts["low"], seen.sightings[0].facts["shifts"]) == (
        41.0,
        None,
        0,
    )
    assert seen.sightings[4].facts == {"z": 71.2346, "low": None, "high": None, "n": 0, "mu": None}
    assert orjson.loads(orjson.dumps([each.facts for each in seen.sightings]))


def test_who_is_on_target_is_given_no_new_drop() -> None:
    lines = floor()
    now = evidence(lines, verdict=np.full(4, Verdict.ON_PACE, np.int8), drop=FLAGS)
    on_target = np.array([True, False, False, False, True])
    assert [each.agent for each in sightings(lines, DAY, now, None, on_target).sightings] == ["a2"]


def test_nothing_known_is_nothing_seen() -> None:
    assert sightings(floor(), DAY, None, None) == ((), frozenset())
