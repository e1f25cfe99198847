"""The flags of one agent, in the shape of GET and POST /flags."""

from typing import Any

AGENT = "8100"
LEAD = "8888"
REVIEW = "review-8100-20261119"
DROP = "drop-8100-20261120"
_FACTS = {"counted": 110, "expected": 153.1, "window_ratio": 0.81, "shifts": 20, "log_e": 8.1}


def flags(**review: Any) -> dict[str, Any]:
    """A review that is open and a drop of a shift that is over; ``review``: what is otherwise about the first."""
    return {
        "flags": [flag(**review), flag(id=DROP, rule="drop", opened="2026-11-20T05:05:00.000Z", state="over")],
        "more": 0,
    }


def flag(**changes: Any) -> dict[str, Any]:
    """One episode."""
    plain = {
        "id": REVIEW, "agent": AGENT, "team": "dawn", "rule": "review", "opened": "2026-11-19T02:20:00.000Z",
        "shift": "2026-11-19", "facts": _FACTS, "name": "林晓芸", "name_en": "Lin Xiaoyun", "seen_by": [AGENT, LEAD],
        "state": "open", "useful": None, "contested": False, "snoozed_until": None, "acknowledged": None, "actions": [],
        "coaching": [],
    }  # fmt: skip
    return plain | changes


def action(kind: str, by: str = "unverified:8888", at: str = "2026-11-23T06:32:09.000Z", **more: Any) -> dict[str, Any]:
    """One thing that was done about it."""
    return {
        "id": f"{kind}:{at}",
        "kind": kind,
        "by": by,
        "at": at,
        "text": None,
        "due": None,
        "until": None,
        "useful": None,
    } | more


def coached(after: float | None = 0.93) -> dict[str, Any]:
    """A coaching with the ratio before and, unless there are too few shifts, after it."""
    side = {"low": 0.7, "high": 0.9, "shifts": 20, "counted": 3000.0}
    planned = {
        "planned": "2026-11-20T02:00:00.000Z",
        "by": "unverified:8888",
        "text": "一起听两通录音",
        "due": "2026-11-26",
        "closed": None,
    }
    return planned | {"before": side | {"peer": 0.81}, "after": None if after is None else side | {"peer": after}}
