"""An explanation and the appeals of one agent, in the shape of GET /explain and GET /appeals."""

from typing import Any

AGENT = "8100"
OTHER = "8888"
_CASES = [
    ("C-20408", "repeat_enquiry", "01:38", "overturned"), ("C-20588", "complaint", "02:08", "confirmed"),
    ("C-20624", "repeat_enquiry", "02:14", "upheld"), ("C-20744", "repeat_enquiry", "02:34", "appealed"),
    ("C-20786", "complaint", "02:41", "withdrawn"), ("C-21050", "complaint", "03:25", "confirmed"),
    ("C-21236", "complaint", "03:56", None),
]  # fmt: skip
_STATUS = {"overturned": "reversed", "withdrawn": "reversed", "confirmed": "confirmed", "upheld": "confirmed"}


def explanation(agent: str = AGENT, calls: int = 115, **decided: str) -> dict[str, Any]:
    """What an agent's day is made of; ``decided``: other decisions, by the record's id with _ for -."""
    records = [
        _record(id_, kind, at, decided.get(id_.replace("-", "_"), decision)) for id_, kind, at, decision in _CASES
    ]
    deducted = sum(record["effect"] for record in records)
    net = calls - deducted
    terms = [
        _term("calls", calls), _term("deducted", deducted, records), _term("floored", 0), _term("net", net),
        _term("target", 248.3), _term("target_by_now", 148.0), _term("pace", net / 148, unit="ratio"),
    ]  # fmt: skip
    pending = sum(record["effect"] for record in records if record["status"] == "pending")
    return {
        "agent": agent, "name": "林晓芸", "team": "dawn", "policy": "2026-11", "volume_basis": "handled", "period": "day",
        "date": "2026-11-23", "as_of": "2026-11-23T06:32:09.000Z", "net_low": net, "net_high": net + pending,
        "assessed": True, "reasons": [], "formula": "", "terms": terms,
    }  # fmt: skip


def appeals() -> dict[str, Any]:
    """One appeal granted, one dismissed, one open."""
    return {
        "appeals": [
            _appeal("C-20408", "granted", -1, 0, "06:05", "unverified:王敏", "客户撤诉"),
            _appeal("C-20624", "refused", -1, -1, "06:10", "8888", None),
            _appeal("C-20744", "open", -1, None, None, None, None),
        ]
    }


def _record(id_: str, kind: str, at: str, decision: str | None) -> dict[str, Any]:
    time = f"2026-11-23T{at}:00.000Z"
    status = _STATUS.get(decision or "", "pending")
    made = [{"time": time, "decision": decision, "by": "qa-1", "reason": None}] if decision else []
    effect = 0 if status == "reversed" else 1
    decisions = {"decisions": made} if made else {}
    return {"id": id_, "kind": kind, "time": time, "status": status, "effect": effect, **decisions}


def _term(name: str, value: float, records: list[dict[str, Any]] | None = None, unit: str = "calls") -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "formula": "", "reason": None, "records": records or []}


def _appeal(
    ref: str, state: str, before: int, after: int | None, decided: str | None, by: str | None, reason: str | None
) -> dict[str, Any]:
    return {
        "agent": AGENT, "kind": "complaint", "ref": ref, "state": state, "filed": "2026-11-23T04:00:00.000Z",
        "filed_by": f"unverified:{AGENT}", "text": "…", "decide_by": "2026-11-29T16:00:00.000Z", "overdue": False,
        "before": {"status": "pending", "effect": before},
        "after": None if after is None else {"status": "reversed", "effect": after},
        "decided": decided and f"2026-11-23T{decided}:00.000Z", "decided_by": by, "reason": reason,
    }  # fmt: skip
