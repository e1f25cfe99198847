"""A publisher and a web server that really run, and what a test reads from a stream."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import httpx

from dashboard.access.accounts import AccountService
from dashboard.access.audit_chain import ChainCheck
from dashboard.access.audit_follower import AuditFollower
from dashboard.access.audit_log import AuditAway, AuditLog
from dashboard.access.audit_rows import AuditEntry, AuditRow, decode_row, encode_row
from dashboard.access.audit_service import AuditService
from dashboard.access.board_services import board_services
from dashboard.access.display_service import display_service
from dashboard.access.identity import Identity
from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.rate_limit import Rate
from dashboard.access.sign_in import SignInService, sign_in_service
from dashboard.access.web_endpoint import WebEndpoint
from dashboard.board.bus import FrameReader, FrameWriter, Lease
from dashboard.board.publish import Publisher, wall_clock_ms
from dashboard.board.read_model import ReadModel
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from dashboard.web.outer_layer import BOUNDS, RequestBounds
from dashboard.web.serve import Server, bind, server_of
from streams.actions import OutgoingRecord, ProduceFailed
from streams.store.client import open_redis
from tests import patient_http, signing
from tests.dashboard.partitions import NOON_MS, SITE, reader
from tests.services.https import usual_endpoint
from tests.waiting import PATIENCE_S, wait_until


class Clock:
    """The publisher's clock, set by the test; it is real time, moved to where the test wants to be."""

    def __init__(self, at_ms: int = NOON_MS) -> None:
        self.set(at_ms)

    def set(self, at_ms: int) -> None:
        self._shift = at_ms - wall_clock_ms()

    def __call__(self) -> int:
        return wall_clock_ms() + self._shift


class Event(NamedTuple):
    """One server-sent event."""

    name: str
    data: dict[str, Any]


@contextmanager
def publishing(url: str, clock: Clock, site: Site = SITE, watch: SiteWatch | None = None) -> Iterator[threading.Thread]:
    """A publisher at work, on a site or on one that is watched."""
    client, stop = open_redis(url), threading.Event()
    sites = watch or SiteWatch.fixed(site)
    publisher = Publisher(ReadModel(reader(client), sites.site), FrameWriter(client), Lease(client), clock, sites)
    thread = threading.Thread(target=publisher.run, args=(stop,))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        client.close()
    assert not thread.is_alive(), "the publisher did not stop"


@contextmanager
def serving(url: str, site: Site = SITE, watch: SiteWatch | None = None, **more: Any) -> Iterator[str]:
    """A web server at work -> its address. ``more``: appeals, flags, clock and the like, as ``board_server`` takes them."""
    with answering(board_server(url, watch or SiteWatch.fixed(site), **more)) as address:
        yield address


class SignInWays(NamedTuple):
    """How people can sign in to a server of tests, and the clock of its sessions."""

    accounts: AccountService | None = None
    oidc: OidcSettings | None = None
    clock_ms: Callable[[], int] = wall_clock_ms


BY_SESSIONS = SignInWays()
"""The sessions that tests begin, and no other way in."""


class BoardServer(NamedTuple):
    """A server, and how people of tests sign in to it."""

    server: Server
    signer: signing.Signer
    sign_in: SignInService


def board_server(
    url: str,
    sites: SiteWatch,
    bounds: RequestBounds = BOUNDS,
    is_demo: bool = False,
    bus: FrameReader | None = None,
    web: WebEndpoint | None = None,
    ways: SignInWays = BY_SESSIONS,
    **services: Any,
) -> BoardServer:
    """A web server over a Redis, not yet running; ``services``: as ``board_services`` takes them."""
    displays, audit = display_service(url, signing.KEY, wall_clock_ms), services.pop("audit", None) or AuditInMemory()
    more = {"displays": displays, "audit": audit, "audit_pages": read_in_memory(audit, sites), **services}
    board = board_services(sites, bus or FrameReader(url), **more)
    accounts, oidc, now_ms = ways
    sign_in = sign_in_service(url, signing.KEY, sites, now_ms, is_demo, accounts, oidc)
    return BoardServer(server_of(board, sign_in, bounds, web or usual_endpoint()), signing.Signer(url, sites), sign_in)


