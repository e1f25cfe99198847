"""What is said of the example's persons and teams by evidence, in the shape of the frames: columns, desk, band, evidence."""

from typing import Any

from dashboard.board.agent_alerts import AGENT_KINDS
from dashboard.board.site_alerts import SITE_KINDS

NOW_MS = 1795415529000
MINUTE_MS = 60_000
COLUMNS = ["peer", "peer_low", "peer_high", "verdict", "flag", "flag_since"]
_SINCE = {"review": NOW_MS - 6012 * MINUTE_MS, "drop": NOW_MS - 87 * MINUTE_MS, "quality": NOW_MS - 1440 * MINUTE_MS}
_STATE = {"state_over_limit": "break"}
# id -> ratio, low, high, verdict, flag, counted, expected, ratio of the window, its low and high, ln E
_JUDGED: dict[str, tuple[Any, ...]] = {
    "8100": (0.86, 0.74, 0.98, "review", "review", 110, 153.1, 0.81, 0.77, 0.84, 8.104),
    "8101": (0.85, 0.73, 0.97, "watch", "watch", 106, 152.2, 0.82, 0.78, 0.87, 4.7),
    "8102": (0.93, 0.82, 1.05, "watch", "watch", 131, 148.9, 0.83, 0.79, 0.88, 3.4),
    "8103": (0.92, 0.80, 1.04, "on_pace", "drop", 127, 152.4, 0.97, 0.93, 1.02, 0.3),
    "8104": (1.02, 0.89, 1.16, "on_pace", "quality", 67, 64.0, 1.01, 0.97, 1.06, -2.1),
    "8115": (None, 0.80, 1.20, "too_early", None, 11, 12.4, 0.96, 0.90, 1.02, -0.4),
    "8116": (None, 0.83, 1.25, "too_early", None, 11, 7.9, 1.04, 0.98, 1.11, -1.8),
    "8117": (None, None, None, "no_verdict", None, 109, None, None, None, None, None),
    "8112": (None, None, None, "no_verdict", None, 156, None, None, None, None, None),
    "8118": (None, None, None, "too_early", None, 0, 0.0, 0.99, 0.94, 1.05, -1.1),
    "8119": (None, None, None, "no_verdict", None, 0, None, 0.99, 0.94, 1.05, -1.1),
}  # fmt: skip


def judged_cells(id_: str) -> list[Any]:
    """The last columns of an agent's row."""
    peer, low, high, verdict, flag, *_ = _of(id_)
    ends = [None, None] if verdict == "too_early" else [low, high]
    return [peer, *ends, verdict, flag, _SINCE.get(flag or "")]


def example_desk() -> dict[str, Any]:
    """What the lead of the example's team is told."""
    people = [("8101", "马腾飞", "Ma Tengfei"), ("8100", "林晓芸", "Lin Xiaoyun"), ("8103", "吴昊", "Wu Hao")]
    facts = [
        _fact("not_arrived", "8118", "宋佳", "Song Jia", 32, 10),
        _fact("state_over_limit", "8102", "赵敏", "Zhao Min", 814 / 60, 10),
        _fact("idle", "8105", "刘子涵", "Liu Zihan", 1900 / 60, 30),
    ]
    behind = {"id": "dawn", "name": "晨曦组", "name_en": "Dawn", "value": 0.93, "limit": 0.95}
    return {
        "look_first": {"people": [_looked(*who) for who in people], "facts": facts},
        "alerts": [sort_of_alert("team_behind") | behind | {"since": NOW_MS - 9 * MINUTE_MS}, *facts],
        "flags": {"review": 1, "drop": 1, "quality": 1, "watch": 2},
    }


def example_site_alerts() -> list[dict[str, Any]]:
    """Alerts of the whole site: of no person."""
    return [
        _site_alert("source_silent", "/acd/one", "/acd/one", 6, None, 300_000),
        _site_alert("queue_waiting", "care", "客服", 3, 24, 20),
        _site_alert("dead_letters", None, None, 40, 131, 100),
    ]


def example_evidence(ids: list[str]) -> dict[str, Any]:
    """The snapshot of topic ``evidence:<team>``."""
    head = {"epoch": "e1", "seq": 3, "now": NOW_MS, "age_s": 0.4, "tz_offset_min": 480}
    return head | {"at": NOW_MS, "agents": {id_: _evidence(id_) for id_ in ids}}


def _of(id_: str) -> tuple[Any, ...]:
    plain = 0.98 + int(id_) % 11 * 0.016
    usual = (
        plain,
        plain - 0.12,
        plain + 0.12,
        "on_pace",
        None,
        150,
        150 / plain,
        plain,
        plain - 0.05,
        plain + 0.05,
        -plain,
    )
    return _JUDGED.get(id_, usual)


def _evidence(id_: str) -> dict[str, Any]:
    peer, low, high, verdict, _, counted, expected, *window, log_e = _of(id_)
    of_shift = {"counted": counted, "expected": expected, "peer": peer, "low": low, "high": high}
    names = ("window_peer", "window_low", "window_high")
    limits: dict[str, Any] = {"quality_low": 84.2, "quality_high": 91.6}
    hours = [round((expected or 0) / 6, 1)] * 6
    more = limits | {
        "expected_h": hours,
        "window_counted": 3000,
        "window_expected": 3100.0,
        "shifts": 20,
        "phi": 2.0,
        "log_e": log_e,
    }
    return of_shift | dict(zip(names, window, strict=True)) | more | {"verdict": verdict, "exposure_s": 16_320}


def _site_alert(
    kind: str, id_: str | None, name: str | None, minutes: int, value: float | None, limit: float
) -> dict[str, Any]:
    about = {"id": id_, "name": name, "name_en": name}
    return sort_of_alert(kind) | about | {"since": NOW_MS - minutes * MINUTE_MS, "value": value, "limit": limit}


def _fact(kind: str, id_: str, name: str, english: str, minutes: float, limit: int) -> dict[str, Any]:
    since = NOW_MS - round(minutes * MINUTE_MS)
    named = {"id": id_, "name": name, "name_en": english, "state": _STATE.get(kind)}
    return sort_of_alert(kind) | named | {"since": since, "value": None, "limit": limit * MINUTE_MS}


def sort_of_alert(id_: str) -> dict[str, Any]:
    """What an alert has of its kind."""
    (kind,) = (kind for kind in (*SITE_KINDS, *AGENT_KINDS) if kind.id == id_)
    return {"kind": kind.id, "about": kind.about, "unit": kind.unit}


def _looked(id_: str, name: str, english: str) -> dict[str, Any]:
    peer, low, high, _, _, counted, expected, *_ = _of(id_)
    who = {"id": id_, "name": name, "name_en": english}
    return who | {"peer": peer, "low": low, "high": high, "counted": counted, "expected": expected}
