"""The web server of the moment: the product's application, whose clock is the moment's."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from dashboard.actions.appeal_service import AppealService
from dashboard.board.bus import FrameReader
from dashboard.health.health_service import Health
from dashboard.health.letter_replay import Counted, LetterDesk
from dashboard.health.observed import KafkaSeen, PublisherSeen, StoreSeen
from dashboard.health.redis_health import RedisRuns
from dashboard.health.report import Around
from dashboard.web.serve import server_of
from dashboard.wiring.health import Opening
from dashboard.wiring.overdue import overdue_of
from streams.kafka_log.topics import RETENTION_MS, Unreachable
from tests.dashboard.running import answering
from tests.moment.letters import letters_of
from tests.moment.moment import Moment

_STORE = StoreSeen(184 * 2**20, 4 * 2**30, "noeviction")
"""As it would be; what the machine of the tests uses differs from run to run."""


@contextmanager
def serving(moment: Moment) -> Iterator[str]:
    """Serves what is published until the block ends -> its address."""
    desk, flags = moment.people
    with closing(Opening(moment.settings)) as reader:
        overdue = _known(desk)
        around = Around(lambda: _log_of(moment), lambda: _STORE, lambda: _publisher(moment))
        letters = LetterDesk(_no_log, lambda: RedisRuns(moment.client), moment.clock)
        health = Health(moment.sites, reader.events, moment.clock, lambda: overdue, around, letters, reader.actions)
        bus = FrameReader(moment.settings.redis)
        with answering(server_of(moment.sites, bus, desk, health, flags, moment.clock)) as url:
            yield url


def _log_of(moment: Moment) -> KafkaSeen:
    """The log as it would be: everything in it is counted."""
    ends = {number: (0, end) for number, end in moment.line.ends().items()}
    return KafkaSeen(moment.clock(), None, ends, True, RETENTION_MS, letters_of(moment.line.refused()))


def _publisher(moment: Moment) -> PublisherSeen:
    return PublisherSeen("floor-1", 2417, "9f2c41d07ab3", moment.clock())


def _no_log(reason: str | None, by: str, before: Callable[[Counted], None], stop: threading.Event) -> Counted:
    raise Unreachable("there is no log here")


def _known(desk: AppealService) -> int | None:
    count = overdue_of(desk)
    count.step()
    return count()
