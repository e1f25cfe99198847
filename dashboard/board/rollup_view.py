"""The roll-up: site and teams by month, the forecast, today's paces, and flags as counts; no person in it.

Pure. A row is a team, or the small teams taken together, and last the agents in no team: volumes add up to the site's. Chance
is known for a day (docs/rules.md 8): the day has bands, the month has none. The forecast of a row (docs/rules.md 4): L is what
it owes by now, and what is to come is what it owes from now to the end of the month, both by the plan and for the assessed; k
is 100, the rules' own value where units are too few to tell how much they differ. A team owes thousands of calls, so its own
counts outweigh k after the first day.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.board.few_view import grown, month_acts, without_few
from dashboard.board.frame_types import FlagCounts
from dashboard.board.json_numbers import DECIMALS, TENTH, rounded, structs
from dashboard.board.lead_view import count_flags
from dashboard.board.people_now import PeopleNow
from dashboard.board.rollup_types import (
    MonthForecast,
    PaceToday,
    RollupFigures,
    RollupMonth,
    RollupRow,
    RollupToday,
    TeamToday,
    UsualSpread,
)
from dashboard.board.tier_view import (
    missing_reasons,
    pace_bands,
    quality_columns,
    tier_columns,
    without_unreported,
)
from dashboard.floor.board_plan import BoardPlan
from dashboard.floor.few_people import WHOLE, FewPeople, acts_of, few_people
from dashboard.floor.judged_now import JudgedNow
from dashboard.floor.judgement import Judgement
from dashboard.floor.lines import Lines
from dashboard.floor.plan import Plan
from dashboard.floor.reported import Reported
from dashboard.floor.tiers import Groups, Tiers, groups, tiers
from dashboard.floor.visible_groups import HiddenTeams, find_places, rows_with_few
from dashboard.people.history import History
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import DEFAULT_K
from dashboard.rules.figures import Flags, Whole, ratio
from dashboard.rules.forecast import forecast, month_end
from dashboard.rules.small_groups import Detail
from dashboard.rules.targets import largest_remainder
from dashboard.site.load import Site

TeamsOfRow = tuple[int, ...]
"""Indices of the teams that one row stands for; the index after the last team: the agents in no team."""
NO_TEAM_ID = "~no-team"
"""The row of the agents in no team; no id of a team begins with ``~``."""
_PER_CALL = 10_000
_PACE_BITS = 32


def rollup(judged: JudgedNow, people: PeopleNow, history: History | None, site: Site) -> RollupMonth:
    """One tick -> the roll-up."""
    month, reported = judged.month, judged.facts.reported
    lines = month.lines
    acts, assessed = month_acts(month), grown(month.judged.assessed, len(lines))
    rows = shown_rows(lines, rows_with_few(month.board.small, lines, site, [acts["call"]]))
    few = _few(lines, rows, acts, assessed, site)
    flag = people.marks.flag
    flags = _count_flags(find_places(judged.facts.lines, rows), flag, len(rows) + 1, site)
    site_flags = _count_flags(np.zeros(len(flag), np.int64), flag, 1, site)
    figures = _row_columns(month.judged, month.site, month.board.site, reported) | {"flags": site_flags}
    figures = without_few(figures, few, [WHOLE])
    day, days = _working_days(month.board.plan)
    return RollupMonth(
        missing=missing_reasons(reported, people.alerts.none_counted),
        none_given=people.alerts.none_given,
        none_counted=people.alerts.none_counted,
        site=structs(RollupFigures, **figures)[0],
        rows=_team_rows(judged, rows, flags, few, site),
        day=day,
        days=days,
        today=_today(judged, people, history, rows, site),
    )


def shown_rows(lines: Lines, small: HiddenTeams) -> list[TeamsOfRow]:
    """The teams of each row, in the order of the site file; those that are not shown by themselves share the last.

    The agents in no team share it where they are too few.
    """
    hidden = small.hidden
    rows: list[TeamsOfRow] = [(at,) for at in range(len(lines.teams)) if at not in hidden]
    return [*rows, tuple(sorted(hidden))] if hidden and lines.teams else rows


def _team_rows(
    judged: JudgedNow, rows: Sequence[TeamsOfRow], flags: Sequence[FlagCounts | None], few: FewPeople | None, site: Site
) -> list[RollupRow]:
    month, lines, reported = judged.month, judged.facts.lines, judged.facts.reported
    found, by = _pooled(month.judged, month.teams, month.board, month.lines, rows)
    last, no_team = len(rows), len(lines.teams)
    some = bool(found.volume[last] or found.net[last] or lines.teamless) and not any(no_team in row for row in rows)
    heads = _row_heads(lines, [*rows, (no_team,)] if some else rows)
    if some and site.judges_persons:  # the row opens by its id
        heads["id"][-1] = NO_TEAM_ID
    count = last + some
    columns = {name: column[:count] for name, column in _row_columns(month.judged, found, by, reported).items()}
    columns = without_few(columns, few, range(count))
    return structs(RollupRow, **columns, flags=flags[:count], **heads)


def _row_columns(judged: Judgement, found: Tiers, by: Groups, reported: Reported) -> dict[str, list[Any]]:
    """The month of each group, one element per group: sums, pace, attainment, quality and the forecast."""
    columns = tier_columns(judged, found, by) | {
        **quality_columns(judged, by),
        "deducted_share": rounded(ratio(found.deducted, found.volume), DECIMALS),
        "forecast": _forecasts(found, by),
    }
    return without_unreported(columns, reported)


def _forecasts(found: Tiers, by: Groups) -> list[MonthForecast]:
    """The assessed: the chance of their target, the month's end with its 80 % interval, and the needed share of the plan."""
    owed, net = found.tier, found.tier.net_assessed
    target = np.where(by.has_target & (owed.target > 0), owed.target, np.nan)
    left = np.maximum(0.0, owed.target - owed.target_by_now)
    chance = forecast(DEFAULT_K, net, owed.target_by_now, left, target).p_reach.value
    end = month_end(DEFAULT_K, net, owed.target_by_now, left)
    asked = ~np.isnan(target)
    ends = {name: rounded(np.where(asked, getattr(end, name), np.nan), 0) for name in ("expected", "low", "high")}
    needs = ratio(np.maximum(0.0, target - net), np.where(asked, left, np.nan))
    return structs(MonthForecast, chance=rounded(chance, DECIMALS), **ends, needs=rounded(needs, DECIMALS))


