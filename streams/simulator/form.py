"""How an agent is on one day: his usual pace, a better or worse day, and what befalls a few in the first shift."""

from dataclasses import replace
from random import Random
from typing import NamedTuple

from streams.simulator.floor import Agent
from streams.simulator.shift import HOUR_MS

_DAY_SPREAD = 0.07
"""Of a day's pace around the usual one, as a share of it (standard deviation of its logarithm)."""
_SLUMP = 0.3
"""What is left of the pace of somebody who drops in mid-shift."""
_NEVER_MS = 2**62


class Form(NamedTuple):
    """``agent`` until ``turns_ms``, ``later`` from then on: the same person at another pace."""

    agent: Agent
    turns_ms: int
    later: Agent

    def at(self, at_ms: int) -> Agent:
        """As he is at an instant."""
        return self.later if at_ms >= self.turns_ms else self.agent


def of_day(agent: Agent, start_ms: int, days_since_first: int, rng: Random) -> Form:
    """An agent's form in the shift that starts at ``start_ms``, so many days after the first one (before it: < 0)."""
    quality = agent.quality - (agent.falls_by if days_since_first >= 0 else 0.0)
    pace = agent.pace * rng.lognormvariate(0.0, _DAY_SPREAD)
    today = replace(agent, pace=pace, quality=quality)
    if agent.slump_h is None or days_since_first:
        return Form(today, _NEVER_MS, today)
    return Form(today, start_ms + int(agent.slump_h * HOUR_MS), replace(today, pace=pace * _SLUMP))
