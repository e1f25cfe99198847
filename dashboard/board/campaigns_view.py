"""The campaigns of today: the rates of their calls, the progress of the list, and when it will be done at this speed.

Pure. Rates are of today's calls: connect = handled / attempts, drop = abandoned / (handled + abandoned), conversion =
converted / handled. The estimate takes the records done per working day since the campaign began and goes on at that speed,
within the planned hours of the days that follow: arithmetic. Slack is given in working days. The chance of making the deadline
is the forecast of docs/rules.md 4 as the roll-up has it: L is what an even plan owes by now, the rest of the list is what it
owes later, k is 100; the chance is sharper than the truth, and the page says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from dashboard.board.json_numbers import DECIMALS, TENTH, share
from dashboard.board.rollup_types import CampaignFigures
from dashboard.floor.allowed_teams import AllowedTeams
from dashboard.floor.board_plan import BoardPlan
from dashboard.floor.campaigns import Seats, moment, seats
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import CAMPAIGN, Follower, newest_snapshots
from dashboard.rules.evidence import DEFAULT_K
from dashboard.rules.forecast import forecast
from dashboard.site.load import Campaign, Site
from dashboard.site.types import Calendar
from streams.events import Snapshot
from streams.metrics import INDEX
from streams.site_time import SiteTime

_COUNTS = ("attempts", "handled", "abandoned", "converted")
_LEAST_DAYS = 0.25
"""Of work, before its speed says anything."""


class Worked(NamedTuple):
    """Working days of a campaign: over by now, and in all (None: it has no end)."""

    over: float
    days: int | None


def campaigns(
    followers: Sequence[Follower], site: Site, time: SiteTime, board: BoardPlan, lines: Lines, now_ms: int
) -> list[CampaignFigures]:
    """The campaigns that run today; a site that lists none: all that have calls today or a snapshot of the dialler."""
    counted, told = _read(followers)
    allowed = AllowedTeams(site, {team.id: len(rows) for team, rows in zip(lines.teams, lines.members, strict=True)})
    running = [
        each
        for each in _running(site, board.plan.day.label, counted.keys() | told.keys())
        if allowed.is_enough("campaign", each.id)
    ]
    shapes = {direction: seats(board.plan, lines, direction) for direction in {each.direction for each in running}}
    found = []
    for campaign in running:
        day = shapes[campaign.direction]
        snapshot, counts = told.get(campaign.id), counted.get(campaign.id)
        rest = _progress(campaign, snapshot, site.calendar, time, day, board.plan.day.label, now_ms)
        found.append(CampaignFigures(campaign.id, campaign.name, campaign.name_en, **_rates(counts), **rest))
    return found


def _read(followers: Sequence[Follower]) -> tuple[dict[str, list[int]], dict[str, Snapshot]]:
    """By campaign: its counts of today over all partitions, and the newest word of the dialler."""
    counted: dict[str, list[int]] = {}
    columns = [INDEX[name] for name in _COUNTS]
    for follower in followers:
        for line, row in zip(follower.views.lines, follower.views.rows[:, columns].tolist(), strict=True):
            if not row[0] or not line.startswith(CAMPAIGN):
                continue  # a line of complaints, evaluations or surveys alone: the campaign has no calls today
            id = line.removeprefix(CAMPAIGN)
            counted[id] = [a + b for a, b in zip(counted.get(id, [0] * len(columns)), row, strict=True)]
    return counted, newest_snapshots((follower.snapshots for follower in followers), "campaign")


def _running(site: Site, today: date, seen: Iterable[str]) -> Iterator[Campaign]:
    if not site.campaigns:
        yield from (Campaign(id, id, id, "outbound", None, None, None) for id in sorted(seen))
    for campaign in site.campaigns:
        if (campaign.starts or today) <= today <= (campaign.ends or today):
            yield campaign


def _rates(counts: list[int] | None) -> dict[str, Any]:
    """No call yet: nothing is known."""
    if counts is None or not counts[0]:
        return dict.fromkeys((*_COUNTS, "connect", "drop", "conversion"))
    attempts, handled, abandoned, converted = counts
    return {
        **dict(zip(_COUNTS, counts, strict=True)),
        "connect": share(handled, attempts),
        "drop": share(abandoned, handled + abandoned),
        "conversion": share(converted, handled),
    }


def _progress(
    campaign: Campaign,
    snapshot: Snapshot | None,
    calendar: Calendar,
    time: SiteTime,
    day: Seats | None,
    today: date,
    now_ms: int,
) -> dict[str, Any]:
    figures = snapshot.figures if snapshot else {}
    done, size = figures.get("done"), figures.get("list_size")
    worked = _worked(campaign, calendar, time, day, today, now_ms)
    finish, reason = _finish(campaign, done, size, worked)
    at_ms = moment(finish, campaign.starts, calendar, time, day) if finish and campaign.starts and day else None
    days = worked.days if worked else None
    return {
        "at": snapshot.time_ms if snapshot else None,
        "done": done,
        "list_size": size,
        "left": None if done is None or size is None else max(0, size - done),
        "share": None if done is None else share(done, size),
        "plan": None if worked is None or not days else round(min(1.0, worked.over / days), DECIMALS),
        "deadline": time.day_of(campaign.ends).start_ms if campaign.ends else None,
        "finish": at_ms,
        "slack_days": round(days - finish, TENTH) if finish and days and at_ms else None,
        "chance": None if finish is None or worked is None else _chance(done, size, worked),
        "reason": reason or (None if at_ms else "too_far"),
    }


def _chance(done: int | None, size: int | None, worked: Worked) -> float | None:
    """That the list is done by the end of its last day; None without one."""
    if done is None or not size or not worked.days:
        return None
    plan = min(1.0, worked.over / worked.days)
    net, due, left, target = (np.array([float(each)]) for each in (done, size * plan, size * (1 - plan), size))
    return round(float(forecast(DEFAULT_K, net, due, left, target).p_reach.value[0]), DECIMALS)


def _worked(
    campaign: Campaign, calendar: Calendar, time: SiteTime, day: Seats | None, today: date, now_ms: int
) -> Worked | None:
    """None: it has no first day, or nobody is planned to work on it today though it is a working day."""
    if campaign.starts is None or (day is None and calendar.is_workday(today)):
        return None
    over = float(_working_days(calendar, campaign.starts, today))
    if day is not None and calendar.is_workday(today):
        over += day.passed((now_ms - time.day_of(today).start_ms) / 1000)
    days = _working_days(calendar, campaign.starts, campaign.ends + timedelta(days=1)) if campaign.ends else None
    return Worked(over, days)


def _working_days(calendar: Calendar, first: date, end: date) -> int:
    """In [first, end)."""
    return sum(calendar.is_workday(first + timedelta(days=n)) for n in range((end - first).days))


def _finish(
    campaign: Campaign, done: int | None, size: int | None, worked: Worked | None
) -> tuple[float | None, str | None]:
    """Working days from its first day on by which the list will be done, or why nothing is said."""
    if done is None or not size:
        return None, "no_snapshot"
    if done >= size:
        return None, "finished"
    if campaign.starts is None:
        return None, "no_start"
    if worked is None:
        return None, "no_planned_hours"
    if not done or worked.over < _LEAST_DAYS:
        return None, "too_early"
    return worked.over * size / done, None
