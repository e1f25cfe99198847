"""What /displays.json answers on the stage: a screen that waits, walls on, off and near their end, and one that was revoked."""

from typing import Any

from tests.layouts.example import NOW_MS

_DAY_MS = 86_400_000


def example_displays() -> dict[str, Any]:
    """The list as an administrator gets it."""
    waiting = {
        "id": "D-0B7F", "state": "waiting", "width": 1920, "height": 1080, "address": "10.20.4.37",
        "asked_ms": NOW_MS - 78_000, "code_ends_ms": NOW_MS + 222_000,
    }  # fmt: skip
    walls = [
        _wall("D-01A4", "二楼东墙", "main", 0, 90),
        _wall("D-05B0", "呼入区", "main", 360_000, 20, "none"),
    ]
    revoked = _wall("D-07AA", "前台屏", "main", _DAY_MS, 80) | {"revoked_ms": NOW_MS - _DAY_MS, "revoked_by": "白川"}
    until = NOW_MS + 90 * _DAY_MS
    acts = [
        {"time_ms": NOW_MS - 3_600_000, "by": "白川", "what": "refuse D-0C11"},
        {"time_ms": NOW_MS - _DAY_MS, "by": "白川", "what": "revoke D-07AA: 前台屏, main"},
        {"time_ms": NOW_MS - 20 * _DAY_MS, "by": "白川", "what": "approve D-01A4: 二楼东墙, main"},
    ]
    counts = {"now_ms": NOW_MS, "on": 1, "soon": 1, "until_ms": until}
    return {"waiting": [waiting], "walls": walls, "revoked": [revoked], "acts": acts, **counts}


def _wall(id: str, location: str, board: str, unused_ms: int, days: int, people: str = "alias") -> dict[str, Any]:
    return {
        "id": id, "location": location, "board": board, "people": people, "by": "白川", "width": 1920, "height": 1080,
        "address": "10.20.4.38", "paired_ms": NOW_MS - 20 * _DAY_MS, "used_ms": NOW_MS - unused_ms, "is_on": not unused_ms,
        "expires_ms": NOW_MS + days * _DAY_MS, "revoked_ms": None, "revoked_by": "",
    }  # fmt: skip
