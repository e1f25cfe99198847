"""``callfloor demo``: everything at once on a bare machine, with a simulated floor, leaving nothing behind."""

import argparse
import re
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path

from dashboard.access.site_key import SiteKey
from dashboard.cli.run import roles
from dashboard.cli.simulate import Between, Fill, add_floor, floor_of, send_past, shifts
from dashboard.processes.children import Child, Children
from dashboard.processes.guard import Guard
from dashboard.settings import Settings, load, without_services
from dashboard.wiring.commands import Command
from dashboard.wiring.connections import Connections
from dashboard.wiring.network import refuse_open_board
from dashboard.wiring.simulated_site import write_site
from dashboard.wiring.terminal import Progress, say, stop_on_signals
from streams.simulator.embedded import ServerProcess, free_port, start_broker, start_redis
from streams.simulator.live_simulation import ZONE, LiveSimulation, day_backwards, fill, wall_clock
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.shift import OPENING_MS
from streams.simulator.simulator import Simulator
from streams.site_time import HOUR_MS

_INTO_SHIFT_MS = int(5.5 * HOUR_MS)
_TELL_EVERY_S = 30.0
_BOARD_AT = re.compile(r"the board is at (http://\S+)")
_KEEP_UP_S = 30.0
_FRESH_MS = 2_500
_MINUTES_MS = 48 * HOUR_MS
"""For so long minutes are kept, and a past moment can be shown as it was."""


def _options(parser: argparse.ArgumentParser) -> None:
    add_floor(parser)
    parser.add_argument("--days", type=shifts, default=20, help="earlier shifts to lay down (default %(default)s)")


def _body(args: argparse.Namespace, settings: Settings) -> int:
    # Of the settings the demo takes the listening address alone.
    refuse_open_board(load({"listen": settings.web.listen}, {}), is_demo=True)
    stop, floor = stop_on_signals(), floor_of(args)
    start_ms = time.time_ns() // 1_000_000 - _INTO_SHIFT_MS
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callfloor-demo-")))
        guard = stack.enter_context(Guard())
        say("starting a broker, a Redis and the board ...")
        broker = stack.enter_context(_server(start_broker, folder / "broker", guard))
        redis = stack.enter_context(_server(start_redis, folder / "redis", guard))
        simulator = Simulator(floor, args.seed, start_ms, ZONE)
        site = write_site(folder, floor, simulator, start_ms, ZONE, args.days)
        named = without_services()
        named |= {"kafka": broker.address, "redis": redis.address, "site": str(site), "listen": _free(settings)}
        named |= {
            "topic": settings.topic,
            "actions": settings.actions,
            "notify-file": settings.notify.file,
            "CALLFLOOR_NOTIFY": settings.notify.value,
        }
        options = {name.replace("-", "_"): value for name, value in named.items()}
        connections = stack.enter_context(closing(Connections(load(options, {}))))
        connections.make_topic()
        children = roles(named, SiteKey.make(), no_group=True, demo=True)
        for child in children:
            child.log = folder / f"{child.name}.log"
        with Children(children, guard, say).running() as watch:
            wall = _wait_until_up(children[-1], watch, stop)
            if wall and not stop.is_set():
                say(f"the wall is up: {wall}  (Ctrl-C ends everything)")
                _work(args.days, simulator, start_ms, connections, stop)
    say("stopped; nothing is left running")
    return 0


@contextmanager
def _server(start: Callable[[Path], ServerProcess], folder: Path, guard: Guard) -> Iterator[ServerProcess]:
    folder.mkdir()
    server = start(folder)
    guard.name(server.pid)
    try:
        yield server
    finally:
        server.stop()
        guard.forget(server.pid)


def _free(settings: Settings) -> str:
    """Where to listen: as the setting says, or on a free port if something listens there already."""
    host, port = settings.web.host, settings.web.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            say(f"{settings.web.listen} is taken: using another port")
            return f"{settings.web.listen.rpartition(':')[0]}:{free_port()}"
    return settings.web.listen


