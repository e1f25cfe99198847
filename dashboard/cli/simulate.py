"""``callfloor simulate``: a made-up floor into a Kafka of yours."""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.settings import Settings
from dashboard.wiring.commands import Command, make_topic, site_of
from dashboard.wiring.connections import Connections
from dashboard.wiring.simulated_site import write_site
from dashboard.wiring.terminal import Progress, say, stop_on_signals
from streams.simulator.floor import SimulatedFloor, build_floor
from streams.simulator.live_simulation import LiveSimulation, fill, wall_clock
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.simulator import Simulator
from streams.site_time import HOUR_MS

Between = Callable[[SimulatedEvent, int], None]
"""Is told each chunk's last event and how many were sent."""
Fill = Callable[[Iterable[SimulatedEvent], Between], int]
"""Sends events until it is stopped -> how many."""
_MOST_SHIFTS = 25
"""As many as lie within the days for which hours are kept."""


def add_floor(parser: argparse.ArgumentParser) -> None:
    """The options that say which floor; ``demo`` has them too."""
    parser.add_argument("--agents", type=int, default=180, help="people on the floor (default %(default)s)")
    parser.add_argument("--teams", type=int, default=9, help="teams they are in (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same number, the same day (default %(default)s)")


def shifts(text: str) -> int:
    """The text of an option -> a number of earlier shifts. Raises argparse.ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST_SHIFTS):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of shifts from 0 to {_MOST_SHIFTS}")
    return int(text)


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = float("nan")
    if not -24 <= hours <= 24:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of hours from -24 to 24")
    return hours


def _options(parser: argparse.ArgumentParser) -> None:
    add_floor(parser)
    hours = "lay the shift so that now is this many hours into it; without it, shifts start at 09:00"
    parser.add_argument("--hours-in", type=_hours, metavar="H", help=hours)
    days = "send so many earlier shifts first, oldest first, their states added up by the hour (default %(default)s)"
    parser.add_argument("--days", type=shifts, default=0, metavar="N", help=days)
    parser.add_argument(
        "--no-fill", action="store_true", help="begin with now; without it, what lies before comes first"
    )
    files = "write the site file of this floor and its lists to a folder and end"
    parser.add_argument("--write-site", type=Path, metavar="FOLDER", help=files)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    stop, now_ms = stop_on_signals(), time.time_ns() // 1_000_000
    floor, zone = floor_of(args), site_of(settings).zone
    start_ms = _shift_start_ms(args.hours_in, now_ms, zone)
    simulator = Simulator(floor, args.seed, start_ms, zone)
    if args.write_site:
        args.write_site.mkdir(parents=True, exist_ok=True)
        path = write_site(args.write_site, floor, simulator, start_ms, zone, args.days)
        say(f"wrote {path} and the lists beside it")
        return 0
    connections = Connections(settings)
    make_topic(connections)
    with connections.producer() as producer:
        if not args.no_fill:
            for what, events in past(simulator, args.days, start_ms, now_ms):
                if not stop.is_set():
                    send_past(what, events, lambda events, show: fill(events, producer, stop, show), zone)
        say("live now; Ctrl-C ends it")
        LiveSimulation(simulator, now_ms, producer).run(stop)
    return 0


def past(simulator: Simulator, days: int, start_ms: int, now_ms: int) -> Iterator[tuple[str, Iterable[SimulatedEvent]]]:
    """(what it is, its events) of everything before now in order of time, so that nothing is too late; each when asked for."""
    earlier = simulator.working_days_before(days)
    for number, day in enumerate(earlier, start=1):
        yield f"earlier shifts: {number} of {days} ({day})", simulator.outline(simulator.day(day))
    yield "the shift so far", simulator.events(start_ms - HOUR_MS, now_ms)


def send_past(what: str, events: Iterable[SimulatedEvent], fill: Fill, zone: str) -> None:
    """Sends events that are over, with progress."""
    progress = Progress()

    def show(event: SimulatedEvent, sent: int) -> None:
        progress.show(f"{what} at {wall_clock(event.sent_ms, zone)}: {sent} events")

    progress.done(f"{what}: {fill(events, show)} events")


def floor_of(args: argparse.Namespace) -> SimulatedFloor:
    """The floor of the options. Ends with a usage error if there is no such floor."""
    try:
        return build_floor(args.agents, args.teams, args.seed)
    except ValueError as error:
        raise SystemExit(f"callfloor: {error}") from error


def _shift_start_ms(hours_in: float | None, now_ms: int, zone: str) -> int:
    if hours_in is not None:
        return now_ms - int(hours_in * HOUR_MS)
    today = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone))
    return int(today.replace(hour=9, minute=0, second=0, microsecond=0).timestamp() * 1000)


COMMAND = Command(
    "simulate",
    "send the events of a made-up floor to Kafka",
    "Makes up a call centre's day (calls, states, complaints, evaluations, surveys, queues, campaigns) and sends it to "
    "Kafka: earlier shifts if asked for, the shift so far, then live, until Ctrl-C. A few agents are slow in every shift, "
    "one drops in the middle of today's, one loses quality with it: what the board should find. Only for trying things: it "
    "is not to be mixed with real calls.",
    _options,
    _body,
)
