"""``callfloor serve``: the web server of the board."""

import argparse
from contextlib import closing

from dashboard.board.bus import FrameReader
from dashboard.cli.command import Command, RedisAway, RedisForbids, log_to_terminal, redis_of, refuse_schema, say
from dashboard.settings import SettingError, Settings
from dashboard.site.watch import SiteWatch
from dashboard.wiring.appeals import appeal_service_of
from dashboard.wiring.dead_letters import letter_desk_of
from dashboard.wiring.flags import flag_service_of
from dashboard.wiring.health import Opening, health_of
from dashboard.wiring.overdue import COUNT_EVERY_S, overdue_of
from streams.kafka_log import topics
from streams.kafka_log.kafka_connect import KafkaRefuses
from streams.store.errors import StoreAway
from streams.store.reader import CountedClock


def _options(parser: argparse.ArgumentParser) -> None:
    """None beyond the settings."""


def _body(args: argparse.Namespace, settings: Settings) -> int:
    from dashboard.web.serve import ListenRefused, serve  # Dash takes a second to import; no other command needs it

    log_to_terminal()
    _require_fit(settings)
    try:
        with (
            closing(Opening(settings)) as counted,
            SiteWatch.read(settings.site, settings.zone, CountedClock(counted.events)).looking() as sites,
            appeal_service_of(settings, lambda: sites.site) as desk,
            flag_service_of(settings, desk) as flags,
            overdue_of(desk).following(COUNT_EVERY_S) as overdue,
            letter_desk_of(settings) as letters,
            health_of(settings, sites, overdue, letters) as health,
        ):
            serve(sites, FrameReader(settings.redis), settings.listen, _tell, desk, health, flags)
    except ListenRefused as error:
        raise SettingError(str(error)) from error
    return 0


def _require_fit(settings: Settings) -> None:
    """Raises RedisForbids, RedisRefuses, KafkaRefuses, UnknownSchema, and RedisAway where the setting is no URL.

    Either service may still be away.
    """
    try:
        with closing(redis_of(settings)) as client:
            refuse_schema(client, settings)
    except RedisForbids:
        raise
    except (RedisAway, *StoreAway) as error:
        if isinstance(error.__cause__, ValueError):  # no URL of Redis: waiting makes it none
            raise
    try:
        topics.describe(settings.kafka, settings.topic)
    except KafkaRefuses:
        raise
    except (topics.Unreachable, topics.NoSuchTopic):
        pass


def _tell(address: str) -> None:
    say(f"the board is at {address}/wall/main")
    say("there is no sign-in yet, so it listens on this machine only; Ctrl-C ends it")


COMMAND = Command(
    "serve",
    "serve the board to browsers",
    "The web server: pages, snapshots and the live stream. It keeps nothing, so there may be several on ports of their "
    "own. Until sign-in exists it listens on this machine only.",
    _options,
    _body,
)
