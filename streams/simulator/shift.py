"""The day of one agent: sign-in and sign-out, pauses, remarks and form; and how busy the hours are."""

from dataclasses import replace
from math import exp
from random import Random
from typing import NamedTuple

from streams.simulator.floor import Agent
from streams.site_time import HOUR_MS, MINUTE_MS

LENGTH_H = 9.0
CLOSING_H = 10.0
OPENING_MS = 15 * MINUTE_MS
"""Nobody signs in earlier than this before a shift."""
HORIZON_MS = 12 * HOUR_MS
"""No event of a shift is sent later than this after its start."""
NEVER_MS = 2**62

HOURS = {"day": (0.0, 9.0), "long": (0.0, 10.0), "mid": (3.0, 10.0), "late": (5.0, 10.0), "early": (0.0, 5.0)}
"""Kind of shift -> its hours since the floor opened."""
LUNCHES_H = (2.3, 2.7, 3.1, 3.5, 3.9)
"""When the waves of lunch begin, in hours since the floor opened."""
LUNCH = "lunch"
_DAY_SPREAD = 0.07
"""Standard deviation of the logarithm of a day's pace around the usual one."""
_SLUMP = 0.3
"""The share of the pace that is left to an agent who drops in mid-shift."""


class Pause(NamedTuple):
    """Time away from calls, begun at the first moment at or after ``at_ms`` that no call is on."""

    at_ms: int
    state: str
    length_ms: int
    reason: str


class Remark(NamedTuple):
    """A record of an agent's conduct."""

    at_ms: int
    kind: str
    points: float
    reason: str


class Duty(NamedTuple):
    """An agent's plan of one day. ``sign_in_ms`` None: not at work."""

    sign_in_ms: int | None
    sign_out_ms: int = 0
    pauses: tuple[Pause, ...] = ()
    remarks: tuple[Remark, ...] = ()


def rush(hour: float) -> float:
    """How many customers want something, by hour of the shift: two humps and a dip at lunch; about 1 at the humps."""
    if not 0 <= hour < CLOSING_H:
        return 0.0
    humps = 0.42 + 0.56 * exp(-(((hour - 1.7) / 1.15) ** 2)) + 0.56 * exp(-(((hour - 6.0) / 1.5) ** 2))
    return humps if hour < LENGTH_H else humps * 0.3


def plan_day(agent: Agent, start_ms: int, rng: Random) -> Duty:
    """The day of an agent whose floor opens at ``start_ms``."""
    if agent.shift == "leave" or (rng.random() < 0.035 and not agent.is_steady):
        return Duty(None)
    if agent.shift == "absent" or (rng.random() < 0.015 and not agent.is_steady):
        return Duty(None, remarks=(Remark(start_ms + 65 * MINUTE_MS, "absent", -10, "no_notice"),))
    begin, end = (start_ms + int(hours * HOUR_MS) for hours in HOURS[agent.shift])
    late_ms = int(rng.uniform(6, 45) * MINUTE_MS) if rng.random() < 0.04 else 0
    sign_in = begin + late_ms if late_ms else begin - int(rng.triangular(-0.5, 9, 2) * MINUTE_MS)
    pauses = sorted(_pauses(agent, start_ms, begin, end, rng), key=lambda pause: pause.at_ms)
    taken = tuple(pause for pause in pauses if pause.at_ms > sign_in)
    return Duty(sign_in, end + rng.randrange(90_000), taken, tuple(_remarks(begin, end, late_ms, taken, rng)))


def _pauses(agent: Agent, start_ms: int, begin: int, end: int, rng: Random) -> list[Pause]:
    """Briefing, lunch in three waves, a rest in each half, and for some training or the team's meeting."""
    length_h = (end - begin) / HOUR_MS
    pauses = [_rest(agent, begin, hour, rng) for hour in _rest_hours(length_h, rng)]
    if length_h > 5 and begin == start_ms:
        wave = rng.choice(LUNCHES_H)
        pauses.append(_pause(begin, wave + rng.uniform(0, 0.1), "break", rng.gauss(44, 4), LUNCH))
        pauses.append(_pause(begin, 0.05, "meeting", rng.gauss(9, 0.5), "briefing"))
    if agent.team.startswith("lake") and begin == start_ms:
        pauses.append(_pause(begin, 4.4, "meeting", rng.gauss(22, 1), "team_meeting"))
    if rng.random() < 0.06:
        pauses.append(_pause(begin, rng.uniform(1, length_h - 1), "training", rng.choice((30, 45, 60)), "product"))
    return pauses


def _rest_hours(length_h: float, rng: Random) -> list[float]:
    hours = [rng.uniform(0.9, 2.1)]
    if length_h > 5:
        hours += [rng.uniform(4.9, min(6.3, length_h - 0.5)), rng.uniform(6.6, max(6.7, length_h - 0.6))]
    return [hour for hour in hours if hour < length_h - 0.4]


def _rest(agent: Agent, begin: int, hour: float, rng: Random) -> Pause:
    minutes = rng.uniform(13, 24) if rng.random() < agent.overstays else rng.triangular(6, 14, 10)
    return _pause(begin, hour, "break", minutes, "rest")


def _pause(begin: int, hour: float, state: str, minutes: float, reason: str) -> Pause:
    return Pause(begin + int(hour * HOUR_MS), state, int(max(2.0, minutes) * MINUTE_MS), reason)


def _remarks(begin: int, end: int, late_ms: int, pauses: tuple[Pause, ...], rng: Random) -> list[Remark]:
    remarks = []
    if late_ms:
        points = -2 if late_ms < 15 * MINUTE_MS else -5
        remarks.append(Remark(begin + late_ms + 5 * MINUTE_MS, "late", points, "sign_in"))
    for pause in pauses:
        if pause.reason == "rest" and pause.length_ms > 20 * MINUTE_MS:
            remarks.append(Remark(pause.at_ms + pause.length_ms + 9 * MINUTE_MS, "breach", -3, "break_overrun"))
    if rng.random() < 0.03:
        remarks.append(Remark(rng.randrange(begin, end), "commendation", rng.choice((2, 5)), "customer_praise"))
    if rng.random() < 0.01:
        remarks.append(Remark(rng.randrange(begin, end), "other", -1.5, "desk_check"))
    return remarks


class Form(NamedTuple):
    """``agent`` until ``turns_ms``, ``later`` from then on: the same person at another pace."""

    agent: Agent
    turns_ms: int
    later: Agent

    def at(self, at_ms: int) -> Agent:
        """The agent in the form of an instant."""
        return self.later if at_ms >= self.turns_ms else self.agent


def form_of_day(agent: Agent, start_ms: int, days_since_first: int, rng: Random) -> Form:
    """An agent's form in the shift that starts at ``start_ms``, so many days after the first one (before it: < 0)."""
    quality = agent.quality - (agent.falls_by if days_since_first >= 0 else 0.0)
    pace = agent.pace * rng.lognormvariate(0.0, _DAY_SPREAD)
    today = replace(agent, pace=pace, quality=quality)
    if agent.slump_h is None or days_since_first:
        return Form(today, NEVER_MS, today)
    return Form(today, start_ms + int(agent.slump_h * HOUR_MS), replace(today, pace=pace * _SLUMP))
