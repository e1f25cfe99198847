"""The publisher of the board, its side jobs and the notifications of new flags, over the connections of its process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.notify import BadUrl, Notifier, UrlMessenger, notice_of
from dashboard.board.bus import AWAY, FrameWriter, Lease
from dashboard.board.bus_flags import RedisFlags
from dashboard.board.publish import Publisher, wall_clock_ms
from dashboard.board.read_model import ReadModel
from dashboard.board.side_jobs import FlagWatch, RepeatedQuery, SideJobs
from dashboard.floor.month_course import past_days
from dashboard.people.history_loader import HistoryLoader
from dashboard.people.quality_trends import QualityFollower, Trends
from dashboard.settings import SettingError, Settings
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from dashboard.wiring.commands import when_ready
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service, overdue_appeals
from streams.security import BadSecret
from streams.store.reader import CountedClock

_OVERDUE_EVERY_S = 300.0
_PAST_DAYS_EVERY_S = 60.0


def publish_board(connections: Connections, build: str, stop: threading.Event) -> None:
    """Publishes until ``stop`` is set; ``build`` names the build. Raises LeaseHeld, RedisAway, and what Kafka raises.

    The partitions are those that are counted, so that Kafka may be away; before anything is, those of Kafka.
    """
    settings = connections.settings
    when_ready(settings, stop, connections.refuse_schema)
    when_ready(settings, stop, connections.settle_partitions)
    client, counters = connections.redis(), connections.event_counters()
    watch = SiteWatch.read(settings.site, settings.zone, CountedClock(connections.event_counters))
    with watch.looking() as sites, SideJobRunner(connections) as jobs, notifying(connections, lambda: watch.site):
        site = sites.site
        model = ReadModel(counters, site, when_ready(settings, stop, lambda: jobs.start(site)))
        Publisher(model, FrameWriter(client), Lease(client), sites=sites, side_jobs=jobs.start, build=build).run(stop)


class SideJobRunner:
    """Runs the side jobs of one site after the other, each in a thread; under a works council none that looks at persons.

    A context: its end is the end of the threads. The partitions of ``connections`` must be settled.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._running = ExitStack()

    def __enter__(self) -> "SideJobRunner":
        return self

    def __exit__(self, *error: object) -> None:
        self._running.close()

    def start(self, site: Site) -> SideJobs:
        """Starts the jobs of a site, after those of the site before have ended. Raises what Redis raises."""
        self._running.close()
        self._running = stack = ExitStack()
        connections, persons = self._connections, site.judges_persons
        quality = QualityFollower(connections.event_ledgers(site), connections.event_counters())
        appeals, counters = appeal_service(connections, lambda: site), connections.event_counters()
        days = RepeatedQuery("past-days", lambda: past_days(counters, site, site.time, wall_clock_ms()), AWAY)
        history = flags = None
        if persons:
            loader = HistoryLoader(connections.event_counters(), site, wall_clock_ms, AWAY)
            history = stack.enter_context(loader.running())
            actions = connections.sources(site).actions
            register = FlagRegister(RedisFlags(connections.redis()), actions, site.time)
            flags = stack.enter_context(FlagWatch(register, AWAY).following())
        return SideJobs(
            history=history,
            trends=stack.enter_context(Trends(quality, AWAY, persons=persons).following()),
            flags=flags,
            overdue=stack.enter_context(overdue_appeals(appeals).following(_OVERDUE_EVERY_S)),
            past_days=stack.enter_context(days.following(_PAST_DAYS_EVERY_S)),
        )


@contextmanager
def notifying(connections: Connections, site: Callable[[], Site]) -> Iterator[None]:
    """Notifies of new episodes by the setting ``notify-file``, in a thread; without it of none. Raises SettingError.

    In works-council mode there are no episodes.
    """
    settings = connections.settings
    if not settings.notify:
        yield
        return
    messenger, board = messenger_of(settings), settings.web.url
    notifier = Notifier(
        RedisFlags(connections.redis()),
        lambda new: notice_of(new, site(), board),
        lambda notice: site().judges_persons and messenger(notice),
        wall_clock_ms,
    )
    with notifier.notifying():
        yield


def messenger_of(settings: Settings) -> UrlMessenger:
    """The messenger of the setting ``notify-file``. Raises SettingError."""
    try:
        return UrlMessenger("\n".join(settings.notify.read_lines()))
    except (BadUrl, BadSecret) as bad:
        raise SettingError(str(bad)) from bad
