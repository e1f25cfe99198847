"""The roll-up: site and teams by month, the forecast, where everybody stands today, and flags as counts; no person in it.

Pure. A row is a team, or what may not be shown by itself taken together, and last who is in no team: volumes add up to the
site's. What chance allows is known of a day (docs/rules.md 8): the day has bands, the month has none. The forecast of a row
(docs/rules.md 4): L is what it owes by now, what is to come is what it owes from now to the end of the month, both by the plan
and of the assessed; k is 100, the rules' own value where units are too few to tell how much they differ. A team owes thousands of
calls, so its own counts outweigh k after the first day, and nothing of persons goes in.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.board.json_numbers import DECIMALS, TENTH, known, records, score
from dashboard.board.people_now import Bands
from dashboard.board.tier_view import missing_beside, tier, without_unreported
from dashboard.floor.agent_table import FLAGS
from dashboard.floor.board_plan import BoardPlan
from dashboard.floor.judged_now import JudgedNow
from dashboard.floor.judgement import Judgement
from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.floor.plan import Plan
from dashboard.floor.reported import Reported
from dashboard.floor.tiers import Groups, GroupSums, Tiers, groups, tiers
from dashboard.floor.visible_groups import hidden_teams
from dashboard.people.history import History
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import DEFAULT_K
from dashboard.rules.figures import Whole, ratio
from dashboard.rules.forecast import forecast, month_end
from dashboard.rules.targets import largest_remainder
from dashboard.site.load import Site

Shown = tuple[int, ...]
"""Indices of the teams that one row stands for."""
NO_TEAM_ID = "~no-team"
"""The row of the agents in no team; no id of a team begins with ``~``."""
_PER_CALL = 10_000
_PACE_BITS = 32


class Seen(NamedTuple):
    """What the roll-up is made of, beside the site."""

    now: JudgedNow
    bands: Bands
    """Of today."""
    flag: Whole
    """(lines of the day,): index into FLAGS, -1 where there is none."""
    history: History | None
    none_given: int = 0
    """How many records came, where not one could be given to an agent; else 0."""
    none_counted: int = 0
    """How many came, where not one was ever counted; else 0."""


def rollup(seen: Seen, site: Site) -> dict[str, Any]:
    """One tick -> what the topic carries."""
    now, rows = seen.now, shown_rows(seen.now.facts.lines, site)
    month = now.month
    return {
        "missing": missing_beside(now.facts.reported, seen.none_counted),
        "none_given": seen.none_given,
        "none_counted": seen.none_counted,
        "site": _rows(month.judged, month.site, month.board.site, now.facts.reported)[0]
        | {"flags": _summed(_flags(seen, rows, site))},
        "rows": _team_rows(seen, rows, site),
        **_working_days(month.board.plan),
        "today": _today(seen, rows, site),
    }


def shown_rows(lines: Lines, site: Site) -> list[Shown]:
    """The teams of each row, in the order of the site file; those that are not shown by themselves share the last."""
    hidden = hidden_teams(lines, site, teamless=True).hidden
    rows: list[Shown] = [(at,) for at in range(len(lines.teams)) if at not in hidden]
    small = tuple(sorted(hidden - {len(lines.teams)}))
    return [*rows, small] if small else rows


def holds_teamless(lines: Lines, site: Site) -> bool:
    """Whether the agents in no team are too few to be shown by themselves: then they stand in the last row of teams."""
    return bool(lines.teams) and len(lines.teams) in hidden_teams(lines, site, teamless=True).hidden


def _team_rows(seen: Seen, rows: Sequence[Shown], site: Site) -> list[dict[str, Any]]:
    now, month = seen.now, seen.now.month
    merged = holds_teamless(now.facts.lines, site)
    found, by = _pooled(month.judged, month.teams, month.board, month.lines, rows, merged)
    flags, count = _flags(seen, rows, site), len(rows)
    shown = _rows(month.judged, found, by, now.facts.reported)
    named = _names(now.facts.lines, rows, merged)
    teams = [{**named[at], **shown[at], "flags": flags[at] if flags else None} for at in range(count)]
    some = not merged and bool(found.volume[count] or found.net[count] or now.facts.lines.teamless)
    rest = _no_team(now.facts.lines, site) | shown[count] | {"flags": flags[count] if flags else None} if some else None
    return [*teams, *([rest] if rest else [])]


def _rows(judged: Judgement, found: Tiers, by: Groups, known_of: Reported) -> list[dict[str, Any]]:
    """The month of each group: sums, pace, attainment, quality and the forecast."""
    sums, column = GroupSums(by.group, by.count), judged.counted.column
    points, scored = (sums(column(name)).tolist() for name in ("evaluation_points", "evaluations"))
    more: dict[str, Iterable[object]] = {
        "score": [score(*each) for each in zip(points, scored, strict=True)],
        "scored": [int(each) for each in scored],
        "deducted_share": known(ratio(found.deducted, found.volume), DECIMALS),
        "forecast": _forecasts(found, by),
    }
    said = tier(judged, found, by)
    return [without_unreported(one | extra, known_of) for one, extra in zip(said, records(more), strict=True)]


def _forecasts(found: Tiers, by: Groups) -> list[dict[str, Any]]:
    """Of the assessed: the chance of their target, the month's end with its 80 % interval, and how much of the plan is needed."""
    owed, net = found.tier, found.tier.net_assessed
    target = np.where(by.has_target & (owed.target > 0), owed.target, np.nan)
    left = np.maximum(0.0, owed.target - owed.target_by_now)
    chance = forecast(DEFAULT_K, net, owed.target_by_now, left, target).p_reach.value
    end = month_end(DEFAULT_K, net, owed.target_by_now, left)
    asked = ~np.isnan(target)
    ends = {name: known(np.where(asked, getattr(end, name), np.nan), 0) for name in ("expected", "low", "high")}
    needs = ratio(np.maximum(0.0, target - net), np.where(asked, left, np.nan))
    return records({"chance": known(chance, DECIMALS), **ends, "needs": known(needs, DECIMALS)})


