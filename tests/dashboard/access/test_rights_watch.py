"""The watch over open streams, on a real Redis: whose right ends loses the stream, and all others together cost one question."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from argon2 import PasswordHasher

from dashboard.access.account_file import Account, accounts_to_change
from dashboard.access.accounts import AccountService
from dashboard.access.audit_log import SPOOL_ROWS, AuditLog
from dashboard.access.audit_rows import AuditEntry, decode_row
from dashboard.access.identity import Identity
from dashboard.access.passwords import PasswordHashes
from dashboard.access.refusals import REFUSALS
from dashboard.access.rights_watch import RightsWatch
from dashboard.access.walls import Approval, Screen
from dashboard.live.viewers import Bearer, Stream
from dashboard.site.types import Grant
from dashboard.site.watch import SiteWatch
from streams.actions import OutgoingRecord
from streams.store.client import open_redis
from tests import signing
from tests.dashboard.partitions import NOON_MS, SITE
from tests.dashboard.running import BoardServer, Clock, SignInWays, board_server
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.services
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
DAWN, LAKE = "team:dawn", "team:lake"
LEADS = [Identity(f"oidc:{n}", f"lead {n}", groups=("lead:dawn",)) for n in range(20)]
DEPUTY = Identity("oidc:deputy", "Deputy")
AGENT = Identity("oidc:a1", "An", agent="a1", groups=("agent",))
DEPUTED = Grant(DEPUTY.account, None, "lead", "dawn", None, None, NOON_MS + HOUR_MS)


class Watched(NamedTuple):
    """A worker whose streams nobody reads, and the watch over them, which asks when the test says so."""

    board: BoardServer
    watch: RightsWatch
    clock: Clock
    sites: SiteWatch
    leaving: ExitStack

    async def open(self, who: Identity, *topics: str) -> Stream:
        """A stream of a person, who signs in for it."""
        return self.stream(Bearer(await self.board.sign_in.begin(who)), *topics)

    def stream(self, bearer: Bearer, *topics: str) -> Stream:
        stream = Stream(topics, "", bearer, trusted_s=0)
        self.leaving.enter_context(self.board.server.services.hub.viewers.streaming(stream))
        return stream


def watch_in(
    url: str, story: Callable[[Watched], Awaitable[None]], accounts: AccountService | None = None, **more: Any
) -> None:
    """Runs what a test does with a worker, in one event loop."""
    clock = more.pop("clock", None) or Clock()
    sites = SiteWatch.fixed(replace(SITE, grants=(*signing.grants("dawn", "lake"), DEPUTED)))
    board = board_server(url, sites, ways=SignInWays(accounts, clock_ms=clock), clock_ms=clock, **more)

    async def run() -> None:
        with ExitStack() as leaving:
            try:
                await story(Watched(board, RightsWatch(board.server.services, board.sign_in), clock, sites, leaving))
            finally:
                await board.sign_in.close()
                await board.server.services.close()

    asyncio.run(run())


async def has_acted(watched: Watched, stream: Stream) -> bool:
    session = await watched.board.sign_in.find_session(stream.bearer.session)
    return session is not None and session.acted_ms > session.begun_ms


def calls(client: Any, command: str) -> int:
    found = client.info("commandstats").get(f"cmdstat_{command}", {"calls": 0})
    return int(found["calls"])


def test_streams_that_go_on_cost_one_question_together(redis_url: str) -> None:
    async def story(watched: Watched) -> None:
        streams = [await watched.open(lead, DAWN) for lead in LEADS]
        await watched.watch.ask()  # who is new is asked for once
        with open_redis(redis_url) as client:
            before = {command: calls(client, command) for command in ("exists", "get")}
            for _ in range(3):
                for stream in streams:
                    stream.trusted_s = 0
                await watched.watch.ask()
                assert all(stream.is_trusted for stream in streams)
            assert {command: calls(client, command) - count for command, count in before.items()} == {
                "exists": 3,
                "get": 0,
            }

    watch_in(redis_url, story)


@pytest.mark.parametrize("ended", [(0,), (19,), (3, 4, 12), tuple(range(20))])
def test_a_session_that_ended_ends_its_streams_and_no_other(ended: tuple[int, ...], redis_url: str) -> None:
    async def story(watched: Watched) -> None:
        streams = [await watched.open(lead, DAWN) for lead in LEADS]
        await watched.watch.ask()
        with open_redis(redis_url) as client:
            names = [watched.board.sign_in.sessions.name_of(streams[at].bearer.session) for at in ended]
            assert client.delete(*(f"cfs:s:{name}" for name in names)) == len(ended)
        await watched.watch.ask()
        assert [at for at, stream in enumerate(streams) if stream.ended] == list(ended)

    watch_in(redis_url, story)


def test_a_right_ends_with_its_grant_and_with_the_site_that_had_it(redis_url: str) -> None:
    async def story(watched: Watched) -> None:
        deputy, lead = await watched.open(DEPUTY, DAWN), await watched.open(LEADS[0], DAWN)
        watched.clock.set(NOON_MS + HOUR_MS - MINUTE_MS)
        await watched.watch.ask()
        assert not deputy.ended
        watched.clock.set(NOON_MS + HOUR_MS)
        await watched.watch.ask()
        assert deputy.ended and not lead.ended
        site = replace(watched.sites.site, grants=signing.grants("lake"))
        watched.sites.state = replace(watched.sites.state, site=site)
        await watched.watch.ask()
        assert lead.ended

    watch_in(redis_url, story)


def test_a_topic_that_is_no_more_ends_the_streams_that_carry_it(redis_url: str) -> None:
    async def story(watched: Watched) -> None:
        both, other = await watched.open(signing.OPERATOR, DAWN, LAKE), await watched.open(signing.OPERATOR, LAKE)
        await watched.watch.ask()
        teams = tuple(team for team in watched.sites.site.teams if team.id != "dawn")
        watched.sites.state = replace(watched.sites.state, site=replace(watched.sites.site, teams=teams))
        await watched.watch.ask()
        assert both.ended and not other.ended

    watch_in(redis_url, story)


def test_an_idle_agent_s_stream_ends_and_an_act_elsewhere_keeps_another(redis_url: str) -> None:
    async def story(watched: Watched) -> None:
        idle, acting = await watched.open(AGENT, "line"), await watched.open(AGENT, "line")
        await watched.watch.ask()
        watched.clock.set(NOON_MS + 20 * MINUTE_MS)
        elsewhere = board_server(redis_url, watched.sites, ways=SignInWays(clock_ms=watched.clock)).sign_in
        await elsewhere.note_act(acting.bearer.session)
        await elsewhere.close()
        async with asyncio.timeout(PATIENCE_S):  # what this worker has in memory is a second old at most
            while not await has_acted(watched, acting):
                await asyncio.sleep(0.05)
        watched.clock.set(NOON_MS + 40 * MINUTE_MS)
        await watched.watch.ask()
        assert idle.ended and not acting.ended

    watch_in(redis_url, story)


def test_a_pass_that_redis_refuses_vouches_for_none_and_the_next_one_misses_nothing(redis_url: str) -> None:
    async def story(watched: Watched) -> None:
        leads = [await watched.open(lead, DAWN) for lead in LEADS[:2]]
        operator = await watched.open(signing.OPERATOR, DAWN)
        await watched.watch.ask()
        watched.sites.state = replace(watched.sites.state, site=replace(watched.sites.site, grants=()))
        for stream in (*leads, operator):
            stream.trusted_s = 0
        with open_redis(redis_url) as client:
            client.execute_command("ACL", "SETUSER", "default", "-exists")
            try:
                with pytest.raises(REFUSALS):
                    await watched.watch.ask()
            finally:
                client.execute_command("ACL", "SETUSER", "default", "+@all")
        assert not any(stream.is_trusted for stream in (*leads, operator))
        await watched.watch.ask()
        assert all(stream.ended for stream in leads)
        assert operator.is_trusted

    watch_in(redis_url, story)


def test_a_wall_s_stream_goes_on_until_the_wall_is_revoked(redis_url: str) -> None:
    async def story(watched: Watched) -> None:
        displays = watched.board.server.services.displays
        assert displays is not None
        now_ms, screen = displays.clock_ms(), Screen(1920, 1080, "127.0.0.1")
        approval = Approval("hall", "main", "none", "os:tester", "tester")
        tokens = [await displays.walls.add(f"D-000{n}", approval, screen, now_ms) for n in range(2)]
        walls = [watched.stream(Bearer(wall=token), "wall:main") for token in tokens]
        await watched.watch.ask()
        assert not any(wall.ended for wall in walls)
        await displays.revoke("D-0000", "tester")
        await watched.watch.ask()
        assert [wall.ended for wall in walls] == [True, False]

    watch_in(redis_url, story)


def test_a_disabled_account_and_a_broken_file_end_streams(redis_url: str, tmp_path: Path) -> None:
    path, hashes = str(tmp_path / "accounts"), PasswordHashes(PasswordHasher(1, 64, 1))
    account = Account("gu", hashes.make("gu", "correct horse battery"), None, 0, "Gu")
    with accounts_to_change(path) as file:
        file.add(account)
        file.add(account._replace(name="lin"))
    now_s = [0.0]

    async def story(watched: Watched) -> None:
        grants = tuple(Grant(f"local:{name}", None, "lead", "dawn", None, None, None) for name in ("gu", "lin"))
        watched.sites.state = replace(watched.sites.state, site=replace(watched.sites.site, grants=grants))
        gu, lin = [await watched.open(Identity(f"local:{name}", name), DAWN) for name in ("gu", "lin")]
        oidc = await watched.open(signing.OPERATOR, DAWN)
        await watched.watch.ask()
        assert not gu.ended and not lin.ended
        with accounts_to_change(path) as file:
            file.replace(account._replace(is_disabled=True))
        now_s[0] += 1
        await watched.watch.ask()
        assert gu.ended and not lin.ended
        Path(path).write_bytes(b"\xff\x00 no file of accounts")
        now_s[0] += 1
        await watched.watch.ask()
        assert lin.ended and not oidc.ended

    watch_in(redis_url, story, AccountService(path, hashes, lambda: now_s[0]))


def test_a_stream_of_people_has_a_row_of_each_hour_and_ends_where_there_can_be_none(redis_url: str) -> None:
    posted: list[OutgoingRecord] = []
    clock = Clock()
    audit = AuditLog(posted.extend, "audit", clock)

    async def story(watched: Watched) -> None:
        people, sums = await watched.open(LEADS[0], DAWN), await watched.open(LEADS[1], "floor")
        for hour in range(3):
            clock.set(NOON_MS + hour * HOUR_MS)
            for _ in range(2):
                await watched.watch.ask()
            audit.send_spooled()
            assert [row.team for row in map(decode_row, (each.value for each in posted))] == ["dawn"] * (hour + 1)
        for n in range(SPOOL_ROWS):
            audit.note_read(
                AuditEntry(account="os:x", name="x", agent=None, kind="denied", where="", address="", what=str(n))
            )
        clock.set(NOON_MS + 3 * HOUR_MS)
        await watched.watch.ask()
        assert people.ended and not sums.ended

    watch_in(redis_url, story, clock=clock, audit=audit)
