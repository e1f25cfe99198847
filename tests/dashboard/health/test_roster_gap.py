"""Agents outside the roster: who they are, what is said of them, and the roster that is printed to put it right."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.health.agent_problems import counted_agents, missing_from_roster, roster_report, roster_warnings
from dashboard.health.health_service import HealthService
from dashboard.health.report import roster_tasks
from dashboard.site.load import Site, SiteError, load_site
from dashboard.site.roster_rows import roster_rows
from dashboard.site.watch import SiteWatch
from dashboard.tables import write_csv
from tests.dashboard.cli.program import call as run
from tests.dashboard.partitions import NOON_MS, SITE, TOPIC, Partition, call, heartbeat, reader, state
from tests.dashboard.site.written import write

BARE = Site(zone="Asia/Shanghai")
TEAMS = '[site]\nzone = "Asia/Shanghai"\n[[teams]]\nid = "dawn"\nprofile = "outbound"\n'
ROSTER = (
    "agent,name,team,month_target,has_probation,regularised_on,from,to\n"
    "1042,林晓芸,dawn,4500,true,2026-11-09,2026-11-02,\n"
    '1043,"O\'Neil, ""Kit""",dawn,,,,,\n'
    "1044,赵敏,,,,,,\n"
)
ODD = ("007", "=SUM(A1)", "Anna Schmidt", "a,b", "agent/ä#1")


@pytest.mark.services
def test_who_is_seen_has_a_cell_or_a_state_and_nobodys_calls_are_no_agent(store_client: Any) -> None:
    Partition(store_client, 0).write(call("a1", "c1", NOON_MS), call(None, "c2", NOON_MS), heartbeat(NOON_MS))
    Partition(store_client, 1).write(state("z9", NOON_MS, "talk"), call("007", "c3", NOON_MS))
    assert counted_agents(reader(store_client)) == ["007", "a1", "z9"]
    assert missing_from_roster(counted_agents(reader(store_client)), SITE) == ["007", "z9"]


def test_check_says_how_many_who_and_what_to_do() -> None:
    gap, teams = roster_warnings(["Anna Schmidt", "007"], BARE)
    assert gap.startswith(
        "2 agents are not in the roster: 007, Anna Schmidt. They are counted and stand at /team/~everyone"
    )
    assert "`callfloor roster`" in gap
    assert teams.startswith("there are no teams: ")
    assert roster_warnings(["a1"], SITE) == []
    assert roster_warnings(["x"], SITE)[0].startswith("1 agent is not in the roster: x.")
    assert ", 9 and 2 more. They" in roster_warnings([f"{n:x}" for n in range(12)], SITE)[0]


@pytest.mark.services
def test_health_names_what_is_missing(store_client: Any) -> None:
    Partition(store_client, 0).write(*(call(id, id, NOON_MS) for id in ODD), heartbeat(NOON_MS))
    told = HealthService(SiteWatch.fixed(BARE), lambda: reader(store_client), lambda: NOON_MS).report()
    assert told.roster == {"seen": 5, "teams": 0, "missing": 5, "agents": sorted(ODD)}
    assert [each["code"] for each in told.to_do] == ["roster", "no_teams"]
    assert "no_complaint_source" in told.unreported and "no_call_source" not in told.unreported
    assert roster_tasks(roster_report(["a1"], SITE)) == roster_tasks(None) == []


def printed(path: Path | None, agents: tuple[str, ...], to: Path, raw: bool) -> Path:
    columns, rows = roster_rows(path, agents)
    with to.open("w", encoding="utf-8", newline="") as out:
        write_csv(dict.fromkeys(columns, "object"), rows, out, raw)
    return to


@pytest.mark.parametrize("raw", [False, True])
def test_what_is_printed_is_a_roster_that_loads_and_keeps_its_rows(tmp_path: Path, raw: bool) -> None:
    site = write(tmp_path, TEAMS, ROSTER)
    before = load_site(site).roster
    assert [spell.agent for spell in before] == ["1042", "1043"]  # a row without a team is left out
    assert before[0].regularised_on == date(2026, 11, 9)
    printed(tmp_path / "roster.csv", (*ODD, "1042"), tmp_path / "new.csv", raw).rename(tmp_path / "roster.csv")
    assert load_site(site).roster == before
    again = printed(tmp_path / "roster.csv", ODD, tmp_path / "again.csv", raw)
    assert again.read_bytes() == (tmp_path / "roster.csv").read_bytes()


def test_filled_in_it_puts_everybody_into_a_team(tmp_path: Path) -> None:
    site = write(tmp_path, TEAMS)
    columns, rows = roster_rows(None, ODD)
    assert columns == ["agent", "name", "alias", "team", "profile", "stratum", "post", "month_target", "has_probation",
                       "regularised_on", "from", "to"]  # fmt: skip
    with (tmp_path / "roster.csv").open("w", encoding="utf-8", newline="") as out:
        write_csv(dict.fromkeys(columns, "object"), [row | {"team": "dawn"} for row in rows], out)
    assert {spell.agent for spell in load_site(site).roster} == {*ODD}


def test_a_roster_with_errors_is_refused_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, TEAMS, "agent,team,to\n1042,dawn,someday\n")
    with pytest.raises(SiteError, match=r"roster\.csv:2"):
        roster_rows(tmp_path / "roster.csv", ())


@pytest.mark.services
def test_the_command_prints_it_also_into_the_file_itself(store_client: Any, redis_url: str, tmp_path: Path) -> None:
    Partition(store_client, 0).write(*(call(id, id, NOON_MS) for id in ODD), heartbeat(NOON_MS))
    site = write(tmp_path, TEAMS, "agent,team\n007,dawn\n")
    found = run("roster", "--site", str(site), "--redis", redis_url, "--topic", TOPIC)
    assert (found.returncode, found.stdout.count("\n")) == (0, 6)
    assert "5 rows, 4 of them without a team" in found.stderr
    assert "\n007,,,dawn" in found.stdout.replace("\r", "")
