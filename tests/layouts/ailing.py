"""An example of GET /health.json: four partitions, a site file with a problem, a silent source, one who did not sign out."""

from typing import Any

_NEWEST = "2026-11-23T06:32:08.000Z"


def example_health(**changes: Any) -> dict[str, Any]:
    """The report; ``changes`` at the top."""
    totals = {"records": 118_204, "applied": 109_310, "duplicates": 1_204, "superseded": 402, "ignored": 88}
    silent = [{"source": "/acd/two", "newest": "2026-11-23T06:26:00.000Z"}]
    problem = {"file": "/etc/callfloor/site.toml", "line": 41, "message": "team dawn is named twice"}
    site = {"name": "杭州一中心", "file": "/etc/callfloor/site.toml", "loaded_at": "2026-11-23T00:02:41.000Z"}
    return {
        "now": "2026-11-23T06:32:09.000Z", "site": site | {"problems": [problem]}, "appeals_overdue": 2,
        "redis": {"reachable": True}, "age_s": 0.4, "partitions": [_partition(n) for n in range(4)],
        "totals": totals | {"heartbeats": 7_069, "dead_lettered": 131},
        "sources": [{"source": name, "newest": _NEWEST} for name in ("/acd/one", "/crm/complaints", "/dialler")],
        "silent": silent, "forgotten": [{"agent": "8119", "state": "meeting", "since": "2026-11-22T10:02:00.000Z"}],
    } | changes  # fmt: skip


def _partition(number: int) -> dict[str, Any]:
    sums = {"records": 29_551 + number, "dead_lettered": 131 if number == 2 else 0}
    return {"partition": number, "position": 29_551 + number, "newest": _NEWEST, "heartbeat": _NEWEST, **sums}
