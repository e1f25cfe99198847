"""The agent table of a team of 5,000 in Chromium: four frames a second with 100 agents changed in each.

Printed: the CPU time of the page's main thread as a share of the time, its longest task in the clock's time, and frame to
pixel: from the instant at which a frame was written to the turn of the page after it was drawn. The server runs in the process
of the benchmark, on the same cores. Every ten seconds the evidence of all 5,000 is another, as on a floor.
"""

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession

from layouts.team import team
from tests.browser.conftest import DESK
from tests.browser.stage import Stage, serve
from tests.layouts.example import COLUMNS, example_agents, example_site, team_snapshot
from tests.layouts.judged import example_evidence
from tests.waiting import wait_until

pytestmark = [pytest.mark.benchmark, pytest.mark.browser]
AGENTS, CHANGED, PER_S, SECONDS = 5000, 100, 4, 30
ALERTS = 60
"""Of agents over a limit; what a floor of this size has at once."""
_AT = {name: at for at, name in enumerate(COLUMNS)}
_WATCH = """() => {
  Object.assign(window, {tasks: [], paints: new Map()});
  const note = (list) => list.getEntries().forEach((one) => window.tasks.push(one.duration));
  new PerformanceObserver(note).observe({type: 'longtask'});
  const look = () => {
    const {seq, now, at} = window.callfloor.painted || {};
    if (seq && !window.paints.has(seq)) window.paints.set(seq, at - now);
  };
  setInterval(look, 10);
}"""


def agents(now_ms: int) -> list[list[Any]]:
    """The example's agents over and over, each under an id of its own."""
    pattern = [row for row in example_agents(now_ms) if row[_AT["state"]] not in (None, "offline")]
    return [[str(10_000 + n), f"坐席{n}", f"Agent {n}", *pattern[n % len(pattern)][3:]] for n in range(AGENTS)]


def snapshot(rows: list[list[Any]], now_ms: int) -> dict[str, Any]:
    found = team_snapshot(now_ms=now_ms)
    alerts = [
        {"kind": "idle", "about": "state", "unit": "ms", "id": row[0], "name": row[1], "name_en": row[2], "state": None,
         "since": now_ms - 1_900_000, "value": None, "limit": 1_800_000}
        for row in rows[:: AGENTS // ALERTS]
    ]  # fmt: skip
    return found | {"agents": {"columns": COLUMNS, "rows": rows}, "desk": found["desk"] | {"alerts": alerts}}


def evidence(rows: list[list[Any]], expected: float) -> dict[str, Any]:
    found = example_evidence([row[0] for row in rows])
    for one in found["agents"].values():
        one["expected"] = expected
    return found


@pytest.fixture
def stage() -> Iterator[Stage]:
    with serve(Stage()) as opened:
        yield opened


def worked_s(session: CDPSession) -> float:
    """CPU seconds of the page's tasks so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def changed(rows: list[list[Any]], choose: random.Random) -> list[list[Any]]:
    """One call more for some of them."""
    found = choose.sample(rows, CHANGED)
    for row in found:
        for name in ("handled", "net"):
            row[_AT[name]] += 1
        row[_AT["spark"]] = [*row[_AT["spark"]][:-1], row[_AT["spark"]][-1] + 1]
    return found


def test_five_thousand_rows(stage: Stage, browser: Browser) -> None:
    now_ms = time.time_ns() // 1_000_000
    rows, choose = agents(now_ms), random.Random(1)
    stage.reset(team("dawn", "zh", "light", example_site()), snapshot(rows, now_ms))
    stage.answers = {"GET /snapshot": (200, evidence(rows, 150))}
    page = browser.new_page(viewport=DESK)
    began = time.monotonic()
    page.goto(stage.url)
    wait_until(lambda: page.locator(".ag-row").count() > 15, 60, "the rows are drawn", 0.05)
    shown_s = time.monotonic() - began
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(_WATCH)
    before_s, start = worked_s(session), time.monotonic()
    for n in range(SECONDS * PER_S):
        due = start + n / PER_S
        wait_until(lambda until=due: time.monotonic() >= until, 5, "the next frame is due", 0.005)
        frame = changed(rows, choose)
        if n % (10 * PER_S) == 0:
            stage.answers = {"GET /snapshot": (200, evidence(rows, 150 + n))}
        stage.push(now=time.time_ns() // 1_000_000, agents={"columns": COLUMNS, "rows": frame})
    busy = (worked_s(session) - before_s) / (time.monotonic() - start)
    tasks, paints = page.evaluate("[window.tasks, [...window.paints.values()]]")
    paints.sort()
    print(f"\n{AGENTS} agents, {CHANGED} changed, {PER_S} frames/s, {SECONDS} s: rows after {shown_s:.1f} s,", end=" ")
    print(
        f"main thread {busy:.0%} busy, {len(tasks)} tasks over 50 ms, longest {max(tasks, default=0):.0f} ms,", end=" "
    )
    print(f"frame to pixel median {paints[len(paints) // 2]:.0f} ms, p95 {paints[int(len(paints) * 0.95)]:.0f} ms")
    assert page.evaluate("callfloor.gaps") == 0
    page.close()
