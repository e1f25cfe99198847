"""The simulated floor at work on the product's own line, at an instant that the benchmark moves: 180 agents, one day.

Events of the simulator are folded into a real Redis, judged and made into frames by the parts of the product. Between two
such ticks, a second apart, calls come in by chance on what was last shown: a tick of the whole line costs 11 ms, and a screen
that runs for weeks has to be shown more frames than that.
"""

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from msgspec import structs

from dashboard.board.bus import AWAY, FrameWriter
from dashboard.board.frame_types import GroupFigures
from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.seats_view import namings
from dashboard.board.side_jobs import FlagWatch, SideJobs
from dashboard.board.tick import Tick
from dashboard.floor.agent_table import NUMBERS
from dashboard.people.history_loader import HistoryLoader
from dashboard.people.quality_trends import QualityFollower, Trends
from dashboard.settings import load
from dashboard.site.load import Site, load_site
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service, flag_service
from dashboard.wiring.simulated_site import write_site
from streams.simulator.floor import build_floor
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader
from tests.dashboard.running import serving
from tests.moment.board import flag_register
from tests.moment.line import PARTITIONS, Line
from tests.moment.records import Sent
from tests.moment.when import SHIFT_START_MS, TODAY, ZONE, simulator
from tests.waiting import wait_until

Tier = TypeVar("Tier", bound=GroupFigures)
TICK_MS = 250
REAL_EVERY = 4
_BEAT_MS = 5000
_CALLS = 3
_HANDLED, _NET, _SINCE = (NUMBERS.index(name) for name in ("handled", "net", "since"))


class WorkingFloor:
    """``now_ms``: the publisher's instant. ``site`` is that of the demo."""

    def __init__(self, client: Any, url: str, folder: Path, start_ms: int) -> None:
        self.now_ms = start_ms
        self.site = _site(folder)
        self._settings = load({"redis": url, "topic": "bench.events", "actions": "bench.actions"}, {})
        self._line = Line(client, self._settings, self.site)
        self._events = _events()
        self._ahead: Sent | None = next(self._events)
        self._take()
        self._parts = self._of_persons(client)
        self._model = ReadModel(Reader(client, self._settings.topic, PARTITIONS), self.site, self._parts)
        self._frames = Frames("bench", "", namings(self.site))
        self._writer = FrameWriter(client)
        self._chance = random.Random(5)
        self._shown = self._look()

    @contextmanager
    def serving(self, **more: Any) -> Iterator[str]:
        """The web server over it, with a desk to ask and the publisher's clock -> its address. ``more``: as for a server."""
        with closing(Connections(self._settings, self._clock)) as connections:
            desk = replace(appeal_service(connections, lambda: self.site, self._clock), post=_nobody_acts)
            flags = flag_service(connections, lambda: self.site, self._clock)
            services = {"appeals": desk, "flags": flags, "clock_ms": self._clock, **more}
            with serving(self._settings.redis, self.site, **services) as address:
                yield address

    def _clock(self) -> int:
        return self.now_ms

    def publish(self, topics: frozenset[str] | None = None) -> None:
        """What is shown now, to whoever looks at these topics; None: at all of them."""
        frames = self._frames.write_tick(self._shown)
        self._writer.publish([frame for frame in frames if topics is None or frame.topic in topics])

    def step(self, topics: frozenset[str] | None = None) -> None:
        """One tick later, published."""
        self.now_ms += TICK_MS
        if self.now_ms % (REAL_EVERY * TICK_MS):
            self._shown = self._with_calls(self._shown)
        else:
            self._take()
            self._shown = self._look()
        self.publish(topics)

    def _take(self) -> None:
        """Counts what was sent until now."""
        sent = []
        while self._ahead is not None and self._ahead.sent_ms < self.now_ms:
            sent.append(self._ahead)
            self._ahead = next(self._events, None)
        self._line.events(sent)
        if self.now_ms % _BEAT_MS == 0:
            self._line.beat(self.now_ms)

    def _look(self) -> Tick:
        view = self._model.tick(self.now_ms)
        assert view is not None
        if self._parts.flags is not None and self.now_ms % 1000 == 0:
            self._parts.flags.step()
        return view

    def _with_calls(self, view: Tick) -> Tick:
        """A few agents have ended a call since: their rows, their teams and the floor."""
        numbers, teams = view.agents.numbers.copy(), list(view.teams)
        seats = [(team, row) for team, members in enumerate(view.lines.members) for row in members]
        for team, row in self._chance.sample(seats, _CALLS):
            numbers[[_HANDLED, _NET], row] += 1
            numbers[_SINCE, row] = self.now_ms
            teams[team] = _one_more(teams[team], 1)
        return replace(
            view,
            now_ms=self.now_ms,
            floor=_one_more(view.floor, _CALLS),
            teams=teams,
            agents=replace(view.agents, numbers=numbers),
        )

    def _of_persons(self, client: Any) -> SideJobs:
        """Evidence of today, trends and flags."""
        reader = Reader(client, self._settings.topic, PARTITIONS)
        history = HistoryLoader(reader, self.site, self._clock, AWAY)
        with history.running():
            wait_until(lambda: history.history is not None, 60, "the past shifts, of which there are none")
        ledgers = LedgerReader(client, self._settings.topic, PARTITIONS, self.site.time)
        trends = Trends(QualityFollower(ledgers, reader), AWAY)
        trends.step()
        return SideJobs(history, trends, FlagWatch(flag_register(client, self._settings, self.site), AWAY))


def _one_more(tier: Tier, calls: int) -> Tier:
    return structs.replace(tier, handled=tier.handled + calls, net=tier.net + calls)


def _site(folder: Path) -> Site:
    return load_site(str(write_site(folder, build_floor(), simulator(), SHIFT_START_MS, ZONE)))


def _events() -> Iterator[Sent]:
    """The day, in the order of sending."""
    for event in simulator().day(TODAY):
        yield Sent(event.sent_ms, event.key.encode(), event.encode())


def _nobody_acts(records: Any) -> None:
    raise AssertionError("a page that is only looked at sends nothing")
