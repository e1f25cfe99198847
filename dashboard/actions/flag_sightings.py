"""The sightings of one moment: the agents the rules point at, and the agents whose quality is in control."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np

from dashboard.actions.flag_episodes import Rule, Sighting
from dashboard.actions.flag_store import ShiftCount
from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.people.history import History
from dashboard.people.quality_charts import Trended
from dashboard.people.strata import Assignment, assignments
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import Verdict
from dashboard.rules.ewma import TrendState
from dashboard.rules.figures import Codes, Flags, Whole
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


class Evidenced(Protocol):
    """Evidence of every line (people.evidence): one element per line, NaN where unknown."""

    @property
    def verdict(self) -> Codes: ...

    @property
    def drop(self) -> Flags: ...

    @property
    def shifts(self) -> Whole: ...

    @property
    def log_e(self) -> Numbers: ...


class Sightings(NamedTuple):
    """New pointers of the rules, and the agents whose quality is in control (see FlagRegister.open_episodes)."""

    sightings: tuple[Sighting, ...]
    in_control: frozenset[str]


def sightings(
    lines: Lines, shift: date, evidence: Evidenced | None, trend: Trended | None, on_target: Flags | None = None
) -> Sightings:
    """Evidence, trend and target of every line -> the sightings of this business day.

    ``on_target``: net >= target by now > 0. Agents on target get no new drop; the verdict of reviews allows for it already;
    quality is another matter than calls.
    """
    all_rules: list[Sighting] = []
    rows = _Rows(lines, shift)
    if evidence is not None:
        dropped = evidence.drop if on_target is None else evidence.drop & ~on_target[: len(evidence.drop)]
        all_rules += rows.point("review", evidence.verdict == Verdict.REVIEW, evidence, (*_OF_SHIFT, *_OF_WINDOW))
        all_rules += rows.point("drop", dropped, evidence, (*_OF_SHIFT, "phi"))
    if trend is None:
        return Sightings(tuple(all_rules), frozenset())
    all_rules += rows.point("quality", trend.state == TrendState.DROP, trend, _OF_TREND)
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
        row, post = history.agents.get(agent), self._posts.get(agent)
        phi = history.phi.get(post.stratum, float("nan")) if post else float("nan")
        if row is None or np.isnan(phi):
            return {}
        numbers = zip(history.days, history.counted[row], history.expected[row], strict=True)
        return {day: ShiftCount(float(n), float(due), phi) for day, n, due in numbers if not np.isnan(due)}

    @cached_property
    def _posts(self) -> Mapping[str, Assignment]:
        return assignments(self.site, self.history.before)


class _Rows(NamedTuple):
    lines: Lines
    shift: date

    def point(self, rule: Rule, points: Flags, numbers: Any, names: tuple[str, ...]) -> list[Sighting]:
        rows = np.flatnonzero(points)
        return [
            self._sighting(rule, int(row), {name: _value(getattr(numbers, name)[row]) for name in names})
            for row in rows
        ]

    def _sighting(self, rule: Rule, row: int, facts: Mapping[str, Any]) -> Sighting:
        team = int(self.lines.team[row])
        name = None if team == NO_TEAM else self.lines.teams[team].id
        return Sighting(self.lines.people[row].id, name, rule, self.shift, facts)


def _value(number: Any) -> Any:
    """A number of numpy -> JSON's; null where it is not finite."""
    if isinstance(number, np.integer | np.bool_):
        return number.item()
    return round(float(number), _DECIMALS) if np.isfinite(number) else None
