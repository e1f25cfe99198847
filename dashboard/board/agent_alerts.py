"""Alerts about people, for all rows at once: a state over its limit, who has not arrived, who is idle, a naive pace.

An element of ``since`` is 0 where nothing is on, else the alert's ``since_ms``. Under a works council only who has not
arrived is told: nothing else of it is computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dashboard.board.alert_facts import AlertFacts
from dashboard.board.alert_kinds import IDLE, NAIVE_PACE, NOT_ARRIVED, OF_PEOPLE, STATE_OVER_LIMIT, Alert
from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.floor.tick_facts import FORGOTTEN_MS, STATE_CODES
from dashboard.rules.figures import Flags, Whole
from streams.site_time import MINUTE_MS

CLEARLY_BACK = 0.05
"""So far above ``naive_pace`` a pace must be before its alert goes."""
FIRST_HOUR_S = 3600
"""``naive_pace`` waits until so much planned time is over: before, chance alone would name nearly everybody."""
_BREAK, _WRAP, _AVAILABLE = (STATE_CODES.index(name) for name in ("break", "wrap", "available"))
_OFF = 0


@dataclass(frozen=True, eq=False)
class PeopleOn:
    """What is on, and of which lines; the rows of ``since`` and ``shown`` are those of OF_PEOPLE."""

    lines: Lines
    since: Whole
    """(kinds x lines)."""
    shown: Whole
    """(kinds x lines): what is shown beside: the code of the state, or the pace in hundredths."""
    minute: int
    """Of the tick. A naive pace is looked for once a minute, as its false alarms are reckoned."""

    def changed(self, before: "PeopleOn | None") -> Flags:
        """(teams + 1,): those of whose people something else is to be told than before, or anything with nothing before; the
        last stands for those in no team."""
        if before is None:
            moved = (self.since != _OFF).any(axis=0)
        else:
            was = before.grown(self.since.shape[1])
            moved = ((self.since != was.since) | (self.shown != was.shown)).any(axis=0)
        teams = np.zeros(len(self.lines.teams) + 1, np.bool_)
        teams[self.lines.team[moved]] = True
        return teams

    def grown(self, rows: int) -> "PeopleOn":
        """The same with rows for who came since."""
        more = ((0, 0), (0, rows - self.since.shape[1]))
        if not more[1][1]:
            return self
        return PeopleOn(self.lines, np.pad(self.since, more), np.pad(self.shown, more), self.minute)


def people_on(facts: AlertFacts, before: PeopleOn | None) -> PeopleOn:
    """One tick -> what is on. While the line is stale nothing new comes on."""
    rows = len(facts.state)
    known = before.grown(rows) if before is not None and before.lines is facts.lines else None
    none = np.zeros(rows, np.int64)
    late = _late(facts)
    if facts.site.works_council:
        since, shown = np.array([late, none, none, none]), np.zeros((len(OF_PEOPLE), rows), np.int64)
    else:
        over, idle = _over_limit(facts), _idle(facts)
        slow = none if facts.site.alerts.naive_pace is None else _slow(facts, known)
        since = np.array([late, over, idle, slow])
        shown = np.array([none, np.where(over, facts.state, 0), none, np.where(slow, _hundredths(facts), 0)])
    if facts.is_stale:
        kept = since == known.since if known is not None else np.zeros_like(since, np.bool_)
        since, shown = np.where(kept, since, _OFF), np.where(kept, shown, 0)
    return PeopleOn(facts.lines, since, shown, facts.now_ms // MINUTE_MS)


def told(facts: AlertFacts, on: PeopleOn, teams: Flags) -> dict[int, list[Alert]]:
    """The alerts of the teams asked for (index -> alerts, in the order of kind, age and id); the last are in no team."""
    wanted, none = teams[facts.lines.team], len(facts.lines.teams)
    kinds, rows = np.nonzero((on.since != _OFF) & wanted)
    found: dict[int, list[Alert]] = {}
    for kind, row in _ordered(facts, on, zip(kinds.tolist(), rows.tolist(), strict=True)):
        team = int(facts.lines.team[row]) % (none + 1)
        found.setdefault(team, []).append(_alert(facts, on, kind, row))
    return found


def _ordered(facts: AlertFacts, on: PeopleOn, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    people, since = facts.lines.people, on.since
    return sorted(places, key=lambda at: (at[0], since[at], people[at[1]].id))


def _alert(facts: AlertFacts, on: PeopleOn, kind: int, row: int) -> Alert:
    limits, lines, name = facts.site.alerts, facts.lines, OF_PEOPLE[kind]
    subject, value, shown = None, None, int(on.shown[kind, row])
    limit: float | None = {NOT_ARRIVED: limits.late_limit_ms, IDLE: limits.idle_limit_ms}.get(name)
    if name == STATE_OVER_LIMIT:
        subject = STATE_CODES[shown]
        limit = limits.break_limit_ms if shown == _BREAK else limits.wrap_limit_ms
    elif name == NAIVE_PACE:
        value, limit = shown / 100, limits.naive_pace
    at, agent = lines.team[row], lines.people[row].id
    team = None if at == NO_TEAM else lines.teams[at].id
    return Alert(name, team, agent, subject, int(on.since[kind, row]), value, limit)


def _late(facts: AlertFacts) -> Whole:
    """The planned start of who is expected and was not signed in today."""
    start, now = facts.duty.start_ms, facts.now_ms
    due = (now - start > facts.site.alerts.late_limit_ms) & (now < facts.duty.end_ms)
    return np.where(due & ~facts.arrived, start, _OFF)


def _over_limit(facts: AlertFacts) -> Whole:
    """Since when a break or wrap-up lasts that is longer than its limit."""
    limits, lasted = facts.site.alerts, facts.now_ms - facts.since_ms
    limit = np.where(facts.state == _BREAK, limits.break_limit_ms, limits.wrap_limit_ms)
    on = ((facts.state == _BREAK) | (facts.state == _WRAP)) & (lasted > limit) & (lasted <= FORGOTTEN_MS)
    return np.where(on, facts.since_ms, _OFF)


def _idle(facts: AlertFacts) -> Whole:
    lasted = facts.now_ms - facts.since_ms
    on = (facts.state == _AVAILABLE) & (lasted > facts.site.alerts.idle_limit_ms) & (lasted <= FORGOTTEN_MS)
    return np.where(on, facts.since_ms, _OFF)


def _slow(facts: AlertFacts, before: PeopleOn | None) -> Whole:
    limit = facts.site.alerts.naive_pace
    assert limit is not None
    was = np.zeros_like(facts.since_ms) if before is None else before.since[-1]
    looks = before is None or before.minute != facts.now_ms // MINUTE_MS
    comes = (facts.pace <= limit) & (facts.planned_s >= FIRST_HOUR_S) & looks
    stays = (was != _OFF) & (facts.pace < round(limit + CLEARLY_BACK, 6))
    return np.where(comes | stays, np.where(was != _OFF, was, facts.now_ms), _OFF)


def _hundredths(facts: AlertFacts) -> Whole:
    return np.asarray(np.round(np.nan_to_num(facts.pace) * 100), np.int64)
