"""Days that the clock makes longer or shorter: blocks are 60 minutes from the day's start, rates go by the local hour."""

from datetime import date

import numpy as np
import pytest

from dashboard.floor.day_ring import DayRing, span_of
from dashboard.floor.tick_facts import STATE_CODES
from dashboard.people.running_shift import PeerBasis, RunningShift
from streams.metrics import COUNT, INDEX, Rows
from streams.site_time import Bucket, Day, SiteTime

AVAILABLE, OFFLINE = STATE_CODES.index("available"), STATE_CODES.index("offline")
RATES = np.arange(24, dtype=np.float64)[None]
"""One stratum in which as many calls an hour are usual as the clock shows."""


def closed(day: Day, minutes: range) -> DayRing:
    """One agent who was available in these minutes of the day."""
    ring, span = DayRing(span_of(day)), span_of(day)
    cell: Rows = np.zeros((1, COUNT), np.int64)
    cell[0, INDEX["state_available_s"]] = 60
    cell[0, INDEX["handled"]] = 1
    for minute in minutes:
        ring.put(Bucket("m", span.start + minute), ["a1"], cell)
    return ring


def known(lines: int) -> PeerBasis:
    return PeerBasis(RATES, np.zeros(lines, np.int64), np.full(lines, np.inf), np.zeros(lines, np.int64))


@pytest.mark.parametrize(
    ("zone", "label", "start", "hours"),
    [
        ("Europe/Berlin", date(2026, 10, 25), "00:00", [0, 1, 2, 2, *range(3, 24)]),
        ("Europe/Berlin", date(2026, 3, 29), "00:00", [0, 1, *range(3, 24)]),
        ("Europe/Berlin", date(2026, 10, 24), "04:00", [*range(4, 24), 0, 1, 2, 2, 3]),
        ("Australia/Lord_Howe", date(2026, 4, 5), "00:00", []),  # half an hour more
    ],
)
def test_every_hour_block_of_the_day_is_held_against_its_local_hour(
    zone: str, label: date, start: str, hours: list[int]
) -> None:
    time = SiteTime(zone, start)
    day = time.day_of(label)
    minutes = (day.end_ms - day.start_ms) // 60_000
    work = RunningShift(time, day)
    ring = closed(day, range(minutes))
    state, since_ms = np.array([OFFLINE, AVAILABLE]), np.array([day.end_ms, day.start_ms + 600_000])
    found = work.shift_at(day.end_ms // 1000, [(ring, np.array([0]))], state, since_ms, known(2))
    lengths = np.diff(np.append(np.arange(0, minutes, 60), minutes)) / 60
    if hours:
        assert found.expected[0] == pytest.approx(float(np.dot(hours, lengths)))
    assert found.exposure_s.tolist() == [60 * minutes, 16 * 3600]
    assert found.counted.tolist() == [minutes, 0]
    assert np.isnan(found.expected[1])


def test_an_instant_outside_of_the_day_is_its_nearest_end() -> None:
    time = SiteTime("Asia/Shanghai")
    day = time.day_of(date(2026, 11, 23))
    work, ring = RunningShift(time, day), closed(day, range(600, 660))
    state, since_ms = np.array([AVAILABLE]), np.array([day.end_ms - 3_600_000])
    seconds = [
        int(work.shift_at(at_ms // 1000, [(ring, np.array([0]))], state, since_ms, known(1)).exposure_s[0])
        for at_ms in (day.end_ms + 9_000, day.start_ms - 9_000, day.end_ms - 1_800_000)
    ]
    assert seconds == [7200, 0, 5400]
