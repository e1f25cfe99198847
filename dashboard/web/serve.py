"""One web worker: the application under uvicorn, with TLS and behind named proxies where the settings say so."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from dashboard.access.board_services import BoardServices
from dashboard.access.sign_in import SignInService
from dashboard.access.web_endpoint import LOOPBACK, WebEndpoint
from dashboard.web.app import build
from dashboard.web.cookies import SessionCookie
from dashboard.web.http_protocol import BoundedProtocol
from dashboard.web.outer_layer import BOUNDS, OuterLayer, RequestBounds
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
    if server.services.fault is not None:
        raise server.services.fault


def server_of(
    services: BoardServices, sign_in: SignInService, bounds: RequestBounds = BOUNDS, web: WebEndpoint = LOOPBACK
) -> "Server":
    """The uvicorn server of the application, not yet running.

    ``web``: its TLS files, and the proxies whose forwarded headers become the client's address and scheme of a request.
    """
    address = WebAddress(web.public_url)
    app = build(
        services, sign_in, SessionCookie(web.is_secure), read_rate=bounds.reads, act_rate=bounds.acts, address=address
    )
    embed_in = services.sites.site.embed_in
    layer = OuterLayer(app.server, app.script_hashes, app.table.rules, address, embed_in, bounds)
    return Server(config_of(layer, web), services)


def config_of(app: ASGIApp, web: WebEndpoint) -> uvicorn.Config:
    """uvicorn's settings: TLS, and forwarded headers of the named proxies alone, whatever the environment says."""
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
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

    def __init__(self, config: uvicorn.Config, services: BoardServices) -> None:
        super().__init__(config)
        self.services = services

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self.services.fault is not None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.services.end_streams()
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
