"""Event to pixel: from the ``time`` of an event to its number painted in Chromium, with the demo's floor at work.

Every process is real. Calls come in all the time from 180 agents; now and then fifty at once, which no floor does, so the
jump of the headline is theirs.
"""

import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from streams.decode import encode
from streams.embedded import free_port
from streams.produce import Producer
from streams.site_time import rfc3339
from tests.browser.conftest import SIZES
from tests.browser.opened import opened
from tests.browser.test_outage import start as start
from tests.services.kafka import KafkaServer
from tests.waiting import wait_until

pytestmark = [pytest.mark.benchmark, pytest.mark.browser, pytest.mark.services]
SAMPLES, JUMP = 40, 50
_WATCH = """() => {
  const box = document.querySelector('[data-live="text"][data-path="floor.handled"]');
  const read = () => Number(box.innerText.replaceAll(',', ''));
  let before = read();
  window.jumps = [];
  window.began = Date.now();
  new MutationObserver(() => {
    const after = read();
    const painted = () => window.jumps.push(performance.timeOrigin + performance.now());
    if (after - before >= 40) requestAnimationFrame(() => setTimeout(painted, 0));
    before = after;
  }).observe(box, {childList: true, characterData: true, subtree: true});
}"""


def calls(now_ms: int) -> Iterator[bytes]:
    """Fifty unattributed calls that end now."""
    for i in range(JUMP):
        data = {
            "call_id": f"bench-{now_ms}-{i}", "version": 1, "agent": None, "direction": "outbound",
            "ended_at": rfc3339(now_ms), "outcome": "handled", "talk_s": 60,
        }  # fmt: skip
        yield encode("call.ended", data["call_id"], "/benchmark", now_ms, data)


@pytest.fixture
def wall(kafka: KafkaServer, redis_url: str, topic: str, browser: Browser, start: Any, tmp_path: Path) -> Iterator[Any]:
    """A wall on the floor of the demo, five and a half hours into its shift."""
    (tmp_path / "zone.toml").write_text('[site]\nzone = "Asia/Shanghai"\n')
    write = ["--site", str(tmp_path / "zone.toml"), "--write-site", str(tmp_path)]
    assert start("simulate", "--hours-in", "5.5", *write).wait(60) == 0
    services = [
        "--kafka",
        kafka.bootstrap,
        "--redis",
        redis_url,
        "--topic",
        topic,
        "--site",
        str(tmp_path / "site.toml"),
    ]
    listen = f"127.0.0.1:{free_port()}"
    start("run", *services, "--listen", listen)
    start("simulate", "--hours-in", "5.5", *services)
    page = browser.new_page(viewport=SIZES["wall"])
    opened(page, f"http://{listen}/wall/main")
    wait_until(lambda: shown(page) > 10_000, 120, "most of the shift so far is counted")
    page.evaluate(_WATCH)
    wait_until(lambda: quiet(page), 60, "the rest is counted: no jump for three seconds")
    yield page
    page.close()


def quiet(page: Any) -> bool:
    """Whether the headline has made no jump in the last three seconds."""
    return bool(page.evaluate("Date.now() - Math.max(window.began, ...window.jumps) > 3000"))


def shown(page: Any) -> int:
    text = page.locator('[data-live="text"][data-path="floor.handled"]').first.inner_text()
    return int(text.replace(",", "")) if text[0].isdigit() else 0


def test_event_to_pixel(wall: Any, kafka: KafkaServer, topic: str) -> None:
    wall.evaluate("window.jumps.length = 0")
    choose, waits = random.Random(1), []
    with Producer(kafka.bootstrap, topic) as producer:
        for number in range(SAMPLES):
            moment = time.monotonic() + choose.uniform(0.5, 1.0)
            wait_until(lambda until=moment: time.monotonic() > until, 2, "a random moment", 0.01)
            now_ms = time.time_ns() // 1_000_000
            for value in calls(now_ms):
                producer.send(b"", value)
            producer.flush()
            wait_until(lambda n=number: wall.evaluate("window.jumps.length") > n, 10, "the jump is painted", 0.05)
            waits.append(wall.evaluate(f"window.jumps[{number}]") - now_ms)
    waits.sort()
    print(f"\nevent to pixel, 180 agents at work, {SAMPLES} samples:", end=" ")
    print(
        f"median {statistics.median(waits):.0f} ms, p95 {waits[int(SAMPLES * 0.95) - 1]:.0f} ms, worst {waits[-1]:.0f} ms"
    )
    assert len(waits) == SAMPLES
