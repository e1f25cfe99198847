"""Planned time: shifts without breaks, merged, less what is off, on the day where the clock lies."""

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from dashboard.floor.schedule import (
    Piece,
    PlannedShift,
    Span,
    Wall,
    by_day,
    clock_hours,
    first_part,
    merged,
    pack,
    pieces,
    planned,
    seconds,
    starts_on_none,
    without,
)
from dashboard.rules.months import days_of_month
from streams.site_time import SiteTime

SHANGHAI = SiteTime("Asia/Shanghai")
NOVEMBER = [SHANGHAI.day_of(label) for label in days_of_month(date(2026, 11, 1))]
spans = st.lists(st.builds(lambda at, n: Span(at, at + n), st.integers(0, 80), st.integers(0, 30)), max_size=6)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)


def covered(parts: list[Span]) -> set[int]:
    return {second for start, end in parts for second in range(start, end)}


def test_training_meetings_and_outages_are_as_breaks_and_overlaps_count_once() -> None:
    shift = PlannedShift(at(2, 9), at(2, 18), (Wall(at(2, 12), at(2, 13)),))
    off = [Wall(at(2, 11, 30), at(2, 12, 30)), Wall(at(2, 17), at(2, 20)), Wall(at(2, 17, 30), at(2, 18))]
    assert seconds(planned(SHANGHAI, [shift])) == 8 * 3600
    assert seconds(planned(SHANGHAI, [shift], off)) == 8 * 3600 - 1800 - 3600


def test_a_break_of_one_shift_is_work_where_another_covers_it() -> None:
    first, second = PlannedShift(at(2, 9), at(2, 18), (Wall(at(2, 12), at(2, 13)),)), PlannedShift(at(2, 12), at(2, 14))
    assert seconds(planned(SHANGHAI, [first, second])) == 9 * 3600


def test_leave_takes_the_whole_night_shift_that_starts_on_it() -> None:
    nights = [PlannedShift(at(2, 22), at(3, 6)), PlannedShift(at(3, 22), at(4, 6))]
    kept = starts_on_none(SHANGHAI, nights, {date(2026, 11, 2)})
    days = by_day(planned(SHANGHAI, kept), NOVEMBER)
    assert [seconds(day) // 3600 for day in days[:5]] == [0, 0, 2, 6, 0]


def test_half_a_day_of_leave_keeps_the_first_half() -> None:
    assert first_part([Span(0, 100), Span(200, 300)], 0.75) == [Span(0, 100), Span(200, 250)]
    assert first_part([Span(0, 100)], 0) == []


def test_clock_hours_are_those_the_clock_shows() -> None:
    time = SiteTime("Europe/Berlin")
    autumn, spring = (clock_hours(time.zone, time.day_of(day)) for day in (date(2026, 10, 25), date(2026, 3, 29)))
    assert [seconds([span]) for span, hour in autumn if hour == 2] == [7200]
    assert [hour for _, hour in spring] == [hour for hour in range(24) if hour != 2]
    half = SiteTime("Australia/Lord_Howe")
    assert sum(seconds([span]) for span, hour in clock_hours(half.zone, half.day_of(date(2026, 4, 5)))) == 88_200


def test_pieces_carry_the_weight_of_their_hour() -> None:
    hours = clock_hours(SHANGHAI.zone, SHANGHAI.day_of(date(2026, 11, 2)))
    day = planned(SHANGHAI, [PlannedShift(at(2, 9, 30), at(2, 11))])
    found = pieces(day, hours, [float(hour) for hour in range(24)])
    assert [(end - start, weight) for start, end, weight in found] == [(1800, 9.0), (3600, 10.0)]
    assert pieces(day, hours, []) == [Piece(*day[0], 1.0)]
    packed = pack([found, []])
    assert packed.start_s.shape == (2, 2)
    assert (packed.end_s - packed.start_s).tolist() == [[1800, 3600], [0, 0]]


@given(spans, spans)
def test_merging_and_taking_out_are_set_operations(some: list[Span], off: list[Span]) -> None:
    whole = merged(some)
    assert covered(whole) == covered(some)
    assert covered(without(whole, off)) == covered(some) - covered(off)
    assert seconds(without(whole, off)) == len(covered(some) - covered(off))


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 23), st.integers(1, 40)), max_size=5))
def test_every_planned_second_of_the_month_lies_on_one_day(shifts: list[tuple[int, int, int]]) -> None:
    days, start = NOVEMBER, SHANGHAI.day_of(date(2026, 11, 1)).start_ms // 1000
    found = merged(
        Span(begin, begin + length * 3600)
        for begin, length in ((start + (day - 1) * 86_400 + hour * 3600, length) for day, hour, length in shifts)
    )
    end = days[-1].end_ms // 1000
    inside = sum(max(0, min(b, end) - a) for a, b in found)
    assert sum(seconds(day) for day in by_day(found, days)) == inside
