"""Totals: which rows there are, in which order, and that they add up, read from a real Redis."""

import csv
import io
import json
from datetime import date
from typing import Any

import openpyxl
import pytest

from dashboard.floor.totals import BY, BadBound, By, Period, Row, columns, parse_bound, totals
from dashboard.site.load import Site, Spell
from dashboard.tables import write_csv, write_json, write_workbook
from streams.metrics import INDEX, NAMES
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS, SiteTime, parse_rfc3339
from tests.dashboard.partitions import MIDNIGHT_MS, NOON_MS, SITE, Partition, call, reader, state

SHANGHAI = SiteTime("Asia/Shanghai")


@pytest.fixture
def counted(store_client: Any) -> Any:
    """Two days of a floor: a1 and a stranger in partition 0, b1 and calls of nobody in partition 1."""
    Partition(store_client, 0).write(
        call("a1", "1", NOON_MS, campaign="renewal"),
        call("a1", "2", NOON_MS + 30_000),
        call("a1", "3", NOON_MS + DAY_MS),
        call("stranger", "4", NOON_MS),
    )
    Partition(store_client, 1).write(
        call("b1", "5", NOON_MS - HOUR_MS, queue="vip"),
        call("b1", "6", NOON_MS + DAY_MS, queue="vip"),
        call(None, "7", NOON_MS, campaign="renewal", outcome="abandoned"),
    )
    return store_client


def rows(
    client: Any, by: By, period: Period, from_: str | None = None, to: str | None = None, site: Site = SITE
) -> list[Row]:
    bounds = [parse_bound(text, SHANGHAI) if text else None for text in (from_, to)]
    return list(totals(reader(client), site, by, period, *bounds))


def in_csv(found: list[Row], by: By) -> list[dict[str, str]]:
    out = io.StringIO()
    write_csv(columns(by, "day"), found, out, raw=True)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def in_json(found: list[Row], by: By) -> list[dict[str, Any]]:
    out = io.StringIO()
    write_json(columns(by, "day"), found, out)
    read: list[dict[str, Any]] = json.loads(out.getvalue())
    return read


def attempts(found: list[Row]) -> list[tuple[str | int, ...]]:
    return [(*list(row.values())[:2], row["attempts"]) for row in found]


def test_one_row_for_each_agent_and_day_that_has_something(counted: Any) -> None:
    assert attempts(rows(counted, "agent", "day")) == [
        ("2026-11-23", "a1", 2),
        ("2026-11-23", "b1", 1),
        ("2026-11-23", "stranger", 1),
        ("2026-11-23", "~unattributed", 1),
        ("2026-11-24", "a1", 1),
        ("2026-11-24", "b1", 1),
    ]


def test_minutes_and_hours_are_labelled_by_the_utc_minute_they_start_in(counted: Any) -> None:
    assert attempts(rows(counted, "agent", "minute", to="2026-11-24"))[:2] == [
        ("2026-11-23T03:00Z", "b1", 1),
        ("2026-11-23T04:00Z", "a1", 2),
    ]
    late = call("a1", "8", NOON_MS + 90 * MINUTE_MS)
    Partition(counted, 0, zone="Asia/Kolkata").write(late)  # hour blocks from midnight in India: half past, in UTC
    assert ("2026-11-23T05:30Z", "a1", 1) in attempts(rows(counted, "agent", "hour"))


def test_teams_are_those_of_the_periods_last_day(counted: Any) -> None:
    assert attempts(rows(counted, "team", "day")) == [
        ("2026-11-23", "dawn", 2),
        ("2026-11-23", "lake", 1),
        ("2026-11-23", "~no-team", 1),
        ("2026-11-23", "~unattributed", 1),
        ("2026-11-24", "dawn", 2),
    ]
    # The month still runs: in force is the team of the newest day of the log, which b1 joined on the 24th.
    assert attempts(rows(counted, "team", "month")) == [
        ("2026-11", "dawn", 5),
        ("2026-11", "~no-team", 1),
        ("2026-11", "~unattributed", 1),
    ]


def test_a_month_counts_whole_in_the_last_team_of_who_left(counted: Any) -> None:
    left = Spell("a1", "a1", "a1", None, "lake", None, date(2026, 11, 23))
    found = attempts(rows(counted, "team", "month", site=Site(zone=SITE.zone, teams=SITE.teams, roster=(left,))))
    assert ("2026-11", "lake", 3) in found


