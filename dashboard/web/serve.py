"""One web worker: the application under uvicorn, with TLS and behind named proxies where the settings say so."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from dashboard.access.web_endpoint import LOOPBACK, WebEndpoint
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.flag_service import FlagService
from dashboard.board.bus import FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.health.health_service import HealthService
from dashboard.live.hub import Hub
from dashboard.site.watch import SiteWatch
from dashboard.web.app import build
from dashboard.web.header_deadline import MOST_HEADER_BYTES, DeadlineProtocol
from dashboard.web.outer_layer import BOUNDS, OuterLayer, RequestBounds
from dashboard.web.route_rules import rules_of
from dashboard.web.web_address import WebAddress

_GRACE_S = 2
_UNREAD_MS = 60_000
"""The system closes a connection whose other end acknowledges nothing for so long."""


class ListenRefused(OSError):
    """The server cannot listen on the address; the message says what to do."""


def serve(server: "Server", web: WebEndpoint, ready: Callable[[str], None] | None = None) -> None:
    """Serves until SIGTERM or SIGINT. ``ready`` gets the address by which browsers reach the board.

    Raises ListenRefused, and StoreUnusable where Redis refuses in a way that waiting does not change.
    """
    bound = bind(web.listen)
    if ready is not None:
        host, port = bound.getsockname()[:2]  # the port too where the setting is 0
        ready(web.public_url or replace(web, listen=f"{f'[{host}]' if ':' in host else host}:{port}").url)
    server.run(sockets=[bound])
    if server.hub.fault is not None:
        raise server.hub.fault


def server_of(
    sites: SiteWatch,
    bus: FrameReader,
    appeals: AppealService | None = None,
    health: HealthService | None = None,
    flags: FlagService | None = None,
    clock_ms: Callable[[], int] = wall_clock_ms,
    bounds: RequestBounds = BOUNDS,
    web: WebEndpoint = LOOPBACK,
) -> "Server":
    """The uvicorn server of the application, not yet running; ``clock_ms``: the publisher's clock.

    ``web``: its TLS files, and the proxies whose forwarded headers become the client's address and scheme of a request.
    """
    app = build(sites, bus, appeals=appeals, health=health, flags=flags, clock_ms=clock_ms, read_rate=bounds.reads)
    layer = OuterLayer(app.server, app.csp_hashes(), rules_of, WebAddress(web.public_url), bounds=bounds)
    return Server(config_of(layer, web), app.server.state.hub)


def config_of(app: ASGIApp, web: WebEndpoint) -> uvicorn.Config:
    """uvicorn's settings: TLS, and forwarded headers of the named proxies alone, whatever the environment says."""
    return uvicorn.Config(
        app,
        http=DeadlineProtocol,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        ws="none",
        timeout_graceful_shutdown=_GRACE_S,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        ssl_context_factory=(lambda *_: web.tls.server_context()) if web.tls else None,
        proxy_headers=bool(web.proxies),
        forwarded_allow_ips=list(web.proxies),
    )


class Server(uvicorn.Server):
    """uvicorn that ends open streams before it waits for requests to end, and ends itself without raising the signal again."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self.hub = hub

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self.hub.fault is not None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.hub.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}
        # Outside of the main thread (in tests) there are no signals: ``should_exit`` stops it.
        with suppress(ValueError):
            for number in (signal.SIGINT, signal.SIGTERM):
                before[number] = signal.signal(number, self.handle_exit)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def bind(listen: str) -> socket.socket:
    """host:port -> a bound socket. Raises ListenRefused."""
    host, colon, port = listen.rpartition(":")
    host = host.strip("[]")
    if not colon or not port.isdigit() or int(port) > 65_535:
        raise ListenRefused(f"listen {listen!r}: give host:port, such as 127.0.0.1:8050")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.create_server((host, int(port)), family=family, backlog=2048)
        # Else a stream whose reader is gone unnoticed would stay for a quarter of an hour.
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)
        return bound
    except OSError as error:
        raise ListenRefused(
            f"listen {listen!r}: {error.strerror}; is another one running? Choose another port."
        ) from error
