"""The register of flags of a process: of the publisher, which opens episodes and notifies, and of the web, where people act."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_service import AppealService, now_ms
from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.flag_service import FlagService, FlagSources
from dashboard.actions.notify import BadUrl, Notifier, UrlMessenger, notice_of
from dashboard.board.bus_flags import RedisFlags
from dashboard.settings import SettingError, Settings
from dashboard.site.load import Site
from streams.kafka_log.topics import NoSuchTopic, Unreachable, describe
from streams.store.client import open_redis
from streams.store.identity import stored_identity
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader


class Opening:
    """Opens the register when it is first asked for, and another one where the clock of the site changes."""

    def __init__(self, settings: Settings, log_of: Callable[[], ActionFollower]) -> None:
        self._settings = settings
        self._log_of = log_of
        self._client: Any = None
        self._kept: tuple[tuple[str, str], ActionFollower, FlagSources] | None = None

    def __call__(self, site: Site) -> FlagSources:
        """Raises what Redis raises."""
        actions, clock = self._log_of(), (site.zone, site.business_day_start)
        if self._client is None:
            self._client = open_redis(self._settings.redis)
        if self._kept is None or self._kept[:2] != (clock, actions):
            store = RedisFlags(self._client)
            self._kept = clock, actions, FlagSources(FlagRegister(store, actions, site.time), store)
        return self._kept[2]

    def close(self) -> None:
        """Lets the connection go."""
        if self._client is not None:
            self._client.close()


@contextmanager
def flag_service_of(settings: Settings, appeals: AppealService) -> Iterator[FlagService]:
    """The flags, with the actions and the way to Kafka of the appeals."""
    opening = Opening(settings, lambda: appeals.sources().actions)
    try:
        yield FlagService(appeals.site, opening, appeals.post, settings.actions, appeals.now)
    finally:
        opening.close()


def action_partitions(client: Any, settings: Settings, of_events: int) -> int:
    """How many partitions the topic of actions has: as counted, else as Kafka says, else as many as the events have.

    ``consume`` makes it like the topic of events; a topic that was there before may have any number. Raises what Redis
    raises.
    """
    counted = stored_identity(client, settings.actions)
    if counted is not None:
        return counted.partitions
    try:
        return describe(settings.kafka, settings.actions).partitions
    except (NoSuchTopic, Unreachable):
        return of_events


def flag_register(client: Any, settings: Settings, site: Site, partitions: int) -> FlagRegister:
    """The publisher's register over a client of Redis; nothing is read yet. ``partitions``: of the topic of actions."""
    time = site.time
    lines = LedgerReader(client, settings.actions, partitions, time)
    return FlagRegister(RedisFlags(client), ActionFollower(lines, Reader(client, settings.actions, partitions)), time)


@contextmanager
def notifying(settings: Settings, site: Callable[[], Site]) -> Iterator[None]:
    """Notifies of new episodes by the setting ``notify``, in a thread; without it of none. Raises SettingError.

    In works-council mode there are no episodes.
    """
    if not settings.notify.strip():
        yield
        return
    messenger = messenger_of(settings)
    client = open_redis(settings.redis)
    try:
        store, board = RedisFlags(client), f"http://{settings.listen}"
        notifier = Notifier(
            store,
            lambda new: notice_of(new, site(), board),
            lambda notice: not site().works_council and messenger(notice),
            now_ms,
        )
        with notifier.notifying():
            yield
    finally:
        client.close()


def messenger_of(settings: Settings) -> UrlMessenger:
    """The messenger of the setting ``notify``. Raises SettingError."""
    try:
        return UrlMessenger(settings.notify)
    except BadUrl as bad:
        raise SettingError(str(bad)) from bad
