"""Facts of one tick -> what the screens show: the rules applied, sums for floor and teams, one line per agent.

Volumes add up over all rows; nets are floored per agent first and then added; ratios are pooled, never averaged.
Numbers and codes only: words and formats are the page's. What is not known is None, with the reason beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.board.json_numbers import DECIMALS, calls, known, plain, plain_all, score, share
from dashboard.board.lead_view import site_alerts
from dashboard.board.people_now import Bands, Watched
from dashboard.board.prepared import Months, Prepared
from dashboard.board.rebuilding import Progress
from dashboard.board.rollup_now import RollupNow
from dashboard.board.tier_view import (
    count_states,
    count_states_by_group,
    missing_beside,
    month,
    surveys,
    tier,
    without_unreported,
)
from dashboard.floor.agent_table import AgentTable, agent_table
from dashboard.floor.board_plan import BoardPlan
from dashboard.floor.campaigns import CampaignNow
from dashboard.floor.judged_now import JudgedNow
from dashboard.floor.judgement import Judgement
from dashboard.floor.lines import Lines
from dashboard.floor.queues import QueueNow
from dashboard.floor.tick_facts import HALF_HOUR_MS, HalfHours
from dashboard.floor.tiers import Groups, GroupSums, Tiers, groups, tiers
from dashboard.floor.visible_groups import (
    EVERYONE,
    EVERYONE_NAME,
    EVERYONE_NAME_EN,
    NO_HIDDEN_TEAMS,
    OTHERS,
    OTHERS_NAME,
    OTHERS_NAME_EN,
    HiddenTeams,
    direction_of,
)
from dashboard.people.evidence import EvidenceNow
from dashboard.people.quality_charts import Charted, Trended
from dashboard.rules.ewma import TrendState
from streams.metrics import INDEX


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
    desks: list[dict[str, Any]]
    """Per team what its lead has to do; the same object as long as nothing of it was looked at anew."""
    evidence: EvidenceNow | None
    """None: nothing is to be said of persons."""
    judged: Judgement
    """Of the day: every line, for whoever needs more than the frames carry."""
    trended: Trended | None = None
    """Where the quality of each line stands; None: not looked at, or a works council has a say."""
    charted: Charted | None = None
    """The scores that its limits are drawn around; as ``trended``."""
    hidden: frozenset[int] = frozenset()
    """Indices of the teams that are not shown by themselves: they have no topic and stand in no frame."""
    others: Sequence[dict[str, Any]] = ()
    """What of these is shown together, each as a team."""
    everyone: dict[str, Any] | None = None
    """All agents, as a team; None: not looked at."""
    listed: tuple[int, ...] = ()
    """Indices of the teams whose agents are on the page of everyone; NO_TEAM: those in no team."""
    rollup: RollupNow | None = None
    """The same object as long as it was not looked at anew; None: not looked at."""
    rebuilding: Progress | None = None
    """What is counted is known to be wrong, and no page may show it."""


def view(
    now: JudgedNow, watched: Watched, prepared: Prepared, persons: bool = True, small: HiddenTeams = NO_HIDDEN_TEAMS
) -> View:
    """One tick, judged and watched -> what is shown. ``persons`` False: a works council has a say.

    ``small``: which teams are not shown by themselves.
    """
    facts = now.facts
    return View(
        facts.now_ms,
        facts.age_s,
        facts.tz_offset_min,
        facts.lines,
        _floor(now, watched, prepared.months),
        _teams(now, watched, prepared.months),
        agent_table(facts, now.day, now.board.why, watched.beside, persons),
        prepared.desks,
        watched.evidence,
        now.day,
        watched.trend.lines if persons and watched.trend is not None else None,
        watched.trend.scores if persons and watched.trend is not None else None,
        hidden=small.hidden,
        others=_others(now, small),
        everyone=_everyone(now, prepared.months),
        listed=now.board.listed,
    )


def _floor(now: JudgedNow, watched: Watched, months: Months) -> dict[str, Any]:
    facts, board, alerts = now.facts, now.board, watched.told.alerts
    sums = {name: int(total) for name, total in zip(INDEX, facts.day.sum(axis=0), strict=True)}
    return {
        "missing": missing_beside(facts.reported, alerts.none_counted),
        **without_unreported(_floor_figures(now, watched, months, sums), facts.reported),
        "half_hours": _half_hours(facts.half_hours, board, facts.now_ms),
        "campaigns": _campaigns(facts.campaigns, now.site),
        "queues": [_queue(queue, facts.lines) for queue in facts.queues],
        "alerts": site_alerts(facts.lines, alerts.site),
        "empty": not facts.day.any() and not (alerts.none_given or alerts.none_counted),
        "none_given": alerts.none_given,
        "none_counted": alerts.none_counted,
    }


def _floor_figures(now: JudgedNow, watched: Watched, months: Months, sums: dict[str, int]) -> dict[str, Any]:
    """What of the floor is made of counts."""
    facts, board = now.facts, now.board
    return {
        **tier(now.day, now.site, board.site)[0],
        "attempts": sums["attempts"],
        "converted": sums["converted"],
        "abandoned": sums["abandoned"],
        "last30": _last30(now, watched.told.bands.last30),
        "states": {**count_states(facts.state), "total": facts.lines.agents()},
        "quality": {"score": score(sums["evaluation_points"], sums["evaluations"]), "n": sums["evaluations"]},
        "surveys": {"satisfied": sums["surveys_satisfied"], "answered": sums["surveys_answered"]},
        "survey": surveys(now.day, board.site)[0],
        "month": months.site,
    }


def _queue(queue: QueueNow, lines: Lines) -> dict[str, Any]:
    return {
        **lines.queue(queue.id)._asdict(),
        "at": queue.at_ms,
        "waiting": queue.waiting,
        "longest_wait_s": queue.longest_wait_s,
        "ready": queue.ready,
        "offered": queue.offered,
        "answered": queue.answered,
        "in_time": queue.in_time,
        "timed": queue.timed,
        "in_time_share": share(queue.in_time_share),
        "abandoned": queue.abandoned,
    }


def _last30(now: JudgedNow, half: float) -> dict[str, Any]:
    """``half``: half the width of the band around 1, NaN: not known. Its pace is that of the assessed: ``assessed_net`` / due."""
    shown, due = now.last30.current, now.board.due_in_window(now.facts.now_ms)
    assessed_net = float(shown.net[now.day.assessed].sum())
    return {
        "handled": int(now.facts.last30[:, 0].sum()),
        "deducted": plain(shown.deducted.sum()),
        "net": plain(shown.net.sum()),
        "assessed_net": plain(assessed_net),
        "due": calls(due),
        "pace": share(assessed_net / due if due else None),
        "band": None if np.isnan(half) else {"low": share(max(0.0, 1 - half)), "high": share(1 + half)},
    }


def _half_hours(half: HalfHours, board: BoardPlan, now_ms: int) -> dict[str, Any]:
    due, due_by_now = board.due_by_half_hour(half.start_ms, len(half.net), now_ms)
    return {
        "start": half.start_ms,
        "step_ms": HALF_HOUR_MS,
        "handled": half.handled,
        "net": [plain(value) for value in half.net],
        "running": len(half.handled) - 1,
        "due": [round(owed, 1) for owed in due],
        "due_by_now": calls(due_by_now),
    }


def _campaigns(running: tuple[CampaignNow, ...], whole: Tiers) -> dict[str, Any]:
    if not running:
        return {"done": None, "list_size": None, "share": None, "plan": None}
    done, size = (sum(each.snapshot.figures[name] or 0 for each in running) for name in ("done", "list_size"))
    plan = _planned_share(running, whole)
    return {"done": done, "list_size": size, "share": round(done / size, 4) if size else None, "plan": share(plan)}


def _planned_share(running: tuple[CampaignNow, ...], whole: Tiers) -> float | None:
    """How much of their lists campaigns would have done by now at an even pace over their working days."""
    sizes = [each.snapshot.figures["list_size"] or 0 for each in running]
    if not sum(sizes) or not all(each.days for each in running):
        return None
    owed, by_now = whole.tier.target[0], whole.tier.target_by_now[0]
    today = by_now / owed if owed > 0 else 0.0
    shares = ((each.over + today * each.works_today) / (each.days or 1) for each in running)
    return float(sum(share * size for share, size in zip(shares, sizes, strict=True)) / sum(sizes))


def _teams(now: JudgedNow, watched: Watched, months: Months) -> list[dict[str, Any]]:
    """The groups are the teams and, last, who is in none."""
    facts = now.facts
    found, bands, trends = _grouped(now, now.teams, now.board.teams), _bands(watched.told.bands), _trends(watched)
    return [
        {
            **_named(facts.lines, at),
            **found[at],
            "agents": len(facts.lines.members[at]),
            "band": bands[at],
            "quality_trend": trends[at] if trends and facts.reported.evaluations else None,
            "month": months.teams[at],
        }
        for at in range(len(facts.lines.teams))
    ]


def _everyone(now: JudgedNow, months: Months) -> dict[str, Any]:
    """All agents as a team; of more than one team there is no band and no trend."""
    lines = now.facts.lines
    return {
        **_titled(EVERYONE, EVERYONE_NAME, EVERYONE_NAME_EN, direction_of(lines.teams)),
        **_grouped(now, now.everyone, now.board.everyone)[0],
        "agents": int((now.board.everyone.group == 0).sum()),
        "band": None,
        "quality_trend": None,
        "month": months.everyone,
    }


def _others(now: JudgedNow, small: HiddenTeams) -> list[dict[str, Any]]:
    """The teams that are shown together: as a team, and of more than one there is no band and no trend."""
    if not small.pools:
        return []
    lines, count = now.facts.lines, len(small.pools) + 1
    by, in_month = (
        groups(board.plan, small.pool_of(of)[: len(board.plan)], count)
        for board, of in ((now.board, lines), (now.month.board, now.month.lines))
    )
    found, months = _grouped(now, tiers(now.day, by), by), month(tiers(now.month.judged, in_month), in_month)
    return [
        {
            **_titled(id, OTHERS_NAME, OTHERS_NAME_EN, id.removeprefix(OTHERS)),
            **found[at],
            "agents": sum(len(lines.members[team]) for team in teams),
            "band": None,
            "quality_trend": None,
            "month": months[at],
        }
        for at, (id, teams) in enumerate(small.pools.items())
    ]


def _grouped(now: JudgedNow, of: Tiers, by: Groups) -> list[dict[str, Any]]:
    """What a team and teams together both show."""
    sums = GroupSums(by.group, by.count)
    found, customers, states = tier(now.day, of, by), surveys(now.day, by), count_states_by_group(now.facts.state, by)
    net30 = plain_all(sums(now.last30.current.net))
    points, scored = (sums(now.day.counted.column(name)).tolist() for name in ("evaluation_points", "evaluations"))
    shown = [
        {
            **found[at],
            "last30_net": net30[at],
            "score": score(points[at], scored[at]),
            "scored": int(scored[at]),
            "signed_in": states[at]["signed_in"],
            "states": states[at],
            "survey": customers[at],
        }
        for at in range(by.count)
    ]
    return [without_unreported(one, now.facts.reported) for one in shown]


def _bands(bands: Bands) -> list[dict[str, float] | None]:
    ends = zip(known(bands.low, DECIMALS), known(bands.high, DECIMALS), strict=True)
    return [None if low is None or high is None else {"low": low, "high": high} for low, high in ends]


def _trends(watched: Watched) -> list[str | None]:
    return [] if watched.trend is None else [TrendState(code).word for code in watched.trend.teams.state.tolist()]


def _named(lines: Lines, at: int) -> dict[str, Any]:
    team = lines.teams[at]
    return _titled(team.id, team.name, team.name_en, team.direction)


def _titled(id: str, name: str, name_en: str, direction: str) -> dict[str, Any]:
    return {"id": id, "name": name, "name_en": name_en, "direction": direction}
