"""Rights that begin and end while a stream is open, on a real server: access.csv is rewritten on the disk, or the clock moved."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from dashboard.access.board_services import board_services
from dashboard.access.identity import Identity
from dashboard.access.sign_in import sign_in_service
from dashboard.board.bus import FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.site.watch import SiteWatch
from dashboard.web.serve import server_of
from streams.store.client import open_redis
from tests import patient_http, signing
from tests.dashboard.partitions import MIDNIGHT_MS, NOON_MS, PARTITIONS, SITE, Partition, call, heartbeat
from tests.dashboard.running import (
    AuditInMemory,
    BoardServer,
    Clock,
    SignInWays,
    answering,
    board_server,
    published,
    publishing,
)
from tests.dashboard.site.written import write
from tests.services.redis_server import RedisServer, closing_down
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
AFTER_S = 5.0
"""The promise: so long after a right ended nothing comes by it."""
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
TEAMS = """
[site]
name = "Two"
zone = "Asia/Shanghai"
[[teams]]
id = "dawn"
name = "Dawn"
direction = "outbound"
[[teams]]
id = "lake"
name = "Lake"
direction = "inbound"
"""
ROSTER = "agent,name,team\na1,An,dawn\na2,Bo,dawn\nb1,Cy,lake\n"
HEAD = "account,group,role,team,from,to\n"
OPERATOR = "os:tester,,supervisor,,,\n"
LEAD = Identity("oidc:lead", "Lead", groups=("desk",))
DEPUTY = Identity("oidc:deputy", "Deputy")
AGENT = Identity("oidc:an", "An", agent="a1")


class Board(NamedTuple):
    """A server whose grants stand on the disk."""

    address: str
    folder: Path
    watch: SiteWatch
    clock: Clock

    def grant(self, *rows: str) -> None:
        """From now on these are all grants."""
        self.rewrite({"access.csv": HEAD + OPERATOR + "".join(f"{row}\n" for row in rows)})

    def rewrite(self, files: dict[str, str]) -> None:
        """From now on the files of the site have these contents."""
        before = self.watch.state
        for name, text in files.items():
            (self.folder / name).write_text(text)
        wait_until(lambda: self.watch.state is not before, PATIENCE_S, "the files taken up")
        self.watch.look()  # the last one too, where the watch looked between two of them
        assert self.watch.state.problems == ()

    def get(self, path: str, who: Identity, **query: str) -> httpx.Response:
        answer: httpx.Response = patient_http.get(self.address + path, who=who, params=query)
        return answer

    @contextmanager
    def streaming(self, who: Identity, *topics: str) -> Iterator[Iterator[str]]:
        """The kinds of the events of a stream, which has begun with a snapshot."""
        query = [("topic", topic) for topic in topics]
        with patient_http.stream("GET", f"{self.address}/stream", params=query, who=who) as answer:
            assert answer.status_code == 200
            kinds = (line[7:] for line in answer.iter_lines() if line.startswith("event: "))
            assert next(kinds) == "snapshot"
            yield kinds


@pytest.fixture
def board(redis_url: str, tmp_path: Path) -> Iterator[Board]:
    path = write(tmp_path, TEAMS, ROSTER)
    (tmp_path / "access.csv").write_text(HEAD + OPERATOR)
    client: Any = open_redis(redis_url)
    for at in range(PARTITIONS):
        Partition(client, at).write(call("a1" if at == 0 else "b1", f"c{at}", NOON_MS - 1000), heartbeat(NOON_MS - 200))
    clock = Clock()
    with SiteWatch.read(str(path)).looking() as watch, publishing(redis_url, clock, watch=watch):
        server = board_server(redis_url, watch, ways=SignInWays(clock_ms=clock), clock_ms=clock)
        with answering(server) as address:
            published(address)
            yield Board(address, tmp_path, watch, clock)
    client.close()


def last_number_s(kinds: Iterator[str]) -> float:
    """When the last number of a stream came, which ends by itself; by the clock of ``time.monotonic``."""
    last_s = begun_s = time.monotonic()
    for kind in kinds:
        assert time.monotonic() - begun_s < 4 * AFTER_S, "numbers still come"
        last_s = time.monotonic() if kind in ("snapshot", "frame") else last_s
    return last_s


@pytest.mark.parametrize("holder", ["oidc:lead,", ",desk"], ids=["account", "group"])
def test_a_lead_who_loses_a_team_gets_no_frame_of_it_after_five_seconds(holder: str, board: Board) -> None:
    board.grant(f"{holder},lead,dawn,,", f"{holder},lead,lake,,")
    with board.streaming(LEAD, "team:dawn", "team:lake") as kinds:
        (board.folder / "access.csv").write_text(f"{HEAD}{OPERATOR}{holder},lead,lake,,\n")
        lost_s = time.monotonic()
        assert last_number_s(kinds) - lost_s < AFTER_S
    assert board.get("/snapshot", LEAD, topic="team:dawn").status_code == 404
    assert board.get("/team/dawn", LEAD).status_code == 404
    assert board.get("/snapshot", LEAD, topic="team:lake").status_code == 200
    with board.streaming(LEAD, "team:dawn", "team:lake"):
        pass  # the browser asks again, and has what is left


def test_a_deputy_s_hours_begin_and_end_on_time(board: Board) -> None:
    board.grant("oidc:deputy,,lead,lake,2026-11-23T13:00,2026-11-23T14:00")
    statuses = {}
    for ms in (13 * HOUR_MS - 1000 * 10, 13 * HOUR_MS, 14 * HOUR_MS - 1000 * 10, 14 * HOUR_MS):
        board.clock.set(MIDNIGHT_MS + ms)
        statuses[ms] = board.get("/snapshot", DEPUTY, topic="team:lake").status_code
    assert list(statuses.values()) == [404, 200, 200, 404]
    board.clock.set(MIDNIGHT_MS + 14 * HOUR_MS - 3000)
    with board.streaming(DEPUTY, "team:lake") as kinds:
        last_number_s(kinds)
        assert board.clock() < MIDNIGHT_MS + 14 * HOUR_MS + AFTER_S * 1000
    assert board.get("/session.json", DEPUTY).json()["leads"] == []


def test_an_agent_whose_grant_ends_stays_signed_in_and_has_no_page(board: Board) -> None:
    board.grant("oidc:an,,agent,,,")
    assert board.get("/me", AGENT).status_code == 200
    board.grant()
    answer = board.get("/me.json", AGENT)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert board.get("/me", AGENT).status_code == 404
    session = board.get("/session.json", AGENT)
    assert (session.status_code, session.json()["roles"]) == (200, [])


def test_a_grant_for_days_holds_from_the_first_to_the_end_of_the_last(board: Board) -> None:
    board.grant("oidc:an,,agent,,2026-11-24,2026-11-25")
    found = []
    for hours in (24, 48, 71, 72):
        for minutes in (-1, 0):
            board.clock.set(MIDNIGHT_MS + hours * HOUR_MS + minutes * MINUTE_MS)
            found.append(board.get("/me", AGENT).status_code)
    assert found == [404, 200, 200, 200, 200, 200, 200, 404]


def test_a_session_that_is_ended_elsewhere_ends_its_streams(board: Board, redis_url: str) -> None:
    board.grant("oidc:lead,,lead,dawn,,")

    async def end() -> None:
        elsewhere = sign_in_service(redis_url, signing.KEY, board.watch, wall_clock_ms)
        await elsewhere.sessions.end_account(LEAD.account)
        await elsewhere.close()

    with board.streaming(LEAD, "team:dawn") as kinds:
        asyncio.run(end())
        ended_s = time.monotonic()
        assert last_number_s(kinds) - ended_s < AFTER_S
    assert board.get("/session.json", LEAD).status_code == 401


def test_a_team_that_becomes_too_small_to_be_shown_ends_its_streams(board: Board) -> None:
    """Under a works council nobody is shown a team of seven: neither the rest of its snapshot nor that it is still there."""
    roster = [f"a{n},A{n},dawn" for n in range(1, 9)] + [f"b{n},B{n},lake" for n in range(1, 10)]
    level = TEAMS.replace("[site]", '[site]\nworks_council = "count"')
    board.rewrite({"roster.csv": "\n".join(["agent,name,team", *roster]), "site.toml": level})
    with board.streaming(signing.OPERATOR, "team:dawn", "floor") as kinds:
        (board.folder / "roster.csv").write_text("\n".join(["agent,name,team", *roster[1:]]))
        hidden_s = time.monotonic()
        assert all(time.monotonic() - hidden_s < AFTER_S for _ in kinds), "it ends"
    assert board.get("/stream", signing.OPERATOR, topic="team:dawn").status_code == 404
    with board.streaming(signing.OPERATOR, "team:dawn", "floor"):
        pass  # the browser asks again, and has what is left


def test_no_number_comes_while_nobody_can_be_asked_for_the_session(redis_url: str, tmp_path: Path) -> None:
    """The sessions lie in a Redis of their own, which stops; the frames go on, and might go to somebody who lost the right."""
    clock, sites, apart = Clock(), SiteWatch.fixed(SITE), RedisServer(tmp_path)
    with closing_down(apart), open_redis(redis_url) as client, publishing(redis_url, clock):
        apart.start()
        Partition(client, 0).write(call("a1", "c", NOON_MS - 1000), heartbeat(NOON_MS - 200))
        services = board_services(sites, FrameReader(redis_url), AuditInMemory(), clock_ms=clock)
        server = server_of(services, sign_in_service(apart.url, signing.KEY, sites, wall_clock_ms))
        made = BoardServer(
            server, signing.Signer(apart.url, sites), sign_in_service(apart.url, signing.KEY, sites, clock)
        )
        with answering(made) as address:
            published(address)
            here = Board(address, tmp_path, sites, clock)
            with here.streaming(signing.OPERATOR, "team:dawn") as kinds:
                assert next(kinds) == "frame"
                apart.stop()
                stopped_s = time.monotonic()
                assert last_number_s(kinds) - stopped_s < AFTER_S
            assert here.get("/snapshot", signing.OPERATOR, topic="team:dawn").json()["error"] == "redis_away"
