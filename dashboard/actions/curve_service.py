"""The curves of one agent as they are told: his own minutes, what the publisher says of his peers, what the plan asks of him."""

from typing import Any

import msgspec
import numpy as np

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.floor.lines import Lines
from dashboard.floor.planner import Planner
from dashboard.floor.single_agent import SiteByAgent
from dashboard.people.pace_curve import AgentDay, PaceCurve, PeerRates, pace_curve, read_agent_day, score_curve
from dashboard.rules.deduction import Numbers, lowered, outcome, weigh
from dashboard.rules.figures import Whole
from dashboard.site.load import Site
from streams.metrics import INDEX, Rows
from streams.site_time import Day, SiteTime

_DECIMALS = 2


class PublishedCurve(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was published of one agent (dashboard.board.evidence_bytes)."""

    rates: list[float | None] = []
    phi: float | None = None
    carried_s: int = 0
    mu: float | None = None
    sigma: float | None = None
    scores: list[float] = []


class PublishedTeam(msgspec.Struct, frozen=True):
    """The snapshot of a team's topic, as far as it is needed."""

    agents: dict[str, PublishedCurve]


NOTHING = PublishedCurve()


def published_curve(raw: bytes | None, agent: str) -> PublishedCurve:
    """A snapshot, None where there is none now -> what it says of the agent."""
    return NOTHING if raw is None else msgspec.json.decode(raw, type=PublishedTeam).agents.get(agent, NOTHING)


class CurveService:
    """The curves over one desk. They read, and they write nothing. The lists of a site are grouped by agent once."""

    def __init__(self, desk: AppealService) -> None:
        self.desk = desk
        self._grouped: tuple[Site, SiteByAgent] | None = None

    def team_of(self, agent: str) -> str | None:
        """The team in which an agent is today; None: in none. Raises Refused, under a works council of anybody."""
        site = self.desk.site()
        if site.works_council:
            raise Refused(404, "works_council", "this site holds nobody against peers")
        if agent.startswith("~") or not self.desk.knows(agent):
            raise Refused(404, "no_agent", f"there is no agent {agent!r}")
        today = site.time.day(self.desk.now()).label
        spell = site.spell(agent, today, today)
        return spell.team if spell else None

    def told(self, agent: str, known: PublishedCurve) -> dict[str, Any]:
        """The curves in JSON: instants in ms, sums of the running shift at each, the scores with their limits.

        What cannot be said is null. Raises what Redis raises.
        """
        site, now_s = self.desk.site(), self.desk.now() // 1000
        time = site.time
        day = time.day(now_s * 1000)
        own = read_agent_day(self.desk.lines(), agent, day)
        rates = np.array([np.nan if rate is None else rate for rate in known.rates], np.float64)
        peers = PeerRates(rates, np.nan if known.phi is None else known.phi, known.carried_s)
        curve = pace_curve(day, now_s, own, peers)
        asked = _asked(self._floor(site).pick_agent(agent), time, agent, day, own, curve.at_s)
        return {"agent": agent, "at": now_s * 1000, **_pace(curve), **asked, "quality": _quality(known)}

    def _floor(self, site: Site) -> SiteByAgent:
        if self._grouped is None or self._grouped[0] is not site:
            self._grouped = site, SiteByAgent(site)
        return self._grouped[1]


def _pace(curve: PaceCurve) -> dict[str, Any]:
    shown = {name: _rounded(getattr(curve, name)) for name in ("expected", "low", "high")}
    times = (curve.at_s * 1000).tolist()
    return {"times": times, "counted": curve.counted.tolist(), **shown, "exposure_s": curve.exposure_s}


def _asked(only: Site, time: SiteTime, agent: str, day: Day, own: AgentDay, at_s: Whole) -> dict[str, Any]:
    """``net`` now, and ``due``: what the plan asks by each instant; null where it asks nothing of the agent today.

    ``only``: the site as if it had this agent alone.
    """
    lines = Lines(only, day.label)
    plan, row = Planner(only, time).plan(lines, day), lines.find_row(agent)
    volume = int(plan.judging.volume[row]) if row is not None else INDEX["handled"]
    deducted = _deducted(only, day, own.minutes, volume, at_s)
    net = float(deducted[0][-1]) if len(at_s) else 0.0
    if row is None or not plan.assessed[row] or not plan.today[row] > 0:
        return {"net": net, "due": None}
    return {"net": net, "due": _rounded(lowered(plan.due_at(at_s.tolist()), deducted[1]))}


def _deducted(site: Site, day: Day, minutes: Rows, volume: int, at_s: Whole) -> tuple[Numbers, Numbers]:
    """Net, and what forced work takes from the target, at each instant; the last has all of the day."""
    sums = np.concatenate([np.zeros((1, minutes.shape[1]), np.int64), np.cumsum(minutes, axis=0)])
    at = -((day.start_ms // 1000 - at_s) // 60)
    rows = sums[np.append(at[:-1], len(minutes))] if len(at) else sums[:0]
    policy = site.policy(day.label).deduction
    pending, confirmed = (
        weigh(policy, rows[:, INDEX[f"complaints_{state}"]], rows[:, INDEX[f"repeat_enquiries_{state}"]])
        for state in ("pending", "confirmed")
    )
    shown = outcome(policy, rows[:, volume], pending, confirmed).current
    return shown.net, shown.off_target


def _quality(known: PublishedCurve) -> dict[str, Any] | None:
    if known.mu is None or known.sigma is None or not known.scores:
        return None
    curve = score_curve(np.array(known.scores, np.float64), known.mu, known.sigma)
    shown = {name: _rounded(getattr(curve, name)) for name in ("points", "trend", "low", "high")}
    return {**shown, "centre": round(curve.centre, _DECIMALS)}


def _rounded(values: Numbers) -> list[float] | None:
    """None where nothing is known."""
    return None if len(values) and np.isnan(values[-1]) else np.round(values, _DECIMALS).tolist()
