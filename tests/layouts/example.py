"""An example snapshot in the shape of the frames, and the site it belongs to: what layouts may bind to."""

from collections.abc import Sequence
from typing import Any

from dashboard.floor import agent_table
from dashboard.floor.reported import ALL_REPORTED
from layouts.parts.page_site import PageSite, PageTeam
from tests.layouts import judged

NOW_MS = 1795415529000  # Mon 23 Nov 2026 14:32:09 in Shanghai
HALF_HOUR_MS = 1_800_000
COLUMNS = ["id", "name", "name_en", *agent_table.COLUMNS]
_TEAMS = [
    ("dawn", "晨曦组", "Dawn", "outbound", 2318, 82, 208, 2097),
    ("voyage", "远航组", "Voyage", "outbound", 2201, 82, 221, 2110),
    ("pine", "青松组", "Pine", "outbound", 2770, 94, 264, 2500),
    ("swan", "飞鸿组", "Swan", "outbound", 2100, 91, 190, 2153),
    ("sail", "云帆组", "Sail", "outbound", 2371, 113, 218, 2493),
    ("spring", "清泉组", "Spring", "inbound", 1181, 48, 141, 1129),
    ("bedrock", "磐石组", "Bedrock", "inbound", 1072, 41, 130, 1054),
    ("lake", "明湖组", "Lake", "inbound", 1071, 42, 137, 1020),
    ("compass", "知行组", "Compass", "inbound", 867, 39, 115, 881),
]
_AGENTS = [
    ("8100", "林晓芸", "Lin Xiaoyun", "break", 256, 115, 5, 6), ("8101", "马腾飞", "Ma Tengfei", "talk", 167, 110, 4, 6),
    ("8102", "赵敏", "Zhao Min", "break", 814, 133, 2, 5), ("8103", "吴昊", "Wu Hao", "talk", 243, 132, 5, 5),
    ("8104", "何雪", "He Xue", "talk", 137, 71, 4, 8), ("8105", "刘子涵", "Liu Zihan", "available", 1900, 175, 4, 15),
    ("8106", "黄嘉怡", "Huang Jiayi", "talk", 33, 186, 2, 16), ("8107", "胡可欣", "Hu Kexin", "talk", 27, 160, 4, 12),
    ("8108", "王建国", "Wang Jianguo", "hold", 129, 155, 5, 7), ("8109", "罗敏仪", "Luo Minyi", "talk", 142, 156, 6, 7),
    ("8110", "朱琳", "Zhu Lin", "talk", 190, 176, 5, 9), ("8111", "陈思远", "Chen Siyuan", "wrap", 36, 171, 11, 8),
    ("8112", "周雨桐", "Zhou Yutong", "meeting", 4160, 161, 5, 14), ("8113", "徐静", "Xu Jing", "ringing", 4, 72, 6, 2),
    ("8114", "孙立", "Sun Li", "talk", 115, 209, 9, 14), ("8115", "郭磊", "Guo Lei", "training", 50, 13, 2, 1),
    ("8116", "郑一鸣", "Zheng Yiming", "talk", 176, 11, 0, 2), ("8117", "梁博", "Liang Bo", "talk", 63, 112, 3, 2),
    ("8118", "宋佳", "Song Jia", None, None, 0, 0, 0), ("8119", "高远", "Gao Yuan", "offline", 9000, 0, 0, 0),
]  # fmt: skip
_OFF = {"8117": "not_assessed", "8119": "leave"}
_NET = [940, 1090, 1400, 1310, 1200, 1255, 750, 420, 340, 770, 1020, 1220]
_DUE = [960, 1105, 1410, 1255, 1175, 1246, 797, 491, 398, 827, 1110, 1331, 1723, 1715, 1680, 1567, 1438, 1130]
_NOT_ASSESSED = 109
_SHIFT_DONE = 0.596
_STATES = {"talk": 104, "available": 19, "hold": 4, "wrap": 18, "break": 12, "training": 2, "meeting": 3, "other": 0}


_BANDS = {"dawn": 0.03, "pine": 0.04, "sail": 0.05, "lake": 0.06}


def example_site(duty_phone: str = "8800", works_council: str = "judge") -> PageSite:
    teams = tuple(PageTeam(id_, name, english, direction) for id_, name, english, direction, *_ in _TEAMS)
    return PageSite(
        "杭州一中心",
        "Hangzhou 1",
        "Asia/Shanghai",
        duty_phone,
        teams,
        works_council == "judge",
        shows_persons=works_council != "teams",
    )


