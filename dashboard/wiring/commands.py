"""What the commands share: their shape, the settings as options, the way to the site and to Redis, and errors with advice."""

import argparse
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple, TypeVar

from dashboard.board.bus import LeaseHeld
from dashboard.settings import SETTINGS, Settings
from dashboard.site.load import Site, load_site
from dashboard.site.watch import as_counted
from dashboard.wiring.connections import Connections, RedisAway
from dashboard.wiring.terminal import say
from streams.kafka_log.kafka_connect import KafkaRefuses
from streams.kafka_log.topics import NoSuchTopic, Unreachable
from streams.store.client import EvictionPolicy
from streams.store.errors import StoreAway, StoreUnusable, advice_of, error_text, is_answered, passes
from streams.store.identity import TopicChanged, clock_waits
from streams.store.ledger_reader import LedgerBusy
from streams.store.outage import Outage
from streams.store.reader import Reader

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

_GIVE_UP_S = 30.0
"""So long a command waits for Kafka to take what it sends."""


class Command(NamedTuple):
    """One command: its name, a line of help, what it does in words, its options and its body (-> exit code)."""

    name: str
    help: str
    about: str
    options: Callable[[argparse.ArgumentParser], None]
    body: Callable[[argparse.Namespace, Settings], int]


class NothingCounted(RuntimeError):
    """Redis has no counters of the topic, so nothing can be said of anybody; the message says where was looked."""


class RedisForbids(RedisAway):
    """Redis answers and does not let the client in, or do what it must; a setting or a right has to be changed."""


SERVICE_ERRORS = (
    *(RedisAway, Unreachable, NoSuchTopic, LeaseHeld, LedgerBusy),
    *(*StoreAway, EvictionPolicy, TopicChanged, NothingCounted),
)
"""What Kafka and Redis may raise in a command; the message says what to do."""
UNREACHABLE_ERRORS = (RedisAway, Unreachable, NoSuchTopic)
"""Kafka or Redis cannot be asked."""
ACCESS_ERRORS = (KafkaRefuses, RedisForbids, StoreUnusable)
"""The same of what cannot pass before a setting or a right is changed."""


def add_settings(parser: argparse.ArgumentParser) -> None:
    """The settings table as options; without one the environment counts, then the default."""
    group = parser.add_argument_group("settings", "each also as an environment variable; the option wins")
    for setting in SETTINGS:
        default = setting.default or "none"
        text = f"{setting.help} (default {default}; or {setting.variable})"
        group.add_argument(f"--{setting.name}", metavar="...", help=text.replace("%", "%%"))
    group.add_argument("--notify", help=argparse.SUPPRESS)  # refused: its URLs hold secrets


def above_zero(text: str) -> int:
    """The text of an option -> a whole number above 0. Raises argparse.ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def site_of(settings: Settings) -> Site:
    """The site in force; without a file, says once what then holds. Raises SiteError."""
    if settings.site is None and settings.zone is None:
        say("no site file: days are those of UTC and there are no teams; name one with --site, or the zone with --zone")
    return load_site(settings.site, settings.zone)


def when_ready(settings: Settings, stop: threading.Event, ask: Callable[[], Answer]) -> Answer:
    """The answer of Redis to a first question; waits as long as it answers that it is not ready (LOADING, a failover).

    Raises RedisAway where no Redis answers, where waiting does not help, and when told to stop meanwhile.
    """
    outage = Outage("waiting for Redis", log)
    while True:
        try:
            return ask()
        except StoreAway as error:
            final = not is_answered(error) or not passes(error)
            if final or stop.wait(outage.note(error)):
                raise away(settings, error) from error


def away(settings: Settings, error: Exception) -> RedisAway:
    """The message for a Redis that cannot be reached; a password in the URL is not shown."""
    url = settings.redis
    if not passes(error):
        return RedisForbids(f"Redis at {url} refuses: {error_text(error)}; {url.principal}: {advice_of(error)}")
    if is_answered(error):
        return RedisAway(f"Redis at {url} answers, and cannot do it now: try again ({error_text(error)})")
    return RedisAway(
        f"no answer from Redis at {url}: is it running, and is the setting `redis` right? ({error_text(error)})"
    )


@contextmanager
def connected(settings: Settings) -> Iterator[Connections]:
    """The connections of a command, whose Redis answers now. Raises RedisAway, in the block too."""
    with closing(Connections(settings, give_up_s=_GIVE_UP_S)) as connections:
        require_redis(connections)
        try:
            yield connections
        except StoreAway as error:
            raise away(settings, error) from error


@contextmanager
def counted(settings: Settings, read_options: Callable[[Site], Answer]) -> Iterator[tuple[Connections, Site, Answer]]:
    """``connected``, the site with the days that were counted, and what the options of the command mean by its clock.

    Says it where the site file has other days. Options that cannot be meant are refused before anything is connected. Raises
    SiteError, and what ``read_options`` raises.
    """
    site = site_of(settings)
    read_options(site)
    with connected(settings) as connections:
        clock = connections.event_counters().clock()
        if text := clock_waits(clock, site.time.clock):
            say(text)
        site = as_counted(site, clock)
        yield connections, site, read_options(site)


def require_redis(connections: Connections) -> None:
    """Raises RedisAway unless Redis answers."""
    try:
        connections.redis()
    except StoreAway as error:
        raise away(connections.settings, error) from error


def require_counted(connections: Connections) -> Reader:
    """The counters of the events. Raises NothingCounted, and what Redis raises."""
    counters, settings = connections.event_counters(), connections.settings
    if not counters.partitions:
        raise NothingCounted(
            f"nothing counted yet of topic {settings.topic} in Redis at {settings.redis}: "
            "`callfloor consume` counts; or is one of the settings `topic` and `redis` wrong?"
        )
    return counters


def make_topic(connections: Connections) -> bool:
    """Makes the topic of events if there is none, and says so -> whether it is new. Raises Unreachable."""
    if is_new := connections.make_topic():
        say(f"made topic {connections.settings.topic}: 4 partitions, LogAppendTime, kept for 40 days")
    return is_new
