"""One tick judged: the day per line, the tiers of day and month, and the last half hour."""

from dataclasses import dataclass

from dashboard.floor.board_plan import BoardPlan
from dashboard.floor.judgement import Counted, Judgement, judge, net_of
from dashboard.floor.month import MonthNow
from dashboard.floor.tick_facts import Facts
from dashboard.floor.tiers import Tiers
from dashboard.rules.deduction import Outcome


@dataclass(frozen=True)
class JudgedNow:
    """Everything that a view is made of."""

    facts: Facts
    board: BoardPlan
    """The day's plan; it has a row for each line of ``facts``."""
    day: Judgement
    last30: Outcome
    """Of the last 30 whole minutes and the running one."""
    teams: Tiers
    """The teams in the order of the site file; the last are the lines in no team."""
    site: Tiers
    everyone: Tiers
    """The agents on the page of everyone, then all other lines if there are any."""
    month: MonthNow


def judged_now(facts: Facts, board: BoardPlan, month: MonthNow) -> JudgedNow:
    """Facts of one tick -> judged."""
    day = judge(Counted(facts.day, facts.scheduled_s, facts.working_s), board.plan, "day", facts.now_ms // 1000)
    teams, site, everyone = board.pool_tiers(day)
    return JudgedNow(
        facts=facts,
        board=board,
        day=day,
        last30=net_of(board.plan, facts.last30, facts.columns),
        teams=teams,
        site=site,
        everyone=everyone,
        month=month,
    )
