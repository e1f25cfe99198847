"""The page of everyone: all agents of any site, in a team or in none, with sums that their rows add up to."""

import json
from dataclasses import replace
from typing import Any

import pytest

from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.rollup_now import EVERY_MS
from dashboard.board.rollup_view import NO_TEAM_ID, shown_rows
from dashboard.board.seats_view import namings
from dashboard.board.topics import FLOOR, TopicFrame, evidence_topic, rollup_topic, team_topic, topics_of
from dashboard.floor.visible_groups import EVERYONE, EVERYONE_NAME, EVERYONE_NAME_EN, NONE_HIDDEN
from dashboard.site.load import Site
from dashboard.site.types import BoardPages
from dashboard.web.pages import PAGES, find_page, page_site
from layouts.parts.page_site import EVERYONE as EVERYONE_OF_PAGES
from layouts.parts.page_site import PageTeam
from streams.site_time import MINUTE_MS
from tests.dashboard.board.rollup_floor import Month, floor
from tests.dashboard.partitions import NOON_MS, SITE, Partition, call, heartbeat, reader
from tests.dashboard.running import serving, snapshot

pytestmark = pytest.mark.services
BARE = Site(name="Northgate", name_en="Northgate", zone="Asia/Shanghai")
"""What a site file of three lines comes to."""
IDS = ("007", "Anna Schmidt", "1042", "agent/ä#1")


def calls(*agents: str | None, at_ms: int = NOON_MS - MINUTE_MS) -> list[tuple[str, bytes]]:
    """The first has a call, the second two, and so on."""
    return [call(id, f"{id}-{n}-{at_ms}", at_ms) for count, id in enumerate(agents, 1) for n in range(count)]


def published(model: ReadModel, frames: Frames, now_ms: int) -> dict[str, TopicFrame]:
    view = model.tick(now_ms)
    assert view is not None
    return {one.topic: one for one in frames.write_tick(view)}


