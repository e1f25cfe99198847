"""The floor on its way to the moment: what was sent is counted, the clock stands where it was brought to, people have acted."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.settings import Settings, load
from dashboard.site.load import Site, load_site
from dashboard.site.types import Grant
from dashboard.site.watch import SiteState, SiteWatch
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service, flag_service
from dashboard.wiring.simulated_site import write_site
from streams.simulator.floor import build_floor
from streams.store.client import open_redis
from tests.dashboard.running import AuditInMemory
from tests.moment import people
from tests.moment.audited import write_rows
from tests.moment.board import Board
from tests.moment.kept import keep, kept_file
from tests.moment.letters import bad_records
from tests.moment.line import Line
from tests.moment.records import Sent, records_of, shifts
from tests.moment.when import MOMENT_MS, SHIFT_START_MS, TODAY, ZONE, Still, at, simulator
from tests.services.redis_server import RedisServer, closing_down

AUDITOR = Grant("oidc:秦岳", None, "auditor", None, None, None, None)
"""Of the company's accounts, as those who look at the pictures are; the others of the list have local ones."""
_SITE_FILE = "/etc/callfloor/site.toml"
"""The site file as the page of health names it; it lies elsewhere."""
_DUMP = "dump.rdb"
_LOOKS = ("09:40", "11:10", "12:20", "13:06", "13:48", "14:11", "14:26")
"""When the floor was looked at today, so that what began before the moment has begun then."""


def quiet(text: str) -> None:
    """Nobody listens."""


class Moment:
    """The parts over one Redis. ``go`` brings the floor to an instant; ``arrive`` to the moment itself."""

    def __init__(self, url: str, site: Site, stack: ExitStack) -> None:
        self.settings: Settings = load({"redis": url, "site": None}, {})
        self.clock = Still(at("08:30"))
        self.site_state = SiteState(site, _SITE_FILE, at("08:02:41"))
        self.sites = SiteWatch(self.site_state, ())
        self.client: Any = open_redis(url)
        stack.callback(self.client.close)
        self.line = Line(self.client, self.settings, site)
        self.people = self._people(stack)
        self.audit = AuditInMemory(clock_ms=self.clock)
        self.board = Board(self.client, self.settings, site, self.clock, self.people.desk)
        self._waiting: Sequence[Sent] = ()

    def bring(self, records: Sequence[Sent]) -> None:
        """What will be sent next, in its order."""
        self._waiting = records

    def go(self, to_ms: int, *deeds: people.Deed) -> None:
        """Counts everything that was sent until then; on the way people do these deeds, each after a look at the floor."""
        for deed in deeds:
            self._count(deed.at_ms)
            self.board.look()
            deed.do(self.people)
        self._count(to_ms)

    def wait(self, to_ms: int) -> None:
        """The line lives, and nothing is sent until then."""
        self.line.beat(to_ms)
        self.clock.now_ms = to_ms

    def arrive(self) -> None:
        """Through today to the moment."""
        looks = [people.Deed(at(clock), people.nothing) for clock in _LOOKS]
        self.go(MOMENT_MS, *sorted([*looks, *people.TODAY], key=lambda deed: deed.at_ms))
        self.board.look()
        write_rows(self.audit, self.sites.site, self.clock)

    def _count(self, to_ms: int) -> None:
        sent = [record for record in self._waiting if record.sent_ms < to_ms]
        self.line.events(sent)
        self._waiting = self._waiting[len(sent) :]
        self.wait(to_ms)

    def _people(self, stack: ExitStack) -> people.People:
        connections = Connections(self.settings, self.clock)
        stack.callback(connections.close)
        desk = appeal_service(connections, lambda: self.sites.site, self.clock)
        flags = flag_service(connections, lambda: self.sites.site, self.clock)
        return people.People(replace(desk, post=self._post), replace(flags, post=self._post))

    def _post(self, records: Any) -> None:
        self.line.post(records, self.clock.now_ms)


@contextmanager
def before_today(folder: Path, earlier: int, tell: Callable[[str], None] = quiet) -> Iterator[Moment]:
    """The floor this morning with so many earlier shifts behind it; ``folder`` is for Redis and the site's files.

    Earlier shifts take a minute, so the Redis that holds them is kept until something that makes them changes. ``tell`` hears
    how far they are.
    """
    kept = kept_file(earlier)
    if earlier and kept.exists():
        shutil.copy(kept, folder / _DUMP)
    is_known = (folder / _DUMP).exists()
    server = RedisServer(folder, "--appendonly", "no", "--dbfilename", _DUMP)
    with closing_down(server), ExitStack() as stack:
        server.start()
        path = write_site(folder, build_floor(), simulator(), SHIFT_START_MS, ZONE, earlier)
        site = load_site(str(path))
        moment = Moment(server.url, replace(site, grants=(*site.grants, AUDITOR)), stack)
        if earlier and not is_known:
            _lay_earlier(moment, earlier, tell)
            moment.client.save()
            keep(folder / _DUMP, kept, earlier)
        moment.bring(sorted([*records_of(TODAY), *bad_records()], key=lambda each: each.sent_ms))
        moment.go(at("08:30"))
        yield moment


def _lay_earlier(moment: Moment, earlier: int, tell: Callable[[str], None]) -> None:
    days = simulator().working_days_before(earlier)
    for day, records in zip(days, shifts(earlier), strict=True):
        tell(f"earlier shifts: {day}")
        moment.bring(records)
        done = [deed for deed in people.EARLIER if at("00:00", day) <= deed.at_ms < at("23:00", day)]
        moment.go(at("23:00", day), *done)
