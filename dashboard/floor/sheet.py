"""A judged board -> rows of a sheet, by agent, team or the whole site: the columns that ``callfloor judge`` prints.

Where there is no number the cell is None, and ``reasons`` says why.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from dashboard.floor.day_ring import NOBODY
from dashboard.floor.few_people import WHOLE, acts_of, few_people
from dashboard.floor.judged_board import JudgedBoard
from dashboard.floor.judgement import label_of
from dashboard.floor.reported import without_unreported
from dashboard.floor.tiers import Groups, Tiers, groups, tiers
from dashboard.floor.visible_groups import NO_HIDDEN_TEAMS, HiddenTeams, hidden_teams, rows_with_few
from dashboard.rules import scoring
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Reason, Whole
from dashboard.rules.scoring import INDICES
from dashboard.rules.small_groups import Detail
from dashboard.rules.targets import Pace
from dashboard.rules.tiers import GroupSums
from dashboard.site.load import Site
from streams.metrics import NAMES

By = Literal["agent", "team", "site"]
BY: tuple[By, ...] = get_args(By)
NO_TEAM = "~no-team"
"""The agents in no team of the roster in the period."""
JUDGED = (
    "volume_basis", "deducted", "pending", "net", "net_low", "net_high", "floored", "target", "target_by_now", "pace",
    "attainment", "required_rate", *INDICES, "score", "grade", "assessed", "reasons", "policy",
)  # fmt: skip
WITHHELD = "works_council"
"""The reason of cells that would judge a person on a site that judges none."""
_COUNTED = frozenset(
    {"volume_basis", "deducted", "pending", "net", "net_low", "net_high", "floored", "policy", "reasons"}
)
"""The judged columns that are counts."""
MEASURES = ("_s", "_points")
"""How the names of metrics end that are no counts: durations and points."""
_DECIMALS = 6
_OF_ASSESSED = ("pace", "attainment", *INDICES, "score")
_COARSE = 2
"""Decimals of a ratio of the assessed that must not give their sum."""
_OF_AN_INDEX = {"quality": "no_evaluations", "efficiency": "no_handle_time", "conduct": "no_scheduled_time"}

Row = Mapping[str, Any]


def columns(by: By) -> dict[str, str]:
    """Every column of a sheet with its dtype in a DataFrame."""
    words = dict.fromkeys(("period", by, "volume_basis", "grade", "policy"), "string")
    others = {"assessed": "boolean" if by == "agent" else "Int64", "reasons": "object"}
    found = words | others | dict.fromkeys(NAMES, "Int64")
    return {name: found.get(name, "Float64") for name in ("period", by, *NAMES, *JUDGED)}


def rows(board: JudgedBoard, by: By, site: Site | None = None) -> list[Row]:
    """A board -> its rows, in the order of the site file; lines in no team and calls of nobody come last.

    ``site``: its hidden teams are left out or make a row together (``visible_groups``); None: every team has its row.
    """
    if by == "agent":
        found = list(_agents(board))
        return found if site is None or site.judges_persons else [without_judgement(row) for row in found]
    named, group = _grouping(board, by, site)
    judged = board.judged
    by_group = groups(judged.plan, group, len(named))
    found = list(_tiers(board, by, named, by_group, tiers(judged, by_group)))
    return found if site is None or not site.least_members else _without_few(board, by, site, found, named, group)


def _without_few(
    board: JudgedBoard, by: By, site: Site, found: Sequence[Row], named: Sequence[str | None], group: Whole
) -> list[Row]:
    """The rows without those in which few had a call, and without sums of the assessed where others are in the row."""
    judged, unshown = board.judged, [at for at, name in enumerate(named) if name is None]
    few = few_people(board.lines, group, len(named), unshown, _acts(board), judged.assessed, site.least_members)
    silent, shown = few.silent["call"] | few.silent["any"], [at for at, name in enumerate(named) if name is not None]
    if by == "site":
        silent = frozenset({0} if WHOLE in silent else ())
    pairs = zip(shown, found, strict=True)
    return [_of_assessed(row, few.detail[at]) for at, row in pairs if at not in silent]


def _of_assessed(row: Row, detail: Detail) -> Row:
    """A row with the figures of its assessed that its detail allows."""
    if detail is Detail.EXACT:
        return row
    coarse = {name: None if row[name] is None else round(row[name], _COARSE) for name in _OF_ASSESSED}
    if detail is Detail.COARSE:
        return {**row, **coarse, "required_rate": None}
    if detail is Detail.RATIO:
        return {**row, **coarse, **dict.fromkeys(("target_by_now", "attainment", "required_rate"))}
    reasons = [*(row["reasons"] or ()), "small_team"]
    return {
        **row,
        **dict.fromkeys((*_OF_ASSESSED, "target", "target_by_now", "required_rate", "grade")),
        "reasons": reasons,
    }


def shown_rows(board: JudgedBoard, by: By, site: Site | None = None) -> list[Row]:
    """``rows`` as they are printed: facts that nobody has ever reported are empty cells with their reason.

    Raises PersonsWithheld.
    """
    if site is not None and by == "agent":
        site.require_persons("rows by agent")
    return [without_unreported(row, board.reported) for row in rows(board, by, site)]


def without_judgement(row: Row) -> Row:
    """A person's row with the counts alone: no target, ratio, index, score, duration or points."""
    withheld = {name for name in JUDGED if name not in _COUNTED} | {name for name in NAMES if name.endswith(MEASURES)}
    return {name: None if name in withheld else cell for name, cell in row.items()} | {"reasons": [WITHHELD]}


