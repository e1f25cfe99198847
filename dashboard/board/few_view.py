"""Figures of a tick without those of few people (docs/rules.md 9): they are null, and the reason is ``small_team``.

Only where no person is judged; on every other site nothing of this is computed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from dashboard.board.frame_types import (
    FloorFigures,
    HalfHourSeries,
    LastHalfHour,
    MeanScore,
    MonthFigures,
    StateCounts,
    SurveyCounts,
    SurveyShare,
)
from dashboard.board.rollup_types import DayAhead, MonthForecast, MonthLine
from dashboard.floor.board_plan import BoardPlan
from dashboard.floor.few_people import (
    WHOLE,
    FewPeople,
    acts_of,
    agents_of,
    few_of_subset,
    few_people,
    is_few,
)
from dashboard.floor.judged_now import JudgedNow, MonthNow
from dashboard.floor.lines import Lines
from dashboard.floor.tick_facts import HALF_HOUR_MS, NO_STATE, SIGNED_IN
from dashboard.floor.visible_groups import row_of_team
from dashboard.rules.figures import Flags
from dashboard.rules.small_groups import Detail

REASON = "small_team"
COARSE = 2
"""Decimals of a ratio of the assessed that must not give their sum."""
_OF_ASSESSED = ("gap", "not_assessed_net")
_CHANGED = (*_OF_ASSESSED, "due", "target", "pace", "attainment", "on_pace_share", "forecast", "reason")
"""The figures that the detail of a row changes."""
_NO_SURVEY = SurveyShare(*[None] * len(SurveyShare.__struct_fields__))
_NO_STATES = StateCounts(None, None, None, None, None, None, None, None, None)
_NO_FORECAST = MonthForecast(*[None] * len(MonthForecast.__struct_fields__))
_EMPTY: dict[str, dict[str, Any]] = {
    "call": dict.fromkeys(
        (
            *("handled", "complaints", "repeat_enquiries", "volume", "deducted", "pending", "floored", "net"),
            *(
                "net_if_withdrawn",
                "net_low",
                "net_high",
                "not_assessed_net",
                "gap",
                "pace",
                "attainment",
                "on_pace_share",
            ),
            *("attempts", "converted", "abandoned", "deducted_share"),
        )
    )
    | {"reason": REASON, "forecast": _NO_FORECAST},
    "last30": {"last30_net": None},
    "state": {"signed_in": None, "states": _NO_STATES},
    "evaluated": {"score": None, "scored": None, "quality": MeanScore(None, None)},
    "surveyed": {"survey": _NO_SURVEY, "surveys": SurveyCounts(None, None)},
}
"""What people do -> the figures made of it, and what stands in their place."""


@dataclass(frozen=True)
class FewNow:
    """The few of one tick."""

    day: FewPeople
    month: FewPeople
    everyone: frozenset[str]
    """What the figures of everyone may not show of the day, and of the month as ``month``."""
    half_hours: Sequence[bool]
    """From the first of the series on: whether few had a call in it."""

    def withhold(self, columns: dict[str, list[Any]], rows: Sequence[int]) -> dict[str, list[Any]]:
        """Columns of TeamFigures with an element per row; the row WHOLE is that of everyone."""
        more = self.everyone if WHOLE in rows else frozenset()
        detail, silent = self.month.detail, self.month.silent["call"]
        months = [
            month_without_few(month, detail[row], row in silent or "month" in more)
            for month, row in zip(columns["month"], rows, strict=True)
        ]
        return without_few(columns, self.day, rows, more & _EMPTY.keys()) | {"month": months}


class FewInMonth(NamedTuple):
    """The few of the month, and whether the figures of everyone may not be shown of it."""

    few: FewPeople
    hides_everyone: bool


def few_in_month(month: MonthNow, least: int) -> FewInMonth | None:
    """The month at one second; None where nothing is withheld."""
    if not least:
        return None
    acts, assessed = {"call": month_acts(month)["call"]}, grown(month.judged.assessed, len(month.lines))
    few, everyone = _few_of_board(month.lines, month.board, acts, assessed, least, goes_on=True)
    return FewInMonth(few, bool(everyone))


def few_now(judged: JudgedNow, month: FewInMonth | None, least: int) -> FewNow | None:
    """One tick, judged; None where nothing is withheld."""
    if month is None:
        return None
    facts = judged.facts
    acts = acts_of(judged.day) | {
        "last30": facts.last30.any(axis=1),
        "state": (facts.state != NO_STATE) & (facts.state < SIGNED_IN),
    }
    day, everyone = _few_of_board(facts.lines, judged.board, acts, judged.day.assessed, least)
    everyone |= {"month"} if month.hides_everyone else set()
    return FewNow(day, month.few, everyone, _half_hours(judged, least))


def teams_without_pace(judged: JudgedNow, least: int) -> frozenset[int]:
    """Indices of the teams whose pace is shown nowhere: hidden ones, and those of few people."""
    hidden = judged.board.small.hidden
    if not least:
        return hidden
    acts = {"call": acts_of(judged.day)["call"]}
    few, _ = _few_of_board(judged.facts.lines, judged.board, acts, judged.day.assessed, least)
    teams = range(len(judged.facts.lines.teams))
    return hidden | {at for at in teams if at in few.silent["call"] or few.detail[at] is Detail.NONE}


def _few_of_board(
    lines: Lines, board: BoardPlan, acts: Mapping[str, Flags], assessed: Flags, least: int, goes_on: bool = False
) -> tuple[FewPeople, frozenset[str]]:
    """The few of the teams and pools of a board, and the acts that the figures of everyone may not show."""
    teams = len(lines.teams)
    last = teams + len(board.small.pools)
    place = row_of_team(teams, board.small)[lines.team]
    few = few_people(lines, place, last + 1, {last}, acts, assessed, least, goes_on)
    inner = frozenset(team for team in board.listed if team >= 0)
    outer = [row for row in range(last) if row not in inner and row not in board.small.hidden]
    return few, few_of_subset(few, inner, outer, grown(board.everyone.group == 0, len(lines)), acts, least)


def month_acts(month: MonthNow) -> dict[str, Flags]:
    """The lines with a call, an evaluation, a survey in the month."""
    return {name: grown(flags, len(month.lines)) for name, flags in acts_of(month.judged).items()}


def grown(flags: Flags, count: int) -> Flags:
    """With rows for the agents who came since the month was judged."""
    return np.pad(flags, (0, count - len(flags)))


def _half_hours(judged: JudgedNow, least: int) -> list[bool]:
    facts = judged.facts
    called = facts.quarters[agents_of(facts.lines)] > 0
    called = np.pad(called, ((0, 0), (0, called.shape[1] % 2)))
    people = (called[:, ::2] | called[:, 1::2]).sum(axis=0).tolist()
    first = (facts.half_hours.start_ms - judged.board.plan.day.start_ms) // HALF_HOUR_MS
    return [is_few(count, least) for count in people[first:]]


def without_few(
    columns: dict[str, list[Any]], few: FewPeople | None, rows: Sequence[int], more: Collection[str] = ()
) -> dict[str, list[Any]]:
    """Columns of figures with an element per row of ``rows`` -> the same, without those of few people.

    ``few`` None: nothing is withheld. ``rows``: their rows in ``few``. ``more``: what none of them may show besides.
    """
    if few is None:
        return columns
    columns = {name: [*column] for name, column in columns.items()}
    names = [name for name in _CHANGED if name in columns]
    for at, row in enumerate(rows):
        if few.detail[row] is not Detail.EXACT:
            changed = _of_assessed({name: columns[name][at] for name in names}, few.detail[row])
            for name, instead in changed.items():
                columns[name][at] = instead
    for act, silent in few.silent.items():
        empty = [(name, instead) for name, instead in _EMPTY[act].items() if name in columns]
        for at, row in enumerate(rows):
            if row in silent or act in more:
                for name, instead in empty:
                    columns[name][at] = instead
    return columns


def _of_assessed(row: Mapping[str, Any], detail: Detail) -> dict[str, Any]:
    """The figures of the assessed that change by their detail."""
    changed: dict[str, Any] = {
        **dict.fromkeys(_OF_ASSESSED),
        "pace": coarse(row.get("pace")),
        "attainment": coarse(row.get("attainment")),
    }
    forecast = row.get("forecast")
    if forecast is not None:
        changed["forecast"] = replace(_NO_FORECAST, chance=coarse(forecast.chance), needs=coarse(forecast.needs))
    if detail is not Detail.COARSE:
        changed |= {"due": None, "attainment": None, "forecast": _NO_FORECAST}
    if detail is Detail.NONE:
        changed |= {"target": None, "pace": None, "on_pace_share": None, "reason": REASON}
    return {name: value for name, value in changed.items() if name in row}


def coarse(ratio: float | None) -> float | None:
    """A ratio to the hundredth."""
    return None if ratio is None else round(ratio, COARSE)


def coarse_course(course: MonthLine) -> MonthLine:
    """The course of the month without the net of the assessed, and with ratios that do not give it."""
    past = [replace(day, net=None, pace=round(day.pace, COARSE)) for day in course.past]
    names = DayAhead.__struct_fields__[2:]
    ahead = [replace(day, **{name: round(getattr(day, name), COARSE) for name in names}) for day in course.ahead]
    return MonthLine(past, ahead)


def month_without_few(month: MonthFigures, detail: Detail, is_silent: bool) -> MonthFigures:
    """The month of one row."""
    if detail is not Detail.EXACT:
        month = replace(month, pace=coarse(month.pace), attainment=coarse(month.attainment), required_rate=None)
    if detail in (Detail.RATIO, Detail.NONE):
        month = replace(month, due=None, attainment=None)
    if detail is Detail.NONE:
        month = replace(month, target=None, pace=None, reason=REASON)
    if is_silent:
        month = replace(month, net=None, pace=None, attainment=None, required_rate=None, reason=REASON)
    return month


def floor_without_few(floor: FloorFigures, few: FewNow) -> FloorFigures:
    """The floor: its columns, and what only the floor has."""
    fields = {name: [getattr(floor, name)] for name in floor.__struct_fields__}
    changed = {name: column[0] for name, column in without_few(fields, few.day, [WHOLE]).items()}
    detail, month = few.day.detail[WHOLE], few.month
    states, hides_states = replace(changed["states"], total=floor.states.total), WHOLE in few.day.silent["state"]
    return replace(
        floor,
        **changed
        | {
            "states": states,
            "last30": _last30(floor.last30, detail, WHOLE in few.day.silent["last30"]),
            "queues": [replace(queue, ready=None) for queue in floor.queues] if hides_states else floor.queues,
            "half_hours": _series(floor.half_hours, detail, few.half_hours),
            "month": month_without_few(floor.month, month.detail[WHOLE], WHOLE in month.silent["call"]),
        },
    )


def _last30(last30: LastHalfHour, detail: Detail, is_silent: bool) -> LastHalfHour:
    if detail is not Detail.EXACT:
        last30 = replace(last30, assessed_net=None, pace=coarse(last30.pace))
    if detail in (Detail.RATIO, Detail.NONE):
        last30 = replace(last30, due=None)
    if is_silent or detail is Detail.NONE:
        last30 = replace(last30, pace=None)
    return replace(last30, handled=None, deducted=None, net=None, assessed_net=None) if is_silent else last30


def _series(series: HalfHourSeries, detail: Detail, few: Sequence[bool]) -> HalfHourSeries:
    handled, net = (
        [None if hide else value for value, hide in zip(values, few, strict=True)]
        for values in (series.handled, series.net)
    )
    if detail in (Detail.RATIO, Detail.NONE):
        series = replace(series, due=[], due_by_now=None)
    return replace(series, handled=handled, net=net)
