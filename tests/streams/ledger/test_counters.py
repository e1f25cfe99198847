"""Differences to cells: every kind of bucket has the same sum, and what is past its retention is not written."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.counting_policy import Counting, Retention
from streams.ledger.counters import CellChanges, MinuteSums, limits_at
from streams.ledger.outcome import Difference
from streams.metrics import ONE
from streams.site_time import DAY_MS, HOUR_MS, KINDS, MINUTE_MS, Bucket, SiteTime, day_key, minute_of, parse_rfc3339
from tests.streams.making import NOW_MS, SHANGHAI, at

FOR_EVER = Retention(minutes_ms=4_000 * DAY_MS, hours_ms=4_000 * DAY_MS, months=120)
CLOCKS = [SiteTime(*site) for site in (("Asia/Shanghai",), ("Australia/Lord_Howe", "02:15"), ("America/Santiago",))]


def cells(
    differences: list[Difference], newest_ms: int = NOW_MS, retention: Retention = FOR_EVER, clock: SiteTime = SHANGHAI
) -> CellChanges:
    sums = MinuteSums()
    sums.add(differences)
    found = sums.cells(clock, limits_at(newest_ms, Counting(), retention, clock))
    return {
        bucket: {line: n for line, n in lines.items() if n} for bucket, lines in found.items() if any(lines.values())
    }


def test_one_difference_reaches_every_kind() -> None:
    minute = minute_of(at())
    assert cells([Difference("1042", minute, ONE["handled"])]) == {
        Bucket("m", minute): {"1042": ONE["handled"]},
        Bucket("h", minute): {"1042": ONE["handled"]},
        Bucket("d", 20261123): {"1042": ONE["handled"]},
        Bucket("mo", 202611): {"1042": ONE["handled"]},
    }


def test_what_cancels_out_changes_nothing() -> None:
    given_and_taken = [Difference("1042", 29_923_560, ONE["handled"]), Difference("1042", 29_923_560, -ONE["handled"])]
    assert cells(given_and_taken) == {}


differences = st.lists(
    st.builds(
        Difference,
        st.sampled_from(["1042", "1043", "~unattributed"]),
        st.integers(minute_of(NOW_MS) - 80_000, minute_of(NOW_MS)),
        st.sampled_from([ONE["handled"], -ONE["talk_s"], 60 * ONE["state_break_s"]]),
        st.sampled_from([1, 1, 2, 2_000, 4_500]),
    ),
    max_size=2,
)


@given(differences, st.sampled_from(CLOCKS))
def test_every_kind_of_bucket_has_the_same_sum_per_line(made: list[Difference], clock: SiteTime) -> None:
    found = cells(made, clock=clock)
    for line in {difference.line for difference in made}:
        total = sum(d.amounts * d.minutes for d in made if d.line == line)
        for kind in KINDS:
            assert sum(lines.get(line, 0) for bucket, lines in found.items() if bucket.kind == kind) == total


@settings(max_examples=40)
@given(differences, st.sampled_from(CLOCKS), st.integers(0, 60 * DAY_MS), st.booleans())
def test_many_minutes_in_a_row_are_as_the_same_one_by_one(
    made: list[Difference], clock: SiteTime, later_ms: int, usual: bool
) -> None:
    retention = Retention() if usual else FOR_EVER
    one_by_one = [Difference(d.line, d.minute + i, d.amounts) for d in made for i in range(d.minutes)]
    newest_ms = NOW_MS + later_ms
    assert cells(made, newest_ms, retention, clock) == cells(one_by_one, newest_ms, retention, clock)


def test_fifty_years_in_one_state_are_no_more_than_what_is_kept() -> None:
    half_a_century = Difference("1042", 0, 60 * ONE["state_talk_s"], minute_of(NOW_MS))
    found = cells([half_a_century], retention=Retention())
    months = [bucket.key for bucket in found if bucket.kind == "mo"]
    assert (min(months), max(months)) == (202410, 202611)
    assert len(found) < 5_000


def test_limits_are_the_retention_before_the_newest_fact() -> None:
    limits = limits_at(NOW_MS, Counting(), Retention(), SHANGHAI)
    minute = minute_of(NOW_MS)
    hour = NOW_MS // HOUR_MS
    buckets = {"m": minute - 48 * 60, "h": minute - 40 * 1440, "d": 20241001, "mo": 202410}
    assert limits == (buckets, hour - 73, hour - 2401)
    assert limits.keeps(Bucket("m", minute - 48 * 60))
    assert not limits.keeps(Bucket("m", minute - 48 * 60 - 1))
    assert not limits.keeps(Bucket("mo", 202409))


@pytest.mark.parametrize(
    ("newest", "months", "oldest"), [("2026-01-05", 1, 202512), ("2026-12-05", 12, 202512), ("2026-03-05", 25, 202402)]
)
def test_months_are_counted_back_over_new_year(newest: str, months: int, oldest: int) -> None:
    limits = limits_at(parse_rfc3339(f"{newest}T00:00:00Z"), Counting(), Retention(months=months), SHANGHAI)
    assert (limits.buckets["mo"], limits.buckets["d"]) == (oldest, oldest * 100 + 1)


@given(st.integers(0, 4 * 10**12), st.integers(0, 10**10), st.sampled_from(CLOCKS))
def test_limits_never_go_back(newest_ms: int, later_ms: int, clock: SiteTime) -> None:
    before, after = (limits_at(ms, Counting(), Retention(), clock) for ms in (newest_ms, newest_ms + later_ms))
    keys = [(*limits.buckets.values(), limits.call_stamp, limits.fact_stamp) for limits in (before, after)]
    assert all(one <= other for one, other in zip(*keys, strict=True))


def test_day_keys_read_as_dates() -> None:
    assert day_key(date(2026, 1, 31)) == 20260131
    assert MINUTE_MS == 60_000
