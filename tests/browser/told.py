"""What GET /me.json says of one agent, in its shape."""

from typing import Any

from tests.browser.explained import appeals

AGENT = "8111"
_CASES = [
    ("C-22041", "repeat_enquiry", "06:10", "pending", -1, True), ("C-21843", "complaint", "05:37", "pending", -1, True),
    ("C-21219", "repeat_enquiry", "03:53", "confirmed", -1, True), ("C-20744", "complaint", "03:05", "appealed", -1, False),
    ("C-20463", "complaint", "01:47", "withdrawn", 0, False), ("C-20408", "complaint", "01:38", "overturned", 0, False),
    ("C-20201", "complaint", "01:10", "confirmed", -1, True),
]  # fmt: skip


def told(**changes: Any) -> dict[str, Any]:
    """An agent on pace, a bracket ahead, with cases in every status, a flag and a feedback; ``changes`` at the top."""
    plain = {
        "agent": AGENT, "name": "陈思远", "name_en": "Chen Siyuan", "now": "2026-11-23T06:32:09.000Z",
        "team": {"id": "dawn", "name": "晨曦组", "name_en": "Dawn"}, "as_of": "2026-11-23T06:32:08.000Z",
        "policy": {"version": "2026-11", "since": "2026-11-01"}, "day": period(), "month": period(
            date="2026-11", calls=3988, deducted=148, net=3840, target=5000, target_by_now=3718, pace=3840 / 3718,
            attainment=0.768, net_high=3846, net_low=3840, pending=6, appealed=2, score=0.8812),
        "bracket": bracket(), "records": records(), "appeals": appeals()["appeals"], "feedback": [receipt()],
        "sheets": [sheet(), sheet(month="2026-09", closed="2026-10-08T02:00:00.000Z", appeal_day="2026-10-13", may_appeal=False,
                                  net=3702, grade="C")],
        "lookers": lookers(), "flags": [], "evidence": {
            "counted": 171, "expected": 153.1, "peer": 1.04, "low": 0.95, "high": 1.13, "window_counted": 3000,
            "window_expected": 2900, "window_peer": 1.02, "window_low": 0.98, "window_high": 1.06, "shifts": 20,
            "phi": 1.8, "log_e": -3.0, "verdict": "on_pace", "exposure_s": 16320},
    }  # fmt: skip
    return plain | changes


def period(**changes: Any) -> dict[str, Any]:
    """The numbers of a day; ``changes`` make them a month's."""
    return {
        "date": "2026-11-23", "basis": "handled", "assessed": True, "reasons": [], "net_low": 160, "net_high": 163,
        "calls": 171, "deducted": 11, "floored": 0, "net": 160, "target": 247, "target_by_now": 147.2,
        "pace": 160 / 147.2, "attainment": 160 / 247, "score": 0.91, "pending": 3, "appealed": 1,
    } | changes  # fmt: skip


def bracket(**changes: Any) -> dict[str, Any]:
    """B is ahead."""
    steps = [{"label": label, "lower": lower} for label, lower in (("D", 0.0), ("C", 0.6), ("B", 0.9), ("A", 1.05))]
    return {
        "score": 0.8812, "grade": "C", "next": "B", "calls_to_next": 660, "brackets": steps, "top": 1.2
    } | changes  # fmt: skip


def records(**decided: str) -> list[dict[str, Any]]:
    """Seven cases and an evaluation, newest first; ``decided``: other statuses, by the id with _ for -."""
    found = [_record(*case) for case in _CASES]
    for each in found:
        each["status"] = decided.get(each["id"].replace("-", "_"), each["status"])
        each["may_appeal"] = each["may_appeal"] and each["status"] != "appealed"
    scored = _record("E-77", "evaluation", "00:40", "scored", 95, True) | {"of": "points"}
    return [*found, scored]


def _record(id_: str, kind: str, at: str, status: str, effect: float, may_appeal: bool) -> dict[str, Any]:
    time = f"2026-11-23T{at}:00.000Z"
    return {
        "id": id_, "kind": kind, "of": "deducted", "time": time, "date": None, "count": None, "status": status,
        "reason": None, "decided": time if status != "pending" else None, "effect": effect,
        "appeal_day": "2026-11-26", "may_appeal": may_appeal,
    }  # fmt: skip


def receipt(**changes: Any) -> dict[str, Any]:
    """Feedback that nobody has read yet."""
    given = {"id": "feedback.given:1", "ref": None, "at": "2026-11-20T09:40:00.000Z", "by": "unverified:8888"}
    return given | {"text": "本周下午很稳，继续保持。", "seen": None, "objected": None, "answered": None} | changes


def sheet(**changes: Any) -> dict[str, Any]:
    """The signed sheet of October, which can still be appealed."""
    signed = {"month": "2026-10", "closed": "2026-11-20T02:00:00.000Z", "approved_by": "hr", "net": 3911, "grade": "B"}
    return signed | {"score": 0.93, "appeal_day": "2026-11-25", "may_appeal": True} | changes


def lookers(**changes: Any) -> dict[str, Any]:
    """Who looked at the agent; the agent too."""
    found = [
        _looker("王敏", ["lead"], 5, is_lead=True),
        _looker("陈思远", ["agent"], 40, is_self=True),
        _looker("俞敏", ["quality"], 2),
    ]
    return {"person": {"id": AGENT}, "lookers": found, "refused": 0} | changes


def _looker(name: str, roles: list[str], looks: int, **more: bool) -> dict[str, Any]:
    seen = {"name": name, "roles": roles, "looks": looks, "last_ms": 1_795_415_529_000 - looks * 3_600_000}
    return seen | {"is_self": False, "is_lead": False} | more