def row_of(board: JudgedBoard, agent: str) -> dict[str, Any] | None:
    """The row of one agent with more columns for an explanation; None if the board has no line of the agent.

    The further columns: ``adherence``, ``weights`` by index, ``calls_to_next`` (rules.scoring), and ``target_days`` and
    ``target_by_now_days``, the calls that each day brings to both targets before forced work is taken off. Numbers are not
    rounded, so that parts add up.
    """
    at = next((at for at, person in enumerate(board.lines.people) if person.id == agent), None)
    if at is None:
        return None
    judged, found = board.judged, next(_agents(board, [at], rounded=False))
    due, spent = judged.counted.scheduled_s[at], judged.counted.working_s[at]
    block, by_row = judged.plan.block, judged.plan.judging.weights
    to_next = scoring.calls_to_next(judged.facts, judged.indices, by_row, block.grades, block.indices.cap)
    target_days, by_now_days = _days(board, at) if found["target"] is not None else ([], [])
    return without_unreported(found, board.reported) | {
        "adherence": _exact(spent / due if due else np.nan),
        "weights": {name: weight for name, weight in zip(INDICES, by_row[at].tolist(), strict=True) if weight},
        "calls_to_next": int(to_next[at]),
        "target_days": target_days,
        "target_by_now_days": by_now_days,
    }


_Days = list[tuple[str, float]]


def _days(board: JudgedBoard, at: int) -> tuple[_Days, _Days]:
    """The calls that each day brings to the target, and to the target by now."""
    plan = board.judged.plan
    share = float(plan.passed(board.moment.now_s).share[at])
    first = plan.day.label.replace(day=1).toordinal()
    labels = [str(type(plan.day.label).fromordinal(first + n)) for n in range(plan.shares.shape[1])]
    calls = plan.shares[at].tolist()
    over = [*plan.counts[at, : plan.at].tolist(), share]
    by_now = [(label, part * owed) for label, owed, part in zip(labels, calls, over, strict=False) if part * owed]
    if board.period == "day":
        return [(labels[plan.at], calls[plan.at])], by_now[-1:] if share else []
    return [(label, owed) for label, owed in zip(labels, calls, strict=True) if owed], by_now


def _agents(board: JudgedBoard, wanted: Sequence[int] | None = None, rounded: bool = True) -> Iterator[Row]:
    judged, found = board.judged, board.judged.deduction
    assessed, shown = judged.assessed, found.current
    numbers = {
        "deducted": shown.deducted, "pending": judged.pending, "net": shown.net, "net_low": found.if_confirmed.net,
        "net_high": found.if_withdrawn.net, "floored": shown.floored, "target": judged.pace.target,
        "target_by_now": judged.pace.by_now, "pace": judged.pace.pace.value, "attainment": judged.pace.attainment.value,
        "required_rate": judged.pace.required_rate.value, **_indices(judged.indices, judged.plan.judging.weights),
        "score": judged.score,
    }  # fmt: skip
    people, number = board.lines.people, _number if rounded else _exact
    for at in range(len(people)) if wanted is None else wanted:
        cells = {name: number(values[at]) for name, values in numbers.items()}
        if assessed[at]:
            reasons = _words(judged.pace, at, cells, judged.plan.judging.weights[at])
        elif people[at].id in NOBODY:
            reasons = [people[at].id.removeprefix("~")]
        else:
            reasons = [str(reason) for reason in judged.plan.judging.standings[at].reasons]
        own = {
            **cells,
            "volume_basis": NAMES[judged.plan.judging.volume[at]],
            "grade": label_of(judged.plan, int(judged.grade[at])),
            "assessed": bool(assessed[at]),
            "reasons": reasons,
        }
        yield _row(board, "agent", people[at].id, judged.counted.rows[at], own)