def _bands(bands: Bands, rows: Sequence[Shown], merged: bool) -> list[dict[str, float] | None]:
    """Of a row that is more than one team there is none. ``merged``: the last row holds those in no team."""
    ends = list(zip(known(bands.low, DECIMALS), known(bands.high, DECIMALS), strict=True))
    found: list[dict[str, float] | None] = []
    for teams in rows:
        low, high = ends[teams[0]]
        found.append(None if len(teams) > 1 or low is None or high is None else {"low": low, "high": high})
    return [*found[:-1], None] if merged else found


def _flags(seen: Seen, rows: Sequence[Shown], site: Site) -> list[dict[str, int]] | None:
    """How many of each row have each flag; None under a works council."""
    if site.works_council:
        return None
    place = _places(seen.now.facts.lines, rows)[: len(seen.flag)]
    on = seen.flag >= 0
    cells = np.bincount(place[on] * len(FLAGS) + seen.flag[on], minlength=(len(rows) + 1) * len(FLAGS))
    return [dict(zip(FLAGS, counts, strict=True)) for counts in cells.reshape(-1, len(FLAGS)).tolist()]


def _summed(flags: list[dict[str, int]] | None) -> dict[str, int] | None:
    return None if flags is None else {name: sum(one[name] for one in flags) for name in FLAGS}


def _today(seen: Seen, rows: Sequence[Shown], site: Site) -> dict[str, Any]:
    """Pace against what is due: the site, the teams with their bands, and the assessed agents, unnamed."""
    now, lines = seen.now, seen.now.facts.lines
    merged = holds_teamless(lines, site)
    teams, _ = _pooled(now.day, now.teams, now.board, lines, rows, merged)
    due, pace = (known(values, decimals) for values, decimals in _standing(teams))
    ((site_due,), (site_pace,)) = (known(values, decimals) for values, decimals in _standing(now.site))
    bands, named = _bands(seen.bands, rows, merged), _names(lines, rows, merged)
    share = known(ratio(now.site.tier.at_or_above_pace, now.site.tier.with_pace), DECIMALS)[0]
    return {
        "site": without_unreported({"due": site_due, "pace": site_pace}, now.facts.reported),
        "teams": [
            without_unreported({**each, "due": due[at], "pace": pace[at], "band": bands[at]}, now.facts.reported)
            for at, each in enumerate(named)
        ],
        "agents": None if site.works_council else _dots(now.day) if now.facts.reported.calls else [],
        "spread": _spread(seen.history),
        "on_pace_share": share if now.facts.reported.calls else None,
    }


def _standing(found: Tiers) -> tuple[tuple[Numbers, int], tuple[Numbers, int]]:
    due = found.tier.target_by_now
    return (np.where(due > 0, due, np.nan), TENTH), (found.pace.value, DECIMALS)


