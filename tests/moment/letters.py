"""What nobody could count today: records of vendors that are wrong in the ways in which records are, and what is seen of them."""

from collections.abc import Iterable
from typing import NamedTuple

from dashboard.health.service_states import DeadLetterSum
from streams.dead_letters.letters import shape_of
from streams.decode import encode
from streams.site_time import rfc3339
from tests.moment.records import Sent
from tests.moment.when import at

_TOO_FAR_MS = 400 * 86_400_000


class Refused(NamedTuple):
    """A record that was not counted: where it lies, when it came, why, what of it was wrong, and its bytes."""

    place: str
    at_ms: int
    reason: str
    field: str
    value: bytes


def bad_records() -> list[Sent]:
    """Seven of them, in the order of sending."""
    broken = [Sent(at(clock), b"", b'{"specversion":"1.0","id":"s-81') for clock in ("09:47", "11:31")]
    empty = [Sent(at("10:02"), b"", b"ping")]
    negative = [Sent(at(clock), b"8127", _call(at(clock), talk_s=-1)) for clock in ("10:15", "12:08", "13:02")]
    ahead = [Sent(at("12:40"), b"8127", _call(at("12:40") + _TOO_FAR_MS, talk_s=60))]
    return sorted(broken + empty + negative + ahead)


def _call(at_ms: int, talk_s: int) -> bytes:
    data = {"call_id": f"vendor-{at_ms}", "version": 1, "agent": "8127", "direction": "outbound"}
    data |= {"ended_at": rfc3339(at_ms), "outcome": "handled", "talk_s": talk_s}
    return encode("call.ended", f"vendor-{at_ms}", "/acd/hangzhou-1", at_ms, data)


def letters_of(refused: Iterable[Refused]) -> tuple[DeadLetterSum, ...]:
    """Refused records by reason, as who looks at the log sees them."""
    by_reason: dict[str, list[Refused]] = {}
    for each in refused:
        by_reason.setdefault(each.reason, []).append(each)
    return tuple(_letters(reason, by_reason[reason]) for reason in sorted(by_reason))


def _letters(reason: str, refused: list[Refused]) -> DeadLetterSum:
    newest = max(refused, key=lambda each: each.at_ms)
    shape = shape_of(newest.value)
    return DeadLetterSum(reason, len(refused), 0, 0, newest.at_ms, newest.place, newest.field or None, shape)
