"""Complaints and repeat enquiries: the newest version stands, and is decided in the order of (event time, stage)."""

import msgspec

from streams.events import ComplaintDecided, ComplaintRecorded
from streams.ledger.facts import KEPT_DECISIONS, ComplaintLine, Decision
from streams.ledger.outcome import Outcome

_STAGE = {"confirmed": 1, "withdrawn": 1, "appealed": 2, "upheld": 3, "overturned": 3}


def fold_recorded(
    known: ComplaintLine | None, event: ComplaintRecorded, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, ComplaintLine | None]:
    """A newer version replaces the record, and decisions stay with the line; those that came first take effect with it."""
    version = event.version or 0
    if known is not None and known.kind is not None and version <= known.version:
        return (Outcome.DUPLICATE if version == known.version else Outcome.SUPERSEDED), None
    return Outcome.APPLIED, msgspec.structs.replace(
        known or ComplaintLine(stamp=stamp),
        stamp=stamp,
        gives=event.agent == key,
        version=version,
        kind=event.kind,
        at_ms=at_ms,
        call_id=event.call_id,
        topic=event.topic,
        handled_by=event.handled_by,
        origin_call_id=event.origin_call_id,
        recorded_by=event.recorded_by,
        campaign=event.campaign,
        queue=event.queue,
    )


def fold_decided(
    known: ComplaintLine | None, event: ComplaintDecided, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, ComplaintLine | None]:
    """Transitions are not checked: of two decisions the one of higher (time, stage) stands; at equal rank the later."""
    line = known or ComplaintLine(stamp=stamp)
    rank = (at_ms, _STAGE[event.decision])
    if rank < line.rank:
        return Outcome.SUPERSEDED, None
    if rank == line.rank and event.decision == line.decision:
        return Outcome.DUPLICATE, None
    entry = Decision(at_ms, event.decision, event.decided_by, event.reason, event.cause)
    return Outcome.APPLIED, msgspec.structs.replace(
        line,
        stamp=stamp,
        moved=event.agent != key,
        rank=rank,
        decision=event.decision,
        decisions=(*line.decisions, entry)[-KEPT_DECISIONS:],
    )
