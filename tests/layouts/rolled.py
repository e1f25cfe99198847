"""An example of the topic ``rollup`` in the shape of the frames, and the agents of its opened team."""

from typing import Any

from dashboard.floor.reported import ALL_REPORTED
from tests.layouts.example import NOW_MS

DAY_MS = 86_400_000
_TEAMS = [
    ("dawn", "晨曦组", "Dawn", "outbound", 70303, 66901, 91200, 2236, 2230),
    ("voyage", "远航组", "Voyage", "outbound", 69171, 70327, 95800, 2301, 2345),
    ("pine", "青松组", "Pine", "outbound", 77737, 70642, 96400, 2570, 2402),
    ("swan", "飞鸿组", "Swan", "outbound", 67773, 70331, 96000, 2201, 2390),
    ("sail", "云帆组", "Sail", "outbound", 65149, 70795, 96700, 2120, 2330),
    ("spring", "清泉组", "Spring", "inbound", 28089, 28393, 38500, 1033, 1041),
    ("bedrock", "磐石组", "Bedrock", "inbound", 27324, 28008, 38000, 987, 1011),
    ("lake", "明湖组", "Lake", "inbound", 29345, 27928, 38010, 1104, 1093),
    ("compass", "知行组", "Compass", "inbound", 27636, 28045, 38040, 870, 925),
]
_OFF = 3032
_FLAGS = {"dawn": {"review": 1, "drop": 1, "quality": 0, "watch": 2}}
NO_FLAGS = {"review": 0, "drop": 0, "quality": 0, "watch": 0}
AGENT_COLUMNS = ["id", "net", "due", "pace", "attainment", "volume", "deducted", "points", "scored", "score", "target"]


def rollup_snapshot(now_ms: int = NOW_MS, age_s: float | None = 0.4) -> dict[str, Any]:
    """The snapshot of topic ``rollup``."""
    head = {"epoch": "e1", "seq": 12, "now": now_ms, "age_s": age_s, "tz_offset_min": 480}
    return head | {"rollup": example_rollup(), "campaigns": example_campaigns(now_ms), "course": example_course(now_ms)}


def example_course(now_ms: int = NOW_MS) -> dict[str, Any]:
    """The workdays of the month before today, and from today to its end."""
    start = now_ms - now_ms % DAY_MS - 8 * 3_600_000
    paces = [0.966, 0.981, 0.983, 0.994, 0.978, 0.995, 0.989, 1.001, 1.001, 1.004, 1.0, 0.996, 1.0, 1.003, 0.993]
    worked = [n for n in range(22) if n % 7 < 5]
    past = [
        {
            "at": start - (21 - n) * DAY_MS,
            "net": round(pace * 29000 * (at + 1)),
            "due": 29000.0 * (at + 1),
            "pace": pace,
        }
        for at, (n, pace) in enumerate(zip(worked, paces, strict=False))
    ]
    ahead = [
        {"at": start + n * DAY_MS, "due": 29000.0 * (16 + at), "expected": 0.996, "low": 0.996 - wide, "high": 0.996 + wide,
         "low95": 0.996 - 1.6 * wide, "high95": 0.996 + 1.6 * wide}
        for at, (n, wide) in enumerate(zip((0, 1, 2, 3, 4, 7), (0.003, 0.006, 0.008, 0.0095, 0.011, 0.012), strict=True))
    ]  # fmt: skip
    return {"past": past, "ahead": ahead}


def example_rollup() -> dict[str, Any]:
    rows = [_row(*team) for team in _TEAMS]
    net, due, target = (sum(row[name] for row in rows) for name in ("net", "due", "target"))
    site = _figures(net, due, target, _OFF) | {"flags": _FLAGS["dawn"]}
    missing = ALL_REPORTED.missing
    return {
        "none_given": 0,
        "none_counted": 0,
        "missing": missing,
        "site": site,
        "rows": rows,
        "day": 16,
        "days": 21,
        "today": _today(),
    }


def council_snapshot() -> dict[str, Any]:
    """The same where a works council has a say: no flag, no dot, small teams together."""
    found = rollup_snapshot()
    rolled = found["rollup"]
    small = rolled["rows"][-1] | {
        "id": None,
        "teams": 2,
        "agents": 12,
        "name": None,
        "name_en": None,
        "direction": None,
    }
    rows = [row | {"flags": None} for row in [*rolled["rows"][:-1], small]]
    today = rolled["today"] | {"agents": None, "spread": None}
    today["teams"] = [one | {"band": None} for one in today["teams"]]
    return found | {"rollup": rolled | {"rows": rows, "site": rolled["site"] | {"flags": None}, "today": today}}


def unasked_snapshot() -> dict[str, Any]:
    """Nobody has a target."""
    found = rollup_snapshot()
    rolled = found["rollup"]
    nothing = dict.fromkeys(("target", "due", "gap", "pace", "attainment"))
    forecast = dict.fromkeys(rolled["site"]["forecast"])
    rows = [row | nothing | {"reason": "no_target", "forecast": forecast} for row in [rolled["site"], *rolled["rows"]]]
    today = {"site": {"due": None, "pace": None}, "agents": [], "spread": None, "on_pace_share": None}
    teams = [one | {"due": None, "pace": None, "band": None} for one in rolled["today"]["teams"]]
    return found | {"rollup": rolled | {"site": rows[0], "rows": rows[1:], "today": today | {"teams": teams}}}


