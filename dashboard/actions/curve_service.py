"""The curves of one agent: their minutes, the peers' expectation, what the plan asks, and the chart of the scores."""

import msgspec
import numpy as np

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.floor.lines import Lines
from dashboard.floor.planner import Planner
from dashboard.floor.single_agent import SiteByAgent
from dashboard.people.pace_curve import AgentDay, PeerRates, pace_curve, read_agent_day
from dashboard.rules.deduction import Numbers, case_metrics, lowered, outcome, weigh
from dashboard.rules.ewma import trend
from dashboard.rules.figures import Whole
from dashboard.site.load import Site
from streams.metrics import INDEX, Rows
from streams.site_time import Day

_DECIMALS = 2


class PublishedCurve(msgspec.Struct, frozen=True, omit_defaults=True):
    """The curve of one agent as it was published (board.evidence_bytes)."""

    rates: list[float | None] = []
    phi: float | None = None
    carried_s: int = 0
    mu: float | None = None
    sigma: float | None = None
    scores: list[float] = []


class PublishedTeam(msgspec.Struct, frozen=True):
    """The snapshot of a team's topic, as far as it is needed here."""

    agents: dict[str, PublishedCurve]


NOTHING = PublishedCurve()


class ScoreChart(msgspec.Struct, frozen=True):
    """The scores with their trend and limits, in points."""

    points: list[float] | None
    trend: list[float] | None
    low: list[float] | None
    high: list[float] | None
    centre: float


class CurveView(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of GET /curve: ``at`` and ``times`` in ms, sums of the running shift at each time; null where unknown.

    ``net`` now; ``due``: the calls owed at each time, null where the plan asks nothing of the agent today.
    """

    agent: str
    at: int
    times: list[int]
    counted: list[float]
    expected: list[float] | None
    low: list[float] | None
    high: list[float] | None
    exposure_s: int
    net: float
    due: list[float] | None
    quality: ScoreChart | None


def published_curve(raw: bytes | None, agent: str) -> PublishedCurve:
    """A snapshot (None: there is none now) -> the published curve of the agent."""
    return NOTHING if raw is None else msgspec.json.decode(raw, type=PublishedTeam).agents.get(agent, NOTHING)


class CurveService:
    """Curves of agents; the lists of a site are grouped by agent once."""

    def __init__(self, appeals: AppealService) -> None:
        self._appeals = appeals
        self._grouped: tuple[Site, SiteByAgent] | None = None

    def team_of(self, agent: str) -> str | None:
        """The team of an agent today; None: in no team. Raises Refused, under a works council for every agent."""
        site = self._appeals.site()
        if not site.judges_persons:
            raise Refused(404, "works_council", "this site holds nobody against peers")
        if agent.startswith("~") or not self._appeals.has_agent(agent):
            raise Refused(404, "no_agent", f"there is no agent {agent!r}")
        today = site.time.day(self._appeals.now()).label
        spell = site.spell(agent, today, today)
        return spell.team if spell else None

    def read_curves(self, agent: str, published: PublishedCurve) -> CurveView:
        """The curves of an agent. Raises what Redis raises."""
        site, now_s = self._appeals.site(), self._appeals.now() // 1000
        day = site.time.day(now_s * 1000)
        own = read_agent_day(self._appeals.lines(), agent, day)
        rates = np.array([np.nan if rate is None else rate for rate in published.rates], np.float64)
        peers = PeerRates(rates, np.nan if published.phi is None else published.phi, published.carried_s)
        curve = pace_curve(day, now_s, own, peers)
        net, due = _owed(self._floor(site).pick_agent(agent), agent, day, own, curve.at_s)
        return CurveView(
            agent=agent,
            at=now_s * 1000,
            times=(curve.at_s * 1000).tolist(),
            counted=curve.counted.tolist(),
            expected=_rounded(curve.expected),
            low=_rounded(curve.low),
            high=_rounded(curve.high),
            exposure_s=curve.exposure_s,
            net=net,
            due=due,
            quality=_quality(published),
        )

    def _floor(self, site: Site) -> SiteByAgent:
        if self._grouped is None or self._grouped[0] is not site:
            self._grouped = site, SiteByAgent(site)
        return self._grouped[1]


def _owed(only: Site, agent: str, day: Day, own: AgentDay, at_s: Whole) -> tuple[float, list[float] | None]:
    """Net now, and the calls owed by each instant; None where the plan asks nothing of the agent today.

    ``only``: the site as if it had this agent alone.
    """
    lines = Lines(only, day.label)
    plan, row = Planner(only, only.time).plan(lines, day), lines.find_row(agent)
    volume = int(plan.judging.volume[row]) if row is not None else INDEX["handled"]
    deducted = _deducted(only, day, own.minutes, volume, at_s)
    net = float(deducted[0][-1]) if len(at_s) else 0.0
    if row is None or not plan.assessed[row] or not plan.today[row] > 0:
        return net, None
    return net, _rounded(lowered(plan.due_at(at_s.tolist()), deducted[1]))


def _deducted(site: Site, day: Day, minutes: Rows, volume: int, at_s: Whole) -> tuple[Numbers, Numbers]:
    """Net, and the calls that forced work takes from the target, at each instant; the last has all of the day."""
    sums = np.concatenate([np.zeros((1, minutes.shape[1]), np.int64), np.cumsum(minutes, axis=0)])
    at = -((day.start_ms // 1000 - at_s) // 60)
    rows = sums[np.append(at[:-1], len(minutes))] if len(at) else sums[:0]
    policy = site.policy(day.label).deduction
    pending, confirmed = (
        weigh(policy, *(rows[:, INDEX[name]] for name in case_metrics(state))) for state in ("pending", "confirmed")
    )
    shown = outcome(policy, rows[:, volume], pending, confirmed).current
    return shown.net, shown.off_target


def _quality(published: PublishedCurve) -> ScoreChart | None:
    if published.mu is None or published.sigma is None or not published.scores:
        return None
    scores = np.array([published.scores], np.float64)
    chart = trend(scores, np.array([published.mu]), np.array([published.sigma]))
    points, smoothed, low, high = (_rounded(each[0]) for each in (scores, chart.z, chart.low, chart.high))
    return ScoreChart(points, smoothed, low, high, round(published.mu, _DECIMALS))


def _rounded(values: Numbers) -> list[float] | None:
    """None where the last value is unknown."""
    return None if len(values) and np.isnan(values[-1]) else np.round(values, _DECIMALS).tolist()