def _wait_until_up(serve: Child, children: Children, stop: threading.Event) -> str | None:
    """The address of the wall once it answers; None if told to stop before. Raises ChildDied.

    ``serve`` logs the address once it holds the port: so no other program is asked that answers there. A busy machine takes
    its time, so the demo waits as long as every process lives, and says so.
    """
    began = last_s = time.monotonic()
    while not stop.wait(0.2):
        children.require_alive()
        match = _BOARD_AT.search(serve.log_end())
        if match and _answers(match[1]):
            return match[1]
        if time.monotonic() - last_s > _TELL_EVERY_S:
            last_s = time.monotonic()
            say(f"the board does not answer yet, after {last_s - began:.0f} s: still waiting{serve.last_line()}")
    return None


def _answers(url: str) -> bool:
    """Whether a page comes, past any proxy: a proxy has another idea of this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except (urllib.error.URLError, TimeoutError):
        return False


def _work(days: int, simulator: Simulator, start_ms: int, connections: Connections, stop: threading.Event) -> None:
    """The shift up to now first, then those before it while the floor goes on, then the floor alone."""
    now_ms = time.time_ns() // 1_000_000
    connections.settle_partitions()
    with connections.producer() as producer:

        def fill_fresh(events: Iterable[SimulatedEvent], between: Between) -> int:
            """Sends events no faster than they are counted, so that the wall stays fresh."""

            def then(event: SimulatedEvent, sent: int) -> None:
                between(event, sent)
                _keep_up(connections, stop)

            return fill(events, producer, stop, then)

        send_past("today's shift", simulator.events(start_ms - OPENING_MS, now_ms), fill_fresh, ZONE)
        floor = LiveSimulation(simulator, now_ms, producer)
        if not stop.is_set():
            say("the floor is live")
        _lay_earlier(fill_fresh, simulator, simulator.working_days_before(days)[::-1], floor, stop)
        floor.run(stop)


def _keep_up(connections: Connections, stop: threading.Event) -> None:
    """Waits while the newest heartbeat counted is older than the wall should ever be."""
    deadline = time.monotonic() + _KEEP_UP_S
    while _age_ms(connections) > _FRESH_MS and time.monotonic() < deadline and not stop.wait(0.1):
        pass


def _age_ms(connections: Connections) -> int:
    counters = connections.event_counters()
    metas = [counters.meta(partition) for partition in counters.partitions]
    beats = [meta.heartbeat_ms or 0 if meta else 0 for meta in metas]
    return time.time_ns() // 1_000_000 - min(beats)


def _lay_earlier(
    fill: Fill, simulator: Simulator, days: Sequence[date], floor: LiveSimulation, stop: threading.Event
) -> None:
    """Earlier shifts, the newest first: whole where minutes are kept, else in outline. The floor goes on meanwhile."""
    progress = Progress()
    for number, day in enumerate(days, start=1):
        whole = simulator.shift_start_ms(day) > time.time() * 1000 - _MINUTES_MS
        what = f"earlier shifts: {number} of {len(days)} ({day})"

        def show(event: SimulatedEvent, sent: int, what: str = what) -> None:
            progress.show(f"{what} at {wall_clock(event.sent_ms, ZONE)}", every=20)
            floor.send_due()

        if not stop.is_set():
            fill(day_backwards(simulator, day, whole, floor.send_due), show)
    if days and not stop.is_set():
        progress.done(f"earlier shifts: {len(days)} of {len(days)} ({days[-1]}), all laid down")


COMMAND = Command(
    "demo",
    "see the board with a simulated floor; nothing to set up",
    "Starts a small broker and a Redis, simulates a floor five and a half hours into its shift, and serves the board on "
    "this machine until Ctrl-C. The settings --kafka, --redis and --site do not matter here. Nothing is left behind.",
    _options,
    _body,
)