def rollup_agents() -> dict[str, Any]:
    """The snapshot of topic ``rollup:dawn``: 20 agents, whose net and due are the team's."""
    rows = [_agent(n) for n in range(20)]
    rows[-1][1] += 70303 - sum(row[1] for row in rows)
    rows[-1][2] += 66901 - sum(row[2] or 0 for row in rows)
    head = {"epoch": "e1", "seq": 40, "now": NOW_MS, "age_s": 0.4, "tz_offset_min": 480}
    return head | {"columns": AGENT_COLUMNS, "rows": rows}


def example_campaigns(now_ms: int = NOW_MS) -> list[dict[str, Any]]:
    start = now_ms - now_ms % DAY_MS - 8 * 3_600_000
    return [
        _campaign("renewal-11", "宽带续约", "Broadband renewal", now_ms, 27930, 42000, 0.66)
        | {"finish": start + 2 * DAY_MS + 58_800_000, "deadline": start + 4 * DAY_MS, "slack_days": 2.1, "chance": 0.97},
        _campaign("win-back", "会员唤回", "Member win-back", now_ms - 130_000, 11780, 25600, 0.52)
        | {"finish": start + 7 * DAY_MS + 36_900_000, "deadline": start + 4 * DAY_MS, "slack_days": -1.4, "chance": 0.002},
        _campaign("survey", "满意度调查", "Satisfaction survey", now_ms, None, None, None)
        | {"attempts": None, "handled": None, "connect": None, "drop": None, "conversion": None, "converted": None,
           "at": None, "left": None, "share": None, "reason": "no_snapshot", "deadline": None},
    ]  # fmt: skip


def _campaign(
    id_: str, name: str, english: str, at_ms: int, done: int | None, size: int | None, plan: float | None
) -> dict[str, Any]:
    progress = {"done": done, "list_size": size, "share": None, "left": None}
    if done is not None and size:
        progress |= {"share": round(done / size, 4), "left": size - done}
    return {
        "id": id_, "name": name, "name_en": english, "attempts": 4120, "handled": 1290, "abandoned": 16,
        "converted": 71, "connect": 0.3131, "drop": 0.0123, "conversion": 0.055, "at": at_ms, **progress, "plan": plan,
        "deadline": None, "finish": None, "slack_days": None, "chance": None, "reason": None,
    }  # fmt: skip


def _row(id_: str, name: str, english: str, direction: str, net: int, due: int, target: int, *_: int) -> dict[str, Any]:
    named = {"id": id_, "teams": 1, "agents": 20, "name": name, "name_en": english, "direction": direction}
    flags = {"flags": _FLAGS.get(id_, NO_FLAGS)}
    return named | _figures(net, due, target, _OFF if id_ == "dawn" else 0) | flags


def _figures(net: int, due: int, target: int, off: int) -> dict[str, Any]:
    deducted, counted = round(net * 0.04), net - off
    end = round(counted + (100 + counted) * (target - due) / (100 + due))
    chance = 0.0 if end < target - 900 else 1.0 if end > target + 900 else 0.33
    forecast = {"chance": chance, "expected": end, "low": end - 400, "high": end + 400,
                "needs": round(max(0, target - counted) / (target - due), 4)}  # fmt: skip
    return {
        "handled": net + deducted, "complaints": deducted // 2, "repeat_enquiries": deducted - deducted // 2,
        "volume": net + deducted, "volume_basis": "handled", "deducted": deducted, "pending": 803, "floored": 0, "net": net,
        "net_if_withdrawn": net + 803, "net_low": net, "net_high": net + 803, "not_assessed_net": off, "target": target,
        "due": due, "gap": counted - due, "pace": round(counted / due, 4),
        "attainment": round(counted / target, 4), "reason": None, "assessed": 19, "on_pace_share": 0.5, "score": 89.2,
        "scored": 640, "deducted_share": 0.0385, "forecast": forecast,
    }  # fmt: skip


def _today() -> dict[str, Any]:
    teams = [
        {"id": id_, "teams": 1, "agents": 20, "name": name, "name_en": english, "direction": direction, "due": due,
         "pace": round(net / due, 4), "band": {"low": 0.94, "high": 1.06} if id_ in ("pine", "sail") else None}
        for id_, name, english, direction, *_, net, due in _TEAMS
    ]  # fmt: skip
    dots = sorted([round(60 + n % 3 * 45 + n % 7, 1), round(0.7 + (n * 37 % 61) / 100, 2)] for n in range(160))
    spread = {"phi": 1.9, "tau_squared": 0.0004}
    whole = {"due": 15767.0, "pace": 0.9884}
    return {"site": whole, "teams": teams, "agents": dots, "spread": spread, "on_pace_share": 0.47}


def _agent(n: int) -> list[Any]:
    off = n == 17
    net, due = 3300 + n * 37 % 400, 3345
    owed = [None, None, None] if off else [due, round(net / due, 4), round(net / 4560, 4)]
    return [f"81{n:02}", net, *owed, net + 120, 120, 61740, 7, 88.2, None if off else 4560.0]
