"""Facts of one tick -> what the screens show: the rules applied, sums for floor and teams, one line per agent.

Volumes add up over all rows; nets are floored per agent first and then added; ratios are pooled, never averaged.
Numbers and codes only: words and formats are the page's. What is not known is None, with the reason beside it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.agent_table import AgentTable, agent_table
from dashboard.board_plan import BoardPlan
from dashboard.facts import HALF_HOUR_MS, NO_STATE, SIGNED_IN, STATE_CODES, STATES, CampaignNow, Facts, HalfHours, Whole
from dashboard.judgement import Counted, Judgement, judge, net_of
from dashboard.lines import Lines
from dashboard.rules.deduction import Outcome
from dashboard.rules.figures import Reason
from dashboard.tiers import Groups, Sums, Tiers, tiers
from streams.metrics import INDEX

_WINDOW_S = 1800
_SHARE_DECIMALS = 4


@dataclass(frozen=True)
class View:
    """One tick as shown."""

    now_ms: int
    age_s: float | None
    tz_offset_min: int
    lines: Lines
    floor: dict[str, Any]
    teams: list[dict[str, Any]]
    agents: AgentTable
    judged: Judgement
    """Of the day: every line, for whoever needs more than the frames carry."""


def view(facts: Facts, board: BoardPlan) -> View:
    """Facts of one tick and the day's plan, which has a row for each of their lines -> what is shown."""
    judged = judge(Counted(facts.day, facts.scheduled_s, facts.working_s), board.plan, "day", facts.now_ms // 1000)
    last30 = net_of(board.plan, facts.last30, facts.columns)
    return View(
        facts.now_ms,
        facts.age_s,
        facts.tz_offset_min,
        facts.lines,
        _floor(facts, judged, board, last30),
        _teams(facts, judged, board.teams, last30),
        agent_table(facts, judged, board.why),
        judged,
    )


def _floor(facts: Facts, judged: Judgement, board: BoardPlan, last30: Outcome) -> dict[str, Any]:
    sums = {name: int(total) for name, total in zip(INDEX, facts.day.sum(axis=0), strict=True)}
    whole = tiers(judged, board.site)
    return {
        **_tier(judged, whole, board.site)[0],
        "attempts": sums["attempts"],
        "converted": sums["converted"],
        "abandoned": sums["abandoned"],
        "last30": {
            "handled": int(facts.last30[:, 0].sum()),
            "deducted": plain(last30.shown.deducted.sum()),
            "net": plain(last30.shown.net.sum()),
            "due": _calls(_due_in_window(board, facts.now_ms)),
        },
        "half_hours": _half_hours(facts.half_hours, board, facts.now_ms),
        "states": {**_states(facts.state), "total": facts.lines.agents()},
        "quality": {"score": _score(sums["evaluation_points"], sums["evaluations"]), "n": sums["evaluations"]},
        "surveys": {"satisfied": sums["surveys_satisfied"], "answered": sums["surveys_answered"]},
        "campaigns": _campaigns(facts.campaigns, whole),
        "empty": not facts.day.any(),
    }


def _tier(judged: Judgement, found: Tiers, by: Groups) -> list[dict[str, Any]]:
    """What floor and teams both show, one per group."""
    column, sums = judged.counted.column, Sums(by.group, by.count)
    cases = {
        name: _list(sums(column(f"{name}_pending") + column(f"{name}_confirmed")), plain)
        for name in ("complaints", "repeat_enquiries")
    }
    tier = found.tier
    owes = tier.target_by_now > 0
    columns = {
        "handled": _list(sums(column("handled")), plain),
        **cases,
        "volume": _list(found.volume, plain),
        "volume_basis": by.volume,
        "deducted": _list(found.deducted, plain),
        "pending": _list(found.pending, plain),
        "floored": _list(found.floored, plain),
        "net": _list(found.net, plain),
        "net_if_withdrawn": _list(found.net_high, plain),
        "net_low": _list(found.net_low, plain),
        "net_high": _list(found.net_high, plain),
        "not_assessed_net": _list(found.not_assessed_net, plain),
        "target": _list(np.where(by.has_target, tier.target, np.nan), _calls),
        "due": _list(np.where(owes, tier.target_by_now, np.nan), _calls),
        "gap": _list(found.gap, _calls),
        "pace": _list(found.pace.value, _share),
        "pace_low": _list(found.pace_low, _share),
        "pace_high": _list(found.pace_high, _share),
        "attainment": _list(found.attainment.value, _share),
        "reason": [Reason(code).word for code in found.pace.reason.tolist()],
        "assessed": tier.assessed.tolist(),
        "on_pace_share": [_part(*pair) for pair in zip(tier.at_or_above_pace, tier.with_pace, strict=True)],
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _due_in_window(board: BoardPlan, now_ms: int) -> float | None:
    """Calls owed of the last 30 minutes and the running one."""
    if not board.owes:
        return None
    now_s = now_ms // 1000
    start_s = now_s - now_s % 60 - _WINDOW_S
    before, now = board.plan.due_at([start_s, now_s]).tolist()
    return float(now - before)


def _half_hours(half: HalfHours, board: BoardPlan, now_ms: int) -> dict[str, Any]:
    due, due_by_now = board.due_by_half_hour(half.start_ms, len(half.net), now_ms)
    return {
        "start": half.start_ms,
        "step_ms": HALF_HOUR_MS,
        "handled": half.handled,
        "net": [plain(value) for value in half.net],
        "running": len(half.handled) - 1,
        "due": [round(calls, 1) for calls in due],
        "due_by_now": _calls(due_by_now),
    }


def _states(state: Whole) -> dict[str, int]:
    counted = np.bincount(state[state != NO_STATE], minlength=len(STATE_CODES)).tolist()
    return _shown_states(counted)


def _shown_states(counted: list[int]) -> dict[str, int]:
    shown = dict(zip(STATES, counted, strict=False))
    shown["available"] += counted[STATE_CODES.index("ringing")]
    return {**shown, "signed_in": sum(counted[:SIGNED_IN])}


def _campaigns(running: tuple[CampaignNow, ...], whole: Tiers) -> dict[str, Any]:
    if not running:
        return {"done": None, "list_size": None, "share": None, "plan": None}
    done, size = (sum(each.snapshot.figures[name] or 0 for each in running) for name in ("done", "list_size"))
    plan = _planned_share(running, whole)
    return {"done": done, "list_size": size, "share": round(done / size, 4) if size else None, "plan": _share(plan)}


def _planned_share(running: tuple[CampaignNow, ...], whole: Tiers) -> float | None:
    """How much of their lists campaigns would have done by now at an even pace over their working days."""
    sizes = [each.snapshot.figures["list_size"] or 0 for each in running]
    if not sum(sizes) or not all(each.days for each in running):
        return None
    owed, by_now = whole.tier.target[0], whole.tier.target_by_now[0]
    today = by_now / owed if owed > 0 else 0.0
    shares = ((each.over + today * each.works_today) / (each.days or 1) for each in running)
    return float(sum(share * size for share, size in zip(shares, sizes, strict=True)) / sum(sizes))


def _teams(facts: Facts, judged: Judgement, by: Groups, last30: Outcome) -> list[dict[str, Any]]:
    """The groups are the teams and, last, who is in none."""
    sums = Sums(by.group, by.count)
    found = _tier(judged, tiers(judged, by), by)
    net30 = _list(sums(last30.shown.net), plain)
    points, scored = (sums(judged.counted.column(name)).tolist() for name in ("evaluation_points", "evaluations"))
    states = _states_by_group(facts.state, by)
    return [
        {
            **_named(facts.lines, at),
            **found[at],
            "last30_net": net30[at],
            "score": _score(points[at], scored[at]),
            "scored": int(scored[at]),
            "signed_in": states[at]["signed_in"],
            "agents": len(facts.lines.members[at]),
            "states": states[at],
            "quality_trend": None,
        }
        for at in range(len(facts.lines.teams))
    ]


def _named(lines: Lines, at: int) -> dict[str, Any]:
    team = lines.teams[at]
    return {"id": team.id, "name": team.name, "name_en": team.name_en, "direction": team.direction}


def _states_by_group(state: Whole, by: Groups) -> list[dict[str, int]]:
    width, known = len(STATE_CODES), state != NO_STATE
    cells = np.bincount(by.group[known] * width + state[known], minlength=by.count * width)
    return [_shown_states(counted) for counted in cells.reshape(by.count, width).tolist()]


def _list(values: Any, show: Any) -> list[Any]:
    return [show(value) for value in values.tolist()]


def _score(points: float, scored: float) -> float | None:
    """Hundredths of points -> mean score to two decimals."""
    return round(points / scored / 100, 2) if scored else None


def _calls(value: float | None) -> float | None:
    """Calls owed, to a tenth; None where nothing is known."""
    return None if value is None or np.isnan(value) else round(value, 1)


def _share(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, _SHARE_DECIMALS)


def _part(part: Any, whole: Any) -> float | None:
    return round(float(part) / float(whole), _SHARE_DECIMALS) if whole else None


def plain(value: float) -> int | float:
    """A sum of weighted calls as JSON shall carry it: whole where it is whole, else to four decimals."""
    rounded = round(float(value), 4)
    return int(rounded) if rounded.is_integer() else rounded
