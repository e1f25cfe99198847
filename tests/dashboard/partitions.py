"""Facts written to Redis through the real fold and the real store, for tests of what reads them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from dashboard.rules.deduction import DeductionPolicy
from dashboard.site.load import Campaign, Site, Spell, Team
from dashboard.site.types import default_policies
from streams.counting_policy import Counting, Retention
from streams.decode import Record, encode
from streams.halts import Halt
from streams.ledger.fold import Fold
from streams.site_time import MINUTE_MS, SiteTime, rfc3339
from streams.store.identity import LogIdentity
from streams.store.loader import load
from streams.store.reader import Reader
from tests import signing

TOPIC = "floor-test"
PARTITIONS = 2
MIDNIGHT_MS = 1_795_363_200_000
"""2026-11-23 00:00 in Shanghai."""
NOON_MS = MIDNIGHT_MS + 12 * 60 * MINUTE_MS
_APPEND_MS = NOON_MS + 2 * 24 * 60 * MINUTE_MS
SITE = Site(
    name="测试",
    name_en="Test",
    zone="Asia/Shanghai",
    teams=(Team("dawn", "晨曦组", "Dawn", "outbound"), Team("lake", "镜湖组", "Lake", "inbound")),
    campaigns=(Campaign("renewal", "续约", "Renewal", "outbound", date(2026, 11, 2), date(2026, 11, 27), None),),
    grants=signing.grants("dawn", "lake"),
    roster=(
        Spell("a1", "安一", "An", "A", "dawn", None, None),
        Spell("a2", "安二", "Bo", "B", "dawn", None, None),
        Spell("b1", "白一", "Cy", "C", "lake", None, date(2026, 11, 23)),
        Spell("b1", "白一", "Cy", "C", "dawn", date(2026, 11, 24), None),
    ),
    policies=(replace(default_policies()[0], deduction=DeductionPolicy(complaint=1.0, repeat_enquiry=1.0)),),
)
"""A complaint and a repeat enquiry weigh a call each, whatever the default."""


class Partition:
    """The consumer of one partition, as far as Redis can tell: each ``write`` is one committed batch."""

    def __init__(
        self,
        client: Any,
        partition: int,
        zone: str = "Asia/Shanghai",
        append_ms: int = _APPEND_MS,
        counting: Counting | None = None,
    ) -> None:
        identity = LogIdentity("cluster", "topic", PARTITIONS)
        self._store, known = load(client, TOPIC, partition, identity)
        self._fold = Fold(known, SiteTime(zone), counting or Counting(), Retention())
        self._offset = known.position or 0
        self._append_ms = append_ms

    def write(self, *records: tuple[str, bytes]) -> None:
        """(key, value) pairs -> one commit."""
        for key, value in records:
            self._fold.fold_record(Record(self._offset, self._append_ms, key.encode(), value))
            self._offset += 1
        changes = self._fold.take_changes()
        assert changes is not None
        self._store.commit(changes)

    def halt(self, why: Halt) -> None:
        """Nothing more is counted from here on."""
        changes = self._fold.take_changes(why)
        assert changes is not None
        self._store.commit(changes)


def event(kind: str, at_ms: int, data: Mapping[str, Any]) -> bytes:
    """A CloudEvent as the producer would send it."""
    return encode(kind, "id", "test", at_ms, data)


def call(agent: str | None, call_id: str, at_ms: int, **more: Any) -> tuple[str, bytes]:
    """One handled outbound call of a minute."""
    data = {
        "call_id": call_id, "version": 1, "agent": agent, "direction": "outbound", "ended_at": rfc3339(at_ms),
        "outcome": "handled", "talk_s": 60,
    }  # fmt: skip
    return agent or "", event("call.ended", at_ms, data | more)


def complaint(agent: str, complaint_id: str, at_ms: int, kind: str = "complaint") -> tuple[str, bytes]:
    """A complaint, not yet decided."""
    return agent, event("complaint.recorded", at_ms, {"complaint_id": complaint_id, "agent": agent, "kind": kind})


def decided(agent: str, complaint_id: str, at_ms: int, decision: str) -> tuple[str, bytes]:
    """What became of it."""
    data = {"complaint_id": complaint_id, "agent": agent, "decision": decision, "decided_by": "qa"}
    return agent, event("complaint.decided", at_ms, data)


def evaluation(agent: str, evaluation_id: str, at_ms: int, score: float) -> tuple[str, bytes]:
    """An evaluation in its first version."""
    data = {"evaluation_id": evaluation_id, "version": 1, "agent": agent, "score": score}
    return agent, event("evaluation.scored", at_ms, data)


def state(agent: str, at_ms: int, name: str) -> tuple[str, bytes]:
    """An agent goes into a state."""
    return agent, event("agent.state", at_ms, {"agent": agent, "state": name})


def erased(agent: str) -> tuple[str, bytes]:
    """A person is forgotten."""
    return agent, event("person.erased", NOON_MS, {"agent": agent})


def heartbeat(at_ms: int) -> tuple[str, bytes]:
    """The pipeline's own pulse."""
    return "", event("pipeline.heartbeat", at_ms, {"sent_at": rfc3339(at_ms)})


def reader(client: Any) -> Reader:
    """The reading side of the same partitions."""
    return Reader(client, TOPIC, PARTITIONS)
