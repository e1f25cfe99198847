"""Finds facts that cannot be true as they are sent. They are counted all the same, and named per source."""

from streams.events import CallEnded
from streams.ledger.states import Timeline
from streams.site_time import HOUR_MS

TALK_OVER_CALL = "talk_over_call"
ENDS_BEFORE_START = "ends_before_start"
LONG_WAIT = "long_wait"
LONG_STATE = "long_state"
LONGEST_WAIT_S = 4 * 3600
LONGEST_STATE_MS = 16 * HOUR_MS
"""The sign-out of a longer state is missing."""
Doubt = tuple[str, dict[str, str]]
"""(kind, figures that show it)"""
_ROUNDING_MS = 1000
"""Talk and hold are whole seconds, so they may exceed the call by this much."""


def is_plain(call: CallEnded, started_ms: int | None, ended_ms: int) -> bool:
    """Whether the times of a call are plausible. It is asked for every call, so it is quick."""
    if call.wait_s is not None and call.wait_s > LONGEST_WAIT_S:
        return False
    if started_ms is None:
        return True
    spoken_ms = ((call.talk_s or 0) + (call.hold_s or 0)) * 1000
    return started_ms <= ended_ms and spoken_ms <= ended_ms - started_ms + _ROUNDING_MS


def doubts_of_call(call: CallEnded, started_ms: int | None, ended_ms: int) -> list[Doubt]:
    """Everything implausible about the times of a call. Where the end is before the start, the length is not looked at."""
    found: list[Doubt] = []
    if call.wait_s is not None and call.wait_s > LONGEST_WAIT_S:
        found.append((LONG_WAIT, {"wait_s": str(call.wait_s)}))
    if started_ms is None:
        return found
    lasted_s = str((ended_ms - started_ms) // 1000)
    spoken_s = (call.talk_s or 0) + (call.hold_s or 0)
    if ended_ms < started_ms:
        found.append((ENDS_BEFORE_START, {"lasted_s": lasted_s}))
    elif spoken_s * 1000 > ended_ms - started_ms + _ROUNDING_MS:
        found.append((TALK_OVER_CALL, {"talk_s": str(spoken_s), "lasted_s": lasted_s}))
    return found


def long_state(timeline: Timeline, entry: int) -> list[Doubt]:
    """A doubt where the last entry of a timeline ended a run of more than 16 h, however often its state was sent again.

    Offline may last any time.
    """
    entries = timeline.entries
    if len(entries) < 2 or entries[-1] != entry or (entries[-2] ^ entry) & 15 == 0:
        return []
    ended = timeline.state_at(len(entries) - 2)
    lasted_ms = (entry >> 4) - ended.since_ms
    if lasted_ms <= LONGEST_STATE_MS or ended.state == "offline":
        return []
    return [(LONG_STATE, {"state": ended.state, "lasted_s": str(lasted_ms // 1000)})]
