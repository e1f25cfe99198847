"""How a call changes its line, and what the line counts.

The newest version stands. A record whose agent is not its key counts nothing, so a moved call is sent under both keys.
"""

from functools import cache

import msgspec

from streams.counting_policy import Counting
from streams.events import CallEnded
from streams.ledger.outcome import Outcome, lines_of
from streams.metrics import ONE
from streams.site_time import minute_of

_FLAGS = (
    *("gives", "handled", "outbound", "short", "effective", "converted", "in_time", "abandoned"),
    *("abandoned_short", "wait_known", "talk_known"),
)
GIVES, HANDLED, OUTBOUND, SHORT, EFFECTIVE, CONVERTED, IN_TIME, ABANDONED, *_REST = (1 << i for i in range(len(_FLAGS)))
ABANDONED_SHORT, WAIT_KNOWN, TALK_KNOWN = _REST


class CallLine(msgspec.Struct, frozen=True, gc=False):
    """What one call counts now. ``stamp`` is the hour of the log of its writing; durations are 0 unless handled."""

    version: int
    minute: int
    campaign: str | None
    queue: str | None
    talk_s: int
    hold_s: int
    wrap_s: int
    wait_s: int
    flags: int
    stamp: int
    recording: str | None = None
    """The id of the recording where it is not the call's."""
    source: str | None = None
    """The system that sent it."""
    project: str | None = None
    """The project of its campaign or queue when this version came."""


def fold_call(
    stands: CallLine | None,
    call: CallEnded,
    key: str,
    at_ms: int,
    stamp: int,
    counting: Counting,
    source: str | None = None,
    project: str | None = None,
) -> tuple[Outcome, CallLine | None]:
    """-> (outcome, the new line; None where nothing changed). ``stands``: the line so far."""
    if stands is not None and call.version <= stands.version:
        return (Outcome.DUPLICATE if call.version == stands.version else Outcome.SUPERSEDED), None
    handled = call.outcome == "handled"
    return Outcome.APPLIED, CallLine(
        call.version,
        minute_of(at_ms),
        call.campaign,
        call.queue,
        (call.talk_s or 0) if handled else 0,
        (call.hold_s or 0) if handled else 0,
        (call.wrap_s or 0) if handled else 0,
        (call.wait_s or 0) if handled else 0,
        _flags(call, key, counting),
        stamp,
        None if call.recording_id == call.call_id else call.recording_id,
        source,
        project,
    )


def _flags(call: CallEnded, key: str, counting: Counting) -> int:
    flags = GIVES if (call.agent or "") == key else 0
    flags |= OUTBOUND if call.direction == "outbound" else 0
    if call.outcome == "handled":
        return flags | _handled_flags(call, counting)
    if call.outcome == "abandoned":
        flags |= ABANDONED
        if call.wait_s is not None and call.wait_s < counting.short_abandon_s:
            flags |= ABANDONED_SHORT
    return flags


def _handled_flags(call: CallEnded, counting: Counting) -> int:
    flags = HANDLED
    if call.talk_s is not None:
        flags |= TALK_KNOWN
        flags |= SHORT if call.talk_s < counting.short_call_s else 0
        flags |= EFFECTIVE if call.talk_s >= counting.effective_call_s else 0
    if counting.is_success(call.disposition, call.campaign):
        flags |= CONVERTED
    if call.direction == "inbound" and call.wait_s is not None:
        flags |= WAIT_KNOWN
        flags |= IN_TIME if call.wait_s <= counting.answer_in_s else 0
    return flags


_METRIC_OF = {
    SHORT: "short",
    EFFECTIVE: "effective",
    CONVERTED: "converted",
    IN_TIME: "in_time",
    ABANDONED: "abandoned",
    ABANDONED_SHORT: "abandoned_short",
    WAIT_KNOWN: "waits_known",
    TALK_KNOWN: "talks_known",
}


@cache
def _counts(flags: int) -> int:
    names = ["attempts", *(name for bit, name in _METRIC_OF.items() if flags & bit)]
    if flags & HANDLED:
        names += ["handled", "handled_outbound" if flags & OUTBOUND else "handled_inbound"]
    if flags & (HANDLED | ABANDONED) and not flags & OUTBOUND:
        names.append("offered")
    return sum(ONE[name] for name in names)


_TALK_S, _HOLD_S, _WRAP_S, _WAIT_S = (ONE[name] for name in ("talk_s", "hold_s", "wrap_s", "wait_s"))


def call_amounts(line: CallLine) -> int:
    """Amounts of a call in its minute; 0 where it counts nothing."""
    if not line.flags & GIVES:
        return 0
    return (
        _counts(line.flags)
        + line.talk_s * _TALK_S
        + line.hold_s * _HOLD_S
        + line.wrap_s * _WRAP_S
        + line.wait_s * _WAIT_S
    )


def call_lines(line: CallLine, key: str) -> tuple[str, ...]:
    """The lines a call counts in; none where it moved to another agent."""
    return lines_of(key, line.campaign, line.queue, line.project) if line.flags & GIVES else ()
