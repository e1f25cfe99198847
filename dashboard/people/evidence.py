"""The evidence of this instant: every line's running shift against its peers, the window of 20 shifts, the verdict and ``drop``.

It is a pure function of the day's counters and states, of history, restarts and open reviews at an instant, rounded down to five
seconds. Earlier calls only save work.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dashboard.floor.lines import LineName, Lines
from dashboard.people.history import HOURS, History
from dashboard.people.running_minutes import Rings
from dashboard.people.running_shift import PeerBasis, RunningShift, ShiftNow
from dashboard.people.shift_window import Sums, judged, past, spread, with_running
from dashboard.people.strata import Strata
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import log_evidence, peer_ratio
from dashboard.rules.figures import Codes, Flags, Whole
from dashboard.site.load import Site
from streams.site_time import Day, SiteTime

STEP_MS = 5_000


@dataclass(frozen=True, eq=False)
class EvidenceNow:
    """Arrays with one element per line; NaN = unknown: no running shift, no stratum or nothing to compare with.

    ``per_hour`` and ``expected_h`` have the lines as their last axis.
    """

    at_ms: int
    exposure_s: Whole
    """Of the running shift."""
    counted: Numbers
    """N of the running shift."""
    expected: Numbers
    """L of the running shift."""
    peer_ratio: Numbers
    """Of the running shift, by empirical Bayes, with the ends of its 90 % interval."""
    low: Numbers
    high: Numbers
    too_early: Flags
    window_counted: Numbers
    """N, L and the number of shifts of the window: the running shift and the 19 before it."""
    window_expected: Numbers
    shifts: Whole
    window_ratio: Numbers
    window_low: Numbers
    window_high: Numbers
    phi: Numbers
    log_e: Numbers
    """ln E of the window."""
    verdict: Codes
    """Of ``rules.evidence.Verdict``, as it is shown."""
    drop: Flags
    """The CUSUM signalled in this shift; never without L, phi and a limit from history."""
    per_hour: Numbers
    """(hour blocks of the day up to the running one x lines): the rates of the peers of which L of the shift is made."""
    carried_s: Whole
    """How long the state had lasted that ran when the day began."""
    expected_h: Numbers
    """L of each hour block, as ``per_hour`` has them."""


class Evidence:
    """The evidence of one business day and its lines. It reads and writes nothing: all input comes with ``evidence_at``."""

    def __init__(self, site: Site, time: SiteTime, lines: Lines, day: Day) -> None:
        self._lines, self._day = lines, day
        self._strata = Strata(site, lines.spells)
        self._running = RunningShift(time, day)
        self._align(None, {})
        self._review_open: frozenset[str] = frozenset()
        self._now: EvidenceNow | None = None

    def evidence_at(
        self,
        now_ms: int,
        rings: Rings,
        state: Whole,
        since_ms: Whole,
        history: History | None,
        restarts: Mapping[str, date],
        review_open: Collection[str],
        net: Numbers,
        target_by_now: Numbers,
    ) -> EvidenceNow:
        """At ``now``: the rings with the rows of their lines, and per line state, since when, net and target by now of the day.

        Found again every five seconds and at once when history, restarts, open reviews or the lines changed; between, the same
        object is returned. A history that does not precede this very day is none.
        """
        at_ms, is_open = now_ms // STEP_MS * STEP_MS, frozenset(review_open)
        history = history if history is not None and history.before == self._day.label else None
        holds = self._past.holds(history, restarts, len(self._lines))
        if self._now is None or not holds or (at_ms, is_open) != (self._now.at_ms, self._review_open):
            if not holds:
                self._align(history, restarts)
            self._review_open = is_open
            shift = self._running.shift_at(at_ms // 1000, rings, state, since_ms, self._basis)
            self._now = self._judge(at_ms, shift, net, target_by_now)
        return self._now

    def _align(self, history: History | None, restarts: Mapping[str, date]) -> None:
        """Aligns the days before with the lines of today."""
        self._past = AlignedShifts(self._lines.people, history, restarts)
        lines, strata = len(self._lines), self._strata
        self._codes = strata.codes_of(lines)
        self._phi = strata.values(history.phi if history else {}, lines)
        limits = strata.values(history.limits if history else {}, lines)
        self._basis = PeerBasis(
            strata.rows(history.rates if history else {}, HOURS),
            self._codes,
            np.where(np.isnan(limits), np.inf, limits),
            self._past.carried_s,
        )

    def _judge(self, at_ms: int, shift: ShiftNow, net: Numbers, target_by_now: Numbers) -> EvidenceNow:
        phi, here = self._phi, ~np.isnan(shift.expected)
        restarted = self._past.restart >= self._day.label.toordinal()
        sums = with_running(self._past.sums, shift.counted, shift.expected, restarted)
        k = spread(sums, phi, self._codes, len(self._strata.names))
        log_e = log_evidence(sums.counted, sums.expected, phi)
        is_open = np.zeros(len(self._lines), np.bool_)
        is_open[[row for agent in self._review_open if (row := self._lines.find_row(agent)) is not None]] = True
        ratio = peer_ratio(shift.counted, shift.expected, phi, k)
        window = peer_ratio(sums.counted, np.where(sums.shifts > 0, sums.expected, np.nan), phi, k)
        return EvidenceNow(
            at_ms=at_ms,
            exposure_s=shift.exposure_s,
            counted=np.where(here, shift.counted, np.nan),
            expected=shift.expected,
            peer_ratio=ratio.peer_ratio,
            low=ratio.low,
            high=ratio.high,
            too_early=ratio.too_early,
            window_counted=sums.counted,
            window_expected=sums.expected,
            shifts=sums.shifts,
            window_ratio=window.peer_ratio,
            window_low=window.low,
            window_high=window.high,
            phi=phi,
            log_e=log_e,
            verdict=judged(sums, phi, log_e, here, is_open, net, target_by_now),
            drop=shift.drop & here & ~np.isnan(phi),
            per_hour=shift.per_hour,
            carried_s=self._past.carried_s,
            expected_h=shift.expected_h,
        )


class AlignedShifts:
    """The finished shifts of history on the rows of the running floor.

    Attributes, one element per line: ``sums`` of the shifts before the running one; ``carried_s`` how long a state had lasted
    when the day began; ``restart`` ordinal of the day of the acknowledged review, 0 = none.
    """

    def __init__(self, people: Sequence[LineName], history: History | None, restarts: Mapping[str, date]) -> None:
        self.history, self.restarts, self.lines = history, dict(restarts), len(people)
        at = history.agents if history is not None else {}
        self._rows = np.array([at.get(person.id, -1) for person in people], np.int64)
        found = [restarts.get(person.id) for person in people] if restarts else []
        self.restart = np.zeros(self.lines, np.int64)
        self.restart[: len(found)] = [day.toordinal() if day else 0 for day in found]
        self.sums = self._sums()
        carried_s = history.carried_s if history is not None else np.zeros(0, np.int64)
        self.carried_s = np.append(carried_s, 0)[self._rows]

    def holds(self, history: History | None, restarts: Mapping[str, date], lines: int) -> bool:
        """Whether nothing changed since."""
        return history is self.history and lines == self.lines and restarts == self.restarts

    def _sums(self) -> Sums:
        if self.history is None or not self.history.days:
            return Sums(np.zeros(self.lines), np.zeros(self.lines), np.zeros(self.lines, np.int64))
        days = np.array([day.toordinal() for day in self.history.days], np.int64)
        nobody = np.full((1, len(days)), np.nan)
        numbers = (self.history.counted, self.history.expected)
        counted, expected = (np.concatenate([values, nobody])[self._rows] for values in numbers)
        return past(counted, expected, days, self.restart)
