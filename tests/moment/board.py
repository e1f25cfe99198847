"""The publisher's side at an instant that stands still: read model and what it says of persons, brought up to date by hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.flag_register import FlagRegister
from dashboard.board.bus import AWAY, FrameWriter, snapshot_key
from dashboard.board.bus_flags import RedisFlags
from dashboard.board.frames import Frames
from dashboard.board.publish import TICK_S
from dashboard.board.read_model import ReadModel
from dashboard.board.seats_view import namings, project_boards
from dashboard.board.side_jobs import FlagWatch, RepeatedQuery, SideJobs
from dashboard.floor.month_course import past_days
from dashboard.people.history_loader import HistoryLoader, ReadingPace
from dashboard.people.quality_trends import QualityFollower, Trends
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.web.build_id import build_id
from dashboard.wiring.serving import overdue_appeals
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader
from tests.moment.line import PARTITIONS
from tests.moment.when import Still

_WITHOUT_REST = ReadingPace(rest_s=0.0)


def flag_register(client: Any, settings: Settings, site: Site) -> FlagRegister:
    """The flags of a site and what was done about them; the topic of actions has the partitions of the events."""
    lines = LedgerReader(client, settings.actions, PARTITIONS, site.time)
    actions = ActionFollower(lines, Reader(client, settings.actions, PARTITIONS))
    return FlagRegister(RedisFlags(client), actions, site.time)


class Board:
    """One site's board over a client of Redis. ``clock`` stands at its instant."""

    def __init__(self, client: Any, settings: Settings, site: Site, clock: Still, appeals: AppealService) -> None:
        self._clock, self._client = clock, client
        reader = Reader(client, settings.topic, PARTITIONS)
        persons = site.judges_persons
        self._history = HistoryLoader(reader, site, clock, AWAY, pace=_WITHOUT_REST) if persons else None
        ledgers = LedgerReader(client, settings.topic, PARTITIONS, site.time)
        self._trends = Trends(QualityFollower(ledgers, reader), AWAY, persons=persons)
        self._flags = FlagWatch(flag_register(client, settings, site), AWAY) if persons else None
        self._overdue = overdue_appeals(appeals)
        self._past_days = RepeatedQuery("past-days", lambda: past_days(reader, site, site.time, clock()), AWAY)
        parts = SideJobs(self._history, self._trends, self._flags, self._overdue, self._past_days)
        self._model = ReadModel(reader, site, parts)
        self._frames = Frames("moment", build_id(), namings(site), project_boards(site))

    def look(self) -> None:
        """Everything that can be known now is known then: past shifts, trends, flags, and what was done about them.

        Evidence is weighed every few seconds only, so the floor is looked at over the half minute that ends now.
        """
        now_ms = self._clock.now_ms
        self._past_days.step()
        self._tick()
        for before_s in (24, 18, 12, 6, 0):
            self._clock.now_ms = now_ms - before_s * 1000
            self._step()
            self._tick()
        self._step()  # what follows from the last look
        self._tick()

    def _step(self) -> None:
        if self._history is not None and self._flags is not None:
            self._history.step()
            self._flags.step()
        self._trends.step()
        self._overdue.step()

    def publish(self) -> None:
        """One tick, published."""
        view = self._model.tick(self._clock())
        if view is None:
            return
        made = list(self._frames.write_tick(view))
        FrameWriter(self._client).publish(made)
        for one in made:
            if one.frame is None:  # laid down when it changes only: where nothing changes it would run out
                self._client.persist(snapshot_key(one.topic))

    def read_anew(self) -> None:
        """As after Redis was away: nothing known of it is taken to hold."""
        self._model.reload()
        self._tick()

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Publishes four times a second until the block ends, so that no page believes the line dead."""
        stop = threading.Event()

        def run() -> None:
            while not stop.wait(TICK_S):
                self.publish()

        thread = threading.Thread(target=run, name="moment-publisher")
        self.publish()
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _tick(self) -> None:
        self._model.tick(self._clock())