def floor_snapshot(now_ms: int = NOW_MS, age_s: float | None = 0.4) -> dict[str, Any]:
    """The snapshot of topic ``floor``."""
    return _head(now_ms, age_s) | {
        "floor": example_floor(now_ms),
        "teams": example_teams(),
        "agents": {"columns": COLUMNS, "rows": []},
    }


def team_snapshot(team_id: str = "dawn", now_ms: int = NOW_MS, age_s: float | None = 0.4) -> dict[str, Any]:
    """The snapshot of topic ``team:<id>``."""
    teams = [team for team in example_teams() if team["id"] == team_id]
    agents = {"columns": COLUMNS, "rows": example_agents(now_ms)}
    shown = {"floor": example_floor(now_ms), "teams": teams, "agents": agents, "desk": judged.example_desk()}
    return _head(now_ms, age_s) | shown


def unjudged(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The same snapshot as a site with a works council has it."""
    nothing = {"since", "trend", "trend_state", *judged.COLUMNS}
    rows = [
        [None if name in nothing else cell for name, cell in zip(COLUMNS, row, strict=True)]
        for row in snapshot["agents"]["rows"]
    ]
    arrived = [alert for alert in snapshot["desk"]["alerts"] if alert["kind"] in ("not_arrived", "team_behind")]
    desk = {"look_first": {"people": [], "facts": []}, "alerts": arrived, "flags": None}
    return snapshot | {"agents": {"columns": COLUMNS, "rows": rows}, "desk": desk}


def example_floor(now_ms: int = NOW_MS) -> dict[str, Any]:
    first = now_ms // HALF_HOUR_MS * HALF_HOUR_MS - 11 * HALF_HOUR_MS
    return {
        "handled": 15951, "complaints": 270, "repeat_enquiries": 362, "deducted": 632, "pending": 128, "net": 15319,
        "net_if_withdrawn": 15447, "floored": 0, "attempts": 41200, "converted": 812, "abandoned": 133,
        "last30": {"handled": 1671, "deducted": 36, "net": 1635, "assessed_net": 1624, "due": 1728,
                   "pace": 0.94, "band": {"low": 0.93, "high": 1.07}},
        "half_hours": {"start": first, "step_ms": HALF_HOUR_MS, "handled": _NET, "net": [*_NET[:-1], 95], "running": 11,
                       "due": _DUE, "due_by_now": 95},
        "states": _STATES | {"signed_in": 162, "total": 180},
        "quality": {"score": 88.5, "n": 409}, "surveys": {"satisfied": 620, "answered": 700},
        "campaigns": {"done": 24880, "list_size": 40000, "share": 0.622, "plan": 0.638}, "empty": False,
        "none_given": 0, "none_counted": 0, "queues": [], **_unread(15951),
        "alerts": judged.example_site_alerts(), "missing": ALL_REPORTED.missing,
        **_judged(15319, 15437, _NOT_ASSESSED), "net_low": 15319, "net_high": 15447, "on_pace_share": 0.53,
    }  # fmt: skip


def without_plan(
    snapshot: dict[str, Any], reason: str = "no_target", teams: Sequence[str] | None = None
) -> dict[str, Any]:
    """The same snapshot where these teams (default: nobody at all) have no target, for this reason."""
    nothing = {"target": None, "due": None, "pace": None, "gap": None, "not_assessed_net": 0, "attainment": None,
               "on_pace_share": None, "reason": reason}  # fmt: skip
    everyone = teams is None
    floor = snapshot["floor"]
    if everyone:
        half_hours = floor["half_hours"] | {"due": [], "due_by_now": None}
        floor = (
            floor
            | nothing
            | {"half_hours": half_hours, "last30": floor["last30"] | dict.fromkeys(("due", "pace", "band"))}
        )
    of_teams = [team | nothing if everyone or team["id"] in (teams or ()) else team for team in snapshot["teams"]]
    return snapshot | {"floor": floor, "teams": of_teams}


def example_teams() -> list[dict[str, Any]]:
    return [_team(*team) for team in _TEAMS]


def example_agents(now_ms: int = NOW_MS) -> list[list[Any]]:
    return [_agent(now_ms, i, *agent) for i, agent in enumerate(_AGENTS)]


def _head(now_ms: int, age_s: float | None) -> dict[str, Any]:
    return {"epoch": "e1", "seq": 12, "now": now_ms, "age_s": age_s, "tz_offset_min": 480}


def _judged(net: int, due: int, off: int) -> dict[str, Any]:
    """What is owed: net = off + due + gap."""
    target = round(due / _SHIFT_DONE)
    pace, attainment = round((net - off) / due, 4), round((net - off) / target, 4)
    return {"target": target, "due": due, "pace": pace, "gap": net - off - due, "not_assessed_net": off,
            "attainment": attainment, "reason": None}  # fmt: skip


def _team(
    id_: str, name: str, english: str, direction: str, handled: int, deducted: int, last30: int, due: int
) -> dict[str, Any]:
    states = {"talk": 13, "available": 1, "hold": 1, "wrap": 1, "break": 2, "training": 0, "meeting": 0, "other": 0,
              "signed_in": 18}  # fmt: skip
    return {
        "id": id_, "name": name, "name_en": english, "direction": direction, "handled": handled, "deducted": deducted,
        "complaints": deducted // 2, "repeat_enquiries": deducted - deducted // 2, "pending": 22, "net": handled - deducted,
        "net_if_withdrawn": handled - deducted + 22, "last30_net": last30, "score": 89.2, "scored": 46, "signed_in": 18,
        "agents": 20, "states": states, "net_low": handled - deducted, "net_high": handled - deducted + 22,
        "floored": 0, **_unread(handled), "on_pace_share": 0.5, "quality_trend": "drop" if id_ == "sail" else "in_control",
        "band": _band(id_), **_judged(handled - deducted, due, _NOT_ASSESSED if id_ == "dawn" else 0),
    }  # fmt: skip


def _unread(handled: int) -> dict[str, Any]:
    """Fields that no test of a page reads."""
    month = dict.fromkeys(("target", "due", "pace", "attainment", "required_rate", "reason"))
    survey = dict.fromkeys(("share", "low", "high", "n", "response"))
    basis = {"volume": handled, "volume_basis": "handled", "assessed": 19}
    return basis | {"survey": survey, "month": month | {"net": handled}}


def _band(id_: str) -> dict[str, float] | None:
    return {"low": 1 - _BANDS[id_], "high": 1 + _BANDS[id_]} if id_ in _BANDS else None


def _agent(
    now: int, i: int, id_: str, name: str, english: str, state: str | None, seconds: int | None, *rest: int
) -> list[Any]:
    handled, deducted, converted = rest
    spark = [max(0, 5 + (i * 7 + k * k) % 6 - (5 if 12 <= k < 16 else 0)) if handled else 0 for k in range(23)]
    scored = 3 if handled else 0
    net = handled - deducted
    cells = {
        "id": id_, "name": name, "name_en": english, "state": state,
        "since": None if seconds is None else now - 1000 * seconds,
        "handled": handled, "deducted": deducted, "pending": 1, "net": net, "converted": converted,
        "aht_s": 214 + 11 * i if handled else None, "spark": spark,
        "score": 86.4 + i % 7 * 0.7 if scored else None, "scored": scored,
        "satisfied": i % 9, "answered": i % 9 + i % 3, "short": i % 5, "talks_known": handled,
        **dict(zip(("due", "pace", "assessed", "why"), _owed(i, id_, net), strict=True)),
        **dict(zip(("trend", "trend_state"), _trend(i, scored), strict=True)),
        **dict(zip(judged.COLUMNS, judged.judged_cells(id_), strict=True)),
    }  # fmt: skip
    return [cells.get(name, 0) for name in COLUMNS]


def _owed(i: int, id_: str, net: int) -> list[Any]:
    """due, pace, assessed, why."""
    if id_ in _OFF:
        return [None, None, False, _OFF[id_]]
    due = 148 - i % 3 if i not in (4, 13, 15, 16, 18) else {4: 67, 13: 66, 15: 18, 16: 18, 18: 13}[i]
    return [due, round(net / due, 4), True, None]


def _trend(i: int, scored: int) -> list[Any]:
    """trend, trend_state."""
    if not scored:
        return [None, None]
    return [
        83.1 if i == 4 else 86.4 + i % 7 * 0.6,
        "drop" if i == 4 else "too_few_scores" if i in (15, 16) else "in_control",
    ]
