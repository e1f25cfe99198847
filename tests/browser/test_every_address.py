"""Through the pages by their own links, on the real server: each has its title and its place, none complains or asks elsewhere.

What a page complains of is also what its content policy forbids; ``watched`` collects both.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from dashboard.health.health_service import HealthService
from dashboard.site.watch import SiteWatch
from streams.store.client import open_redis
from tests import signing
from tests.browser.conftest import DESK, Seen, watched
from tests.browser.opened import DRAWN
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, Partition, call, heartbeat, reader
from tests.dashboard.running import Clock, publishing, serving

pytestmark = [pytest.mark.browser, pytest.mark.services]
WAYS = (("Roll-up", "/rollup"), ("Campaigns", "/campaigns"), ("Health", "/health"), ("Wall", "/wall/main"))


@pytest.fixture
def address(redis_url: str) -> Iterator[str]:
    """A board at work on one call, with its health."""
    client: Any = open_redis(redis_url)
    partitions = [Partition(client, at) for at in range(PARTITIONS)]
    partitions[0].write(call("a1", "c1", NOON_MS - 60_000))
    for one in partitions:
        one.write(heartbeat(NOON_MS - 200))
    health = HealthService(SiteWatch.fixed(SITE), lambda: reader(client), lambda: NOON_MS)
    with publishing(redis_url, Clock()), serving(redis_url, health=health) as served:
        yield served
    client.close()


def test_the_links_lead_through_every_page(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    seen = Seen(page, watched(page))
    signing.enter(page, f"{address}/team/dawn?lang=en")
    seen.until(DRAWN)
    titles = {page.title()}
    for link, path in WAYS:
        page.locator(".top").get_by_role("link", name=link, exact=True).click()
        seen.until(f"location.pathname === '{path}' && {DRAWN}")
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.locator("h1").count() == 1, path
        titles.add(page.title())
        if path != "/wall/main":
            assert page.locator(".top a.on").inner_text() == link
    assert len(titles) == len(WAYS) + 1, "a tab is told from another by its title"
    signing.enter(page, f"{address}/team/dawn?lang=en")
    seen.until(DRAWN)
    page.locator(".top .menu summary").first.click()
    page.locator(".top .menu").get_by_role("link", name="Everyone", exact=True).click()
    seen.until(
        f"location.pathname === '/team/~everyone' && {DRAWN} && document.querySelector('.ag-row[row-id=\"a1\"]')"
    )
    page.locator(".top").get_by_role("link", name="Health", exact=True).click()
    seen.until(f"location.pathname === '/health' && {DRAWN}")
    page.locator(".top").get_by_role("link", name="Wall", exact=True).click()
    seen.until(f"location.pathname === '/wall/main' && {DRAWN}")
    page.go_back()
    seen.until(f"location.pathname === '/health' && {DRAWN}")
    assert seen.complaints == []
    page.close()