def _count_flags(place: Whole, flag: Whole, count: int, site: Site) -> list[FlagCounts | None]:
    """As ``count_flags``; None under a works council."""
    return [*count_flags(place, flag, count)] if site.judges_persons else [None] * count


def _today(
    judged: JudgedNow, people: PeopleNow, history: History | None, rows: Sequence[TeamsOfRow], site: Site
) -> RollupToday:
    """Pace against what is due: the site, the teams with their bands, and the assessed agents, unnamed."""
    lines, reported = judged.facts.lines, judged.facts.reported
    teams, _ = _pooled(judged.day, judged.teams, judged.board, lines, rows)
    few = _few(lines, rows, {"call": acts_of(judged.day)["call"]}, judged.day.assessed, site)
    of_teams = without_few(without_unreported(_pace_columns(teams), reported), few, range(len(rows)))
    of_site = without_few(without_unreported(_pace_columns(judged.site), reported), few, [WHOLE])
    has_pace = few is None or (WHOLE not in few.silent["call"] and few.detail[WHOLE] is not Detail.NONE)
    bands = pace_bands(people.bands.low, people.bands.high)
    share = rounded(ratio(judged.site.tier.at_or_above_pace, judged.site.tier.with_pace), DECIMALS)[0]
    return RollupToday(
        site=structs(PaceToday, **of_site)[0],
        teams=structs(
            TeamToday,
            **{name: column[: len(rows)] for name, column in of_teams.items()},
            **_row_heads(lines, rows),
            band=[bands[row[0]] if len(row) == 1 else None for row in rows],
        ),
        agents=(_dots(judged.day) if reported.calls else []) if site.judges_persons else None,
        spread=_spread(history),
        on_pace_share=share if reported.calls and has_pace else None,
    )


