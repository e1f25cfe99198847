"""The ring of minutes: exposure, versions and what came late."""

from datetime import date

import numpy as np

from dashboard.floor.day_ring import DayRing, span_of
from streams.metrics import COUNT, INDEX, Rows
from streams.site_time import Bucket, SiteTime

DAY = SiteTime("Asia/Shanghai").day_of(date(2026, 11, 23))
SPAN = span_of(DAY)


def rows(*cells: dict[str, int]) -> Rows:
    found = np.zeros((len(cells), COUNT), np.int64)
    for at, cell in enumerate(cells):
        for name, value in cell.items():
            found[at, INDEX[name]] = value
    return found


def minute(at: int) -> Bucket:
    return Bucket("m", SPAN.start + at)


def test_exposure_is_time_in_which_calls_can_come() -> None:
    ring = DayRing(SPAN)
    states = {
        f"state_{name}_s": 2**n for n, name in enumerate(["available", "talk", "hold", "wrap", "break", "training"])
    }
    ring.put(minute(600), ["a1"], rows(states | {"handled": 2}))
    handled, exposed = ring.minute(600)
    assert (handled.tolist(), exposed.tolist()) == ([2], [1 + 2 + 4 + 8])
    assert ring.worked[0, 600] == 1 + 2 + 4 + 8 + 32


def test_a_version_counts_changes_and_nothing_else() -> None:
    ring = DayRing(SPAN)
    cell = rows({"handled": 1, "state_talk_s": 30})
    for _ in range(3):
        ring.put(minute(5), ["a1"], cell)
    same = int(ring.versions[5])
    assert same > 0
    ring.put(minute(5), ["a1"], cell + rows({"complaints_pending": 1, "state_break_s": 9}))
    assert ring.versions[5] == same
    ring.put(minute(5), ["a1"], rows({"handled": 1, "state_talk_s": 31}))
    assert ring.versions[5] > same
    assert not ring.versions[:5].any()
    assert not ring.versions[6:].any()


def test_a_dropped_minute_is_forgotten() -> None:
    ring = DayRing(SPAN)
    ring.put(minute(5), ["a1"], rows({"handled": 1, "state_talk_s": 30}))
    before = int(ring.versions[5])
    ring.drop(minute(5))
    assert [values.tolist() for values in ring.minute(5)] == [[0], [0]]
    assert ring.versions[5] > before


def test_exposure_survives_that_the_ring_grows() -> None:
    ring = DayRing(SPAN, 1)
    ring.put(minute(5), ["a1"], rows({"state_talk_s": 30}))
    many = [f"b{n}" for n in range(500)]
    ring.put(minute(6), many, rows(*[{"state_talk_s": 7}] * len(many)))
    assert ring.minute(5)[1][0] == 30
    assert ring.minute(6)[1].tolist() == [0] + [7] * len(many)


def test_hour_blocks_of_earlier_days_are_named_once_they_change() -> None:
    ring = DayRing(SPAN)
    cell = rows({"handled": 1})
    yesterday, today = Bucket("h", SPAN.start - 120), Bucket("h", SPAN.start + 60)
    for bucket in (yesterday, today, Bucket("d", 20261122), Bucket("mo", 202611)):
        ring.put(bucket, ["a1"], cell)
    assert ring.late == {SPAN.start - 120}
