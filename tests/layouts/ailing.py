"""An example of GET /health.json: four partitions, a site file with a problem, a silent source, one who did not sign out."""

from typing import Any

_NEWEST = "2026-11-23T06:32:08.000Z"


def example_health(**changes: Any) -> dict[str, Any]:
    """The report; ``changes`` at the top."""
    totals = {"records": 118_204, "applied": 109_310, "duplicates": 1_204, "superseded": 402, "ignored": 88}
    silent = [{"source": "/acd/two", "newest": "2026-11-23T06:26:00.000Z", "silent_s": 369}]
    problem = {"file": "/etc/callfloor/site.toml", "line": 41, "message": "team dawn is named twice"}
    site = {"name": "杭州一中心", "file": "/etc/callfloor/site.toml", "loaded_at": "2026-11-23T00:02:41.000Z"}
    heard = [{"source": name, "newest": _NEWEST, "silent_s": 1} for name in ("/acd/one", "/crm/complaints", "/dialler")]
    return {
        "now": "2026-11-23T06:32:09.000Z", "site": site | {"problems": [problem]}, "appeals_overdue": 2,
        "redis": {"reachable": True, "used_bytes": 812 * 2**20, "most_bytes": 4 * 2**30, "policy": "noeviction"},
        "kafka": {"reachable": True, "error": None, "seen": _NEWEST, "log_append_time": True, "retention_days": 40.0},
        "publisher": {"host": "wall-1", "pid": 4121, "build": "1f3c9a2e", "tick": _NEWEST, "tick_age_s": 0.3},
        "age_s": 0.4, "partitions": [_partition(n) for n in range(4)],
        "totals": totals | {"heartbeats": 7_069, "dead_lettered": 131},
        "sources": [*heard, *silent],
        "silent": silent, "forgotten": [{"agent": "8119", "state": "meeting", "since": "2026-11-22T10:02:00.000Z",
                                           "source": "/acd/shanghai"}],
        "dead_letters": example_letters(), "replay": None, "unreported": [], "noticed": [],
        "to_do": [{"code": "site"}, {"code": "silent", "source": "/acd/two"}, {"code": "letters", "n": 128},
                  {"code": "forgotten", "n": 1}, {"code": "overdue", "n": 2}],
    } | changes  # fmt: skip


def example_letters() -> list[dict[str, Any]]:
    """Two reasons: wrong fields, of which some came back and one is lost, and one event ahead of time."""
    shape = '{"specversion":"0.0","id":"a-00000000-000000","type":"call.ended","data":{"call_id":"a-000000","talk_s":"000"}}'
    wrong = "Expected `int | null`, got `str` - at `$.talk_s`"
    return [
        {"reason": "bad_field", "waiting": 127, "again": 3, "gone": 1, "newest": "2026-11-23T06:30:11.000Z",
         "newest_ms": 1_795_415_411_000, "place": "callfloor.events / 2 / 29122", "field": wrong, "shape": shape},
        {"reason": "future", "waiting": 1, "again": 0, "gone": 0, "newest": "2026-11-22T09:10:00.000Z",
         "newest_ms": 1_795_338_600_000, "place": "callfloor.events / 0 / 11800", "field": None, "shape": None},
    ]  # fmt: skip


def example_run(**changes: Any) -> dict[str, Any]:
    """A replay that has ended well."""
    run = {"reason": "bad_field", "by": "unverified:8888", "total": 127, "sent": 120, "same": 4, "gone": 3}
    ended = {"began": "2026-11-23T06:31:40.000Z", "ended": "2026-11-23T06:31:42.000Z", "running": False, "error": None}
    return run | ended | changes


def _partition(number: int) -> dict[str, Any]:
    sums = {"records": 29_551 + number, "dead_lettered": 131 if number == 2 else 0, "lag": number}
    place = {"partition": number, "position": 29_551 + number, "newest": _NEWEST, "heartbeat": _NEWEST}
    return place | sums | {"heartbeat_age_s": 1}
