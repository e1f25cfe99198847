"""Pages of a floor whose ids are any text: every figure is there, every link leads to its own, every act is of the right one."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page

from dashboard.actions.flag_episodes import Sighting
from dashboard.board.bus import FrameWriter, Lease
from dashboard.board.publish import Publisher, wall_clock_ms
from dashboard.board.read_model import ReadModel
from dashboard.settings import Settings, load
from dashboard.site.load import Campaign, Queue, Site, Spell, Team, load_site
from dashboard.site.types import BoardPages, Calendar
from dashboard.site.watch import SiteWatch
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service, flag_service, health_service
from streams.counting_policy import Counting
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.site_time import DAY_MS, parse_rfc3339, rfc3339
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests import patient_http, signing
from tests.any_ids import IDS, TEAMS
from tests.browser.conftest import DESK, WALL, Seen, watched
from tests.browser.opened import DRAWN
from tests.dashboard.partitions import Partition, heartbeat
from tests.dashboard.running import Clock, answering, board_server, published, publishing, serving
from tests.services.acting import TIME, consuming
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services]
PARTITIONS = 4
DOTTED = Path(__file__).parents[1] / "cases/field/07-team-id-with-a-dot"
BOARD = "b.1 _-x"
SITE = Site(
    name="Test",
    zone="Asia/Shanghai",
    counting=Counting(lateness_ms=80 * DAY_MS),
    calendar=Calendar(None, frozenset(), frozenset()),
    teams=tuple(
        Team(id, f"T{{direction}} {at}", f"T{{direction}} {at}", ("outbound", "inbound")[at % 2])
        for at, id in enumerate(TEAMS)
    ),
    roster=tuple(Spell(id, id, id, id, TEAMS[at % len(TEAMS)], None, None) for at, id in enumerate(IDS)),
    campaigns=tuple(Campaign(id, id, id, "outbound", None, None, None) for id in IDS),
    queues=tuple(Queue(id, id, id) for id in IDS),
    grants=signing.GRANTS,
    boards=(BoardPages(BOARD, ("floor", "queues", "agents"), 500, "alias"),),
)


def identity(id: str) -> signing.Identity:
    """The agent of an id, or a supervisor."""
    return signing.agent(id) if id in IDS else signing.person(id, "supervisor")


class Line(NamedTuple):
    """A line at work, and when its facts happened: a moment ago, and today."""

    address: str
    settings: Settings
    at_ms: int

    def post(self, path: str, who: str, **body: Any) -> httpx.Response:
        return patient_http.post(f"{self.address}{path}", who=identity(who), json=body)


def calls_of(agent: str) -> int:
    """Each has another number of them."""
    return IDS.index(agent) % 7 + 2


def css(text: str) -> str:
    """A string of CSS: as in JSON, but that it knows no \\u."""
    return json.dumps(text, ensure_ascii=False)


def members(team: str) -> list[str]:
    return [spell.agent for spell in SITE.roster if spell.team == team]


def case(agent: str) -> str:
    """The id of a complaint of an agent."""
    return f"{agent} #1/?&"


def _facts(at_ms: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for agent in IDS:
        for n in range(calls_of(agent)):
            data = {"call_id": f"{agent}/{n}", "version": 1, "agent": agent, "ended_at": rfc3339(at_ms), "talk_s": 60}
            way = {"direction": "inbound", "queue": agent, "wait_s": 1} if n else {"direction": "outbound"}
            yield agent, "call.ended", {**data, **way, "campaign": agent, "outcome": "handled"}
        yield agent, "complaint.recorded", {"complaint_id": case(agent), "agent": agent, "kind": "complaint"}
        yield agent, "agent.state", {"agent": agent, "state": "available"}
        waiting = {"queue": agent, "waiting": IDS.index(agent)}
        yield f"~queue:{agent}", "queue.snapshot", waiting
        lists = {"campaign": agent, "list_size": 1000, "done": IDS.index(agent)}
        yield f"~campaign:{agent}", "campaign.snapshot", lists


@pytest.fixture
def line(kafka: KafkaServer, topic: str, redis_url: str) -> Iterator[Line]:
    named = {"kafka": kafka.bootstrap, "redis": redis_url, "topic": topic, "actions": f"{topic}-actions"}
    settings, sites = load(named, {}), SiteWatch.fixed(SITE)
    now_ms = time.time_ns() // 1_000_000
    at_ms = max(now_ms - 60_000, TIME.day(now_ms).start_ms)
    with ExitStack() as stack:
        stack.enter_context(consuming(kafka, topic, redis_url))
        connections = stack.enter_context(closing(Connections(settings)))
        desk, flags = appeal_service(connections, lambda: SITE), flag_service(connections, lambda: SITE)
        health = stack.enter_context(health_service(connections, sites))
        server = board_server(redis_url, sites, appeals=desk, flags=flags, health=health)
        address = stack.enter_context(answering(server))
        with Producer(kafka.bootstrap, topic) as producer:
            for n, (key, type_, data) in enumerate(_facts(at_ms)):
                producer.send(key.encode(), encode(type_, f"e{n}", "/acd/a.b:c#d", at_ms, data))
            beat = encode("pipeline.heartbeat", "h", "/callfloor", now_ms, {"sent_at": rfc3339(now_ms)})
            for partition in range(PARTITIONS):
                producer.send(b"", beat, partition=partition)
        client = open_redis(redis_url)
        stack.callback(client.close)
        publisher = Publisher(
            ReadModel(Reader(client, topic, PARTITIONS), SITE), FrameWriter(client), Lease(client), wall_clock_ms
        )
        stop = threading.Event()
        thread = threading.Thread(target=publisher.run, args=(stop,))
        thread.start()
        stack.callback(thread.join, PATIENCE_S)
        stack.callback(stop.set)
        whole = sum(map(calls_of, IDS))
        wait_until(lambda: published(address)["floor"]["handled"] == whole, PATIENCE_S, "all calls to be counted")
        yield Line(address, settings, at_ms)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    complaints = watched(opened)
    yield opened
    opened.close()
    assert complaints == []


def _go(page: Page, address: str, who: signing.Identity = signing.OPERATOR) -> Seen:
    seen = Seen(page, [])
    signing.enter(page, address, who)
    seen.until(DRAWN)
    return seen


AGENTS = """[...document.querySelectorAll('tr.t3')].filter((row) => row.querySelector('.nm .plain'))
    .map((row) => [row.querySelector('.nm .plain').textContent, row.querySelector('.c-net').textContent])"""
CAMPAIGNS = """[...document.querySelectorAll('[data-campaigns] tr')]
    .map((row) => [row.querySelector('th').innerText, row.querySelector('.c-done b')?.innerText])"""


def _until_equal(page: Page, pairs: str, wanted: dict[str, Any]) -> None:
    """Waits until these pairs of the page are what is wanted."""
    wait_until(lambda: dict(page.evaluate(pairs)) == wanted, PATIENCE_S, f"{pairs} to be {wanted}")


ROWS = """[...document.querySelectorAll('.ag-row')].map((row) => [row.querySelector('[col-id=label]')?.innerText.split('\\n')[0],
    Number(row.querySelector('[col-id=handled]')?.innerText)])"""


def test_a_team_page_shows_all_of_its_agents_and_opens_each(line: Line, page: Page) -> None:
    page.set_viewport_size({"width": 1900, "height": 1400})
    for team in TEAMS:
        mine = {agent: calls_of(agent) for agent in members(team)}
        seen = _go(page, f"{line.address}/team/{quote(team, safe='')}?lang=en")
        seen.until(f"document.querySelectorAll('.ag-row').length === {len(mine)}")
        _until_equal(page, ROWS, mine)
        assert seen.text("team.handled", team) == str(sum(mine.values()))
        unknown = page.locator("section.sum .fig.gone:visible").all_inner_texts()
        assert len(unknown) <= 1, "QA alone has nothing yet"
        for agent, calls in list(mine.items())[::3]:
            page.get_by_role("gridcell").get_by_text(agent, exact=True).first.click()
            seen.until(f"document.querySelector('#drawer h2').innerText === {json.dumps(agent)}")
            seen.until(f"document.querySelector('[data-slot=calls]').innerText === '{calls}'")
            seen.until("document.querySelectorAll('#drawer .case').length === 1")
            assert page.locator("#drawer .case bdi").inner_text() == case(agent)
            assert page.evaluate("new URLSearchParams(location.search).get('agent')") == agent
            assert page.locator(".ag-row.sel").count() == 1
        link = page.locator("header.top a", has_text="中").get_attribute("href")
        seen = _go(page, f"{line.address}{link}")
        seen.until(f"document.querySelector('#drawer h2').innerText === {json.dumps(agent)}")


def test_walls_name_every_team_queue_and_agent(line: Line, page: Page) -> None:
    page.set_viewport_size(WALL)  # type: ignore[arg-type]
    seen = _go(page, f"{line.address}/wall/{quote(BOARD, safe='')}?lang=en")
    for team in TEAMS:
        calls = sum(map(calls_of, members(team)))
        around = f"[data-team={css(team)}] [data-live=text][data-path='team.net']"
        seen.until(f"document.querySelector({json.dumps(around)}).textContent === '{calls - len(members(team))}'")
        name = page.locator(f"[data-team={css(team)}] .nm").text_content()
        assert name == SITE.teams[TEAMS.index(team)].name
    snapshot = published(line.address)
    queues = {one["id"]: one["waiting"] for one in snapshot["floor"]["queues"]}
    assert queues == {id: at for at, id in enumerate(IDS)}
    asked = "[...document.querySelectorAll('[data-page=%s] %s')].map((node) => node.textContent)"
    shown: set[str] = set()
    wait_until(
        lambda: shown.update(page.evaluate(asked % ("queues", ".qr:not(.qh) .nm"))) or shown >= set(IDS),
        PATIENCE_S,
        "every queue to come by",
    )
    seats: set[str] = set()
    wait_until(
        lambda: seats.update(page.evaluate(asked % ("agents", ".seat .who"))) or seats >= set(IDS),
        PATIENCE_S,
        "every agent to come by",
    )


def test_the_roll_up_opens_each_team_and_campaigns_are_all_there(line: Line, page: Page) -> None:
    seen = _go(page, f"{line.address}/rollup?lang=en")
    seen.until(f"document.querySelectorAll('button.opener').length === {len(TEAMS)}")
    for at, team in enumerate(TEAMS):
        page.locator("button.opener").nth(at).click()
        seen.until(f"document.querySelectorAll('tr.t3 .more').length === 1 && {AGENTS}.length === 5")
        page.locator("tr.t3 button.more").click()
        _until_equal(page, AGENTS, {agent: str(calls_of(agent) - 1) for agent in members(team)})
        assert page.evaluate("decodeURIComponent(location.hash.slice(1))") == team
        page.reload()
        seen.until(DRAWN)
        seen.until("document.querySelectorAll('tr.t3 .more').length === 1")
        page.locator(f"button.opener[aria-expanded=true][data-team={css(team)}]").wait_for()
    seen = _go(page, f"{line.address}/campaigns?lang=en")
    _until_equal(page, CAMPAIGNS, {id: str(at) for at, id in enumerate(IDS)})
    _go(page, f"{line.address}/health?lang=en").until("document.getElementById('health').dataset.state === 'sound'")


def test_agents_appeal_on_their_own_page_and_is_answered(line: Line, page: Page) -> None:
    for agent in IDS[::6]:
        seen = _go(page, f"{line.address}/me?lang=en", signing.agent(agent))
        seen.until(f"document.querySelector('[data-me=net_today]').innerText === '{calls_of(agent) - 1}'")
        row = page.locator(f".ro[data-ref={css(case(agent))}]")
        row.get_by_role("button", name="Appeal").click()
        page.keyboard.type("not mine")
        page.keyboard.press("Enter")
        answer = f".ro[data-ref={css(case(agent))}] .s"
        seen.until(f"document.querySelector({json.dumps(answer)})?.innerText === 'Under appeal'")
        granted = line.post("/decisions", "boss", ref=case(agent), decision="overturned", reason="process")
        assert granted.status_code == 201, granted.text
        seen.until(f"document.querySelector('[data-me=net_today]').innerText === '{calls_of(agent)}'")


def test_flags_are_acted_on_and_stay_with_their_agent(line: Line, page: Page) -> None:
    with closing(Connections(line.settings)) as connections:
        connections.settle_partitions()
        book = connections.flags(SITE)
        now_ms = time.time_ns() // 1_000_000
        team = {spell.agent: spell.team for spell in SITE.roster}
        day = TIME.day(now_ms).label
        book.open_episodes([Sighting(agent, team[agent], "review", day, {"log_e": 7.0}) for agent in IDS], now_ms)
    for agent in IDS[1::4]:
        found = patient_http.get(f"{line.address}/flags", params={"agent": agent}).json()["flags"]
        assert [(each["agent"], each["state"]) for each in found] == [(agent, "open")]
        done = line.post("/flags", "boss", ref=found[0]["id"], kind="flag.acknowledged", text=agent)
        assert (done.status_code, done.json()["agent"]) == (201, agent), done.text
    states = patient_http.get(f"{line.address}/flags").json()["flags"]
    assert {(each["agent"], *(done["text"] for done in each["actions"])) for each in states} == {
        (agent, agent) if agent in IDS[1::4] else (agent,) for agent in IDS
    }


def test_a_team_with_a_dot_has_its_figures(redis_url: str, page: Page) -> None:
    """tests/cases/field/07: 16 figures of its page, and its strip on the wall, stayed unknown."""
    site, at_ms = load_site(DOTTED / "site.toml"), parse_rfc3339("2026-11-30T01:00:00Z")
    values = (DOTTED / "events.jsonl").read_bytes().splitlines()
    with open_redis(redis_url) as client:
        first, second = (Partition(client, at, append_ms=at_ms + 1000) for at in range(2))
        first.write(*(("1001", value) for value in values), heartbeat(at_ms + 500))
        second.write(heartbeat(at_ms + 500))
    clock = Clock(at_ms + 1000)
    with publishing(redis_url, clock, site), serving(redis_url, site, clock_ms=clock) as address:
        seen = _go(page, f"{address}/team/sales.de?lang=en")
        seen.until("document.querySelector('section.sum [data-path=\"team.handled\"]').innerText === '1'")
        assert seen.text("team.net", "sales.de") == "1"
        seen = _go(page, f"{address}/wall/main?lang=en")
        wait_until(lambda: seen.text("team.net", "sales.de") == "1", PATIENCE_S, "the strip of the wall")