def _few(
    lines: Lines, rows: Sequence[TeamsOfRow], acts: Mapping[str, Flags], assessed: Flags, site: Site
) -> FewPeople | None:
    """The few of the rows of a table, and last of the agents in no team; None where nothing is withheld."""
    if not site.least_members:
        return None
    return few_people(lines, find_places(lines, rows), len(rows) + 1, (), acts, assessed, site.least_members, True)


def _pace_columns(found: Tiers) -> dict[str, list[Any]]:
    due = found.tier.target_by_now
    return {"due": rounded(np.where(due > 0, due, np.nan), TENTH), "pace": rounded(found.pace.value, DECIMALS)}


def _dots(day: Judgement) -> list[tuple[float, float]]:
    """(due, pace) of the assessed; those at the same place are one, and their order says nothing of who is who."""
    due, pace = day.pace.by_now, day.pace.pace.value
    at = day.assessed & (due > 0) & ~np.isnan(pace)
    tenths, hundredths = np.rint(due[at] * 10).astype(np.int64), np.rint(pace[at] * 100).astype(np.int64)
    places = np.unique(tenths << _PACE_BITS | hundredths)
    dues, paces = places >> _PACE_BITS, places & ((1 << _PACE_BITS) - 1)
    return list(zip((dues / 10).tolist(), (paces / 100).tolist(), strict=True))


def _spread(history: History | None) -> UsualSpread | None:
    """phi and tau^2 of a usual team: means weighted by what the teams are expected to handle; None before they are known."""
    days = [] if history is None else [each for each in history.teams.values() if not np.isnan(each.tau_squared)]
    weight = np.array([each.expected.sum() for each in days])
    if not weight.sum():
        return None
    phi = float(np.average([each.phi for each in days], weights=weight))
    tau_squared = float(np.average([each.tau_squared for each in days], weights=weight))
    return UsualSpread(round(phi, DECIMALS), round(tau_squared, 8))


def _working_days(plan: Plan) -> tuple[int | None, int | None]:
    """Which working day of the month today is, and how many there are: days of which the site owes something."""
    owed = np.nansum(np.where(plan.assessed[:, None], plan.shares, 0.0), axis=0) > 0
    if not owed.any():
        return None, None
    return int(owed[: plan.at + 1].sum()), int(owed.sum())


def _pooled(
    judged: Judgement, teams: Tiers, board: BoardPlan, lines: Lines, rows: Sequence[TeamsOfRow]
) -> tuple[Tiers, Groups]:
    """The tiers of the rows: the teams' own, unless some are taken together or have another order."""
    if [*rows] == [(at,) for at in range(len(lines.teams))]:
        return teams, board.teams
    by = groups(board.plan, find_places(lines, rows)[: len(board.plan)], len(rows) + 1)
    return tiers(judged, by), by


def _row_heads(lines: Lines, rows: Sequence[TeamsOfRow]) -> dict[str, list[Any]]:
    """The heads of rows; only a row of one team has its id and name."""
    teams, sizes = [*lines.teams, None], [*map(len, lines.members), len(lines.teamless)]
    named = [teams[row[0]] if len(row) == 1 else None for row in rows]
    fields = {name: [getattr(team, name, None) for team in named] for name in ("id", "name", "name_en", "direction")}
    counts = [sum(at < len(lines.teams) for at in row) for row in rows]
    return {"teams": counts, "agents": [sum(sizes[at] for at in row) for row in rows], **fields}


def whole_due(due: Numbers) -> list[int | None]:
    """What each owes, in whole calls that add up to the sum, half up; None where nothing is owed."""
    owes = due > 0
    total = np.array([int(np.floor(due[owes].sum() + 0.5))])
    parts = largest_remainder(total, np.rint(due[owes] * _PER_CALL).astype(np.int64)[None, :])[0]
    found: list[int | None] = [None] * len(due)
    for at, calls in zip(np.nonzero(owes)[0].tolist(), parts.tolist(), strict=True):
        found[at] = calls
    return found
