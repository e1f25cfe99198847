"""The own page in a frame of the agents' desktop: on the origins of ``embed_in``, and nowhere else."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from dashboard.site.watch import SiteWatch
from tests import signing
from tests.dashboard.partitions import SITE
from tests.dashboard.running import Clock, answering, board_server, publishing
from tests.services.https import usual_endpoint
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services]
AGENT = signing.agent("a1")


class Desktop(BaseHTTPRequestHandler):
    """A page with a frame of the address after the question mark."""

    def do_GET(self) -> None:  # noqa: N802
        body = f"<!DOCTYPE html><iframe src='{self.path.partition('?')[2]}' width=900 height=700></iframe>".encode()
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def desktop() -> Iterator[int]:
    """The port of the desktop, which is on https where the board is: else the two would not be of one site."""
    server, tls = ThreadingHTTPServer(("127.0.0.1", 0), Desktop), usual_endpoint().tls
    if tls:
        server.socket = tls.server_context().wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(PATIENCE_S)
    server.server_close()


@pytest.mark.parametrize(
    ("host", "path", "works"),
    [("127.0.0.1", "/me", True), ("127.0.0.1", "/wall/main", False), ("localhost", "/me", False)],
)
def test_the_own_page_works_in_a_frame_of_the_desktop_alone(
    redis_url: str, browser: Browser, desktop: int, host: str, path: str, works: bool
) -> None:
    scheme = "https" if usual_endpoint().is_secure else "http"
    site = replace(SITE, grants=signing.grants("dawn"), embed_in=(f"{scheme}://127.0.0.1:{desktop}",))
    sites, clock = SiteWatch.fixed(site), Clock()
    with publishing(redis_url, clock, site), answering(board_server(redis_url, sites, clock_ms=clock)) as address:
        context = browser.new_context()
        context.add_cookies(signing.browser_cookies(address, AGENT))  # type: ignore[arg-type]
        page = context.new_page()
        refused: list[str] = []
        page.on("requestfailed", lambda request: refused.append(f"{request.url} {request.failure}"))
        page.goto(f"{scheme}://{host}:{desktop}/?{address}{path}")
        drawn = page.frame_locator("iframe").locator("#callfloor")
        if works:
            drawn.wait_for(state="attached", timeout=PATIENCE_S * 1000)
            page.frame_locator("iframe").locator(".me-page main").wait_for(timeout=PATIENCE_S * 1000)
        else:
            wait_until(lambda: page.wait_for_timeout(50) or refused, PATIENCE_S, "the browser refuses the frame")
            (said,) = refused
            assert said.startswith(address) and said.endswith("net::ERR_BLOCKED_BY_RESPONSE")
            assert drawn.count() == 0
        context.close()
