"""What the finished shifts of the last weeks say: calls and expected calls of every agent and shift, phi, rates, limits.

Immutable, and a pure function of the hour cells and the roster. A past day is held against the peers of that day just as the
running one is; the rates of history are those of all days together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dashboard.people.drop_limits import Limit, default_limit
from dashboard.people.past_shifts import Days, whole_of
from dashboard.people.shifts import Shift
from dashboard.people.team_bands import TeamDays, team_days
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from dashboard.rules.peers import dispersion
from dashboard.site.load import Site


@dataclass(frozen=True, eq=False)
class History:
    """Arrays have one row per agent and one column per business day, oldest first; NaN = no shift that says anything."""

    before: date
    """The business day that it precedes."""
    agents: Mapping[str, int]
    """Agent -> row."""
    days: tuple[date, ...]
    counted: Numbers
    """N, calls handled."""
    expected: Numbers
    """L, calls expected from the peers of that day."""
    carried_s: Whole
    """(agents,): how long a state had lasted unbroken when the last day ended."""
    phi: Mapping[str, float]
    """By stratum; NaN where the shifts are too few."""
    rates: Mapping[str, Numbers]
    """By stratum, (24,): calls per hour of exposure by local hour; NaN where nobody worked."""
    limits: Mapping[str, float]
    """By stratum: h of the CUSUM; NaN where there is no phi: without history there is no ``drop`` either."""
    teams: Mapping[str, TeamDays]
    """By team."""

    def sums(self, agent: str, first: date, last: date) -> tuple[float, float, int]:
        """(N, L, shifts) of an agent's finished shifts in first..last."""
        row = self.agents.get(agent)
        if row is None:
            return 0.0, 0.0, 0
        within = np.array([first <= day <= last for day in self.days], np.bool_) & ~np.isnan(self.expected[row])
        n, due = (float(values[row, within].sum()) for values in (self.counted, self.expected))
        return n, due, int(within.sum())


def assemble(
    shifts: Sequence[Shift],
    before: date,
    site: Site,
    limit: Limit = default_limit,
    rest: Callable[[], object] = lambda: None,
) -> History:
    """Finished shifts, oldest first, that precede the business day ``before``. ``rest`` is called between the pieces of work."""
    found = Days(shifts, site, rest)
    counted, expected = found.counted, found.expected
    phi, limits = dict[str, float](), dict[str, float]()
    for stratum, name in enumerate(found.names):
        phi[name] = dispersion(*(whole_of(found.strata, stratum, each) for each in (counted, expected))).phi
        rest()
        limits[name] = float("nan") if np.isnan(phi[name]) else limit(found.hours(stratum))
        rest()
    return History(
        before=before,
        agents=found.index,
        days=tuple(shift.day.label for shift in shifts),
        counted=counted,
        expected=expected,
        carried_s=found.cut.carried_s if _ends_at(shifts, before) else np.zeros(len(counted), np.int64),
        phi=phi,
        rates={name: found.rates[stratum] for stratum, name in enumerate(found.names)},
        limits=limits,
        teams=team_days(found.teams, [team.id for team in site.teams], counted, expected, rest),
    )


def _ends_at(shifts: Sequence[Shift], before: date) -> bool:
    """Whether the last of them is the day before."""
    return bool(shifts) and (before - shifts[-1].day.label).days == 1
