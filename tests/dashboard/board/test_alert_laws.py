"""Laws over random floors: what is told from tick to tick is what is told at once, and nothing flutters."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.board.agent_alerts import AGENT_KINDS
from dashboard.board.alert_facts import AlertFacts
from dashboard.board.alert_kinds import Alert
from dashboard.board.alerts import NOTHING, alerts
from dashboard.board.site_alerts import SITE_KINDS
from dashboard.floor.tick_facts import NO_STATE, STATE_CODES
from streams.site_time import MINUTE_MS
from tests.dashboard.board.alert_floor import NOON_MS, facts, site

TICKS = 200


def moved(known: AlertFacts, rng: np.random.Generator) -> AlertFacts:
    """A minute later: a tenth of the people are in another state, some arrive."""
    rows, now_ms = len(known.state), known.now_ms + MINUTE_MS
    changed = rng.random(rows) < 0.1
    return replace(
        known,
        now_ms=now_ms,
        state=np.where(changed, rng.integers(NO_STATE, len(STATE_CODES), rows), known.state),
        since_ms=np.where(changed, now_ms - rng.integers(0, MINUTE_MS, rows), known.since_ms),
        arrived=known.arrived | (rng.random(rows) < 0.02),
    )


@pytest.mark.parametrize("seed", range(5))
def test_without_memory_of_a_limit_the_lists_are_those_of_a_first_look(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known = facts(site(agents=8, teams=6))
    known = replace(known, arrived=~known.arrived)
    before = alerts(known)
    for _ in range(TICKS):
        known = moved(known, rng)
        before, anew = alerts(known, before), alerts(known)
        assert before.teams == anew.teams
        assert all(list(each) == sorted(each, key=_order) for each in before.teams)


@pytest.mark.parametrize("seed", range(5))
def test_a_value_that_trembles_on_its_limit_comes_once_and_stays(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, before, seen = facts(site(naive_pace=0.8)), NOTHING, []
    for tick in range(TICKS):
        shaken = 0.9 + rng.normal(0, 0.005)
        pace = np.where(np.arange(8) == 0, shaken - 0.1, 1.0)
        teams = {"team_pace": np.array([shaken, 1.0]), "team_low": np.array([0.9, 0.9])}
        before = alerts(replace(first, now_ms=NOON_MS + tick * MINUTE_MS, pace=pace, **teams), before)
        seen.append((bool(before.site), len(before.teams[0])))
    on = [tick for tick, each in enumerate(seen) if each == (True, 2)]
    assert on == list(range(on[0], TICKS))
    assert on[0] < 30


_ORDER = [kind.id for kind in (*SITE_KINDS, *AGENT_KINDS)]


def _order(alert: Alert) -> tuple[int, int, str]:
    return _ORDER.index(alert.kind), alert.since_ms, alert.agent or ""
