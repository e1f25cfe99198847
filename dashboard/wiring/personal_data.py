"""The parts of ``callfloor person``: readers of both topics, the flags, and how long Kafka keeps what was sent."""

from typing import NamedTuple

from dashboard.actions.personal_data import PersonalData
from dashboard.board.bus import snapshots_naming
from dashboard.board.bus_flags import RedisFlags
from dashboard.site.load import Site
from dashboard.wiring.connections import Connections
from streams.kafka_log.topics import NoSuchTopic, TopicInfo, describe
from streams.site_time import DAY_MS
from streams.store.person_reader import PersonReader


class KeptInKafka(NamedTuple):
    """A topic, and for how many days Kafka keeps its records; None: for ever, or Kafka does not say."""

    topic: str
    days: float | None


def person_of(connections: Connections, site: Site, agent: str) -> tuple[PersonalData, list[KeptInKafka]]:
    """The data of one person, in every partition that Kafka has now. Raises NoSuchTopic, Unreachable, what Redis raises."""
    readers, kept = [], []
    for topic in connections.topics:
        info = _describe(connections, topic)
        if info is not None:
            readers.append(PersonReader(connections.redis(), topic, info.partitions, agent))
            kept.append(KeptInKafka(topic, None if info.retention_ms is None else info.retention_ms / DAY_MS))
    return PersonalData(agent, site, readers, RedisFlags(connections.redis())), kept


def snapshots_of(connections: Connections, agent: str) -> list[str]:
    """The topics of the screens that name an agent now."""
    return snapshots_naming(connections.redis(), agent)


def _describe(connections: Connections, topic: str) -> TopicInfo | None:
    """None for a topic of actions that is not made yet."""
    try:
        return describe(connections.settings.kafka, topic)
    except NoSuchTopic:
        if topic == connections.topics.events:
            raise
        return None
