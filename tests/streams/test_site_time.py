"""The clock of a site, against the golden cases and against its own laws in zones with unusual changes of clock."""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.counting_policy import Counting
from streams.decode import Record
from streams.ledger.partition_state import PartitionState
from streams.site_time import HOUR_MS, MINUTE_MS, SiteTime, minute_of, parse_rfc3339, rfc3339, split, window
from tests.golden import differences, rule_cases
from tests.streams.making import call_record, new_fold

ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "America/New_York",
    "Africa/Casablanca",
    "Pacific/Apia",
    "UTC",
)
STARTS = ("00:00", "02:15", "02:30", "06:00", "22:00", "23:59")
_clocks = {(zone, start): SiteTime(zone, start) for zone in ZONES for start in STARTS}
clocks = st.sampled_from(sorted(_clocks)).map(lambda name: _clocks[name])
labels = st.dates(date(2010, 1, 1), date(2035, 1, 1))
instants = st.integers(parse_rfc3339("2010-01-01T00:00:00Z"), parse_rfc3339("2035-01-01T00:00:00Z"))


@pytest.mark.parametrize("case", rule_cases("time_bucket"))
def test_time_bucket(case: dict[str, Any]) -> None:
    asked = case["input"]
    ms = parse_rfc3339(asked["instant"])
    day = SiteTime(asked["zone"], asked["business_day_start"]).day(ms)
    answer = {
        "minute": minute_of(ms),
        "business_day": str(day.label),
        "month": str(day.label)[:7],
        "day_hours": (day.end_ms - day.start_ms) / HOUR_MS,
        "day_from": rfc3339(day.start_ms),
        "day_to": rfc3339(day.end_ms),
    }
    assert differences(answer, case["expected"], case["tolerance"]) == []


@pytest.mark.parametrize("case", rule_cases("time_window"))
def test_time_window(case: dict[str, Any]) -> None:
    asked = case["input"]
    now_ms, minutes = parse_rfc3339(asked["now"]), asked["event_minutes"]
    first, end = window(now_ms, asked["w"])
    answer = {
        "from_minute": first,
        "to_minute": end,
        "running_minute": minute_of(now_ms),
        "counted": [minute for minute in minutes if first <= minute < end],
        "counted_live": [minute for minute in minutes if first <= minute <= end],
    }
    assert differences(answer, case["expected"], case["tolerance"]) == []


@pytest.mark.parametrize("case", rule_cases("time_split"))
def test_time_split(case: dict[str, Any]) -> None:
    asked, expected = case["input"], case["expected"]
    clock = SiteTime(asked["zone"], asked["business_day_start"])
    days: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    for at_ms, seconds in split(parse_rfc3339(asked["from"]), parse_rfc3339(asked["to"])):
        days[str(clock.day(at_ms).label)] += seconds
        minutes[str(minute_of(at_ms))] += seconds
    months: Counter[str] = Counter()
    for label, seconds in days.items():
        months[label[:7]] += seconds
    answer = {"day": days, "month": months, "minute_count": len(minutes)}
    answer |= {"minute": minutes} if "minute" in expected else {}
    assert differences(answer, expected, case["tolerance"]) == []


@pytest.mark.parametrize("case", rule_cases("time_lateness"))
def test_time_lateness(case: dict[str, Any]) -> None:
    asked = case["input"]
    known = PartitionState()
    known.newest_ms = None if asked["newest_seen"] is None else parse_rfc3339(asked["newest_seen"])
    lateness_ms, future_ms = asked["lateness_h"] * HOUR_MS, asked["future_min"] * MINUTE_MS
    fold = new_fold(known, counting=Counting(lateness_ms=lateness_ms, future_ms=future_ms))
    event_ms = parse_rfc3339(asked["event"])
    fold.fold_record(replace(call_record(0, at_ms=event_ms), append_ms=parse_rfc3339(asked["append"])))
    judged = next((n[5:] for n in known.totals if n.startswith("dead:")), "accepted")
    assert judged == case["expected"]["verdict"]
    assert known.totals["applied"] == (judged == "accepted")


@given(clocks, labels)
def test_days_follow_each_other_without_gap_or_overlap(clock: SiteTime, label: date) -> None:
    days = [clock.day_of(label + timedelta(days=shift)) for shift in range(-2, 4)]
    assert all(one.end_ms == following.start_ms for one, following in pairwise(days))
    assert all(one.start_ms <= one.end_ms for one in days)


@given(clocks, instants)
def test_an_instant_lies_in_its_day(clock: SiteTime, ms: int) -> None:
    day = clock.day(ms)
    assert day.start_ms <= ms < day.end_ms
    assert day == clock.day_of(day.label)
    assert clock.day(day.start_ms) == day == clock.day(day.end_ms - 1)


@given(clocks, instants)
def test_blocks_are_sixty_minutes_from_the_days_start(clock: SiteTime, ms: int) -> None:
    day, block = clock.day(ms), clock.block(ms)
    assert block * MINUTE_MS <= ms < (block + 60) * MINUTE_MS
    assert day.start_ms % MINUTE_MS == 0
    assert (block * MINUTE_MS - day.start_ms) % HOUR_MS == 0
    assert day.start_ms <= block * MINUTE_MS


