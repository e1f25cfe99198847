"""What check says of a sound site: numbers worked out by hand, and what is likely not meant."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.floor.implied import implied
from dashboard.site.load import Site, load_site

ROOT = Path(__file__).parents[3]
NOVEMBER = date(2026, 11, 16)
SITE = """
[site]
zone = "Asia/Shanghai"
counting_since = 2026-11-02
[[policies]]
version = "v1"
effective_from = 2026-11-01
  [[policies.profiles]]
  id = "outbound"
  month_target = 4200
[[teams]]
id = "dawn"
[[shifts]]
id = "day"
start = "09:00"
end = "18:00"
breaks = [["12:00", "13:00"]]
[[shifts]]
id = "night"
start = "20:00"
end = "05:00"
[calendar]
country = "CN"
"""
ROSTER = """agent,team,has_probation,to
a1,dawn,,
a2,dawn,true,
a3,dawn,,2026-10-31
a4,dawn,,
"""


def site(folder: Path, **lists: str) -> Site:
    for name, text in {"site.toml": SITE, "roster.csv": ROSTER, **{f"{k}.csv": v for k, v in lists.items()}}.items():
        (folder / name).write_text(text)
    return load_site(folder / "site.toml")


def test_the_month_the_full_day_the_grades_and_who_is_assessed(tmp_path: Path) -> None:
    said = implied(site(tmp_path, employment="agent,from,kind\na4,2026-11-10,temporary\n"), NOVEMBER)
    assert "2026-11: 21 working days; 2026 has 22 public holidays and days off, 6 made-up workdays (CN)" in said
    assert "profile outbound (3 agents): 4200 net of handled a month; 200 on a day of 8.00 h" in said
    assert "grades: D from 0 (x 0.6), C from 0.6 (x 0.8), A from 0.9 (x 1)" in said
    assert "2026-11: 3 agents on 1 teams; 1 assessed, 1 not: probation, 1 not: temporary_or_external" in said
    assert "on no team in 2026-11: 1 agents: a3" in said
    assert "note: shift night runs over 00:00, where a business day ends and the next begins" in said


def test_who_has_no_shift_and_who_has_one_without_a_team(tmp_path: Path) -> None:
    rota = "agent,date,shift\na1,2026-11-02,day\na3,2026-11-02,day\n"
    said = implied(site(tmp_path, rota=rota), NOVEMBER)
    assert "without a shift in rota.csv in 2026-11: 2 agents: a2, a4" in said
    assert "note: in rota.csv on days on which they are on no team: 1 agents: a3" in said


def test_projects_are_spelled_out_with_what_their_clients_ordered(tmp_path: Path) -> None:
    more = '[[campaigns]]\nid = "c1"\n[[queues]]\nid = "q1"\n[[queues]]\nid = "q2"\n[[projects]]\nid = "acme"\nclient = "ACME"\n'
    more += 'campaigns = ["c1"]\nqueues = ["q2", "q1"]\nteams = ["dawn"]\n[[projects]]\nid = "bare"\n'
    origin = 'zone = "Asia/Shanghai"\nembed_in = ["https://desktop.example.com"]'
    (tmp_path / "site.toml").write_text(SITE.replace('zone = "Asia/Shanghai"', origin) + more)
    said = implied(load_site(tmp_path / "site.toml"), NOVEMBER)
    assert "project acme of ACME: campaigns c1; queues q2, q1; teams dawn" in said
    assert "project bare: nothing" in said
    assert "an agent's own page may be embedded by https://desktop.example.com" in said


def floor(folder: Path, more: str = "", month_target: int = 1680) -> Site:
    """500 agents on 21 days of 8 hours: 10 calls an hour."""
    text = SITE.replace("4200", str(month_target)) + more
    (folder / "site.toml").write_text(text)
    (folder / "roster.csv").write_text("agent,team\n" + "".join(f"a{n},dawn\n" for n in range(500)))
    return load_site(folder / "site.toml")


def false_alarms(site: Site) -> list[str]:
    return [line for line in implied(site, NOVEMBER) if line.startswith("naive_pace")]


def test_a_naive_pace_is_told_what_it_costs_and_without_one_nothing_is_said(tmp_path: Path) -> None:
    assert false_alarms(floor(tmp_path)) == []
    (said,) = false_alarms(floor(tmp_path, "[alerts]\nnaive_pace = 0.8\n"))
    who = "naive_pace 0.8, profile outbound: of 500 agents exactly on pace (10.0 calls an hour, 8.00 h) it names"
    assert said.startswith(who)
    figures = [float(figure) for figure in re.findall(r"(\d+\.\d)(?= in one| from| at the end)", said)]
    assert figures == pytest.approx([258.4, 413.8, 18.5], abs=3.6), "docs/method.md 12, two standard errors"


def test_the_arrivals_of_the_profile_and_its_assessed_agents_are_what_it_is_reckoned_from(tmp_path: Path) -> None:
    arrival = f"  arrival = {[0] * 10 + [1] * 14}\n"
    (tmp_path / "employment.csv").write_text("agent,from,kind\na1,2026-11-01,temporary\n")
    text = SITE.replace("  month_target = 4200\n", "  month_target = 1680\n" + arrival) + "[alerts]\nnaive_pace = 0.8\n"
    (tmp_path / "site.toml").write_text(text)
    (tmp_path / "roster.csv").write_text("agent,team\na1,dawn\na2,dawn\n")
    (said,) = false_alarms(load_site(tmp_path / "site.toml"))
    assert ": of 1 agents exactly on pace (10.0 calls an hour, 8.00 h) it names 0." in said


def test_under_a_works_council_or_without_a_target_a_naive_pace_names_nobody(tmp_path: Path) -> None:
    more = "[alerts]\nnaive_pace = 0.8\n"
    assert false_alarms(floor(tmp_path, more, month_target=0)) == []
    site = floor(tmp_path, more)
    council = replace(site, works_council="count")
    assert false_alarms(council) == ["naive_pace 0.8 names nobody: works_council judges no person"]


def test_under_a_works_council_teams_too_small_to_be_shown_alone_are_named(tmp_path: Path) -> None:
    said = implied(replace(site(tmp_path), works_council="count"), NOVEMBER)
    assert "works council: not shown by themselves: 1 teams: dawn" in said
    large = [line for line in implied(replace(floor(tmp_path), works_council="count"), NOVEMBER) if "works" in line]
    assert large == ["works council (count): nothing is judged of single people; time in state has no limits"]
    assert not any("works council" in line for line in implied(site(tmp_path), NOVEMBER))


def test_a_site_without_shifts_is_told_that_nothing_can_be_owed() -> None:
    said = implied(Site(), NOVEMBER)
    assert said[-1] == "note: no [[shifts]], so nobody has planned hours and no target can be owed"


def test_the_example_of_the_docs_is_sound_and_uses_every_section() -> None:
    example = load_site(ROOT / "docs" / "site.example.toml")
    assert [block.version for block in example.policies] == ["2026-11", "2026-12"]
    assert (example.policy(date(2026, 11, 30)).version, example.policy(date(2027, 3, 1)).version) == (
        "2026-11",
        "2026-12",
    )
    assert example.policy(date(2026, 1, 5)).version == "2026-11"
    assert all((example.teams, example.shifts, example.campaigns, example.boards, example.calendar.country))
    assert implied(example, NOVEMBER)
