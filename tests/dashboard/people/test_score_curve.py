"""The chart of single scores ends at the smoothed score and the limits that the table shows."""

from random import Random

import numpy as np
import pytest

from dashboard.people.quality_charts import BoardScores, charts, with_more_rows
from dashboard.people.quality_shifts import LOOK_BACK_DAYS
from dashboard.rules.ewma import trend


def given(chance: Random, agents: int = 5) -> BoardScores:
    """Scores of some agents of two teams, oldest first; the last agent has few."""
    places = sorted(chance.randrange(LOOK_BACK_DAYS + 1) for _ in range(60 * agents))
    rows = [chance.choice([*range(agents - 1)] * 9 + [agents - 1, -1]) for _ in places]
    points = np.array([chance.gauss(88, 4) for _ in places]).clip(0, 100)
    worked = np.ones((agents, LOOK_BACK_DAYS), np.bool_)
    team = np.array([at % 2 for at in range(agents)], np.int64)
    return BoardScores(np.array(rows, np.int64), np.array(places, np.int64), points, worked, team, 2)


@pytest.mark.parametrize("seed", range(5))
def test_it_ends_where_the_row_stands(seed: int) -> None:
    now = with_more_rows(charts(given(Random(seed))), 7)
    for row in range(7):
        points = now.scores.points_of(row)
        assert len(points) == now.lines.n[row]
        if not len(points):
            continue
        curve = trend(points[None, :], now.lines.mu[[row]], now.lines.sigma[[row]])
        assert curve.z.shape == curve.low.shape == (1, len(points))
        ends = (curve.z[0, -1], curve.low[0, -1], curve.high[0, -1])
        assert ends == pytest.approx((now.lines.z[row], now.lines.low[row], now.lines.high[row]), nan_ok=True)


def test_where_only_teams_are_charted_nobody_has_scores() -> None:
    now = charts(given(Random(1)), persons=False)
    assert not any(len(now.scores.points_of(row)) for row in range(5))
