"""A floor of 500 agents over weeks, made up hour by hour, and what the product's own evidence says of it.

The world of docs/method.md 13: strata of 25 agents, shifts of eight hours with two humps, calls that vary by the
agent's hour (CV 20 %), by their day (CV 8 %) and by the floor's day; on one day in four the queue is dry for three hours (25 %
fewer calls for all), and a fifth of all agents are offline for one to two and a half hours; everybody has a break. 20 shifts
come before the window: phi and the rates of history are from them.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from dashboard.people import shift_window as window
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import Ratio, Verdict, log_evidence, peer_ratio
from dashboard.rules.figures import Codes, Flags, Whole
from dashboard.rules.peers import WINDOW, dispersion, expected

AGENTS, PEERS, HOURS, HOUR_S = 500, 25, 8, 3600
STRATA = AGENTS // PEERS
PROFILE = np.array([0.8, 1.2, 1.2, 0.9, 0.8, 1.0, 1.2, 0.9])
"""Calls of each hour as shares of their mean."""
CODES = np.repeat(np.arange(STRATA), PEERS)
_HOUR_CV, _DAY_CV, _FLOOR_CV = 0.20, 0.08, 0.10
_DRY_DAYS, _DRY_HOURS, _DRY = 0.25, 3, 0.75
_OFFLINE, _OFFLINE_MIN = 0.2, (60, 150)
_BREAK_MIN = (30, 70)
_PLANNED = 1 - sum(_BREAK_MIN) / 2 / (HOURS * 60)
"""The share of a shift that is left beside the break."""


@dataclass(frozen=True)
class World:
    """``pace`` (agents,): 1 = as the peers; ``looks``: how often in an hour the floor is looked at."""

    per_hour: float
    pace: Numbers
    looks: int = 1


@dataclass(frozen=True)
class Worked:
    """(agents x hours x looks): calls and seconds of exposure of one shift, by stretch between two looks."""

    calls: Whole
    exposure_s: Whole


def work(world: World, rng: Generator) -> Worked:
    """One shift of everybody."""
    exposure_s = _exposure(world.looks, rng)
    floor = rng.gamma(_FLOOR_CV**-2, _FLOOR_CV**2) * np.ones(HOURS)
    if rng.random() < _DRY_DAYS:
        first = rng.integers(0, HOURS - _DRY_HOURS + 1)
        floor[first : first + _DRY_HOURS] *= _DRY
    noise = rng.gamma(_HOUR_CV**-2, _HOUR_CV**2, (AGENTS, HOURS)) * rng.gamma(_DAY_CV**-2, _DAY_CV**2, (AGENTS, 1))
    rate = world.per_hour * PROFILE * floor * noise * world.pace[:, None]
    return Worked(rng.poisson(rate[:, :, None] * exposure_s / HOUR_S), exposure_s)


def _exposure(looks: int, rng: Generator) -> Whole:
    """Without a break of everybody, and for some a while offline: so most have hours of which they worked a part."""
    offline = rng.random(AGENTS) < _OFFLINE
    away = _away(np.ones(AGENTS, np.bool_), _BREAK_MIN, rng) | _away(offline, _OFFLINE_MIN, rng)
    minutes = (~away).astype(np.int64)
    return 60 * minutes.reshape(AGENTS, HOURS, looks, -1).sum(axis=3)


def _away(who: Flags, lengths: tuple[int, int], rng: Generator) -> Flags:
    """(agents x minutes): one stretch of such a length anywhere in the shift."""
    length = rng.integers(*lengths, AGENTS)
    first = rng.integers(0, HOURS * 60 - length)
    at = np.arange(HOURS * 60)
    away: Flags = who[:, None] & (at >= first[:, None]) & (at < (first + length)[:, None])
    return away


@dataclass
class Seen:
    """What was said of each agent in one window; day and share of the day, NaN = never."""

    phi: float = np.nan
    """The mean of the strata, as the window begins."""
    review_day: Numbers = field(default_factory=lambda: np.full(AGENTS, np.nan))
    watched: Flags = field(default_factory=lambda: np.zeros(AGENTS, np.bool_))
    naive_day: Flags = field(default_factory=lambda: np.zeros(AGENTS, np.bool_))
    """Some shift ended below 80 % of the fixed target."""
    naive_look: Flags = field(default_factory=lambda: np.zeros(AGENTS, np.bool_))
    """In the first shift, after its first hour, some look saw less than 80 % of the target by then."""
    first_shift: dict[int, tuple[Ratio, Numbers, Numbers]] = field(default_factory=dict)
    """Hours into the first shift -> the peer ratio of the shift, N and L."""


class Floor:
    """Lives through 20 shifts without a verdict, then through a window of 20 with one at every look."""

    def __init__(self, world: World, seed: int) -> None:
        self._world, self._rng = world, np.random.default_rng(seed)
        self._hours = np.zeros((2, STRATA, HOURS))
        self._counted, self._expected = np.zeros((2, AGENTS, 0))
        for _ in range(WINDOW):
            self._finish(work(World(world.per_hour, world.pace), self._rng))

    def month(self) -> Seen:
        """The window: 20 shifts."""
        seen = Seen(float(self._phi().mean()))
        for day in range(WINDOW):
            worked = work(self._world, self._rng)
            self._shift(day, worked, seen)
            _naive(worked, self._world.per_hour, seen, is_first=day == 0)
            self._finish(worked)
        return seen

    def _shift(self, day: int, worked: Worked, seen: Seen) -> None:
        phi = self._phi()
        before = self._window(since=WINDOW)
        done, looks = np.zeros(AGENTS), self._world.looks
        for look in range(HOURS * looks):
            hour, at = divmod(look, looks)
            due = done + self._due(worked, hour, at + 1)
            counted = worked.calls.reshape(AGENTS, -1)[:, : look + 1].sum(axis=1).astype(np.float64)
            sums = window.with_running(before, counted, due, np.zeros(AGENTS, np.bool_))
            self._judge(sums, phi, day + (look + 1) / (HOURS * looks), seen)
            if at + 1 == looks:
                done = due
                if day == 0:
                    seen.first_shift[hour + 1] = self._ratio(counted, due, phi), counted, due

    def _judge(self, sums: window.Sums, phi: Numbers, day: float, seen: Seen) -> None:
        nothing, is_open = np.zeros(AGENTS), ~np.isnan(seen.review_day)
        log_e = log_evidence(sums.counted, sums.expected, phi)
        said: Codes = window.judged(sums, phi, log_e, np.ones(AGENTS, np.bool_), is_open, nothing, nothing)
        seen.review_day[(said == Verdict.REVIEW) & ~is_open] = day
        seen.watched |= said == Verdict.WATCH

    def _due(self, worked: Worked, hour: int, looks: int) -> Numbers:
        """(agents,): L of one hour so far."""
        calls, exposure_s = (each[:, hour, :looks].sum(axis=1) for each in (worked.calls, worked.exposure_s))
        return self._held(calls[:, None], exposure_s[:, None], slice(hour, hour + 1))

    def _held(self, calls: Whole, exposure_s: Whole, hours: slice) -> Numbers:
        history = self._hours[0] / np.maximum(self._hours[1], 1e-9) if self._hours[1].any() else self._hours[0] * np.nan
        strata = np.split(np.arange(AGENTS), STRATA)
        held = [expected(calls[own], exposure_s[own], history[s, hours]).count for s, own in enumerate(strata)]
        return np.concatenate(held)

    def _finish(self, worked: Worked) -> None:
        calls, exposure_s = worked.calls.sum(axis=2), worked.exposure_s.sum(axis=2)
        due = self._held(calls, exposure_s, slice(None))
        self._counted = np.column_stack([self._counted, calls.sum(axis=1)])
        self._expected = np.column_stack([self._expected, due])
        self._hours += [each.reshape(STRATA, PEERS, HOURS).sum(axis=1) for each in (calls, exposure_s / HOUR_S)]

    def _phi(self) -> Numbers:
        """Of each agent's stratum, from the finished shifts."""
        both = [each.reshape(STRATA, PEERS, -1) for each in (self._counted, self._expected)]
        return np.repeat([dispersion(n, due).phi for n, due in zip(*both, strict=True)], PEERS)

    def _window(self, since: int) -> window.Sums:
        """The finished shifts after the first ``since``."""
        days = np.arange(1, self._counted.shape[1] + 1)
        return window.past(self._counted, self._expected, days, np.full(AGENTS, since))

    def _ratio(self, counted: Numbers, due: Numbers, phi: Numbers) -> Ratio:
        k = window.spread(self._window(since=0), phi, CODES, STRATA)
        return peer_ratio(counted, due, phi, k)


def _naive(worked: Worked, per_hour: float, seen: Seen, *, is_first: bool) -> None:
    """Below 80 % of a fixed target by the clock, the break taken off: as a shift ends; in the first, an hour after it began."""
    looks = worked.calls.shape[2]
    counted = np.cumsum(worked.calls.reshape(AGENTS, -1), axis=1)
    target = np.cumsum(np.repeat(per_hour * PROFILE * _PLANNED / looks, looks))
    below = counted < 0.8 * target
    seen.naive_day |= below[:, -1]
    if is_first:
        seen.naive_look |= below[:, looks - 1 :].any(axis=1)
