"""The sightings of one moment: the agents the rules point at, and the agents whose quality is in control."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np

from dashboard.actions.flag_episodes import Rule, Sighting
from dashboard.actions.flag_store import ShiftCount
from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.people.evidence import EvidenceNow
from dashboard.people.history import History
from dashboard.people.quality_charts import Trended
from dashboard.people.strata import strata_of
from dashboard.rules.evidence import Verdict
from dashboard.rules.ewma import TrendState
from dashboard.rules.figures import Flags
from dashboard.site.load import Site

_OF_SHIFT = ("counted", "expected", "peer_ratio", "low", "high")
_OF_WINDOW = (
    "window_counted",
    "window_expected",
    "window_ratio",
    "window_low",
    "window_high",
    "shifts",
    "phi",
    "log_e",
)
_OF_TREND = ("z", "low", "high", "n", "mu")
_DECIMALS = 4


class Sightings(NamedTuple):
    """New pointers of the rules, and the agents whose quality is in control (see FlagRegister.open_episodes)."""

    sightings: tuple[Sighting, ...]
    in_control: frozenset[str]


def sightings(
    lines: Lines, shift: date, evidence: EvidenceNow | None, trend: Trended | None, on_target: Flags | None = None
) -> Sightings:
    """Evidence, trend and target of every line -> the sightings of this business day.

    ``on_target``: net >= target by now > 0. Agents on target get no new drop; the verdict of reviews allows for it already;
    quality is another matter than calls.
    """
    all_rules: list[Sighting] = []
    point = partial(_point, lines, shift)
    if evidence is not None:
        dropped = evidence.drop if on_target is None else evidence.drop & ~on_target[: len(evidence.drop)]
        all_rules += point("review", evidence.verdict == Verdict.REVIEW, evidence, (*_OF_SHIFT, *_OF_WINDOW))
        all_rules += point("drop", dropped, evidence, (*_OF_SHIFT, "phi"))
    if trend is None:
        return Sightings(tuple(all_rules), frozenset())
    all_rules += point("quality", trend.state == TrendState.DROP, trend, _OF_TREND)
    fine = np.flatnonzero((trend.state == TrendState.IN_CONTROL) | (trend.state == TrendState.RISE))
    return Sightings(tuple(all_rules), frozenset(lines.people[row].id for row in fine))


@dataclass(frozen=True)
class HistoryShifts:
    """The finished shifts of a History (flag_coaching.FinishedShifts). Two of the same history are equal."""

    history: History
    site: Site = field(compare=False)

    def __call__(self, agent: str) -> Mapping[date, ShiftCount]:
        """The finished shifts of an agent that have an expected count."""
        history = self.history
        row = history.agents.get(agent)
        phi = history.phi.get(self._strata.get(agent, ""), float("nan")) if agent in self._strata else float("nan")
        if row is None or np.isnan(phi):
            return {}
        numbers = zip(history.days, history.counted[row], history.expected[row], strict=True)
        return {day: ShiftCount(float(n), float(due), phi) for day, n, due in numbers if not np.isnan(due)}

    @cached_property
    def _strata(self) -> Mapping[str, str]:
        return strata_of(self.site, self.history.before)


def _point(
    lines: Lines, shift: date, rule: Rule, points: Flags, numbers: Any, names: tuple[str, ...]
) -> list[Sighting]:
    found = []
    for row in np.flatnonzero(points).tolist():
        team = None if lines.team[row] == NO_TEAM else lines.teams[lines.team[row]].id
        facts = {name: _value(getattr(numbers, name)[row]) for name in names}
        found.append(Sighting(lines.people[row].id, team, rule, shift, facts))
    return found


def _value(number: Any) -> Any:
    """A number of numpy -> JSON's; null where it is not finite."""
    if isinstance(number, np.integer | np.bool_):
        return number.item()
    return round(float(number), _DECIMALS) if np.isfinite(number) else None
