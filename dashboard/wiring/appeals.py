"""The appeals of a process: the reading side of both topics, the producer, the clock of the site."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_messages import Topics
from dashboard.actions.appeal_records import RecordFollower
from dashboard.actions.appeal_register import Sources
from dashboard.actions.appeal_service import AppealService, now_ms
from dashboard.actions.explain import Judge
from dashboard.floor.single_agent import judge_of
from dashboard.settings import Settings
from dashboard.site.load import Site
from streams.kafka_log.produce import LazyProducer, Producer
from streams.store.client import open_redis
from streams.store.identity import stored_identity
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader

_GIVE_UP_S = 10.0


class _Judging(NamedTuple):
    site: Site
    partitions: int
    judge: Judge


class Opening:
    """Opens the reading side when it is first asked for, and again until there is something to read."""

    def __init__(self, settings: Settings, site: Callable[[], Site], clock_ms: Callable[[], int] = now_ms) -> None:
        self._settings = settings
        self._clock_ms = clock_ms
        self._site = site
        self._client: Any = None
        self._open: Sources | None = None
        self._judging: _Judging | None = None

    def __call__(self) -> Sources:
        """Raises what Redis raises."""
        if self._client is None:
            self._client = open_redis(self._settings.redis)
        if self._open is None:
            of_events, of_actions = (self._partitions(name) for name in (self._settings.topic, self._settings.actions))
            # The topic of actions is made with the partitions of the events: so the first action is found as well.
            found = self._sources(of_events, of_actions or of_events)
            if not of_events or not of_actions:  # not known for sure yet: ask again the next time
                return found
            self._open = found
        return self._open

    def judge(self, site: Site) -> Judge:
        """What says how an agent stands, for an explanation. It is kept as long as the site and the topic stay the same."""
        partitions = len(self().ledgers.partitions)
        known = self._judging
        if known is None or known.site is not site or known.partitions != partitions:
            reader = Reader(self._client, self._settings.topic, partitions)
            judge = judge_of(reader, site, site.time, self._clock_ms)
            self._judging = known = _Judging(site, partitions, judge)
        return known.judge

    def lines(self) -> Reader:
        """The counters of the events, of which one line can be asked for. Raises what Redis raises."""
        partitions = len(self().ledgers.partitions)
        return Reader(self._client, self._settings.topic, partitions)

    def close(self) -> None:
        """Lets the connection go."""
        if self._client is not None:
            self._client.close()

    def _partitions(self, topic: str) -> int:
        identity = stored_identity(self._client, topic)
        return identity.partitions if identity else 0

    def _sources(self, of_events: int, of_actions: int) -> Sources:
        site, settings = self._site(), self._settings
        time = site.time
        lines = LedgerReader(self._client, settings.actions, of_actions, time)
        log = ActionFollower(lines, Reader(self._client, settings.actions, of_actions))
        ledgers = LedgerReader(self._client, settings.topic, of_events, time)
        return Sources(ledgers, log, RecordFollower(ledgers, Reader(self._client, settings.topic, of_events)))


@contextmanager
def appeal_service_of(settings: Settings, site: Callable[[], Site]) -> Iterator[AppealService]:
    """The appeals of these settings; nothing is connected before it is needed."""
    sources = Opening(settings, site)
    post = LazyProducer(lambda: Producer(settings.kafka, settings.topic, give_up_s=_GIVE_UP_S))
    try:
        yield AppealService(
            site,
            sources,
            post.send_records,
            Topics(settings.topic, settings.actions),
            sources.judge,
            lines=sources.lines,
        )
    finally:
        post.close()
        sources.close()
