"""What every command shares: its shape, its settings, its way to Redis and the site, and how it is told to stop."""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from dashboard.settings import SETTINGS, Settings
from dashboard.site.load import Site, load_site
from dashboard.site.watch import as_counted
from streams.metrics import UnknownSchema
from streams.store.client import open_redis
from streams.store.errors import StoreAway, advice_of, error_text, is_answered, passes
from streams.store.identity import Identity, clock_waits, stored_identity
from streams.store.outage import Outage
from streams.store.reader import Reader

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class Command(NamedTuple):
    """One command: its name, a line of help, what it does in words, its options and its body (-> exit code)."""

    name: str
    help: str
    about: str
    options: Callable[[argparse.ArgumentParser], None]
    body: Callable[[argparse.Namespace, Settings], int]


class NothingCounted(RuntimeError):
    """Redis has no counters of the topic, so nothing can be said of anybody; the message says where was looked."""


class RedisAway(ConnectionError):
    """Redis does not answer, or not as it should; the message says what to do."""


class RedisForbids(RedisAway):
    """Redis answers and does not let the client in, or do what it must; a setting or a right has to be changed."""


def add_settings(parser: argparse.ArgumentParser) -> None:
    """The settings table as options; without one the environment counts, then the default."""
    group = parser.add_argument_group("settings", "each also as an environment variable; the option wins")
    for setting in SETTINGS:
        default = setting.default or "none"
        text = f"{setting.help} (default {default}; or {setting.variable})"
        group.add_argument(f"--{setting.name}", metavar="...", help=text.replace("%", "%%"))


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


def counted_site(settings: Settings) -> Site:
    """The site with the days that were counted; says it where its file has others. Raises SiteError and RedisAway."""
    site, client = site_of(settings), redis_of(settings)
    try:
        identity = stored_identity(client, settings.topic)
        clock = Reader(client, settings.topic, identity.partitions).clock() if identity else None
    except StoreAway as error:
        raise away(settings, error) from error
    finally:
        client.close()
    if text := clock_waits(clock, site.time.clock):
        say(text)
    return as_counted(site, clock)


def redis_of(settings: Settings) -> Any:
    """A client of the Redis in the settings that answered just now. Raises RedisAway."""
    try:
        return open_redis(settings.redis)
    except (*StoreAway, ValueError) as error:  # ValueError: no URL of Redis
        raise away(settings, error) from error


def when_ready(settings: Settings, stop: threading.Event, ask: Callable[[], Answer]) -> Answer:
    """The answer of Redis to a first question; waits as long as it answers that it is not ready (LOADING, a failover).

    Raises RedisAway where no Redis answers, where waiting does not help, and when told to stop meanwhile.
    """
    outage = Outage("waiting for Redis", log)
    while True:
        try:
            return ask()
        except UnknownSchema:
            raise
        except (*StoreAway, ValueError) as error:
            final = not is_answered(error) or not passes(error)
            if final or stop.wait(outage.note(error)):
                raise away(settings, error) from error


def away(settings: Settings, error: Exception) -> RedisAway:
    """The message for a Redis that cannot be reached; a password in the URL is not shown."""
    url = settings.redis
    if isinstance(error, ValueError):
        return RedisAway(f"the setting `redis` is wrong: {url} is no URL such as redis://127.0.0.1:6379/0 ({error})")
    if not passes(error):
        return RedisForbids(f"Redis at {url} refuses: {error_text(error)}; {url.principal}: {advice_of(error)}")
    if is_answered(error):
        return RedisAway(f"Redis at {url} answers, and cannot do it now: try again ({error_text(error)})")
    return RedisAway(
        f"no answer from Redis at {url}: is it running, and is the setting `redis` right? ({error_text(error)})"
    )


def counted_of(client: Any, settings: Settings) -> Identity:
    """The log from which the topic was counted. Raises NothingCounted, and what Redis raises."""
    identity = stored_identity(client, settings.topic)
    if identity is None:
        raise NothingCounted(
            f"nothing counted yet of topic {settings.topic} in Redis at {settings.redis}: "
            "`callfloor consume` counts; or is one of the settings `topic` and `redis` wrong?"
        )
    return identity


def refuse_schema(client: Any, settings: Settings) -> None:
    """Raises UnknownSchema where Redis holds counters of either topic that this program cannot read; what Redis raises."""
    for topic in (settings.topic, settings.actions):
        stored_identity(client, topic)


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C, SIGTERM and a closed terminal set, so that work ends in its own time."""
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGHUP: the terminal was closed
        signal.signal(number, told)
    return stop


def log_to_terminal() -> None:
    """Log lines on stderr, the libraries' only from warnings on; of an outage our own lines tell, not each retry of kafka's."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    for room in ("streams", "dashboard"):
        logging.getLogger(room).setLevel(logging.INFO)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def say(text: str) -> None:
    """A line for the person at the terminal; results go to stdout, this goes to stderr."""
    print(text, file=sys.stderr, flush=True)


class Progress:
    """One line that is written over while work goes on; on no terminal, a line now and then."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._told = 0

    def show(self, text: str, every: int = 10) -> None:
        """Shows where the work stands."""
        self._told += 1
        if self._is_terminal:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        elif self._told % every == 1:
            say(text)

    def done(self, text: str) -> None:
        """Ends with a line that stays."""
        print("\r\033[K" if self._is_terminal else "", end="", file=sys.stderr)
        say(text)
