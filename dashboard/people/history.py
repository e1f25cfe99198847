"""The finished shifts of the last weeks: calls and expected calls of every agent and shift, phi, rates, limits.

A history is immutable and a pure function of the hour cells and the roster. A past day is compared with the peers of
that day, like the running one; the rates of history are those of all days together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from dashboard.people.drops import Limit, PastHours, default_limit
from dashboard.people.forgotten_states import ForgottenStates
from dashboard.people.shifts import HOUR_S, Shift
from dashboard.people.strata import strata_table
from dashboard.people.team_bands import TeamDays, team_days
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole, ratio
from dashboard.rules.peers import dispersion, expected
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


def assemble(
    shifts: Sequence[Shift],
    before: date,
    site: Site,
    limit: Limit = default_limit,
    rest: Callable[[], object] = lambda: None,
) -> History:
    """Finished shifts, oldest first, that precede the business day ``before``. ``rest`` is called between the pieces of work."""
    found = PastShifts(shifts, site, rest)
    counted, expected = found.counted, found.expected
    phi, limits = dict[str, float](), dict[str, float]()
    for stratum, name in enumerate(found.names):
        own = found.strata == stratum
        phi[name] = dispersion(*(np.where(own, np.nan_to_num(each), 0.0) for each in (counted, expected))).phi
        rest()
        limits[name] = float("nan") if np.isnan(phi[name]) else limit(found.hours(stratum))
        rest()
    ends_before = bool(shifts) and (before - shifts[-1].day.label).days == 1
    return History(
        before=before,
        agents=found.index,
        days=tuple(shift.day.label for shift in shifts),
        counted=counted,
        expected=expected,
        carried_s=found.cut.carried_s if ends_before else np.zeros(len(counted), np.int64),
        phi=phi,
        rates={name: found.rates[stratum] for stratum, name in enumerate(found.names)},
        limits=limits,
        teams=team_days(found.teams, [team.id for team in site.teams], counted, expected, rest),
    )


HOURS = 24


class PastShifts:
    """Finished shifts side by side, oldest first. Rows are all agents by id, columns the days.

    Attributes: ``index`` agent -> row; ``names`` of the strata by code; ``strata`` and ``teams`` (agents x days), codes and
    indices into the site's teams, -1 = none; ``rates`` (strata x 24), calls per hour of exposure by local hour, NaN where
    nobody worked; ``counted``, ``expected`` (agents x days), NaN where there is no shift that says anything.
    """

    def __init__(self, shifts: Sequence[Shift], site: Site, rest: Callable[[], object]) -> None:
        self._shifts, self._rest = shifts, rest
        agents = sorted({agent for shift in shifts for agent in shift.agents})
        self.index = {agent: row for row, agent in enumerate(agents)}
        rest()
        self._rows = [np.array([self.index[agent] for agent in shift.agents], np.intp) for shift in shifts]
        self.names, self.strata, self.teams = strata_table(
            site, self.index, [shift.day.label for shift in shifts], rest
        )
        self.cut = ForgottenStates(shifts, self._rows, len(agents), rest)
        self.rates = self._rates()
        self.counted, self.expected = np.full((2, len(agents), len(shifts)), np.nan)
        self._width = max((len(shift.blocks) for shift in shifts), default=0)
        nobody = np.zeros((3, 0, self._width)), np.zeros(0, np.int64)
        self._hours: list[list[tuple[Numbers, Whole]]] = [[nobody] for _ in self.names]
        for at in range(len(shifts)):
            self._hold_against_peers(at)

    def hours(self, stratum: int) -> PastHours:
        """The shifts of one stratum by hour block, each with the row of its agent."""
        hours, whose = zip(*self._hours[stratum], strict=True)
        calls, due, seconds = np.concatenate(hours, axis=1)
        return PastHours(calls, due, seconds, np.concatenate(whose))

    def _rates(self) -> Numbers:
        calls, seconds = np.zeros((2, len(self.names), HOURS), np.int64)
        for at, shift in enumerate(self._shifts):
            exposure = self.cut.exposure_s[at]
            for stratum, own in self._by_stratum(at):
                there = exposure[own] > 0
                np.add.at(calls[stratum], shift.hours, np.where(there, shift.counted[own], 0).sum(axis=0))
                np.add.at(seconds[stratum], shift.hours, exposure[own].sum(axis=0))
            self._rest()
        return ratio(calls, seconds / HOUR_S)

    def _by_stratum(self, at: int) -> list[tuple[int, NDArray[np.intp]]]:
        """The strata of a day with the rows of the shift that are in it."""
        codes = self.strata[self._rows[at], at]
        return [(stratum, np.nonzero(codes == stratum)[0]) for stratum in range(len(self.names)) if stratum in codes]

    def _hold_against_peers(self, at: int) -> None:
        shift, exposure = self._shifts[at], self.cut.exposure_s[at]
        for stratum, own in self._by_stratum(at):
            calls, seconds = shift.counted[own].astype(np.int64), exposure[own]
            found = expected(calls, seconds, self.rates[stratum][shift.hours])
            rows = self._rows[at][own]
            known = (seconds.sum(axis=1) > 0) & ~self.cut.void[rows, at] & ~np.isnan(found.count)
            self.counted[rows[known], at] = calls[known].sum(axis=1)
            self.expected[rows[known], at] = found.count[known]
            due = found.per_hour[known] * seconds[known] / HOUR_S
            hours = np.zeros((3, len(due), self._width))
            hours[:, :, : due.shape[1]] = calls[known], np.nan_to_num(due), seconds[known]
            self._hours[stratum].append((hours, rows[known]))
        self._rest()
