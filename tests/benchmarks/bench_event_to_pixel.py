"""Event to pixel: from the ``time`` of an event to its number painted in Chromium, with a simulated floor at work.

Every process is real. Calls come in all the time from 180 or 5,000 agents; now and then many at once, which no floor does, so
the jump of the headline is theirs. On the large floor 199 viewers more read the wall's frames and those of the teams.

The promise, with 5,000 agents and 200 viewers: half of them within 250 ms, 95 % within 450.
"""

import random
import secrets
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from dashboard.access.identity import Identity
from dashboard.board.topics import FLOOR, team_topic
from dashboard.site.load import load_site
from dashboard.site.watch import SiteWatch
from dashboard.web.cookies import LOOPBACK_COOKIE
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.simulator.embedded import free_port
from streams.site_time import rfc3339
from tests import signing
from tests.benchmarks.viewers import Read, viewing
from tests.browser.conftest import SIZES
from tests.browser.opened import opened
from tests.browser.test_outage import start as start
from tests.dashboard.cli.program import started
from tests.services.kafka import KafkaServer
from tests.waiting import wait_until

pytestmark = [pytest.mark.benchmark, pytest.mark.browser, pytest.mark.services]
SAMPLES = 40


class Case(NamedTuple):
    """A floor, how long it has been at work, and who looks at it beside the wall in Chromium.

    ``jump``: so many calls at once, far more than the floor makes meanwhile: once the headline is up by as many, the last of
    them is painted. Steps of ``catching_up`` are made only by the shift so far.
    """

    agents: int
    teams: int
    hours_in: float
    viewers: int
    jump: int
    catching_up: int


DEMO = Case(agents=180, teams=9, hours_in=5.5, viewers=0, jump=50, catching_up=40)
LARGE = Case(agents=5_000, teams=250, hours_in=1.0, viewers=199, jump=500, catching_up=150)
_WATCH = """() => {
  const box = document.querySelector('[data-live="text"][data-path="floor.handled"]');
  const read = () => Number(box.innerText.replaceAll(',', ''));
  let before = read();
  window.steps = [];
  window.began = Date.now();
  new MutationObserver(() => {
    const [shown, by] = [read(), read() - before];
    before = shown;
    const painted = () => window.steps.push({ shown, by, at: performance.timeOrigin + performance.now() });
    requestAnimationFrame(() => setTimeout(painted, 0));
  }).observe(box, {childList: true, characterData: true, subtree: true});
}"""


def calls(now_ms: int, count: int) -> Iterator[bytes]:
    """Unattributed calls that end now."""
    for i in range(count):
        data = {
            "call_id": f"bench-{now_ms}-{i}", "version": 1, "agent": None, "direction": "outbound",
            "ended_at": rfc3339(now_ms), "outcome": "handled", "talk_s": 60,
        }  # fmt: skip
        yield encode("call.ended", data["call_id"], "/benchmark", now_ms, data)


class Board:
    """The services under ``callfloor run``, and the floor that ``callfloor simulate`` makes up for them."""

    def __init__(self, kafka: KafkaServer, redis_url: str, topic: str, start: Any, folder: Path) -> None:
        self.bootstrap, self.topic = kafka.bootstrap, topic
        self._redis_url, self._start, self._folder = redis_url, start, folder
        self._key = secrets.token_bytes(32)

    @contextmanager
    def wall(self, browser: Browser, case: Case) -> Iterator[Page]:
        """A wall on this floor, once all that lies before now is counted."""
        with self._serving(case) as address:
            page = browser.new_page(viewport=SIZES["wall"])
            page.context.add_cookies(signing.browser_cookies(address))
            opened(page, f"{address}/wall/main", within_s=300)
            page.evaluate(_WATCH)
            with viewing(address, self._topics(case), self._cookies(case)) as viewers:
                wait_until(lambda: shown(page) > 0, 300, "the shift so far is being counted")
                wait_until(lambda: quiet(page, case), 600, "it is counted: no jump for five seconds", 0.5)
                before = viewers.told()
                yield page
                tell(case, before, viewers.told())
            page.close()

    @contextmanager
    def _serving(self, case: Case) -> Iterator[str]:
        (self._folder / "zone.toml").write_text('[site]\nzone = "Asia/Shanghai"\n')
        floor = ["--agents", str(case.agents), "--teams", str(case.teams), "--hours-in", str(case.hours_in)]
        write = ["--site", str(self._folder / "zone.toml"), "--write-site", str(self._folder)]
        assert self._start("simulate", *floor, *write).wait(120) == 0
        services = ["--kafka", self.bootstrap, "--redis", self._redis_url, "--topic", self.topic]
        services += ["--site", str(self._folder / "site.toml")]
        listen = f"127.0.0.1:{free_port()}"
        key = self._folder / "key"  # the viewers' sessions are begun by it
        key.write_bytes(self._key)
        key.chmod(0o600)
        with started(self._folder, "run", *services, "--key-file", str(key), "--listen", listen) as run:
            self._start("simulate", *floor, *services)
            yield signing.use_link(lambda: run.said)

    def _cookies(self, case: Case) -> list[str]:
        """A session for each of the other viewers."""
        signer = signing.Signer(self._redis_url, SiteWatch.read(str(self._folder / "site.toml")), self._key)
        tokens = [signer.token(Identity(f"os:viewer{n}", f"viewer {n}")) for n in range(case.viewers)]
        return [f"{LOOPBACK_COOKIE.name}={token}" for token in tokens]

    def _topics(self, case: Case) -> list[str]:
        """Every other viewer looks at the wall, each of the rest at a team of their own."""
        teams = [team.id for team in load_site(str(self._folder / "site.toml")).teams]
        return [FLOOR if n % 2 else team_topic(teams[n % len(teams)]) for n in range(case.viewers)]


