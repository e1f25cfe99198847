"""What a consumer makes of records, without a broker: both topics folded and committed to Redis by the parts of the product."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from zlib import crc32

from dashboard.settings import Settings
from dashboard.site.load import Site
from streams import actions
from streams.consume.consume import rules_of_actions
from streams.consume.consumer import Rules
from streams.decode import DeadLetter, Record, encode
from streams.ledger.fold import Fold
from streams.site_time import rfc3339
from streams.store.identity import LogIdentity
from streams.store.loader import load
from streams.store.store import Store
from tests.moment.letters import Refused
from tests.moment.records import Sent

PARTITIONS = 4


class _Partition:
    """One partition in this process's hands."""

    def __init__(self, client: Any, topic: str, number: int, rules: Rules) -> None:
        self._store: Store
        self._store, known = load(client, topic, number, LogIdentity("moment", topic, PARTITIONS))
        self._fold = Fold(known, rules.site_time, rules.counting, rules.retention, rules.types)
        self._place = f"{topic} / {number}"
        self._came_ms: dict[int, int] = {}
        self.end = known.position or 0
        self.refused: list[Refused] = []

    def take(self, sent: Sent) -> None:
        self._fold.fold_record(Record(self.end, sent.sent_ms, sent.key, sent.value))
        self._came_ms[self.end] = sent.sent_ms
        self.end += 1

    def commit(self) -> None:
        changes = self._fold.take_changes()
        if changes is not None:
            self._store.commit(changes)
            self.refused += [self._as_refused(dead) for dead in changes.dead]
            self._came_ms.clear()

    def _as_refused(self, dead: DeadLetter) -> Refused:
        place = f"{self._place} / {dead.offset}"
        return Refused(place, self._came_ms[dead.offset], dead.reason, dead.field, dead.value or b"")


class Topics(NamedTuple):
    """The partitions of both topics."""

    events: list[_Partition]
    actions: list[_Partition]


class Line:
    """Both topics of a site over one client of Redis. Records of a topic come in the order in which they were sent."""

    def __init__(self, client: Any, settings: Settings, site: Site) -> None:
        rules = Rules(site.time, site.counting, site.retention)
        every = ((settings.topic, rules), (settings.actions, rules_of_actions(rules)))
        self._names = {name: at for at, (name, _) in enumerate(every)}
        self._topics = Topics(*([_Partition(client, name, n, own) for n in range(PARTITIONS)] for name, own in every))

    def ends(self) -> dict[int, int]:
        """Partition of the events -> the offset of its next record."""
        return {number: partition.end for number, partition in enumerate(self._topics.events)}

    def refused(self) -> list[Refused]:
        """Events that could not be counted."""
        return [each for partition in self._topics.events for each in partition.refused]

    def events(self, records: Iterable[Sent]) -> None:
        """Counts these, in one commit per partition."""
        for record in records:
            self._topics.events[crc32(record.key) % PARTITIONS].take(record)
        self._commit()

    def post(self, records: list[actions.OutgoingRecord], now_ms: int) -> None:
        """Counts what a desk sends, at an instant, in the partition that it names."""
        for topic, key, value, partition, _ in records:
            at = crc32(key) % PARTITIONS if partition is None else partition
            self._topics[self._names[topic]][at].take(Sent(now_ms, key, value))
        self._commit()

    def beat(self, now_ms: int) -> None:
        """The pulse of the line: everything sent before now is counted, on every partition."""
        value = encode("pipeline.heartbeat", f"beat-{now_ms}", "/callfloor", now_ms, {"sent_at": rfc3339(now_ms)})
        for partition in self._topics.events:
            partition.take(Sent(now_ms, b"", value))
        self._commit()

    def _commit(self) -> None:
        for partition in (*self._topics.events, *self._topics.actions):
            partition.commit()
