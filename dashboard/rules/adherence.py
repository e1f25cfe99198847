"""Adherence (docs/rules.md 5): scheduled seconds spent in a working state, of the scheduled seconds so far.

Working time is counted in buckets: minutes, hours or whole days. In each it counts up to the scheduled time in it.
"""

import numpy as np
from numpy.typing import NDArray

from dashboard.rules.figures import Whole
from dashboard.rules.targets import Pieces

WORKING = frozenset({"available", "ringing", "talk", "hold", "wrap", "training", "meeting"})
"""The states of someone at work."""
MINUTE_S = 60
Buckets = NDArray[np.int16] | Whole


def measured(worked: Buckets, asked: Buckets, until_s: Whole) -> Whole:
    """(rows x minutes) seconds worked and asked, and the second of the day up to which each row counts -> seconds of both.

    Seconds after ``until_s`` belong to the running stretch, which the caller adds whole.
    """
    minute, rest = until_s // MINUTE_S, until_s % MINUTE_S
    both = np.minimum(worked, asked)
    whole = np.where(np.arange(both.shape[1]) < minute[:, None], both, 0).sum(axis=1, dtype=np.int64)
    last = np.minimum(minute, both.shape[1] - 1)
    part = np.minimum(both[np.arange(len(both)), last], rest)
    return np.asarray(whole + np.where(minute < both.shape[1], part, 0), np.int64)


def asked_in(spans: Pieces, edges_s: NDArray[np.int64]) -> Whole:
    """Spans of each timetable -> (timetables x buckets): how many of their seconds lie in [edge, next edge)."""
    total = np.zeros((len(spans.start_s), len(edges_s)), np.int64)
    for start, end in zip(spans.start_s.T, spans.end_s.T, strict=True):
        total += np.clip(edges_s, start[:, None], end[:, None]) - start[:, None]
    return np.diff(total, axis=1)


def passed_s(spans: Pieces, now_s: int | Whole, rows: Whole | None = None) -> Whole:
    """Seconds of the spans before an instant: per timetable, or per row with a timetable and an instant for each."""
    start, end = (spans.start_s, spans.end_s) if rows is None else (spans.start_s[rows], spans.end_s[rows])
    at = np.asarray(now_s, np.int64)
    return np.asarray((np.clip(at[:, None] if at.ndim else at, start, end) - start).sum(axis=1), np.int64)