def test_campaigns_and_queues_are_named_without_their_prefix(counted: Any) -> None:
    assert attempts(rows(counted, "campaign", "day")) == [("2026-11-23", "renewal", 2)]
    assert attempts(rows(counted, "queue", "month")) == [("2026-11", "vip", 2)]


@pytest.mark.parametrize("period", ["minute", "hour", "day", "month"])
def test_agents_teams_and_the_site_add_up_to_the_same(counted: Any, period: Period) -> None:
    Partition(counted, 0).write(state("a1", NOON_MS, "talk"), state("a1", NOON_MS + 90_000, "wrap"))

    def sums(by: By) -> list[int]:
        found = rows(counted, by, period)
        return [sum(int(row[name]) for row in found) for name in NAMES]

    assert sums("agent") == sums("team") == sums("site")
    assert sums("agent")[INDEX["attempts"]] == 7
    assert {row["site"] for row in rows(counted, "site", period)} == {"测试"}


def test_from_is_counted_and_to_is_not(counted: Any) -> None:
    days = [("2026-11-24", "a1", 1), ("2026-11-24", "b1", 1)]
    assert attempts(rows(counted, "agent", "day", from_="2026-11-24")) == days
    assert attempts(rows(counted, "agent", "day", to="2026-11-24"))[-1][0] == "2026-11-23"
    assert rows(counted, "agent", "day", from_="2026-11-25") == []
    assert attempts(rows(counted, "agent", "minute", "2026-11-23T03:00Z", "2026-11-23T04:00Z")) == [
        ("2026-11-23T03:00Z", "b1", 1)
    ]


def test_a_cell_whose_amounts_are_all_taken_back_is_empty(counted: Any) -> None:
    _, moved = call("b1", "3", NOON_MS + DAY_MS, version=2)  # under the old key: it takes back and gives nothing
    Partition(counted, 0).write(("a1", moved))
    assert ("2026-11-24", "a1", 1) not in attempts(rows(counted, "agent", "day"))
    assert all(any(row[name] for name in NAMES) for row in rows(counted, "agent", "day"))


def test_csv_has_every_metric_by_name_and_writes_zeros(counted: Any) -> None:
    first = in_csv(rows(counted, "agent", "day"), "agent")[0]
    assert list(first) == ["period", "agent", *NAMES]
    assert (first["period"], first["agent"], first["attempts"], first["talk_s"], first["hold_s"]) == (
        "2026-11-23", "a1", "2", "120", "0",
    )  # fmt: skip


@pytest.mark.parametrize("by", BY)
def test_json_is_a_list_of_the_same_objects(counted: Any, by: By) -> None:
    found = rows(counted, by, "day")
    assert [{k: str(v) for k, v in item.items()} for item in in_json(found, by)] == in_csv(found, by)


def test_the_workbook_holds_the_same_as_numbers(counted: Any) -> None:
    found, raw = rows(counted, "agent", "day"), io.BytesIO()
    write_workbook(columns("agent", "day"), found, raw, "totals")
    lines = list(openpyxl.load_workbook(raw).active.values)
    assert lines[0] == ("period", "agent", *NAMES)
    assert lines[1:] == [tuple(row.values()) for row in found]


def test_nothing_counted_is_no_row(store_client: Any) -> None:
    assert in_json(rows(store_client, "agent", "day"), "agent") == []


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23", "2026-11-22T16:00:00Z"),
        ("2026-11", "2026-10-31T16:00:00Z"),
        ("2026-11-23T06:32Z", "2026-11-23T06:32:00Z"),
        ("2026-11-23T06:32:10.250Z", "2026-11-23T06:32:10.250Z"),
        ("2026-11-23T14:32+08:00", "2026-11-23T06:32:00Z"),
    ],
)
def test_bounds_are_business_days_months_or_instants(text: str, instant: str) -> None:
    assert parse_bound(text, SHANGHAI) == parse_rfc3339(instant)


def test_a_day_begins_where_the_business_day_does() -> None:
    assert parse_bound("2026-11-23", SiteTime("Asia/Shanghai", "06:00")) == MIDNIGHT_MS + 6 * HOUR_MS


@pytest.mark.parametrize("text", ["", "today", "2026-13", "2026-11-31", "2026-11-23T06:32", "23.11.2026"])
def test_a_bound_that_is_none_says_what_is(text: str) -> None:
    with pytest.raises(BadBound, match="no day .* month .* or instant"):
        parse_bound(text, SHANGHAI)