@given(clocks, instants)
def test_every_second_of_a_minute_lies_in_the_same_buckets(clock: SiteTime, ms: int) -> None:
    first = minute_of(ms) * MINUTE_MS
    assert clock.day(first) == clock.day(first + MINUTE_MS - 1)
    assert clock.block(first) == clock.block(first + MINUTE_MS - 1)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(microsecond=0)),
)
def test_a_wall_time_is_the_earliest_instant_that_reads_at_least_that(zone: str, wall: datetime) -> None:
    clock = SiteTime(zone)
    at = clock.instant(wall)

    def reads(ms: int) -> datetime:
        whole = datetime.fromtimestamp(ms // 1000, clock.zone).replace(tzinfo=None)
        return whole + timedelta(milliseconds=ms % 1000)

    assert reads(at) >= wall
    assert all(reads(at - back) < wall for back in (1, 1000, 1_800_000, 3_600_000, 7_200_000, 86_400_000))


def test_a_day_that_the_clock_left_out_is_empty_and_nothing_lies_in_it() -> None:
    apia = SiteTime("Pacific/Apia")
    gone = apia.day_of(date(2011, 12, 30))
    assert gone.start_ms == gone.end_ms
    assert [apia.day(gone.start_ms + shift).label for shift in (-1, 0)] == [date(2011, 12, 29), date(2011, 12, 31)]


def test_the_half_hour_of_lord_howe_and_the_midnight_of_santiago() -> None:
    lord_howe = SiteTime("Australia/Lord_Howe", "02:15").day_of(date(2026, 10, 4))
    assert rfc3339(lord_howe.start_ms) == "2026-10-03T15:30:00Z"
    santiago = SiteTime("America/Santiago").day_of(date(2026, 9, 6))
    assert (rfc3339(santiago.start_ms), santiago.end_ms - santiago.start_ms) == ("2026-09-06T04:00:00Z", 23 * HOUR_MS)


@given(st.integers(0, 10**13), st.integers(0, 10**8))
def test_split_gives_every_whole_second_once_and_no_stretch_crosses_a_minute(from_ms: int, length_ms: int) -> None:
    stretches = list(split(from_ms, from_ms + length_ms))
    assert sum(seconds for _, seconds in stretches) == (from_ms + length_ms) // 1000 - from_ms // 1000
    for at_ms, seconds in stretches:
        assert 0 < seconds <= 60
        assert minute_of(at_ms) == minute_of(at_ms + seconds * 1000 - 1)


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("2026-11-23T06:00:00Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23t06:00:00z", "2026-11-23T06:00:00Z"),
        ("2026-11-23 06:00:00Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23T14:00:00+08:00", "2026-11-23T06:00:00Z"),
        ("2026-11-23T00:30:00-05:30", "2026-11-23T06:00:00Z"),
        ("2026-11-23T06:00:00-00:00", "2026-11-23T06:00:00Z"),
        ("2026-11-23T05:59:00-00:01", "2026-11-23T06:00:00Z"),
        ("2026-11-23T06:00:00.1Z", "2026-11-23T06:00:00.100Z"),
        ("2026-11-23T06:00:00.123999999999Z", "2026-11-23T06:00:00.123Z"),
        ("2026-11-23T06:00:00.000999Z", "2026-11-23T06:00:00Z"),
    ],
)
def test_an_instant_may_be_written_in_several_ways(text: str, same_as: str) -> None:
    assert rfc3339(parse_rfc3339(text)) == same_as


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23",
        "2026-11-23T06:00Z",
        "2026-11-23T06:00:00",
        "2026-11-23T06:00:00.Z",
        "2026-11-23T06:00:00,5Z",
        "2026-11-23T06:00:60Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T06:60:00Z",
        "2026-11-23T06:00:00+0800",
        "2026-11-23T06:00:00+24:00",
        "2026-11-23T06:00:00+05:60",
        "2026-02-29T06:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-23T06:00:00Z ",
        "2026-11-23T06:00:00Z\n",
        "２０２６-11-23T06:00:00Z",
        "20261123T060000Z",
        "2026-W48-1T06:00:00Z",
    ],
)
def test_what_is_no_instant_with_an_offset(text: str) -> None:
    with pytest.raises(ValueError):
        parse_rfc3339(text)


@given(st.integers(parse_rfc3339("0001-01-02T00:00:00Z"), parse_rfc3339("9999-12-30T00:00:00Z")))
def test_an_instant_is_read_as_it_was_written(ms: int) -> None:
    assert parse_rfc3339(rfc3339(ms)) == ms


def test_before_1970_a_fraction_is_still_cut_down() -> None:
    assert parse_rfc3339("1969-12-31T23:59:59.9999Z") == -1


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59-23:59"])
def test_a_fact_outside_of_the_calendar_is_a_dead_letter_and_the_fold_goes_on(text: str) -> None:
    known = PartitionState()
    fold = new_fold(known)
    at_ms = parse_rfc3339(text)
    record = call_record(0, ended_at=text)
    fold.fold_record(Record(0, max(at_ms, 0), record.key, record.value))
    fold.fold_record(call_record(1))
    assert (known.totals["dead:bad_field"], known.totals["applied"]) == (1, 1)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that give way to one another as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_threads_that_share_a_clock_find_the_same_days() -> None:
    begin = parse_rfc3339("2026-01-01T12:00:00Z")
    noons = [begin + day * 24 * HOUR_MS for day in range(60)]
    alone = [SiteTime("Asia/Shanghai").day(noon) for noon in noons]

    def ask(clock: SiteTime, seed: int) -> bool:
        order = random.Random(seed).sample(range(len(noons)), len(noons))
        return all(clock.day(noons[at]) == alone[at] for at in order)

    with ThreadPoolExecutor(6) as threads:
        for clock in (SiteTime("Asia/Shanghai") for _ in range(100)):
            assert all(threads.map(lambda seed, clock=clock: ask(clock, seed), range(6)))
