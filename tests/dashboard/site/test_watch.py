"""A changed site file is taken up by processes that run; a broken one changes nothing and is told with its lines."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.site.grants import grants_of
from dashboard.site.load import SiteError
from dashboard.site.watch import SiteWatch
from streams.site_time import DayClock
from tests import patient_http, signing
from tests.dashboard.cli.program import started
from tests.dashboard.partitions import MIDNIGHT_MS
from tests.dashboard.running import Clock, published, publishing, serving, snapshot
from tests.waiting import PATIENCE_S, wait_until

ONE = '[site]\nname = "One"\nzone = "Asia/Shanghai"\n[[teams]]\nid = "dawn"\n'
TWO = ONE.replace("One", "Two") + '[[teams]]\nid = "lake"\nprofile = "inbound"\n'
BROKEN = TWO.replace("zone", "zona").replace("inbound", "outbond")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(ONE)
    return path


def test_a_change_is_seen_a_broken_one_is_told_and_a_repaired_one_holds(site: Path) -> None:
    watch = SiteWatch.read(str(site))
    first = watch.state
    watch.look()
    assert watch.state is first
    site.write_text(BROKEN)
    watch.look()
    assert (watch.site, watch.state.loaded_ms) == (first.site, first.loaded_ms)
    assert [problem.line for problem in watch.state.problems] == [1, 3, 8]
    site.write_text(TWO)
    watch.look()
    assert (watch.site.name, [team.id for team in watch.site.teams]) == ("Two", ["dawn", "lake"])
    assert watch.state.problems == ()


def test_lists_that_come_change_or_go_are_seen_as_well(site: Path) -> None:
    watch, roster = SiteWatch.read(str(site)), site.parent / "roster.csv"
    roster.write_text("agent,team\na1,dawn\n")
    watch.look()
    assert [spell.agent for spell in watch.site.roster] == ["a1"]
    roster.write_text("agent,team\na2,dawn\n")
    os.utime(roster, ns=(1, 1))
    watch.look()
    assert [spell.agent for spell in watch.site.roster] == ["a2"]
    roster.unlink()
    watch.look()
    assert watch.site.roster == ()


def test_a_changed_grant_is_taken_up_and_a_wrong_one_leaves_the_others_as_they_were(site: Path) -> None:
    watch, access = SiteWatch.read(str(site)), site.parent / "access.csv"
    access.write_text("account,role,team\nlocal:gu,lead,dawn\n")
    watch.look()
    assert [grant.account for grant in grants_of(watch.site, "local:gu", (), 0)] == ["local:gu"]
    access.write_text("account,role,team\nlocal:gu,lead,dusk\n")
    watch.look()
    assert len(grants_of(watch.site, "local:gu", (), 0)) == 1
    assert [(Path(each.file).name, each.line) for each in watch.state.problems] == [("access.csv", 2)]
    access.write_text("account,role,team\n")
    watch.look()
    assert grants_of(watch.site, "local:gu", (), 0) == ()


def test_another_clock_waits_for_the_count_and_the_rest_of_the_change_holds(site: Path) -> None:
    counted: list[DayClock | None] = [None]
    watch = SiteWatch.read(str(site), counted=lambda: counted[-1])
    before = watch.state
    counted.append(DayClock("Asia/Shanghai"))
    watch.look()
    assert watch.state is before
    site.write_text(TWO.replace("Asia/Shanghai", "Europe/Berlin") + '[alerts]\nidle_limit = "5m"\n')
    watch.look()
    assert (watch.site.zone, watch.site.name, len(watch.site.teams)) == ("Asia/Shanghai", "Two", 2)
    assert watch.state.waiting == DayClock("Europe/Berlin")
    waiting = watch.state
    watch.look()
    assert watch.state is waiting
    counted.append(DayClock("Europe/Berlin"))
    watch.look()
    assert (watch.site.zone, watch.state.waiting) == ("Europe/Berlin", None)


def test_a_site_file_that_is_gone_changes_nothing_but_is_told(site: Path) -> None:
    watch = SiteWatch.read(str(site))
    site.unlink()
    watch.look()
    assert watch.site.name == "One"
    assert "cannot be read" in watch.state.problems[0].message


def test_at_the_start_a_broken_file_is_refused(site: Path) -> None:
    site.write_text(BROKEN)
    with pytest.raises(SiteError, match="zona"):
        SiteWatch.read(str(site))


@pytest.mark.services
def test_publisher_and_server_go_over_to_the_changed_site_while_they_run(redis_url: str, site: Path) -> None:
    clock = Clock(MIDNIGHT_MS + 10 * 3_600_000)
    watch = SiteWatch.read(str(site))
    with watch.looking(), publishing(redis_url, clock, watch=watch), serving(redis_url, watch=watch) as address:
        before = published(address)
        assert [team["id"] for team in before["teams"]] == ["dawn"]
        assert snapshot(address, "team:lake").status_code == 404
        assert patient_http.get(f"{address}/team/lake").status_code == 404
        site.write_text(TWO)
        wait_until(lambda: len(published(address)["teams"]) == 2, PATIENCE_S, "the other site")
        assert published(address)["epoch"] != before["epoch"]
        assert published(address, "team:lake")["teams"][0]["direction"] == "inbound"
        whole = published(address)
        (site.parent / "access.csv").write_text("account,role\nlocal:gu,hr\n")
        wait_until(lambda: watch.site.grants, PATIENCE_S, "the grant")
        wait_until(lambda: published(address)["seq"] > whole["seq"] + 4, PATIENCE_S, "a second of frames")
        assert published(address)["epoch"] == whole["epoch"], "who may see a frame does not change it"
        assert "Two" in patient_http.get(f"{address}/team/lake").text
        site.write_text(BROKEN)
        wait_until(lambda: watch.state.problems, PATIENCE_S, "the mistake seen")
        assert len(published(address)["teams"]) == 2


@pytest.fixture
def server(redis_url: str, site: Path, tmp_path: Path) -> Iterator[str]:
    """``callfloor serve`` as a process of its own -> its address."""
    redis = {"CALLFLOOR_REDIS": redis_url, "CALLFLOOR_SITE": str(site), "CALLFLOOR_LISTEN": "127.0.0.1:0"}
    with started(tmp_path, "serve", **redis) as command:
        yield signing.use_link(lambda: command.said)


@pytest.mark.services
def test_the_health_of_a_server_that_runs_names_the_mistakes_of_its_file(server: str, site: Path) -> None:
    def told() -> list[tuple[str, int]]:
        problems = patient_http.get(f"{server}/health.json").json()["site"]["problems"]
        return [(Path(each["file"]).name, each["line"]) for each in problems]

    assert told() == []
    assert patient_http.get(f"{server}/health").status_code == 200
    site.write_text(BROKEN)
    wait_until(
        lambda: told() == [("site.toml", 1), ("site.toml", 3), ("site.toml", 8)], PATIENCE_S, "the mistakes told"
    )
    site.write_text(TWO)
    wait_until(lambda: told() == [], PATIENCE_S, "the mistakes gone")
    assert patient_http.get(f"{server}/team/lake").status_code == 200
