"""The agents of a team by id, for a roll-up whose team is opened: their month, without name, flag or evidence.

Their volumes add up to the team's, and what they owe, in whole calls, to what the team owes. There is no order but the id.
"""

from typing import Any

import numpy as np

from dashboard.board.json_numbers import DECIMALS, known, plain_all, score
from dashboard.board.rollup_view import whole_due
from dashboard.floor.day_ring import UNATTRIBUTED
from dashboard.floor.judged_now import MonthNow
from dashboard.floor.lines import NO_TEAM
from dashboard.floor.reported import ALL_REPORTED, Reported
from dashboard.rules.figures import ratio

COLUMNS = ("id", "net", "due", "pace", "attainment", "volume", "deducted", "points", "scored", "score", "target")


_OF_A_SOURCE = {
    "calls": ("pace", "attainment"),
    "complaints": ("deducted",),
    "evaluations": ("points", "scored", "score"),
}


def team_agents(month: MonthNow, team: int, reported: Reported = ALL_REPORTED) -> list[list[Any]]:
    """The rows of one team, in the order of COLUMNS; points: hundredths, as they are summed.

    ``team`` NO_TEAM: of the agents in no team, and last the calls of nobody, if there are any. What nobody reports is None.
    """
    people, judged = month.lines.people, month.judged
    members = month.lines.teamless if team == NO_TEAM else month.lines.members[team]
    nobody = month.lines.known(UNATTRIBUTED) if team == NO_TEAM else None
    last = [] if nobody is None else [nobody]
    judged_rows = len(judged.volume)  # who came since the month was judged stands in no row yet
    ordered = [*sorted(members, key=lambda row: people[row].id), *last]
    rows = np.array([row for row in ordered if row < judged_rows], np.intp)
    shown, paced, column = judged.deduction.shown, judged.pace, judged.counted.column
    points, scored = column("evaluation_points")[rows], column("evaluations")[rows]
    columns = [
        [people[row].id for row in rows.tolist()],
        plain_all(shown.net[rows]),
        whole_due(np.where(judged.assessed[rows], paced.by_now[rows], np.nan)),
        known(ratio(shown.net[rows], np.where(judged.assessed[rows], paced.by_now[rows], np.nan)), DECIMALS),
        known(np.where(judged.assessed[rows], paced.attainment.value[rows], np.nan), DECIMALS),
        judged.volume[rows].tolist(),
        plain_all(shown.deducted[rows]),
        points.tolist(),
        scored.tolist(),
        [score(*each) for each in zip(points.tolist(), scored.tolist(), strict=True)],
        known(np.where(judged.assessed[rows], paced.target[rows], np.nan), 1),
    ]
    unknown = {name for kind, names in _OF_A_SOURCE.items() if not getattr(reported, kind) for name in names}
    return [
        [None if name in unknown else cell for name, cell in zip(COLUMNS, each, strict=True)]
        for each in zip(*columns, strict=True)
    ]