OFTEN = Rate(100_000, 1000.0)
"""Faster than anybody asks."""


class AuditInMemory(AuditLog):
    """An audit log that writes into a list in place of Kafka, each row at once; ``is_away``: as while Kafka is."""

    def __init__(self, denials: Rate = OFTEN, clock_ms: Callable[[], int] = wall_clock_ms) -> None:
        self.rows: list[AuditRow] = []
        self.is_away = False
        self.clock_ms = clock_ms
        super().__init__(self._keep, "audit", clock_ms, denials=denials)

    def note_read(self, entry: AuditEntry) -> None:
        super().note_read(entry)
        with suppress(AuditAway):
            self.send_spooled()

    def _keep(self, records: list[OutgoingRecord]) -> None:
        if self.is_away:
            raise ProduceFailed("no broker answers")
        self.rows += (decode_row(record.value) for record in records)


def read_in_memory(audit: AuditLog, sites: SiteWatch) -> AuditService | None:
    """What people see of an audit log in memory; None of one in Kafka."""
    if not isinstance(audit, AuditInMemory):
        return None

    def rows(since_ms: int) -> list[AuditRow]:
        if audit.is_away:
            raise ConnectionError("no broker answers")
        return [row for row in audit.rows if row.time_ms >= since_ms]

    def check() -> ChainCheck:
        found = ChainCheck()
        for offset, row in enumerate(rows(0)):
            found.follow_row(offset, encode_row(row))
        return found

    follower = AuditFollower(lambda start: RowFollower(lambda: rows(0), start or 0), audit.clock_ms)
    return AuditService(
        follower, check, lambda ms: iter(rows(ms)), lambda: sites.site, audit.clock_ms, (ConnectionError,)
    )


class RowFollower:
    """Follows rows in memory as a topic is followed."""

    def __init__(self, rows: Callable[[], list[AuditRow]], start: int) -> None:
        self._rows, self.next = rows, start

    def read(self) -> Iterator[tuple[int, bytes | None]]:
        """Those that are new."""
        for row in self._rows()[self.next :]:
            self.next += 1
            yield self.next - 1, encode_row(row)

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def answering(board: BoardServer) -> Iterator[str]:
    """Runs a server on a free port of this machine until the block ends -> its address."""
    server, bound = board.server, bind("127.0.0.1:0")
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    address = ""
    try:
        wait_until(lambda: server.started, PATIENCE_S, "the web server to start")
        address = f"{'https' if server.config.is_ssl else 'http'}://127.0.0.1:{bound.getsockname()[1]}"
        signing.register(address, board.signer)
        yield address
    finally:
        signing.register(address, None)
        server.should_exit = True
        thread.join(PATIENCE_S)
    assert not thread.is_alive(), "the web server did not stop"


@contextmanager
def streaming(address: str, topic: str, who: Identity = signing.OPERATOR) -> Iterator[Iterator[Event]]:
    """One viewer of a topic -> its events, as they come."""
    timeout = httpx.Timeout(PATIENCE_S)
    with (
        httpx.Client(timeout=timeout) as client,
        client.stream(
            "GET", f"{address}/stream", params={"topic": topic}, headers=signing.headers(address, who)
        ) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    name, until_s = "", time.monotonic() + PATIENCE_S
    for line in lines:
        assert time.monotonic() < until_s, f"after {PATIENCE_S:g} s still not what the test waits for; last: {name}"
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield Event(name, json.loads(value))


def snapshot(address: str, topic: str = "floor", **headers: str) -> httpx.Response:
    """GET /snapshot."""
    return patient_http.get(f"{address}/snapshot", params={"topic": topic}, headers=headers)


def published(address: str, topic: str = "floor") -> dict[str, Any]:
    """The snapshot, waited for."""
    answer = wait_until(
        lambda: found if (found := snapshot(address, topic)).status_code == 200 else None, PATIENCE_S, "a snapshot"
    )
    assert answer is not None
    found: dict[str, Any] = answer.json()
    return found