def _words(found: Pace | Tiers, at: int, cells: Mapping[str, Any], weights: Numbers) -> list[str]:
    """Why cells of an assessed agent or group are empty."""
    codes = [int(figures.reason[at]) for figures in (found.pace, found.attainment, found.required_rate)]
    words = [word for code in codes if (word := Reason(code).word)]
    for name, word in _OF_AN_INDEX.items():
        if cells[name] is None:
            words.append(word if weights[INDICES.index(name)] > 0 else f"{name}_not_weighed")
    return list(dict.fromkeys(words))


def _grouping(board: JudgedBoard, by: By, site: Site | None) -> tuple[list[str | None], Whole]:
    """The groups that have a line, teams first, and the group of each line; a hidden group has no name."""
    lines = board.lines
    if by == "site":
        return [board.site], np.zeros(len(lines), np.int64)
    small = NO_HIDDEN_TEAMS if site is None else _hidden_rows(board, site)
    ids = [*(team.id for team in lines.teams), NO_TEAM, *NOBODY]
    named = [*(None if at in small.hidden else id for at, id in enumerate(ids)), *small.pools]
    nobody = np.array([1 + NOBODY.index(person.id) if person.id in NOBODY else 0 for person in lines.people], np.int64)
    at = np.where(lines.team >= 0, lines.team, len(lines.teams) + nobody).astype(np.int64)
    for pool, teams in enumerate(small.pools.values(), len(ids)):
        at[np.isin(at, teams)] = pool
    held = sorted({*at.tolist(), *range(len(lines.teams))})
    return [named[group] for group in held], np.searchsorted(held, at).astype(np.int64)


def hidden(board: JudgedBoard, site: Site) -> frozenset[str]:
    """Ids of the groups that have no row of their own in the sheet of this site."""
    ids = [*(team.id for team in board.lines.teams), NO_TEAM]
    return frozenset(ids[at] for at in _hidden_rows(board, site).hidden)


def _hidden_rows(board: JudgedBoard, site: Site) -> HiddenTeams:
    return rows_with_few(hidden_teams(site, board.moment.day.label), board.lines, site, _acts(board).values())


def _acts(board: JudgedBoard) -> dict[str, Flags]:
    """Flags of the lines with a call, and with anything in the sheet."""
    return {"call": acts_of(board.judged)["call"], "any": np.asarray(board.judged.counted.rows.any(axis=1), np.bool_)}


def _tiers(board: JudgedBoard, by: By, named: Sequence[str | None], groups_: Groups, found: Tiers) -> Iterator[Row]:
    judged, tier = board.judged, found.tier
    metrics = GroupSums(groups_.group, groups_.count).rows(judged.counted.rows)
    owed = groups_.has_target
    numbers = {
        "deducted": found.deducted, "pending": found.pending, "net": found.net, "net_low": found.net_low,
        "net_high": found.net_high, "floored": found.floored, "target": np.where(owed, tier.target, np.nan),
        "target_by_now": np.where(owed, tier.target_by_now, np.nan), "pace": found.pace.value,
        "attainment": found.attainment.value, "required_rate": found.required_rate.value,
        **_indices(found.indices, groups_.weights), "score": found.score,
    }  # fmt: skip
    for at, name in enumerate(named):
        if name is None:
            continue
        cells = {column: _number(values[at]) for column, values in numbers.items()}
        assessed = int(tier.assessed[at])
        own = {
            **cells,
            "volume_basis": groups_.volume[at],
            "grade": label_of(judged.plan, int(found.grade[at])),
            "assessed": assessed,
            "reasons": _words(found, at, cells, groups_.weights[at]) if assessed else ["nobody_assessed"],
        }
        yield _row(board, by, name, metrics[at], own)


def _indices(found: Numbers, weights: Numbers) -> dict[str, Numbers]:
    """By name; an index without weight is NaN."""
    shown = np.where(weights > 0, found, np.nan)
    return {name: shown[:, at] for at, name in enumerate(INDICES)}


def _row(board: JudgedBoard, by: By, name: str, metrics: Whole, own: Mapping[str, Any]) -> Row:
    counted = dict(zip(NAMES, metrics.tolist(), strict=True))
    judged = {**own, "policy": board.judged.plan.block.version}
    return {"period": board.label, by: name, **counted, **{column: judged[column] for column in JUDGED}}


def _number(value: float) -> float | None:
    """A cell: whole where it is whole, else to six decimals; None where there is no number."""
    return _exact(round(float(value), _DECIMALS))


def _exact(value: float) -> float | None:
    """The same, not rounded."""
    if np.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)
