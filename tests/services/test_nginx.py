"""The nginx block of docs/operations.md at work in front of a real server: pages, snapshots and streams over TLS and HTTP/2."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from dashboard.access.web_endpoint import WebEndpoint
from dashboard.web.cookies import LOOPBACK_COOKIE, SessionCookie
from streams.store.client import open_redis
from tests import signing
from tests.dashboard.partitions import NOON_MS, Partition, call
from tests.dashboard.running import Clock, publishing, serving
from tests.dashboard.web.test_network import FORGED, telling
from tests.services.chromium import ARGUMENTS, executable
from tests.services.nginx import NAME, Nginx, block_of_docs, proxying
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
WEB = WebEndpoint("127.0.0.1:0", f"https://{NAME}", proxies=("127.0.0.1",))
HANDLED = "window.callfloorApp?.page?.store?.floor?.handled"
READ_STREAM = """async () => {
    const reader = (await fetch("/stream?topic=floor")).body.getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    return first;
}"""
PROTOCOLS = """() => Object.fromEntries(performance.getEntries().filter(entry => entry.nextHopProtocol)
    .map(entry => [new URL(entry.name).pathname, entry.nextHopProtocol]))"""


@pytest.fixture
def upstream(redis_url: str) -> Iterator[str]:
    """The address of a board with a call and a publisher, whose public address is that of nginx."""
    client: Any = open_redis(redis_url)
    Partition(client, 0).write(call("a1", "c1", NOON_MS - 1000))
    clock = Clock()
    with publishing(redis_url, clock), serving(redis_url, web=WEB, clock_ms=clock) as address:
        yield address
    client.close()


@pytest.fixture
def nginx(upstream: str, tmp_path: Path) -> Iterator[Nginx]:
    with proxying(tmp_path, upstream, block_of_docs()) as running:
        yield running


@pytest.fixture
def page(nginx: Nginx, upstream: str) -> Iterator[Page]:
    """A page of a browser that is signed in, and in which the name of the board leads to nginx."""
    cookie = {**_cookie(upstream), "domain": NAME, "path": "/", "secure": True, "httpOnly": True}
    leads = f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{nginx.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=[*ARGUMENTS, leads])
        context = browser.new_context(ignore_https_errors=True)
        context.add_cookies([cookie])
        yield context.new_page()
        browser.close()


def test_pages_snapshots_and_streams_come_over_http_2(page: Page) -> None:
    page.goto(f"https://{NAME}/wall/main")
    wait_until(lambda: page.evaluate(HANDLED) == 1, PATIENCE_S, "the call on the wall")
    assert page.evaluate("async () => (await (await fetch('/snapshot?topic=floor')).json()).floor.handled") == 1
    assert "event: snapshot" in page.evaluate(READ_STREAM)
    protocols = page.evaluate(PROTOCOLS)
    assert {"/wall/main", "/snapshot", "/stream"} <= protocols.keys()
    assert set(protocols.values()) == {"h2"}


def test_another_name_and_what_came_without_tls_are_refused(nginx: Nginx, upstream: str) -> None:
    with nginx.client() as client:
        client.cookies.set(**_cookie(upstream))
        good, other = nginx.get(client, "/wall/main"), nginx.get(client, "/wall/main", Host="other.example")
    assert (good.status_code, other.status_code) == (200, 421)
    assert good.headers["strict-transport-security"].startswith("max-age=")
    assert httpx.get(f"{upstream}/wall/main", headers={"Host": NAME}).status_code == 421
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(nginx.url)


def test_the_board_learns_the_address_of_the_browser_whatever_the_browser_says(tmp_path: Path) -> None:
    with (
        telling(WEB) as upstream,
        proxying(tmp_path, upstream, block_of_docs()) as nginx,
        nginx.client(local_address="127.0.0.7") as client,
    ):
        answer = nginx.get(client, "/", **FORGED, Forwarded="for=203.0.113.9").json()
    assert answer == {"client": "127.0.0.7", "scheme": "https", "host": NAME}


def test_a_stream_is_not_held_back(redis_url: str, tmp_path: Path) -> None:
    """Nothing is published, so a stream has small events alone. A proxy that gathers them has given none meanwhile."""
    gathering = "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;"
    held = block_of_docs().replace("proxy_buffering off;", gathering)
    assert gathering in held
    with ExitStack() as stack:
        upstream = stack.enter_context(serving(redis_url, web=WEB))
        proxies = []
        for name, block in (("held", held), ("docs", block_of_docs())):
            (tmp_path / name).mkdir()
            proxies.append(stack.enter_context(proxying(tmp_path / name, upstream, block)))
        assert asyncio.run(_hear_until_third(*proxies, _cookie(upstream))) == 0


def _cookie(upstream: str) -> dict[str, str]:
    """The cookie of a supervisor as browsers have it over TLS."""
    return {"name": SessionCookie(is_secure=True).name, "value": signing.cookies(upstream)[LOOPBACK_COOKIE.name]}


async def _hear_until_third(held: Nginx, docs: Nginx, cookie: dict[str, str]) -> int:
    """Listens to a stream of both until that of the docs has its third event -> the events of the other until then."""
    events: list[str] = []
    late = asyncio.create_task(_listen(held, cookie, events.append))
    async with asyncio.timeout(PATIENCE_S):
        await _listen(docs, cookie, lambda line: None)
    late.cancel()
    await asyncio.wait([late])
    return len(events)


async def _listen(nginx: Nginx, cookie: dict[str, str], take: Callable[[str], None]) -> None:
    """Takes three events of a stream."""
    headers, count = {"Host": NAME, "Cookie": f"{cookie['name']}={cookie['value']}"}, 0
    async with (
        httpx.AsyncClient(verify=nginx.trusting, timeout=PATIENCE_S) as client,
        client.stream(
            "GET", f"{nginx.url}/stream?topic=floor", headers=headers, extensions={"sni_hostname": NAME}
        ) as answer,
    ):
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                take(line)
                count += 1
                if count == 3:
                    return
