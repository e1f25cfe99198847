"""The services of a web worker, over the connections of its process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dashboard.access.accounts import AccountService
from dashboard.access.board_services import BoardServices, board_services
from dashboard.access.display_service import display_service
from dashboard.access.sign_in import SignInService, sign_in_service
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.flag_service import FlagService
from dashboard.board.bus import AWAY, FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.board.side_jobs import RepeatedQuery
from dashboard.health.health_service import HealthService
from dashboard.health.letter_replay import LetterReplayService
from dashboard.health.service_states import read_publisher
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from dashboard.wiring.auditing import audit_log, audit_service
from dashboard.wiring.commands import RedisForbids, require_redis
from dashboard.wiring.connections import Connections, RedisAway
from dashboard.wiring.dead_letters import letter_service
from dashboard.wiring.kafka_observer import KafkaObserver
from streams.kafka_log.kafka_connect import KafkaRefuses
from streams.kafka_log.topics import NoSuchTopic, Unreachable, describe
from streams.store.client import redis_state
from streams.store.errors import StoreAway
from streams.store.reader import CountedClock

_OVERDUE_EVERY_S = 60.0


@contextmanager
def web_services(connections: Connections, is_demo: bool = False) -> Iterator[tuple[BoardServices, SignInService]]:
    """The services of a worker and its sign-in; their threads end with the block. ``is_demo``: people choose a role.

    Raises SiteError, BadAccounts.
    """
    settings = connections.settings
    accounts = AccountService(settings.accounts) if settings.accounts else None
    sites = SiteWatch.read(settings.site, settings.zone, CountedClock(connections.event_counters))
    appeals = appeal_service(connections, lambda: sites.site)
    flags = flag_service(connections, lambda: sites.site)
    with (
        sites.looking(),
        overdue_appeals(appeals).following(_OVERDUE_EVERY_S) as overdue,
        letter_service(connections) as letters,
        health_service(connections, sites, overdue, letters, accounts) as health,
        audit_log(settings) as audit,
        audit_service(settings, lambda: sites.site, wall_clock_ms) as pages,
    ):
        key = settings.key.secret
        displays = display_service(settings.sessions, key, wall_clock_ms)
        services = board_services(
            sites, FrameReader(settings.redis), audit, appeals, health, flags, displays=displays, audit_pages=pages
        )
        yield (
            services,
            sign_in_service(settings.sessions, key, sites, wall_clock_ms, is_demo, accounts, settings.oidc),
        )


def require_served(connections: Connections) -> None:
    """Raises RedisForbids, KafkaRefuses, UnknownSchema, and RedisAway where the setting is no URL.

    Either service may still be away.
    """
    try:
        require_redis(connections)
        connections.refuse_schema()
    except RedisForbids:
        raise
    except (RedisAway, *StoreAway) as error:
        if isinstance(error.__cause__, ValueError):  # no URL of Redis: waiting makes it none
            raise
    try:
        describe(connections.settings.kafka, connections.settings.topic)
    except KafkaRefuses:
        raise
    except (Unreachable, NoSuchTopic):
        pass


def appeal_service(
    connections: Connections, site: Callable[[], Site], clock_ms: Callable[[], int] = wall_clock_ms
) -> AppealService:
    """Explains and takes appeals; nothing is connected before it is needed."""
    return AppealService(
        site,
        lambda: connections.sources(site()),
        connections.post,
        connections.topics,
        connections.judge,
        clock_ms,
        connections.event_counters,
    )


def flag_service(
    connections: Connections, site: Callable[[], Site], clock_ms: Callable[[], int] = wall_clock_ms
) -> FlagService:
    """Shows flags and takes what people do about them."""
    return FlagService(site, connections.flags, connections.post, connections.topics.actions, clock_ms)


def overdue_appeals(appeals: AppealService) -> RepeatedQuery[int]:
    """Counts the overdue appeals for readers that must not wait; None before the first count."""
    return RepeatedQuery("overdue-appeals", appeals.count_overdue, AWAY)


@contextmanager
def health_service(
    connections: Connections,
    sites: SiteWatch,
    overdue: Callable[[], int | None] = lambda: None,
    letters: LetterReplayService | None = None,
    accounts: AccountService | None = None,
) -> Iterator[HealthService]:
    """Reports how the line is; it looks at Kafka in a thread of its own. ``overdue``: as in ``HealthService``."""
    with KafkaObserver(connections.settings, wall_clock_ms).following() as kafka:
        yield HealthService(
            sites,
            connections.event_counters,
            wall_clock_ms,
            overdue,
            accounts.find_problems if accounts else lambda: (),
            kafka,
            lambda: redis_state(connections.redis()),
            lambda: read_publisher(connections.redis()),
            letters,
            connections.action_counters,
        )
