"""Under a works council teams below 8 are not shown alone: not in a frame, in Redis, on a page or in an export."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from plotly.io.json import to_json_plotly

from dashboard.board.bus import FrameWriter
from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.rollup_view import shown_rows
from dashboard.board.topics import FLOOR, team_topic
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.lines import Lines
from dashboard.floor.periods import moment_of
from dashboard.floor.visible_groups import EVERYONE, NONE_HIDDEN, HiddenTeamsCache, hidden_teams, listed_teams
from dashboard.site.load import Site, Team
from dashboard.web.pages import PAGES, find_page, look_of, page_site
from streams.site_time import MINUTE_MS, SiteTime
from tests import patient_http
from tests.dashboard.board.rollup_floor import floor
from tests.dashboard.partitions import NOON_MS, Partition, call, heartbeat, reader
from tests.dashboard.running import serving, snapshot

pytestmark = pytest.mark.services
SIZES = (9, 5, 4, 3)
SMALL = ("t1", "t2", "t3")
"""The last of them works inbound: by itself it would be what the others leave of the floor, so all three stand together."""
OTHER = "~other-both"
CLOCK = SiteTime("Asia/Shanghai")


def centre(council: bool = True) -> Site:
    found = floor(SIZES, council)
    return replace(found, teams=(*found.teams[:3], Team("t3", "组3", "Team 3", "inbound", "inbound")))


@pytest.fixture
def client(store_client: Any) -> Any:
    """Every agent of team n has n + 1 calls."""
    return counted(store_client, SIZES)


def counted(client: Any, sizes: Sequence[int]) -> Any:
    agents = [(f"agent-{team}-{at}", team + 1) for team, size in enumerate(sizes) for at in range(size)]
    made = [call(id, f"{id}-{n}", NOON_MS - MINUTE_MS) for id, count in agents for n in range(count)]
    Partition(client, 0).write(*made, heartbeat(NOON_MS))
    return client


def published(client: Any, site: Site) -> list[dict[str, dict[str, Any]]]:
    """Two ticks of every topic, laid down in Redis: their snapshots."""
    model, frames, seen = ReadModel(reader(client), site), Frames("e"), []
    for n in range(2):
        view = model.tick(NOON_MS + n * 1000)
        assert view is not None
        made = list(frames.write_tick(view))
        FrameWriter(client).publish(made)
        assert all(json.loads(one.frame) for one in made if one.frame is not None)
        seen.append({one.topic: json.loads(one.snapshot) for one in made})
    return seen


def in_redis(client: Any) -> bytes:
    """Keys and values of what was published."""
    keys = client.keys("*snapshot*") or client.keys("*frame*")
    assert keys
    return b"\n".join(part for key in keys for part in (key, client.get(key) or b""))


def test_a_small_team_is_in_no_frame_and_not_in_redis(client: Any) -> None:
    topics, _ = published(client, centre())
    found = topics[FLOOR]
    assert [team["id"] for team in found["teams"]] == ["t0", OTHER]
    other = found["teams"][1]
    assert (other["handled"], other["month"]["net"], other["agents"]) == (5 * 2 + 4 * 3 + 3 * 4, 34, 12)
    assert (other["name"], other["direction"], other["band"]) == ("其他班组", "both", None)
    assert set(other) == set(found["teams"][0])
    assert found["floor"]["handled"] == 9 + 22 + 12
    assert [topic for topic in topics if topic.startswith("team:")] == [team_topic("t0"), team_topic(EVERYONE)]
    kept = in_redis(client)
    assert b"team:t0" in kept and OTHER.encode() in kept
    for small in SMALL:
        assert not re.search(rb"(?<![\w-])%s(?![\w-])" % small.encode(), kept)
        assert f"agent-{small[1]}-".encode() not in kept


def test_without_a_works_council_every_team_is_shown(client: Any) -> None:
    topics, _ = published(client, centre(council=False))
    assert [team["id"] for team in topics[FLOOR]["teams"]] == ["t0", *SMALL]
    assert {team_topic(small) for small in SMALL} < set(topics)


def test_its_topic_is_unknown_and_its_page_says_why(redis_url: str, client: Any) -> None:
    published(client, centre())
    with serving(redis_url, centre()) as address:
        for small in SMALL:
            assert snapshot(address, team_topic(small)).status_code == 404
            assert patient_http.get(f"{address}/stream?topic={team_topic(small)}").status_code == 404
            page = patient_http.get(f"{address}/team/{small}")
            assert (page.status_code, "would be those of fewer than 8 agents" in page.text) == (404, True)
            assert "会落到不足 8 人身上" in page.text
        assert snapshot(address, team_topic("t0")).status_code == 200
        assert patient_http.get(f"{address}/team/t0").status_code == 200
        for unknown in ("none", OTHER):
            page = patient_http.get(f"{address}/team/{unknown}")
            assert (page.status_code, "There is no such page, or it is not yours to see." in page.text) == (404, True)


def test_the_wall_has_a_strip_for_the_others_and_no_menu_names_a_small_team() -> None:
    site = page_site(centre(), HiddenTeamsCache(lambda: NOON_MS).find_hidden(centre()))
    assert ([team.id for team in site.teams], [team.id for team in site.others]) == (["t0"], [OTHER])
    for path, strip in (("/wall/main", True), ("/team/t0", False)):
        found = find_page(PAGES, path, site)
        assert found is not None
        drawn = to_json_plotly(found.page.draw(look_of({"lang": "en"}, "desk", "en"), site, found.values))
        assert (f'"data-team":"{OTHER}"' in drawn, "Other teams" in drawn) == (strip, strip)
        assert not [small for small in ("Team 1", "Team 2", "Team 3", '"data-team":"t1"') if small in drawn]


def test_who_is_hidden_is_looked_at_anew_with_the_site_and_the_day() -> None:
    now_ms = [NOON_MS]
    hiding, site = HiddenTeamsCache(lambda: now_ms[0]).find_hidden, centre()
    leaves = [
        spell._replace(to=CLOCK.day(NOON_MS).label) if spell.agent < "agent-0-2" else spell for spell in site.roster
    ]
    assert hiding(centre(council=False)) == NONE_HIDDEN
    assert hiding(site).hidden == {*SMALL} and hiding(site) is hiding(site)
    leaving = replace(site, roster=tuple(leaves))
    assert hiding(leaving).hidden == {*SMALL}
    now_ms[0] += 24 * 60 * MINUTE_MS
    assert (hiding(leaving).hidden, hiding(leaving).pools) == ({"t0", *SMALL}, (OTHER,))


@pytest.mark.parametrize("period", ["day", "month"])
def test_an_export_has_no_row_of_a_small_team(client: Any, period: str) -> None:
    site = centre()
    board = BoardJudge(reader(client), site, CLOCK).judge(period, moment_of(None, NOON_MS, CLOCK))
    rows = {row["team"]: row for row in sheet.rows(board, "team", site)}
    assert {team: row["handled"] for team, row in rows.items()} == {"t0": 9, OTHER: 34}
    assert sheet.hidden(board, site) == {*SMALL}
    (whole,) = sheet.rows(board, "site", site)
    assert whole["handled"] == 43
    free = replace(site, works_council="judge")
    assert [row["team"] for row in sheet.rows(board, "team", free)] == ["t0", *SMALL]
    assert sheet.rows(board, "team", free) == sheet.rows(board, "team")


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [((9, 8), set()), ((9, 5, 4), {"t1", "t2"}), ((12, 9, 5), {"t1", "t2"}), ((9, 5), {"t0", "t1"})],
)
def test_every_reading_hides_the_same_teams_and_none_is_left_by_itself(
    store_client: Any, sizes: tuple[int, ...], hidden: set[str]
) -> None:
    site = floor(sizes, council=True)
    lines, ids = Lines(site, CLOCK.day(NOON_MS).label), {team.id for team in site.teams}
    small = hidden_teams(site, CLOCK.day(NOON_MS).label)
    topics, _ = published(counted(store_client, sizes), site)
    strips = topics[FLOOR]["teams"]
    board = BoardJudge(reader(store_client), site, CLOCK).judge("day", moment_of(None, NOON_MS, CLOCK))
    rows = sheet.rows(board, "team", site)
    readings = {
        "wall": ids - {team["id"] for team in strips},
        "topics": {id for id in ids if team_topic(id) not in topics},
        "everyone": ids - {lines.teams[at].id for at in listed_teams(lines, site, small)},
        "rollup": {lines.teams[at].id for row in shown_rows(lines, small) if len(row) > 1 for at in row},
        "sheet": ids - {row["team"] for row in rows},
        "signed": set(sheet.hidden(board, site)),
        "pages": ids - {team.id for team in page_site(site, HiddenTeamsCache(lambda: NOON_MS).find_hidden(site)).teams},
    }
    assert readings == dict.fromkeys(readings, hidden)
    left = topics[FLOOR]["floor"]["handled"] - sum(team["handled"] for team in strips if team["id"] in ids)
    assert left == sum(team["handled"] for team in strips if team["id"] not in ids)
    assert left == sum(row["handled"] for row in rows if row["team"] not in ids)
    assert all(team["agents"] >= 8 for team in strips)


def test_a_few_agents_in_no_team_have_no_row_in_a_sheet(store_client: Any) -> None:
    site = floor((9, 12), council=True)
    counted(store_client, (9, 12))
    Partition(store_client, 1).write(call("stranger", "c1", NOON_MS - MINUTE_MS))
    board = BoardJudge(reader(store_client), site, CLOCK).judge("day", moment_of(None, NOON_MS, CLOCK))
    rows = {row["team"]: row["handled"] for row in sheet.rows(board, "team", site)}
    assert rows == {"t1": 24, "~other-outbound": 10}
    assert sheet.hidden(board, site) == {"t0", sheet.NO_TEAM}
