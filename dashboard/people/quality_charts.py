"""Scores and shifts -> where the chart of every agent and every team stands."""

from dataclasses import dataclass, fields

import numpy as np

from dashboard.people.quality_shifts import ChartSpans, chart_spans
from dashboard.rules.deduction import Numbers
from dashboard.rules.ewma import ChartEnd, Sample, TrendState, judged_by, newest, sample
from dashboard.rules.figures import Codes, Flags, Whole

NO_TEAM = -1


@dataclass(frozen=True)
class Trended:
    """One element per agent or team; points on 0-100, NaN where there is none.

    ``z`` the smoothed score now, ``low`` and ``high`` its limits, ``n`` the scores charted, ``state`` of rules.ewma.State;
    ``mu``, ``sigma``, ``baseline`` (how many scores) its baseline, ``by_own_scores`` whether that is the agent's own.
    """

    z: Numbers
    low: Numbers
    high: Numbers
    n: Whole
    state: Codes
    mu: Numbers
    sigma: Numbers
    baseline: Whole
    by_own_scores: Flags


@dataclass(frozen=True)
class Charted:
    """The scores on the charts of persons: of row r they are points[starts[r] : starts[r + 1]], in order of (time, id)."""

    points: Numbers
    starts: Whole

    def points_of(self, row: int) -> Numbers:
        """Those of one row, 0-100."""
        return self.points[self.starts[row] : self.starts[row + 1]]


@dataclass(frozen=True)
class TrendNow:
    """One moment: ``lines`` has an element per row of the day's ``Lines``, ``teams`` one per team in their order."""

    lines: Trended
    teams: Trended
    scores: Charted


@dataclass(frozen=True)
class BoardScores:
    """The scores of the rows of one board, in order of (time, id).

    ``row``, ``day_index`` (of the business day) and ``points`` (0-100) per score; ``worked`` (rows x finished days); ``team``
    per row, NO_TEAM where there is none.
    """

    row: Whole
    day_index: Whole
    points: Numbers
    worked: Flags
    team: Whole
    teams: int


def no_trend(count: int) -> Trended:
    """The trend of subjects without scores."""
    unknown, none = np.full(count, np.nan), np.zeros(count, np.int64)
    state = np.full(count, TrendState.NONE, np.int8)
    return Trended(unknown, unknown, unknown, none, state, unknown, unknown, none, np.zeros(count, np.bool_))


def no_scores(rows: int) -> Charted:
    """Charts without a score."""
    return Charted(np.zeros(0), np.zeros(rows + 1, np.int64))


def with_more_rows(now: TrendNow, rows: int) -> TrendNow:
    """With an element for each row added since; the same object where there is none."""
    more = rows - len(now.lines.n)
    if not more:
        return now
    columns = ([getattr(part, each.name) for each in fields(Trended)] for part in (now.lines, no_trend(more)))
    starts = np.append(now.scores.starts, np.full(more, now.scores.starts[-1]))
    scores = Charted(now.scores.points, starts)
    return TrendNow(Trended(*map(np.concatenate, zip(*columns, strict=True))), now.teams, scores)


def charts(given: BoardScores, persons: bool = True) -> TrendNow:
    """Every agent against their own baseline; against the team's where it has too few scores.

    An agent held against the team is charted from where the team's chart begins, so that no score is on both sides.
    ``persons`` False: under a works council only teams are charted.
    """
    team_of_score = np.where(given.row < 0, NO_TEAM, given.team[given.row])
    of_team = chart_spans(_team_worked(given))
    teams = _samples(given, team_of_score, of_team, given.teams)
    base, enough = judged_by(teams, teams)
    team_now = _trended(_charted(given, team_of_score, of_team.chart, base), base, enough)
    rows = len(given.team)
    lines, scores = _of_persons(given, of_team, teams) if persons else (no_trend(rows), no_scores(rows))
    return TrendNow(lines, team_now, scores)


def _of_persons(given: BoardScores, of_team: ChartSpans, teams: Sample) -> tuple[Trended, Charted]:
    shifts = chart_spans(given.worked)
    own = _samples(given, given.row, shifts, len(given.team))
    count, mu, sigma = np.append(teams.count, 0), np.append(teams.mu, np.nan), np.append(teams.sigma, np.nan)
    base, is_own = judged_by(own, Sample(count[given.team], mu[given.team], sigma[given.team]))
    chart = np.where(is_own | (given.team == NO_TEAM), shifts.chart, np.append(of_team.chart, 0)[given.team])
    starts = np.searchsorted(given.row[mine := _mine(given, given.row, chart)], np.arange(len(given.team) + 1))
    return _trended(_charted(given, given.row, chart, base), base, is_own), Charted(given.points[mine], starts)


def _team_worked(given: BoardScores) -> Flags:
    found = np.zeros((given.teams, given.worked.shape[1]), np.bool_)
    in_team = given.team >= 0
    np.logical_or.at(found, given.team[in_team], given.worked[in_team])
    return found


def _samples(given: BoardScores, whose: Whole, of: ChartSpans, count: int) -> Sample:
    mine = whose >= 0
    whose, place = whose[mine], given.day_index[mine]
    within = (place >= of.baseline[whose]) & (place < of.chart[whose])
    return sample(given.points[mine][within], whose[within], count)


def _charted(given: BoardScores, whose: Whole, chart: Whole, base: Sample) -> ChartEnd:
    mine = _mine(given, whose, chart)
    return newest(given.points[mine], whose[mine], base)


def _mine(given: BoardScores, whose: Whole, chart: Whole) -> Whole:
    """The scores that are on somebody's chart, chart by chart."""
    mine = np.flatnonzero(whose >= 0)
    mine = mine[given.day_index[mine] >= chart[whose[mine]]]
    return mine[np.argsort(whose[mine], kind="stable")]


def _trended(at: ChartEnd, base: Sample, own: Flags) -> Trended:
    return Trended(at.z, at.low, at.high, at.count, at.state, base.mu, base.sigma, base.count, own)