def _dots(day: Judgement) -> list[list[float]]:
    """[due, pace] of the assessed; those at the same place are one, and their order says nothing of who is who."""
    due, pace = day.pace.by_now, day.pace.pace.value
    at = day.assessed & (due > 0) & ~np.isnan(pace)
    tenths, hundredths = np.rint(due[at] * 10).astype(np.int64), np.rint(pace[at] * 100).astype(np.int64)
    places = np.unique(tenths << _PACE_BITS | hundredths)
    dues, paces = places >> _PACE_BITS, places & ((1 << _PACE_BITS) - 1)
    found: list[list[float]] = np.stack([dues / 10, paces / 100], axis=1).tolist()
    return found


def _spread(history: History | None) -> dict[str, float] | None:
    """phi and tau^2 of a usual team: means weighted by what the teams are expected to handle; None before they are known."""
    days = [] if history is None else [each for each in history.teams.values() if not np.isnan(each.tau_squared)]
    weight = np.array([each.expected.sum() for each in days])
    if not weight.sum():
        return None
    phi, tau = (float(np.average([getattr(each, name) for each in days], weights=weight)) for name in _VARIES)
    return {"phi": round(phi, DECIMALS), "tau_squared": round(tau, 8)}


_VARIES = ("phi", "tau_squared")


def _working_days(plan: Plan) -> dict[str, int | None]:
    """Days of the month of which the site owes something, and which of them today is; None where it owes nothing."""
    owed = np.nansum(np.where(plan.assessed[:, None], plan.shares, 0.0), axis=0) > 0
    if not owed.any():
        return {"day": None, "days": None}
    return {"day": int(owed[: plan.at + 1].sum()), "days": int(owed.sum())}


def _places(lines: Lines, rows: Sequence[Shown], merged: bool = False) -> Whole:
    """The row of each line; the last stands for no team, unless it is ``merged`` with the last team."""
    place = np.full(len(lines.teams) + 1, len(rows) - merged, np.int64)
    for at, teams in enumerate(rows):
        place[list(teams)] = at
    found: Whole = place[np.where(lines.team == NO_TEAM, len(lines.teams), lines.team)]
    return found


def _pooled(
    judged: Judgement, teams: Tiers, board: BoardPlan, lines: Lines, rows: Sequence[Shown], merged: bool
) -> tuple[Tiers, Groups]:
    """The tiers of the rows: the teams' own, unless some of them are taken together."""
    if len(rows) == len(lines.teams) and not merged:
        return teams, board.teams
    by = groups(board.plan, _places(lines, rows, merged)[: len(board.plan)], len(rows) + 1)
    return tiers(judged, by), by


def _names(lines: Lines, rows: Sequence[Shown], merged: bool) -> list[dict[str, Any]]:
    return [_named(lines, teams, merged and at == len(rows) - 1) for at, teams in enumerate(rows)]


def _named(lines: Lines, teams: Shown, merged: bool) -> dict[str, Any]:
    """A team; of several taken together, or of one with those in no team, only how many."""
    size = sum(len(lines.members[at]) for at in teams) + (len(lines.teamless) if merged else 0)
    if len(teams) > 1 or merged:
        return {"id": None, "teams": len(teams), "agents": size, "name": None, "name_en": None, "direction": None}
    team = lines.teams[teams[0]]
    named = {"name": team.name, "name_en": team.name_en, "direction": team.direction}
    return {"id": team.id, "teams": 1, "agents": size, **named}


def _no_team(lines: Lines, site: Site) -> dict[str, Any]:
    """Agents in no team, with the calls of nobody; ``id``: by what the row opens, None under a works council."""
    named = {"agents": len(lines.teamless), "name": None, "name_en": None, "direction": None}
    return {"id": None if site.works_council else NO_TEAM_ID, "teams": 0, **named}


def whole_due(due: Numbers) -> list[int | None]:
    """What each owes, in whole calls that add up to the sum, half up; None where nothing is owed."""
    owes = due > 0
    total = np.array([int(np.floor(due[owes].sum() + 0.5))])
    parts = largest_remainder(total, np.rint(due[owes] * _PER_CALL).astype(np.int64)[None, :])[0]
    found: list[int | None] = [None] * len(due)
    for at, calls in zip(np.nonzero(owes)[0].tolist(), parts.tolist(), strict=True):
        found[at] = calls
    return found
