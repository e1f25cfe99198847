"""Scores and shifts -> where the chart of every agent and every team stands."""

from dataclasses import dataclass, fields

import numpy as np

from dashboard.people.quality_shifts import Spans, spans
from dashboard.rules.deduction import Numbers
from dashboard.rules.ewma import ChartEnd, Sample, TrendState, judged_by, newest, sample
from dashboard.rules.figures import Codes, Flags, Whole

NO_TEAM = -1


@dataclass(frozen=True)
class Trended:
    """One element per agent or team; points on 0-100, NaN where there is none.

    ``z`` the smoothed score now, ``low`` and ``high`` its limits, ``n`` the scores charted, ``state`` of rules.ewma.State;
    ``mu``, ``sigma`` and ``baseline`` (how many scores) what it is judged by; ``own``: his own scores, not his team's.
    """

    z: Numbers
    low: Numbers
    high: Numbers
    n: Whole
    state: Codes
    mu: Numbers
    sigma: Numbers
    baseline: Whole
    own: Flags


@dataclass(frozen=True)
class Charted:
    """The scores on the charts of persons: of row r they are points[starts[r] : starts[r + 1]], in order of (time, id)."""

    points: Numbers
    starts: Whole

    def of(self, row: int) -> Numbers:
        """Those of one row, 0-100."""
        return self.points[self.starts[row] : self.starts[row + 1]]


@dataclass(frozen=True)
class TrendNow:
    """One moment: ``lines`` has an element per row of the day's ``Lines``, ``teams`` one per team in their order."""

    lines: Trended
    teams: Trended
    scores: Charted


@dataclass(frozen=True)
class Given:
    """The scores of the rows of one board, in order of (time, id).

    ``row``, ``place`` (of the business day) and ``points`` (0-100) per score; ``worked`` (rows x finished days); ``team``
    per row, NO_TEAM where there is none.
    """

    row: Whole
    place: Whole
    points: Numbers
    worked: Flags
    team: Whole
    teams: int


def nothing(count: int) -> Trended:
    """Of subjects of whom nothing is known."""
    unknown, none = np.full(count, np.nan), np.zeros(count, np.int64)
    state = np.full(count, TrendState.NONE, np.int8)
    return Trended(unknown, unknown, unknown, none, state, unknown, unknown, none, np.zeros(count, np.bool_))


def no_scores(rows: int) -> Charted:
    """Charts without a score."""
    return Charted(np.zeros(0), np.zeros(rows + 1, np.int64))


def grown(now: TrendNow, rows: int) -> TrendNow:
    """With an element per row for others who have appeared; the same object where there is nobody else."""
    more = rows - len(now.lines.n)
    if not more:
        return now
    columns = ([getattr(part, each.name) for each in fields(Trended)] for part in (now.lines, nothing(more)))
    starts = np.append(now.scores.starts, np.full(more, now.scores.starts[-1]))
    scores = Charted(now.scores.points, starts)
    return TrendNow(Trended(*map(np.concatenate, zip(*columns, strict=True))), now.teams, scores)


def charts(given: Given, persons: bool = True) -> TrendNow:
    """Everybody against his own baseline; against his team's where it has too few scores.

    Who is held against his team is charted since its chart began, so that no score stands on both sides. ``persons`` False:
    a works council has a say, and only teams are charted.
    """
    team_of_score = np.where(given.row < 0, NO_TEAM, given.team[given.row])
    of_team = spans(_team_worked(given))
    teams = _samples(given, team_of_score, of_team, given.teams)
    base, enough = judged_by(teams, teams)
    team_now = _trended(_charted(given, team_of_score, of_team.chart, base), base, enough)
    rows = len(given.team)
    lines, scores = _of_persons(given, of_team, teams) if persons else (nothing(rows), no_scores(rows))
    return TrendNow(lines, team_now, scores)


def _of_persons(given: Given, of_team: Spans, teams: Sample) -> tuple[Trended, Charted]:
    shifts = spans(given.worked)
    own = _samples(given, given.row, shifts, len(given.team))
    base, is_own = judged_by(own, _of(teams, given.team))
    chart = np.where(is_own | (given.team == NO_TEAM), shifts.chart, _from(of_team, given.team))
    starts = np.searchsorted(given.row[mine := _mine(given, given.row, chart)], np.arange(len(given.team) + 1))
    return _trended(_charted(given, given.row, chart, base), base, is_own), Charted(given.points[mine], starts)


def _team_worked(given: Given) -> Flags:
    found = np.zeros((given.teams, given.worked.shape[1]), np.bool_)
    in_team = given.team >= 0
    np.logical_or.at(found, given.team[in_team], given.worked[in_team])
    return found


def _samples(given: Given, whose: Whole, of: Spans, count: int) -> Sample:
    mine = whose >= 0
    whose, place = whose[mine], given.place[mine]
    within = (place >= of.base[whose]) & (place < of.chart[whose])
    return sample(given.points[mine][within], whose[within], count)


def _charted(given: Given, whose: Whole, chart: Whole, base: Sample) -> ChartEnd:
    mine = _mine(given, whose, chart)
    return newest(given.points[mine], whose[mine], base)


def _mine(given: Given, whose: Whole, chart: Whole) -> Whole:
    """The scores that are on somebody's chart, chart by chart."""
    mine = np.flatnonzero(whose >= 0)
    mine = mine[given.place[mine] >= chart[whose[mine]]]
    return mine[np.argsort(whose[mine], kind="stable")]


def _of(teams: Sample, team: Whole) -> Sample:
    """A team's sample for each row of its agents."""
    if not len(teams.count):
        return sample(np.zeros(0), np.zeros(0, np.int64), len(team))
    count = np.where(team == NO_TEAM, 0, teams.count[team])
    return Sample(count, teams.mu[team], teams.sigma[team])


def _from(of: Spans, team: Whole) -> Whole:
    return of.chart[team] if len(of.chart) else np.zeros(len(team), np.int64)


def _trended(at: ChartEnd, base: Sample, own: Flags) -> Trended:
    return Trended(at.z, at.low, at.high, at.count, at.state, base.mu, base.sigma, base.count, own)
