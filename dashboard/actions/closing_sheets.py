"""Sealed sheets of closed months, read back from the log: a ``month.closed`` action per line, and one that closes the month.

The closing action comes last and its id is that of the month, so a month is closed once, and whole, or not at all.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from dashboard.actions.action_follower import ActionFollower

SITE = "~site"
"""The key of the closing action, which belongs to no agent."""
KIND: Literal["month.closed"] = "month.closed"


def close_id(month: str) -> str:
    """The action_id that closes a month."""
    return f"close:{month}"


def line_id(month: str, token: str, line: str) -> str:
    """The action_id of one line of a sheet; ``token`` is that of the attempt, so that another one leaves no trace."""
    return f"close:{month}:{token}:{line}"


class RecordStanding(msgspec.Struct, frozen=True):
    """The status of a record, and what it gives to each metric."""

    status: str
    metrics: dict[str, int]


class Adjustment(msgspec.Struct, frozen=True):
    """One change of a closed month. ``shown_in``: the month in whose sheet it stands."""

    month: str = msgspec.field(name="of")
    shown_in: str
    agent: str
    kind: str
    id: str
    before: RecordStanding
    after: RecordStanding
    change: dict[str, int]
    decision: dict[str, Any] | None
    """Time, decision, person and reason of the deciding record; None without one (``late``, a new version)."""


class SealedLine(msgspec.Struct, frozen=True):
    """One line of a sealed sheet: an agent, ``~team:<id>`` or ``~site``."""

    line: str
    row: dict[str, Any]
    """The columns of the sheet."""
    metrics: dict[str, int]
    """Every metric of the month that differs from 0."""
    records: dict[str, RecordStanding]
    """``<kind>:<id>`` -> the standing of each complaint, evaluation and conduct record of the month."""
    adjustments: tuple[Adjustment, ...]
    """Adjustments of months closed before, as this sheet shows them."""


@dataclass(frozen=True)
class ClosedMonth:
    """A closed month: who approved it, the time, and the hash of the sheet's JSON file.

    ``approved_by`` is what was given for it, without a check; ``closed_by`` the account that closed it, None in an older log.
    ``seal``: the hash under the key of the site, None where the site had none.
    """

    month: str
    approved_by: str
    closed_ms: int
    sha256: str
    token: str
    policy: str
    lines: tuple[str, ...]
    """The lines of the sheet in their order."""
    closed_by: str | None = None
    seal: str | None = None


def closed_month(log: ActionFollower, month: str) -> ClosedMonth | None:
    """A month that is closed; None if it is open."""
    found = log.get(close_id(month))
    if found is None or found.agent != SITE:
        return None
    head = json.loads(found.line.record or "{}")
    lines = tuple(head["lines"])
    approved_by = head.get("approved_by")
    return ClosedMonth(
        month,
        approved_by or found.line.by,
        found.line.at_ms,
        head["sha256"],
        head["token"],
        head["policy"],
        lines,
        closed_by=found.line.by if approved_by else None,
        seal=head.get("seal"),
    )


def closed_months(log: ActionFollower) -> list[ClosedMonth]:
    """All closed months, in the order of their closing."""
    months = {
        done.line.ref or "" for done in log.all(KIND) if done.agent == SITE and done.id == close_id(done.line.ref or "")
    }
    found = [closed for month in months if (closed := closed_month(log, month))]
    return sorted(found, key=lambda closed: (closed.closed_ms, closed.month))


def sealed_line(log: ActionFollower, closed: ClosedMonth, line: str) -> SealedLine | None:
    """One line of a closed month's sheet; None if the sheet has no such line."""
    found = log.get(line_id(closed.month, closed.token, line))
    return None if found is None else msgspec.json.decode(found.line.record or "{}", type=SealedLine)


def sealed_sheet(log: ActionFollower, closed: ClosedMonth) -> list[SealedLine]:
    """The whole sheet, in its order."""
    return [found for line in closed.lines if (found := sealed_line(log, closed, line))]


def document(
    month: str, policy: str, approved_by: str, closed_by: str | None, closed_at: str, lines: list[SealedLine]
) -> bytes:
    """A sheet as its JSON file: the same lines always give the same bytes, whose hash is in the log."""
    body = {
        "month": month,
        "policy": policy,
        "approved_by": approved_by,
        "closed_at": closed_at,
        "lines": msgspec.to_builtins(lines),
    }
    if closed_by is not None:
        body["closed_by"] = closed_by
    return (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def hash_of(document: bytes) -> str:
    """The hash of the file, as ``sha256sum`` prints it."""
    return hashlib.sha256(document).hexdigest()


def seal_of(document: bytes, key: bytes) -> str:
    """The hash of the file that only the holder of the site's key can make (HMAC-SHA256)."""
    own = hmac.digest(
        key, b"callfloor: sheets of closed months", "sha256"
    )  # the same key hashes other things elsewhere
    return hmac.digest(own, document, "sha256").hex()


def fault_of(document: bytes, closed: ClosedMonth | None, key: bytes | None) -> str | None:
    """Why a file is not the sheet that was closed; None: it is. Without a key its seal is not looked at."""
    if closed is None:
        return "the month is not closed here"
    if hash_of(document) != closed.sha256:
        return f"its hash is {hash_of(document)}, and the month was closed with {closed.sha256}"
    if key is not None and closed.seal is not None and not hmac.compare_digest(closed.seal, seal_of(document, key)):
        return "its seal was not made by the key of this site"
    return None
