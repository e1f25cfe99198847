"""A floor of two teams for tests of alerts: everybody is there and talks, unless a test says otherwise."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from dashboard.board.alert_facts import AlertFacts, DutyTimes
from dashboard.floor.lines import Lines
from dashboard.floor.tick_facts import NO_STATE, STATE_CODES
from dashboard.site.load import Site, Spell, Team
from dashboard.site.types import Alerts
from dashboard.site.works_council import Level
from streams.site_time import HOUR_MS, MINUTE_MS

DAY = date(2026, 11, 23)
DAY_START_MS = 1_795_363_200_000
NINE_MS = DAY_START_MS + 9 * HOUR_MS
NOON_MS = DAY_START_MS + 12 * HOUR_MS
SIX_PM_MS = DAY_START_MS + 18 * HOUR_MS


def site(agents: int = 4, works_council: Level = "judge", teams: int = 2, **limits: Any) -> Site:
    """So many agents a team: dawn-0, dawn-1 .., lake-0 .."""
    names = ["dawn", "lake", *(f"team-{n}" for n in range(2, teams))][:teams]
    return Site(
        zone="Asia/Shanghai",
        works_council=works_council,
        teams=tuple(Team(name, name, name, "outbound") for name in names),
        roster=tuple(
            Spell(f"{name}-{n}", f"{name}-{n}", f"{name}-{n}", None, name, None, None)
            for name in names
            for n in range(agents)
        ),
        alerts=Alerts(**limits),
    )


def facts(of: Site, now_ms: int = NOON_MS, states: dict[str, tuple[str, int]] | None = None, **more: Any) -> AlertFacts:
    """``states``: agent -> (state, ms since when); who is not named talks since a minute ago."""
    lines = more.pop("lines", None) or Lines(of, DAY)
    rows = len(lines)
    state = np.full(rows, STATE_CODES.index("talk"), np.int64)
    since = np.full(rows, now_ms - MINUTE_MS, np.int64)
    for agent, (name, since_ms) in (states or {}).items():
        row = lines.rows([agent])[0]
        state[row] = NO_STATE if name == "" else STATE_CODES.index(name)
        since[row] = since_ms
    teams = len(lines.teams)
    known = AlertFacts(
        site=of,
        now_ms=now_ms,
        day_start_ms=DAY_START_MS,
        age_s=1.0,
        lines=lines,
        state=state,
        since_ms=since,
        duty=DutyTimes(np.full(rows, NINE_MS), np.full(rows, SIX_PM_MS)),
        arrived=np.ones(rows, np.bool_),
        pace=np.ones(rows),
        planned_s=np.full(rows, 3 * 3600),
        team_pace=np.ones(teams),
        team_low=np.full(teams, 0.9),
    )
    return replace(known, **more)
