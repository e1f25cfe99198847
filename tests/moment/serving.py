"""The web server of the moment: the product's application, whose clock is the moment's."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from dashboard.actions.appeal_service import AppealService
from dashboard.health.health_service import HealthService
from dashboard.health.letter_replay import LetterReplayService
from dashboard.health.replay_store import ReplayStore
from dashboard.health.service_states import KafkaState, PublisherState
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import overdue_appeals
from streams.kafka_log.topics import RETENTION_MS, Unreachable
from streams.store.client import RedisState
from tests.dashboard.running import answering, board_server
from tests.moment.letters import letters_of
from tests.moment.moment import Moment

_REDIS = RedisState(184 * 2**20, 4 * 2**30, "noeviction")
"""As it would be; what the machine of the tests uses differs from run to run."""


@contextmanager
def serving(moment: Moment) -> Iterator[str]:
    """Serves what is published until the block ends -> its address."""
    desk, flags = moment.people
    with closing(Connections(moment.settings)) as connections:
        overdue = _known(desk)
        health = HealthService(
            moment.sites,
            connections.event_counters,
            moment.clock,
            overdue=lambda: overdue,
            kafka=lambda: _log_of(moment),
            redis=lambda: _REDIS,
            publisher=lambda: _publisher(moment),
            letters=LetterReplayService(_no_log, ReplayStore(lambda: moment.client), moment.clock),
            action_counters=connections.action_counters,
        )
        services = {"appeals": desk, "health": health, "flags": flags, "clock_ms": moment.clock, "audit": moment.audit}
        with answering(board_server(moment.settings.redis, moment.sites, **services)) as url:
            yield url


def _log_of(moment: Moment) -> KafkaState:
    """The log as it would be: everything in it is counted."""
    ends = {number: (0, end) for number, end in moment.line.ends().items()}
    return KafkaState(moment.clock(), None, ends, True, RETENTION_MS, letters_of(moment.line.refused()))


def _publisher(moment: Moment) -> PublisherState:
    return PublisherState("floor-1", 2417, "9f2c41d07ab3", moment.clock())


def _no_log(reason: str | None, by: str, before: Callable[[Counter[str]], None], stop: threading.Event) -> Counter[str]:
    raise Unreachable("there is no log here")


def _known(desk: AppealService) -> int | None:
    count = overdue_appeals(desk)
    count.step()
    return count()
