"""The demo as it is: its own broker and Redis, a wall with numbers, and nothing left behind."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from streams.simulator.embedded import NotInstalled, broker_program, free_port, redis_program
from tests import patient_http
from tests.absence import absent
from tests.dashboard.cli.program import STOP_S, Started, started
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
UP_S = 90.0
"""Of work, not of the wall clock: an idle machine needs 20."""
TEAMS = ["dawn", "voyage", "pine", "swan", "sail", "spring", "bedrock", "lake", "compass"]


@pytest.fixture
def installed(tmp_path: Path) -> None:
    """The demo's own servers, or the test is not run."""
    try:
        broker_program(tmp_path)
        redis_program()
    except NotInstalled as missing:
        absent(str(missing))


@pytest.fixture
def demo(installed: None, tmp_path: Path) -> Iterator[Started]:
    listen = f"127.0.0.1:{free_port()}"
    with started(tmp_path, "demo", "--days", "1", CALLFLOOR_LISTEN=listen, TMPDIR=str(tmp_path)) as command:
        command.wait_for(f"the wall is up: http://{listen}/wall/main", UP_S)
        yield command


def snapshot(demo: Started) -> dict[str, Any]:
    address = wall_of(demo).removesuffix("/wall/main")
    answer = patient_http.get(f"{address}/snapshot?topic=wall:main", who=None)
    found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
    return found


def test_the_wall_is_up_first_then_the_day_fills_and_the_floor_is_live(demo: Started, tmp_path: Path) -> None:
    demo.wait_for("the floor is live", UP_S)
    assert demo.said.index("the wall is up") < demo.said.index("today's shift") < demo.said.index("the floor is live")
    found = wait_until(
        lambda: (s := snapshot(demo)) and s["floor"]["handled"] > 10_000 and s, UP_S, "a full day", clock=demo.work_s
    )
    assert [team["id"] for team in found["teams"]] == TEAMS
    assert found["age_s"] < 15
    floor = found["floor"]
    assert floor["net"] == floor["handled"] - floor["deducted"] + floor["floored"]
    assert floor["handled"] == sum(team["handled"] for team in found["teams"])
    assert floor["states"]["total"] == 180
    assert floor["states"]["signed_in"] > 120
    assert len(floor["half_hours"]["handled"]) >= 10
    wait_until(
        lambda: snapshot(demo)["floor"]["attempts"] > floor["attempts"], UP_S, "the floor goes on", clock=demo.work_s
    )
    demo.wait_for("all laid down", UP_S)
    assert "earlier shifts: 1 of 1 (" in demo.said
    demo.children()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(STOP_S) == 0
    assert demo.left() == []
    assert list(tmp_path.glob("callfloor-demo-*")) == []


def test_stopped_while_it_fills_it_leaves_nothing(demo: Started) -> None:
    demo.wait_for("today's shift at", UP_S)
    assert len(demo.children()) == 6  # guard, broker, Redis, consume, publish, serve
    demo.process.terminate()
    assert demo.process.wait(STOP_S) == 0
    assert demo.left() == []


def test_stopped_while_it_lays_earlier_shifts_it_leaves_nothing(demo: Started) -> None:
    demo.wait_for("earlier shifts: 1 of 1", UP_S)
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(STOP_S) == 0
    assert demo.left() == []
    assert "all laid down" not in demo.said


def test_killed_outright_it_leaves_nothing(demo: Started) -> None:
    assert len(demo.children()) == 6
    demo.process.kill()
    demo.process.wait()
    wait_until(lambda: not demo.left(), PATIENCE_S, "every child gone")


def wall_of(demo: Started) -> str:
    """The wall that a demo says is up; empty while it says none."""
    return demo.said.partition("the wall is up: ")[2].partition(" ")[0]


def test_two_at_once_each_have_their_own_board_or_advice(installed: None, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    arguments = ("demo", "--days", "0", "--listen", f"127.0.0.1:{free_port()}")
    with started(folders[0], *arguments) as one, started(folders[1], *arguments) as two:
        for demo in (one, two):
            wait_until(
                lambda demo=demo: wall_of(demo) or demo.process.poll() is not None, UP_S, "up", clock=demo.work_s
            )  # type: ignore[misc]
        walls = [wall for demo in (one, two) if (wall := wall_of(demo))]
        assert walls
        assert len(set(walls)) == len(walls)
        ended = [demo for demo in (one, two) if not wall_of(demo)]
        assert all("is another one running? Choose another port" in demo.said for demo in ended)


def test_behind_a_proxy_and_on_any_free_port_the_wall_is_up(installed: None, tmp_path: Path) -> None:
    proxy = "http://127.0.0.1:1"
    with started(tmp_path, "demo", "--days", "0", "--listen", "127.0.0.1:0", http_proxy=proxy, no_proxy="") as demo:
        demo.wait_for("the wall is up", UP_S)
        with httpx.Client(trust_env=False) as client:
            assert client.get(wall_of(demo), timeout=PATIENCE_S).status_code == 200
