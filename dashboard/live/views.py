"""Facts of one tick -> what the screens show: the rules applied, sums for floor and teams, one line per agent.

Volumes add up over all rows; nets are floored per agent first and then added; ratios are pooled, never averaged.
Numbers and codes only: words and formats are the page's. What is not known is None, with the reason beside it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.counts.facts import (
    HALF_HOUR_MS,
    NO_STATE,
    SIGNED_IN,
    STATE_CODES,
    STATES,
    CampaignNow,
    Facts,
    HalfHours,
    Whole,
)
from dashboard.counts.lines import Lines
from dashboard.judging.agent_table import AgentTable, agent_table
from dashboard.judging.board_plan import BoardPlan
from dashboard.judging.judgement import Counted, Judgement, judge, net_of
from dashboard.judging.tiers import Groups, Sums, Tiers, tiers
from dashboard.rules.deduction import Numbers, Outcome
from dashboard.rules.figures import Reason, ratio
from streams.metrics import INDEX

_WINDOW_S = 1800
DECIMALS = 4
"""Of a sum of weighted calls and of a share."""
_TENTH = 1


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
        name: _plain_all(sums(column(f"{name}_pending") + column(f"{name}_confirmed")))
        for name in ("complaints", "repeat_enquiries")
    }
    tier = found.tier
    owes = tier.target_by_now > 0
    columns = {
        "handled": _plain_all(sums(column("handled"))),
        **cases,
        "volume": _plain_all(found.volume),
        "volume_basis": by.volume,
        "deducted": _plain_all(found.deducted),
        "pending": _plain_all(found.pending),
        "floored": _plain_all(found.floored),
        "net": _plain_all(found.net),
        "net_if_withdrawn": _plain_all(found.net_high),
        "net_low": _plain_all(found.net_low),
        "net_high": _plain_all(found.net_high),
        "not_assessed_net": _plain_all(found.not_assessed_net),
        "target": _known(np.where(by.has_target, tier.target, np.nan), _TENTH),
        "due": _known(np.where(owes, tier.target_by_now, np.nan), _TENTH),
        "gap": _known(found.gap, _TENTH),
        "pace": _known(found.pace.value, DECIMALS),
        "pace_low": _known(found.pace_low, DECIMALS),
        "pace_high": _known(found.pace_high, DECIMALS),
        "attainment": _known(found.attainment.value, DECIMALS),
        "reason": [Reason(code).word for code in found.pace.reason.tolist()],
        "assessed": tier.assessed.tolist(),
        "on_pace_share": _known(ratio(tier.at_or_above_pace, tier.with_pace), DECIMALS),
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
    net30 = _plain_all(sums(last30.shown.net))
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


def _plain_all(values: Numbers) -> list[int | float]:
    """As ``plain``, of many."""
    rounded = np.round(values, DECIMALS)
    whole = rounded.astype(np.int64)
    found: list[int | float] = whole.tolist() if (whole == rounded).all() else [plain(value) for value in rounded]
    return found


def _known(values: Numbers, decimals: int) -> list[float | None]:
    """Rounded, None where nothing is known (NaN)."""
    return [None if value != value else value for value in np.round(values, decimals).tolist()]


def _score(points: float, scored: float) -> float | None:
    """Hundredths of points -> mean score to two decimals."""
    return round(points / scored / 100, 2) if scored else None


def _calls(value: float | None) -> float | None:
    """Calls owed, to a tenth; None where nothing is known."""
    return None if value is None or np.isnan(value) else round(value, 1)


def _share(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, DECIMALS)


def plain(value: float) -> int | float:
    """A sum of weighted calls as JSON shall carry it: whole where it is whole, else to four decimals."""
    rounded = round(float(value), 4)
    return int(rounded) if rounded.is_integer() else rounded