def table(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    columns = found["agents"]["columns"]
    return {row[0]: dict(zip(columns, row, strict=True)) for row in found["agents"]["rows"]}


@pytest.fixture
def written(store_client: Any) -> Any:
    Partition(store_client, 0).write(*calls(*IDS), *calls(None), heartbeat(NOON_MS))
    Partition(store_client, 1).write(heartbeat(NOON_MS))
    return store_client


def test_without_a_roster_everybody_counted_stands_there_by_id(written: Any) -> None:
    topics = published(ReadModel(reader(written), BARE), Frames("e"), NOON_MS)
    found = json.loads(topics[team_topic(EVERYONE)].snapshot)
    rows, (sums,) = table(found), found["teams"]
    assert {id: row["handled"] for id, row in rows.items()} == dict(zip(IDS, (1, 2, 3, 4), strict=True))
    assert {row["name"] for row in rows.values()} == {*IDS}
    assert (sums["id"], sums["name"], sums["agents"], sums["direction"]) == (EVERYONE, EVERYONE_NAME, 4, "both")
    assert (sums["handled"], sums["net"], found["floor"]["handled"]) == (10, 10, 11)
    assert sums["month"]["net"] == 10
    assert found["desk"]["alerts"] == []


def test_who_comes_during_the_day_comes_with_the_frame(written: Any) -> None:
    model, frames = ReadModel(reader(written), BARE), Frames("e", boards=namings(BARE))
    before = json.loads(published(model, frames, NOON_MS)[team_topic(EVERYONE)].snapshot)
    Partition(written, 1).write(*calls("0001", at_ms=NOON_MS), heartbeat(NOON_MS + 250))
    topics = published(model, frames, NOON_MS + 250)
    now, frame = (json.loads(raw or b"") for raw in topics[team_topic(EVERYONE)][1:])
    assert [row[0] for row in frame["agents"]["rows"]] == ["0001"]
    laid_on = {row[0]: row for row in [*before["agents"]["rows"], *frame["agents"]["rows"]]}
    assert laid_on == {row[0]: row for row in now["agents"]["rows"]}
    assert frame["teams"] == now["teams"]
    seats = json.loads(topics["wall:main/people"].frame or b"")["seats"]["rows"]
    assert [(row[0], row[1], row[2]) for row in seats] == [
        (at, None, id) for at, id in enumerate(sorted([*IDS, "0001"]))
    ]


def test_beside_teams_it_has_the_rows_of_all_of_them_and_of_those_in_none(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls("a1", "stranger", "b1"), heartbeat(NOON_MS))
    model, frames = ReadModel(reader(store_client), SITE), Frames("e", boards={"main": "alias"})
    topics = published(model, frames, NOON_MS)
    found = json.loads(topics[team_topic(EVERYONE)].snapshot)
    teams = [json.loads(topics[team_topic(id)].snapshot) for id in ("dawn", "lake")]
    rows = table(found)
    assert {**table(teams[0]), **table(teams[1])} == {id: row for id, row in rows.items() if id != "stranger"}
    assert (rows["stranger"]["handled"], rows["stranger"]["assessed"]) == (2, False)
    assert found["teams"][0]["handled"] == sum(row["handled"] for row in rows.values()) == 6
    assert [team["id"] for team in json.loads(topics[FLOOR].snapshot)["teams"]] == ["dawn", "lake"]
    seated = json.loads(topics["wall:main/people"].snapshot)["seats"]["rows"]
    assert "stranger" not in [row[2] for row in seated]


def test_the_rollup_opens_those_in_no_team_and_their_rows_add_up(written: Any) -> None:
    model, frames = ReadModel(reader(written), BARE), Frames("e")
    topics: dict[str, TopicFrame] = {}
    for at_ms in range(NOON_MS, NOON_MS + EVERY_MS, 250):
        topics |= published(model, frames, at_ms)
    (row,) = json.loads(topics["rollup"].snapshot)["rollup"]["rows"]
    opened = json.loads(topics[rollup_topic(NO_TEAM_ID)].snapshot)
    assert (row["id"], row["teams"], row["agents"], row["net"]) == (NO_TEAM_ID, 0, 4, 11)
    assert [each[0] for each in opened["rows"]] == [*sorted(IDS), "~unattributed"]
    assert sum(each[opened["columns"].index("net")] for each in opened["rows"]) == row["net"]


def test_every_site_has_its_page_and_topics(redis_url: str, store_client: Any) -> None:
    for site in (BARE, SITE, floor((9, 2), council=True)):
        pages = page_site(site, NONE_HIDDEN)
        found = find_page(PAGES, f"/team/{EVERYONE}", pages)
        assert found is not None
        assert found.page.title("en", pages, found.values).startswith("Everyone")
        asked = topics_of([team.id for team in site.teams], site.judges_persons)
        assert team_topic(EVERYONE) in asked
        assert (evidence_topic(EVERYONE) in asked, rollup_topic(NO_TEAM_ID) in asked) == (site.judges_persons,) * 2
    with serving(redis_url, BARE) as address:
        assert snapshot(address, team_topic(EVERYONE)).status_code == 503  # a topic, of which nothing was published yet
        assert snapshot(address, team_topic("none")).status_code == 404


def test_the_pages_name_it_as_the_frames_do() -> None:
    assert PageTeam(EVERYONE, EVERYONE_NAME, EVERYONE_NAME_EN, "both") == EVERYONE_OF_PAGES
    assert page_site(SITE).everyone.direction == "both"
    assert page_site(replace(SITE, teams=SITE.teams[:1])).everyone.direction == "outbound"


def council_topics(client: Any, sizes: tuple[int, ...], strangers: int) -> dict[str, TopicFrame]:
    site = floor(sizes, council=True)
    agents = [spell.agent for spell in site.roster] + [f"stranger-{n}" for n in range(strangers)]
    made = [call(id, f"{id}-call", NOON_MS - MINUTE_MS) for id in agents]
    Partition(client, 0).write(*made, heartbeat(NOON_MS))
    return published(ReadModel(reader(client), site), Frames("e"), NOON_MS)


@pytest.mark.parametrize(("strangers", "listed"), [(7, 9), (8, 17)])
def test_under_a_works_council_no_small_group_is_listed_or_is_what_is_left(
    store_client: Any, strangers: int, listed: int
) -> None:
    topics = council_topics(store_client, (9, 5, 4), strangers)
    found = json.loads(topics[team_topic(EVERYONE)].snapshot)
    rows = table(found)
    assert len(rows) == found["teams"][0]["agents"] == listed
    # Seven strangers are in the floor and in no strip, so nothing stands beside them that would leave them alone.
    assert found["teams"][0]["handled"] == (listed if strangers >= 8 else None)
    assert not [id for id in rows if id.startswith(("agent-1-", "agent-2-"))]
    raw = b"".join(one.snapshot + (one.frame or b"") for one in topics.values())
    assert b"agent-1-" not in raw and b"agent-2-" not in raw
    assert (b"stranger-" in raw) == (strangers >= 8)


def test_under_a_works_council_a_site_of_few_has_no_sums_and_no_rows(store_client: Any) -> None:
    topics = council_topics(store_client, (), 7)
    found = json.loads(topics[team_topic(EVERYONE)].snapshot)
    assert (table(found), found["teams"][0]["handled"], found["floor"]["handled"]) == ({}, None, None)
    assert (found["teams"][0]["reason"], found["floor"]["states"]["total"]) == ("small_team", 7)


def test_in_the_rollup_of_a_works_council_few_in_no_team_stand_with_a_team() -> None:
    """Two strangers' worth of lines: one agent in no team, and calls of nobody. Alone their row would be that agent's."""
    month = Month(floor((9, 12), council=True), [(3, 0)] * 23, [])
    assert shown_rows(month.lines, month.small_rows()) == [(1,), (0, 2)]
    found = month.rollup_json()
    assert [(row["id"], row["teams"], row["agents"]) for row in found["rows"]] == [("t1", 1, 12), (None, 1, 10)]
    assert [one["id"] for one in found["today"]["teams"]] == ["t1", None]
    assert found["today"]["teams"][1]["band"] is None
    assert sum(row["net"] for row in found["rows"]) == found["site"]["net"] == 69


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (BARE, {"main": "alias"}),
        (replace(BARE, works_council="count"), {"main": "none"}),
        (replace(BARE, boards=(BoardPages("main", names="none"),)), {"main": "none"}),
        (replace(BARE, boards=(BoardPages("main", names="full"),)), {"main": "full"}),
        (replace(BARE, boards=(BoardPages("hall", ("queues",)),)), {"main": "alias", "hall": "none"}),
        (SITE, {"main": "none"}),
        (replace(SITE, roster=()), {"main": "alias"}),
    ],
)
def test_where_nobody_is_in_a_team_the_floors_page_of_a_wall_has_seats(site: Site, expected: dict[str, str]) -> None:
    assert namings(site) == expected