def tell(case: Case, before: Read, after: Read) -> None:
    """Prints what came to the viewers meanwhile; none of them may have been lost."""
    if case.viewers:
        frames, anew = after.frames - before.frames, after.snapshots - before.snapshots
        print(
            f"{case.viewers} viewers beside it read {frames} frames, {(after.bytes - before.bytes) / 1e6:.0f} MB,",
            end=" ",
        )
        print(f"and {anew} snapshots in place of frames that they were too slow for")
    assert after.alive == case.viewers


def quiet(page: Page, case: Case) -> bool:
    """Whether the headline has made no large step in the last five seconds."""
    large = f"window.steps.filter(({{ by }}) => by >= {case.catching_up}).map(({{ at }}) => at)"
    return bool(page.evaluate(f"Date.now() - Math.max(window.began, ...{large}) > 5000"))


def shown(page: Page) -> int:
    text = page.locator('[data-live="text"][data-path="floor.handled"]').first.inner_text()
    return int(text.replace(",", "")) if text[0].isdigit() else 0


@pytest.fixture
def board(kafka: KafkaServer, redis_url: str, topic: str, start: Any, tmp_path: Path) -> Board:
    return Board(kafka, redis_url, topic, start, tmp_path)


@pytest.mark.parametrize("case", [DEMO, LARGE], ids=["180", "5000"])
def test_event_to_pixel(board: Board, browser: Browser, case: Case) -> None:
    with board.wall(browser, case) as wall:
        report(case, sorted(waits(wall, board, case)))


def waits(wall: Page, board: Board, case: Case) -> Iterator[float]:
    """Milliseconds from the events to the painted number, sample by sample."""
    choose = random.Random(1)
    with Producer(board.bootstrap, board.topic) as producer:
        for _ in range(SAMPLES):
            moment = time.monotonic() + choose.uniform(0.5, 1.0)
            wait_until(lambda until=moment: time.monotonic() > until, 2, "a random moment", 0.01)
            now_ms, least = time.time_ns() // 1_000_000, shown(wall) + case.jump
            for value in calls(now_ms, case.jump):
                producer.send(b"", value)
            producer.flush()
            jump = f"window.steps.find(({{ shown }}) => shown >= {least})?.at"
            yield wait_until(lambda of=jump: wall.evaluate(of), 30, "the jump is painted", 0.05) - now_ms


def report(case: Case, found: Sequence[float]) -> None:
    """Prints the median, the 95th percentile and the worst."""
    print(f"\nevent to pixel, {case.agents} agents at work, {case.viewers + 1} viewers, {SAMPLES} samples:", end=" ")
    print(f"median {statistics.median(found):.0f} ms, p95 {found[int(SAMPLES * 0.95) - 1]:.0f} ms,", end=" ")
    print(f"worst {found[-1]:.0f} ms (promise with 5,000 agents and 200 viewers: 250 / 450)")
    assert len(found) == SAMPLES
