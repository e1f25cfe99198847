"""One web worker: the application under uvicorn, on this machine only until there is sign-in."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import uvicorn

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
from streams.security import is_this_machine

_GRACE_S = 2
_UNREAD_MS = 60_000
"""The system closes a connection whose other end acknowledges nothing for so long."""


class ListenRefused(Exception):
    """The server must not, or cannot, listen on the address; the message says what to do."""


def serve(server: "Server", listen: str, ready: Callable[[str], None] | None = None) -> None:
    """Serves until SIGTERM or SIGINT. ``listen`` is host:port; ``ready`` gets the address.

    Raises ListenRefused, and StoreUnusable where Redis refuses in a way that waiting does not change.
    """
    bound = bind(listen)
    if ready is not None:
        host, port = bound.getsockname()[:2]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")
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
) -> "Server":
    """The uvicorn server of the application, not yet running; ``clock_ms``: the publisher's clock."""
    app = build(sites, bus, appeals=appeals, health=health, flags=flags, clock_ms=clock_ms)
    config = uvicorn.Config(
        OuterLayer(app.server, app.csp_hashes(), rules_of, bounds=bounds),
        http=DeadlineProtocol,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
    )
    return Server(config, app.server.state.hub)


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
    if not is_this_machine(host):
        raise ListenRefused(
            f"listen {listen!r}: there is no sign-in yet, so callfloor serves this machine only. "
            f"Use 127.0.0.1:{port}, and reach it from elsewhere through an SSH tunnel."
        )
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
