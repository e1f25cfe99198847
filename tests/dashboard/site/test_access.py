"""Grants of access.csv: whose they are, and the instants at which they begin and end, also where the clock changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.site.grants import grants_of
from dashboard.site.load import Site, load_site
from dashboard.site.types import Grant
from tests.dashboard.site.written import write

SITE = '[site]\nzone = "{zone}"\nbusiness_day_start = "{start}"\n[[teams]]\nid = "dawn"\n[[teams]]\nid = "lake"\n'
HEAD = "account,group,role,team,from,to\n"


def site_of(folder: Path, rows: str, zone: str = "Asia/Shanghai", start: str = "00:00") -> Site:
    (folder / "access.csv").write_text(HEAD + rows, encoding="utf-8")
    return load_site(write(folder, SITE.format(zone=zone, start=start)))


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


def span(folder: Path, edges: str, zone: str, start: str = "00:00") -> tuple[int | None, int | None]:
    (grant,) = site_of(folder, f"local:gu,,hr,,{edges}\n", zone, start).grants
    return grant.from_ms, grant.to_ms


def test_a_site_without_the_list_grants_nothing(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, SITE.format(zone="UTC", start="00:00"))).grants == ()


def test_every_column_becomes_a_part_of_the_grant(tmp_path: Path) -> None:
    (tmp_path / "access.csv").write_text(
        "name,role,account,group,team\n顾明,lead,oidc:2f1c,,dawn\n,auditor,,audit,\n", "utf-8"
    )
    assert load_site(write(tmp_path, SITE.format(zone="UTC", start="00:00"))).grants == (
        Grant("oidc:2f1c", None, "lead", "dawn", None, None, None, "顾明"),
        Grant(None, "audit", "auditor", None, None, None, None),
    )


def test_an_account_has_its_own_grants_and_those_of_its_groups_and_no_others(tmp_path: Path) -> None:
    rows = "local:gu,,lead,dawn,,\nlocal:gu2,,admin,,,\n,leads,lead,lake,,\n,local:gu,auditor,,,\nlocal:gu,,hr,,,\n"
    site = site_of(tmp_path, rows)

    def roles(account: str, *groups: str) -> list[str]:
        return [grant.role + (grant.team or "") for grant in grants_of(site, account, groups, 0)]

    assert roles("local:gu") == ["leaddawn", "hr"]
    assert roles("local:gu", "leads") == ["leaddawn", "hr", "leadlake"]
    assert roles("oidc:x", "leads", "staff", "leads") == ["leadlake"]
    assert roles("leads") == roles("LOCAL:GU") == roles("local:gu ") == []


@pytest.mark.parametrize("start", ["00:00", "06:00"])
def test_days_are_whole_business_days_and_the_last_belongs_to_them(tmp_path: Path, start: str) -> None:
    site = site_of(tmp_path, "local:gu,,hr,,2026-11-02,2026-11-03\n", start=start)
    first, end = at(f"2026-11-02T{start}+08:00"), at(f"2026-11-04T{start}+08:00")
    in_force = [bool(grants_of(site, "local:gu", (), ms)) for ms in (first - 1, first, end - 1, end)]
    assert in_force == [False, True, True, False]


def test_the_hours_of_a_deputy_begin_and_end_at_local_times(tmp_path: Path) -> None:
    site = site_of(tmp_path, "local:gu,,lead,dawn,2026-11-30T14:00,2026-11-30 18:30\n")
    first, end = at("2026-11-30T14:00+08:00"), at("2026-11-30T18:30+08:00")
    in_force = [bool(grants_of(site, "local:gu", (), ms)) for ms in (first - 1, first, end - 1, end)]
    assert in_force == [False, True, True, False]


def test_a_grant_may_be_open_on_either_side(tmp_path: Path) -> None:
    site = site_of(tmp_path, "local:a,,hr,,2026-11-02,\nlocal:b,,hr,,,2026-11-02\nlocal:c,,hr,,,\n")
    early, late = at("1990-01-01T00:00+08:00"), at("2090-01-01T00:00+08:00")
    assert [[bool(grants_of(site, f"local:{who}", (), ms)) for ms in (early, late)] for who in "abc"] == [
        [False, True],
        [True, False],
        [True, True],
    ]


def test_a_day_on_which_the_clock_is_set_is_as_long_as_it_is(tmp_path: Path) -> None:
    longer, shorter = "2026-10-25", "2026-03-29"
    spans = [span(tmp_path, f"{day},{day}", "Europe/Berlin") for day in (longer, shorter)]
    assert spans == [
        (at("2026-10-25T00:00+02:00"), at("2026-10-26T00:00+01:00")),
        (at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00")),
    ]


def test_a_local_time_that_comes_twice_is_the_first_and_one_left_out_is_the_end_of_the_gap(tmp_path: Path) -> None:
    twice = span(tmp_path, "2026-10-25T02:30,2026-10-25T03:00", "Europe/Berlin")
    assert twice == (at("2026-10-25T02:30+02:00"), at("2026-10-25T03:00+01:00"))
    gap = span(tmp_path, "2026-03-29T02:30,2026-03-29T03:30", "Europe/Berlin")
    assert gap == (at("2026-03-29T03:00+02:00"), at("2026-03-29T03:30+02:00"))


def test_the_same_role_may_come_again_at_another_time(tmp_path: Path) -> None:
    rows = "local:gu,,hr,,2026-11-02,2026-11-02\nlocal:gu,,hr,,2026-11-04,2026-11-04\n"
    assert len(site_of(tmp_path, rows).grants) == 2
