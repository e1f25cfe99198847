"""Alerts about agents, for all rows at once, as a table of kinds: not arrived, a state over its limit, idle, a naive pace.

An element of ``since`` is 0 where no alert is on, else the alert's ``since_ms``. Where no person is judged only plain kinds
are computed, and where none is shown no kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from dashboard.board.alert_facts import AlertFacts
from dashboard.board.alert_kinds import Alert, AlertKind
from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.floor.tick_facts import FORGOTTEN_MS, STATE_CODES
from dashboard.rules.figures import Flags, Whole
from streams.site_time import MINUTE_MS

CLEARLY_BACK = 0.05
"""A pace must be so far above ``naive_pace`` before its alert goes."""
FIRST_HOUR_S = 3600
"""``naive_pace`` waits until so much planned time is over: before, chance alone would name nearly everybody."""
_BREAK, _WRAP, _AVAILABLE = (STATE_CODES.index(name) for name in ("break", "wrap", "available"))
_OFF = 0


@dataclass(frozen=True, eq=False)
class AgentAlerts:
    """The alerts that are on; a row of ``since`` and ``detail`` per kind of AGENT_KINDS."""

    lines: Lines
    since: Whole
    """(kinds x lines)."""
    detail: Whole
    """(kinds x lines): the code of the state, or the pace in hundredths; else 0."""
    minute: int
    """The minute of the tick. A naive pace is looked for once a minute, as its false alarms are reckoned."""

    def changed_teams(self, before: "AgentAlerts | None") -> Flags:
        """(teams + 1,): the teams whose alerts are others than before (or any, with nothing before); last the agents in none."""
        if before is None:
            moved = (self.since != _OFF).any(axis=0)
        else:
            was = before.with_rows(self.since.shape[1])
            moved = ((self.since != was.since) | (self.detail != was.detail)).any(axis=0)
        teams = np.zeros(len(self.lines.teams) + 1, np.bool_)
        teams[self.lines.team[moved]] = True
        return teams

    def with_rows(self, rows: int) -> "AgentAlerts":
        """The same with rows for the agents who came since."""
        more = ((0, 0), (0, rows - self.since.shape[1]))
        if not more[1][1]:
            return self
        return AgentAlerts(self.lines, np.pad(self.since, more), np.pad(self.detail, more), self.minute)


Measure = Callable[[AlertFacts, Whole, bool], Whole]
"""Facts, the ``since`` of the kind before, and whether a minute began -> ``since`` now."""


@dataclass(frozen=True, kw_only=True)
class AgentAlertKind(AlertKind):
    """``detail`` gives what an alert shows beside its time: the state that is over its limit, or the pace."""

    measure: Measure
    detail: Callable[[AlertFacts], Whole] | None = None
    is_plain: bool = False
    """It judges nobody, and comes where persons are shown and not judged."""


def agent_alerts(facts: AlertFacts, before: AgentAlerts | None) -> AgentAlerts:
    """One tick -> the alerts that are on. While the line is stale no new one comes."""
    rows, minute = len(facts.state), facts.now_ms // MINUTE_MS
    was = before.with_rows(rows) if before is not None and before.lines is facts.lines else None
    since, detail = np.zeros((2, len(AGENT_KINDS), rows), np.int64)
    for at, kind in enumerate(AGENT_KINDS):
        if not (facts.site.judges_persons or (facts.site.shows_persons and kind.is_plain)):
            continue
        is_new = was is None or was.minute != minute
        since[at] = kind.measure(facts, np.zeros(rows, np.int64) if was is None else was.since[at], is_new)
        if kind.detail is not None and since[at].any():
            detail[at] = np.where(since[at] != _OFF, kind.detail(facts), 0)
    if facts.is_stale:
        stays = since == was.since if was is not None else np.zeros_like(since, np.bool_)
        since, detail = np.where(stays, since, _OFF), np.where(stays, detail, 0)
    return AgentAlerts(facts.lines, since, detail, minute)


def list_alerts(facts: AlertFacts, on: AgentAlerts, teams: Flags) -> dict[int, list[Alert]]:
    """The alerts of the teams asked for (index -> alerts, in the order of kind, age and id); the last are in no team."""
    wanted, none = teams[facts.lines.team], len(facts.lines.teams)
    kinds, rows = np.nonzero((on.since != _OFF) & wanted)
    people, found = facts.lines.people, dict[int, list[Alert]]()
    pairs = zip(kinds.tolist(), rows.tolist(), strict=True)
    for kind, row in sorted(pairs, key=lambda at: (at[0], on.since[at], people[at[1]].id)):
        team = int(facts.lines.team[row]) % (none + 1)
        found.setdefault(team, []).append(_alert(facts, on, kind, row))
    return found


def _alert(facts: AlertFacts, on: AgentAlerts, at: int, row: int) -> Alert:
    kind, lines, detail = AGENT_KINDS[at], facts.lines, int(on.detail[at, row])
    subject = STATE_CODES[detail] if kind.about == "state" and kind.detail is not None else None
    value = detail / 100 if kind.unit == "pace" else None
    place, agent = lines.team[row], lines.people[row].id
    team = None if place == NO_TEAM else lines.teams[place].id
    return Alert(
        kind.id, team, agent, subject, int(on.since[at, row]), value, kind.limit_in(facts.site.alerts, subject)
    )


def _late(facts: AlertFacts, was: Whole, is_new_minute: bool) -> Whole:
    """The planned start of agents who are expected and were not signed in today."""
    start, now = facts.duty.start_ms, facts.now_ms
    due = (now - start > facts.site.alerts.late_limit_ms) & (now < facts.duty.end_ms)
    return np.where(due & ~facts.arrived, start, _OFF)


def _over_limit(facts: AlertFacts, was: Whole, is_new_minute: bool) -> Whole:
    limits = facts.site.alerts
    return _lasting(facts, {_BREAK: limits.break_limit_ms, _WRAP: limits.wrap_limit_ms})


def _idle(facts: AlertFacts, was: Whole, is_new_minute: bool) -> Whole:
    return _lasting(facts, {_AVAILABLE: facts.site.alerts.idle_limit_ms})


def _lasting(facts: AlertFacts, limits_ms: Mapping[int, int]) -> Whole:
    """Code of a state -> its limit: since when a state lasts that is longer than its limit."""
    lasted, on = facts.now_ms - facts.since_ms, np.zeros(len(facts.state), np.bool_)
    for state, limit_ms in limits_ms.items():
        on |= (facts.state == state) & (lasted > limit_ms)
    return np.where(on & (lasted <= FORGOTTEN_MS), facts.since_ms, _OFF)


def _slow(facts: AlertFacts, was: Whole, is_new_minute: bool) -> Whole:
    limit = facts.site.alerts.naive_pace
    if limit is None:
        return np.zeros_like(was)
    comes = (facts.pace <= limit) & (facts.planned_s >= FIRST_HOUR_S) & is_new_minute
    stays = (was != _OFF) & (facts.pace < round(limit + CLEARLY_BACK, 6))
    return np.where(comes | stays, np.where(was != _OFF, was, facts.now_ms), _OFF)


def _hundredths(facts: AlertFacts) -> Whole:
    return np.asarray(np.round(np.nan_to_num(facts.pace) * 100), np.int64)


AGENT_KINDS: tuple[AgentAlertKind, ...] = (
    AgentAlertKind(
        id="not_arrived", audience="lead", about="arrival", unit="ms", limits=("late_limit_ms",), measure=_late,
        is_plain=True,
    ),
    AgentAlertKind(
        id="state_over_limit", audience="lead", about="state", unit="ms", limits=("break_limit_ms", "wrap_limit_ms"),
        measure=_over_limit, detail=lambda facts: facts.state,
    ),
    AgentAlertKind(id="idle", audience="lead", about="state", unit="ms", limits=("idle_limit_ms",), measure=_idle),
    AgentAlertKind(
        id="naive_pace", audience="lead", about="pace", unit="pace", limits=("naive_pace",), measure=_slow,
        detail=_hundredths,
    ),
)  # fmt: skip
"""In the order in which a page lists them."""
