"""What GET /curve answers for the agent of the drawer's tests."""

from random import Random
from typing import Any

from tests.layouts.judged import NOW_MS

AGENT = "8100"
STEP_MS = 300_000
START_MS = NOW_MS // STEP_MS * STEP_MS - 69 * STEP_MS
PHI = 2.0


def curve(agent: str = AGENT, **changes: Any) -> dict[str, Any]:
    """A shift since a quarter to nine with an hour's break: 110 of the 153.1 that peers would have had, 148 due."""
    times = [START_MS + n * STEP_MS for n in range(70)] + [NOW_MS]
    share = _shares(len(times))
    expected = [153.1 * part for part in share]
    half = [1.96 * (PHI * due) ** 0.5 for due in expected]
    return {
        "agent": agent,
        "at": NOW_MS,
        "times": times,
        "counted": [round(110 * part**1.1) for part in share],
        "expected": expected,
        "low": [max(0.0, due - each) for due, each in zip(expected, half, strict=True)],
        "high": [due + each for due, each in zip(expected, half, strict=True)],
        "due": [148.2 * part for part in share],
        "net": 105.0,
        "exposure_s": 16_320,
        "quality": quality(),
    } | changes


def nothing_yet(agent: str = AGENT) -> dict[str, Any]:
    """Of somebody who has not begun and has no scores: nothing is drawn, so plotly is not loaded."""
    nothing: dict[str, Any] = {"times": [], "counted": [], "expected": None, "low": None, "high": None, "due": None}
    return curve(agent, **nothing, net=0.0, exposure_s=0, quality=None)


CENTRE, END, WIDE = 87.9, 86.4, 3.7
"""The mean that the agent is judged by, where the trend stands, and how far its limits are away by now."""


def quality(count: int = 34) -> dict[str, Any]:
    """Scores whose trend, by docs/rules.md 8, ends where the agent's row has it."""
    chance = Random(3)
    raw = [chance.gauss(CENTRE, 3.5) for _ in range(count)]
    shift = (END - _trend(raw)[-1]) / (1 - 0.9**count)
    points = [round(point + shift, 2) for point in raw]
    wide = [WIDE * (1 - 0.9 ** (2 * t)) ** 0.5 for t in range(1, count + 1)]
    limits = {"low": [CENTRE - each for each in wide], "high": [CENTRE + each for each in wide]}
    return {"points": points, "trend": _trend(points), "centre": CENTRE, **limits}


def _trend(points: list[float]) -> list[float]:
    found, z = [], CENTRE
    for point in points:
        z = 0.1 * point + 0.9 * z
        found.append(z)
    return found


def _shares(count: int) -> list[float]:
    """Parts of the day's work by each instant: none of it from the 40th to the 52nd step."""
    steps = [0.0, *(0.0 if 40 <= n < 52 else 1.0 for n in range(1, count))]
    total = sum(steps)
    return [sum(steps[: n + 1]) / total for n in range(count)]
