"""What /audit.json answers on the stage: the rows of the mock, an intact chain or a broken one, one person's lookers."""

from collections import Counter
from typing import Any

from layouts.audit import KINDS
from tests.layouts.example import NOW_MS

_WHO = {
    "周岚": "lead", "俞敏": "quality", "顾明": "supervisor", "陆沉": "lead", "韩静": "manager", "陈思远": "agent",
    "方舟": "quality",
    "白川": "admin", "tester": "",
}  # fmt: skip
_EN = {"周岚": "Zhou Lan", "俞敏": "Yu Min", "顾明": "Gu Ming", "陆沉": "Lu Chen", "韩静": "Han Jing", "方舟": "Fang Zhou",
       "白川": "Bai Chuan"}  # fmt: skip
PEOPLE = {"8100": "林晓芸", "8107": "赵敏", "8111": "陈思远", "8112": "马腾飞"}
_ROWS = (
    (12, "周岚", "viewed_person", "8100", None, "", "/explain"),
    (58, "俞敏", "viewed_person", "8107", None, "", "/appeals"),
    (140, "顾明", "set", None, None, "flag.acknowledged review-8104-20261123", "/flags"),
    (285, "周岚", "viewed_person", "8112", None, "", "/explain"),
    (387, "周岚", "watched", None, "dawn", "team:dawn", "/stream"),
    (591, "陆沉", "denied", "8100", None, "not_found", "/explain"),
    (789, "韩静", "exported", None, None, "audit log 2026-11-23", "/audit/export"),
    (1188, "陈思远", "viewed_person", "8111", None, "", "/me.json"),
    (1618, "方舟", "decided", "8112", None, "overturned C-20463", "/decisions"),
    (2004, "白川", "paired", None, None, "approve D-05B0: 呼入区, inbound", "/displays/approve"),
    (2526, "顾明", "watched", None, None, "wall:main/people", "/stream"),
    (3640, "tester", "exported", None, None, "agents of 2026-11-20", "callfloor judge"),
    (4200, "白川", "denied", None, None, "", "/team/dawn"),
    (5200, "俞敏", "signed_in", None, None, "", "/sign-in"),
    (6400, "陈思远", "decided", "8111", None, "appeal C-20931", "/appeals"),
    (7400, "顾明", "watched", None, None, "flags", "/flags"),
    (8000, "方舟", "set", "8100", None, "feedback.given", "/feedback"),
    (9000, "tester", "viewed_person", "8107", None, "day 2026-11-23", "callfloor explain"),
    (9900, "白川", "set", None, None, "replay of dead letters", "/letters"),
    (10800, "方舟", "signed_out", None, None, "", "/sign-out"),
)
_NUMBER = 12_418


def example_audit(**changes: Any) -> dict[str, Any]:
    """The log as an auditor gets it; ``changes`` at the top."""
    rows = [_row(n, *row) for n, row in enumerate(_ROWS)]
    counted = Counter(row["kind"] for row in rows)
    page = {
        "now_ms": NOW_MS, "today": "2026-11-23", "first_day": "2026-11-23", "last_day": "2026-11-23", "number": _NUMBER,
        "period_rows": len(rows), "counts": {kind: counted[kind] for kind in KINDS}, "rows": rows, "more": 0,
        "chain": chain(), "people": {id: _person(id) for id in PEOPLE}, "teams": {"dawn": {"name": "晨曦组", "name_en": "Dawn"}},
        "candidates": [], "looks": None, "exports": [row for row in rows if row["kind"] == "exported"],
        "exported": counted["exported"],
    }  # fmt: skip
    return page | changes


def chain(**changes: Any) -> dict[str, Any]:
    """The state of an intact chain."""
    return {
        "state": "intact", "is_running": False, "checked_ms": NOW_MS - 120_000, "took_s": 0.4, "rows": _NUMBER, "intact": _NUMBER,
        "writers": 3, "newest": "3f9a" + "0" * 58 + "c2", "broken_from": None, "intact_before": _NUMBER, "faults": [],
    } | changes  # fmt: skip


def broken_chain() -> dict[str, Any]:
    """A row in the middle of the page was edited."""
    fault = {"number": 12_409, "writer": "0" * 16, "seq": 5_000, "reason": "edited: its hash is another"}
    return chain(state="broken", broken_from=12_409, intact_before=12_408, intact=12_408, faults=[fault])


def lookers() -> dict[str, Any]:
    """Who looked at one person."""
    seen = [
        _looker("周岚", ["lead"], 5, 12_000, is_lead=True),
        _looker("俞敏", ["quality"], 2, 9_000_000),
        _looker("林晓芸", ["agent"], 3, 5_400_000, is_self=True),
    ]
    return {"person": _person("8100"), "lookers": seen, "refused": [_looker("陆沉", ["lead"], 1, 591_000)]}


def _looker(name: str, roles: list[str], looks: int, ago_ms: int, **more: bool) -> dict[str, Any]:
    return {
        "name": name,
        "roles": roles,
        "looks": looks,
        "last_ms": NOW_MS - ago_ms,
        "is_self": False,
        "is_lead": False,
    } | more


def _person(id: str) -> dict[str, Any]:
    return {"id": id, "name": PEOPLE[id], "name_en": f"Agent {id}", "team": "dawn"}


def _row(
    n: int, ago_s: int, name: str, kind: str, whom: str | None, team: str | None, what: str, where: str
) -> dict[str, Any]:
    role = _WHO[name]
    return {
        "number": _NUMBER - n, "time_ms": NOW_MS - ago_s * 1000, "account": f"local:{_EN.get(name, name)}", "name": name,
        "agent": "8111" if role == "agent" else None, "kind": kind, "whom": whom, "team": team, "what": what, "where": where,
        "address": "10.20.4.12", "roles": [role] if role else [],
    }  # fmt: skip
