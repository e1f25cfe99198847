"""The connections of a process: Redis, the producer of Kafka and what is read over them, each opened when it is first used.

All threads of a process share one client of Redis. It lends each command a connection of its own, so no thread waits for the
answer to another one's question, the tick least of all.
"""

import threading
from collections.abc import Callable
from typing import Any

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_messages import Topics
from dashboard.actions.appeal_records import RecordFollower
from dashboard.actions.appeal_register import Sources
from dashboard.actions.explain import Judge
from dashboard.actions.flag_register import FlagRegister
from dashboard.board.bus_flags import RedisFlags
from dashboard.board.publish import wall_clock_ms
from dashboard.floor.single_agent import judge_of
from dashboard.settings import Settings
from dashboard.site.load import Site
from streams.kafka_log.produce import LazyProducer, Producer
from streams.kafka_log.topics import NoSuchTopic, Unreachable, describe, ensure_topic
from streams.store.client import open_redis, refuse_eviction
from streams.store.identity import stored_identity
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader

_GIVE_UP_S = 10.0
"""A person waits for the answer."""


class RedisAway(ConnectionError):
    """Redis does not answer, or not as it should; the message says what to do."""


class Connections:
    """Opened once, and tried again at the next use as long as that fails. Threads may share it.

    ``post`` sends what people do. Methods that read raise what Redis raises, and RedisAway where the setting is no URL.
    """

    def __init__(
        self, settings: Settings, clock_ms: Callable[[], int] = wall_clock_ms, give_up_s: float = _GIVE_UP_S
    ) -> None:
        self.settings = settings
        self.topics = Topics(settings.topic, settings.actions)
        self._producer = LazyProducer(lambda: Producer(settings.kafka, settings.topic, give_up_s=give_up_s))
        self.post = self._producer.send_records
        self._clock_ms = clock_ms
        self._lock = threading.Lock()
        self._client: Any = None
        self._partitions: dict[str, int] = {}
        self._sources: tuple[tuple[str, str], Sources] | None = None
        self._flags: tuple[tuple[tuple[str, str], ActionFollower], FlagRegister] | None = None
        self._judge: tuple[Site, int, Judge] | None = None

    def redis(self) -> Any:
        """The client of Redis."""
        if self._client is None:
            opened = self._open_redis()  # without the lock: no thread waits for the time-out of another
            with self._lock:
                if self._client is None:
                    self._client = opened
            if opened is not self._client:
                opened.close()
        return self._client

    def _open_redis(self) -> Any:
        url = self.settings.redis
        try:
            return open_redis(url)
        except ValueError as error:
            text = f"the setting `redis` is wrong: {url} is no URL such as redis://127.0.0.1:6379/0 ({error})"
            raise RedisAway(text) from error

    def partitions(self, topic: str) -> int:
        """How many partitions of a topic are counted; 0 until something is. Raises UnknownSchema."""
        if topic not in self._partitions and (identity := stored_identity(self.redis(), topic)):
            self._partitions[topic] = identity.partitions
        return self._partitions.get(topic, 0)

    def settle_partitions(self) -> None:
        """For a process that keeps its readers: what is not counted yet has the partitions that Kafka says.

        ``consume`` makes the topic of actions like the topic of events; one that was there before may have any number. Raises
        Unreachable and NoSuchTopic where the events are neither counted nor in Kafka.
        """
        events, actions = self.topics
        if not self.partitions(events):
            self._partitions[events] = describe(self.settings.kafka, events).partitions
        if not self.partitions(actions):
            try:
                self._partitions[actions] = describe(self.settings.kafka, actions).partitions
            except (NoSuchTopic, Unreachable):
                self._partitions[actions] = self._partitions[events]

    def producer(self) -> Producer:
        """A new producer of events, which waits for Kafka. Raises Unreachable."""
        return Producer(self.settings.kafka, self.settings.topic)

    def make_topic(self) -> bool:
        """Makes the topic of events if there is none -> whether it is new. Raises Unreachable."""
        return ensure_topic(self.settings.kafka, self.settings.topic)

    def refuse_eviction(self) -> str | None:
        """Raises EvictionPolicy where Redis may drop counters; a warning where it does not tell."""
        return refuse_eviction(self.redis())

    def refuse_schema(self) -> None:
        """Raises UnknownSchema where Redis holds counters of either topic that this program cannot read."""
        for topic in self.topics:
            self.partitions(topic)

    def event_counters(self) -> Reader:
        """The counters of the events."""
        return Reader(self.redis(), self.topics.events, self.partitions(self.topics.events))

    def action_counters(self) -> Reader:
        """The counters of the actions."""
        return Reader(self.redis(), self.topics.actions, self.partitions(self.topics.actions))

    def event_ledgers(self, site: Site) -> LedgerReader:
        """The records behind the counters of the events, by the days of a site."""
        return LedgerReader(self.redis(), self.topics.events, self.partitions(self.topics.events), site.time)

    def sources(self, site: Site) -> Sources:
        """The ledgers, the log of actions and the records. They are kept once both topics are counted."""
        clock = site.time.clock
        if self._sources is None or self._sources[0] != clock:
            events, actions = (self.partitions(topic) for topic in self.topics)
            ledgers = self.event_ledgers(site)
            # The topic of actions is made with the partitions of the events: so the first action is found as well.
            count = actions or events
            lines = LedgerReader(self.redis(), self.topics.actions, count, site.time)
            log = ActionFollower(lines, Reader(self.redis(), self.topics.actions, count))
            opened = Sources(ledgers, log, RecordFollower(ledgers, self.event_counters()))
            if not events or not actions:  # their number is not certain: it is asked again the next time
                return opened
            self._sources = clock, opened
        return self._sources[1]

    def flags(self, site: Site) -> FlagRegister:
        """The flags of the site, opened again with another clock or another log of actions."""
        key, opened = (site.time.clock, self.sources(site).actions), self._flags
        if opened is None or opened[0] != key:
            opened = self._flags = key, FlagRegister(RedisFlags(self.redis()), key[1], site.time)
        return opened[1]

    def judge(self, site: Site) -> Judge:
        """The judgement of single agents, for explanations; kept as long as the site and the partitions are the same."""
        count, opened = self.partitions(self.topics.events), self._judge
        if opened is None or opened[0] is not site or opened[1] != count:
            judge = judge_of(self.event_counters(), site, site.time, self._clock_ms)
            opened = self._judge = site, count, judge
        return opened[2]

    def close(self) -> None:
        """Lets all connections go."""
        self._producer.close()
        if self._client is not None:
            self._client.close()
