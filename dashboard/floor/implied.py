"""The settings of a site spelled out for one month, in plain lines, so that their author sees what they imply."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from dashboard.floor.lines import Lines
from dashboard.floor.plan import Plan
from dashboard.floor.planner import Planner
from dashboard.floor.schedule import pack, seconds
from dashboard.floor.timetables import Timetable, group_pairs
from dashboard.floor.visible_groups import hidden_teams
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags
from dashboard.rules.grades import ClosedEdge
from dashboard.rules.months import days_of_month, last_of_month, month_label
from dashboard.rules.naive import named as chance_named
from dashboard.rules.targets import passed
from dashboard.site.build import since
from dashboard.site.load import Site
from dashboard.site.types import Calendar, PolicyBlock
from streams.counting_policy import fact_lateness
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS

_NAMED = 8
FIFTH, FIRST_HOUR = 5, 60
"""Planned minutes after which a naive threshold first looks: as many floors do it, and as the board does."""
_UNITS = (("d", DAY_MS), ("h", HOUR_MS), ("m", MINUTE_MS), ("s", 1000))


def implied(site: Site, today: date) -> list[str]:
    """A sound site -> what it means in the month of ``today``, a business day."""
    month = today.replace(day=1)
    lines = Lines(site, last_of_month(month), month)
    time = site.time
    plan = Planner(site, time).plan(lines, time.day_of(today))
    counting = f", counting since {site.counting_since}" if site.counting_since else ""
    return [
        f"{site.name}: business days begin at {site.business_day_start}, {site.zone}{counting}",
        _workdays(site.calendar, month),
        *_policy(plan.block),
        *(_profile(plan, at) for at in range(len(plan.profiles))),
        *_false_alarms(site, plan),
        *_council(site, lines, last_of_month(month)),
        *_people(site, lines, plan, month_label(month)),
        *_projects(site),
        _retention(site),
        *_notes(site),
    ]


def _workdays(calendar: Calendar, month: date) -> str:
    count = sum(map(calendar.is_workday, days_of_month(month)))
    off, made_up = (sum(day.year == month.year for day in days) for days in (calendar.holidays, calendar.workdays))
    year = f"{month:%Y} has {off} public holidays and days off, {made_up} made-up workdays"
    return f"{month_label(month)}: {count} working days; {year} ({calendar.country or 'no country'})"


def _policy(block: PolicyBlock) -> Iterator[str]:
    since = "always" if block.effective_from == date.min else f"{block.effective_from}"
    weights = f"{block.deduction.complaint:g} a complaint, {block.deduction.repeat_enquiry:g} a repeat enquiry"
    yield f"policy {block.version}, since {since}: deduction {block.deduction.mode}, {weights}"
    edge = "from" if block.grades.closed is ClosedEdge.LEFT else "above"
    grades = [f"{row.label} {edge} {row.lower:g} (x {row.coefficient:g})" for row in block.grades.brackets]
    yield f"grades: {', '.join(grades)}"


def _profile(plan: Plan, at: int) -> str:
    profile, rows = plan.profiles[at], plan.judging.profile == at
    who = f"profile {profile.id} ({int(rows.sum())} agents)"
    if profile.month_target is None:
        return f"{who}: no target"
    target = f"{who}: {profile.month_target} net of {profile.volume} a month"
    day = _full_day(plan, rows)
    return (
        f"{target}; nobody has planned hours"
        if day is None
        else f"{target}; {day[1]:.0f} on a day of {day[0] / 3600:.2f} h"
    )


def _full_day(plan: Plan, rows: Flags) -> tuple[float, float] | None:
    """(seconds, calls) of the median day of these rows; None if none has planned time and a target."""
    month = plan.asked["month"]
    owing = rows & (month.planned_s > 0) & (month.target > 0)
    if not owing.any():
        return None
    day_s = float(np.median([seconds(day) for table in _timetables(plan, owing) for day in table.work if day]))
    return day_s, day_s * float(np.median(month.target[owing] / month.planned_s[owing]))


def _council(site: Site, lines: Lines, last: date) -> Iterator[str]:
    if not site.judges_persons:
        yield f"works council ({site.works_council}): nothing is judged of single people; time in state has no limits"
        small = [lines.teams[at].id for at in sorted(hidden_teams(site, last).hidden)]
        yield from _named("works council: not shown by themselves", small, "teams")


def _timetables(plan: Plan, rows: Flags) -> list[Timetable]:
    return [plan.timetables[at] for at in np.unique(plan.timetable[rows])]


def _false_alarms(site: Site, plan: Plan) -> Iterator[str]:
    """What a naive threshold costs in one shift of each profile: agents who make exactly what is due, and are named."""
    limit = site.alerts.naive_pace
    if limit is None:
        return
    if not site.judges_persons:
        yield f"naive_pace {limit:g} names nobody: works_council judges no person"
        return
    for at, profile in enumerate(plan.profiles):
        rows = plan.assessed & (plan.judging.profile == at)
        if day := _full_day(plan, rows):
            agents, due = int(rows.sum()), _due(plan, rows, day)
            often, board, end = (agents * chance_named(due, limit, first) for first in (FIFTH, FIRST_HOUR, len(due)))
            who = f"of {agents} agents exactly on pace ({day[1] / day[0] * 3600:.1f} calls an hour, {day[0] / 3600:.2f} h)"
            yield (
                f"naive_pace {limit:g}, profile {profile.id}: {who} "
                f"it names {board:.1f} in one shift, as the board looks: every minute after the first hour; "
                f"it would name {often:.1f} from the fifth minute on, {end:.1f} at the end of the shift alone"
            )


def _due(plan: Plan, rows: Flags, day: tuple[float, float]) -> Numbers:
    """Calls due by the end of each planned minute of the day of these rows that is most like ``day``."""
    days = [pieces for table in _timetables(plan, rows) for pieces in table.pieces if pieces]
    pieces = min(days, key=lambda each: abs(sum(piece.end_s - piece.start_s for piece in each) - day[0]))
    table = pack([pieces])
    gone = [passed(table, now_s) for now_s in range(pieces[0].start_s + 60, pieces[-1].end_s + 60, 60)]
    planned = np.array([int(each.seconds[0]) for each in gone])
    share = np.array([float(each.share[0]) for each in gone])
    return np.asarray(day[1] * share[np.diff(planned, prepend=0) > 0], np.float64)


def _people(site: Site, lines: Lines, plan: Plan, month: str) -> Iterator[str]:
    standings = plan.judging.standings[: lines.rostered]
    why = Counter(reason for each in standings for reason in each.reasons[:1])
    out = "".join(f", {count} not: {reason}" for reason, count in sorted(why.items()))
    teams = len({spell.team for spell in lines.spells})
    yield f"{month}: {lines.rostered} agents on {teams} teams; {sum(each.assessed for each in standings)} assessed{out}"
    there = {spell.agent for spell in lines.spells}
    gone = sorted({spell.agent for spell in site.roster} - there)
    yield from _named(f"on no team in {month}", gone)
    if site.rota:
        planned = {day.agent for day in site.rota if month_label(day.day) == month}
        yield from _named(f"without a shift in rota.csv in {month}", sorted(there - planned))


def _projects(site: Site) -> Iterator[str]:
    for project in site.projects:
        kinds = (("campaigns", project.campaigns), ("queues", project.queues), ("teams", project.teams))
        ordered = "; ".join(f"{kind} {', '.join(ids)}" for kind, ids in kinds if ids)
        yield f"project {project.id}{f' of {project.client}' if project.client else ''}: {ordered or 'nothing'}"
    if site.embed_in:
        yield f"an agent's own page may be embedded by {', '.join(site.embed_in)}"


def _retention(site: Site) -> str:
    kept = site.retention
    spans = f"minutes {_span(kept.minutes_ms)}, hours {_span(kept.hours_ms)}, days and months {kept.months} months"
    late, facts_late = (_span(ms) for ms in (site.counting.lateness_ms, fact_lateness(site.counting, kept)))
    return (
        f"calls and states count up to {late} late, complaints and evaluations up to {facts_late}; "
        f"kept are {spans}, complaints and evaluations {_span(kept.ledger_ms)}"
    )


def _notes(site: Site) -> Iterator[str]:
    """Settings that are allowed and likely not meant."""
    for shift in site.shifts:
        starts, length = since(site.business_day_start, shift.start), since(shift.start, shift.end)
        if starts + length > 1440:
            yield f"note: shift {shift.id} runs over {site.business_day_start}, where a business day ends and the next begins"
    if not site.shifts:
        yield "note: no [[shifts]], so nobody has planned hours and no target can be owed"
    spells = group_pairs((spell.agent, spell) for spell in site.roster)
    strays = {day.agent for day in site.rota if not any(spell.touches(day.day, day.day) for spell in spells[day.agent])}
    yield from _named("note: in rota.csv on days on which they are on no team", sorted(strays))


def _named(what: str, ids: Sequence[str], of: str = "agents") -> Iterator[str]:
    if ids:
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        yield f"{what}: {len(ids)} {of}: {', '.join(ids[:_NAMED])}{more}"


def _span(ms: int) -> str:
    unit, size = next(each for each in _UNITS if ms % each[1] == 0)
    return f"{ms // size}{unit}"
