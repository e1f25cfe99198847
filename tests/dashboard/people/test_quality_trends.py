"""The trend beside a board, out of a real Redis: what it says, and what it takes to notice that something changed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis

from dashboard.floor.lines import Lines
from dashboard.people.quality_charts import TrendNow
from dashboard.people.quality_trends import Trends
from dashboard.rules.ewma import TrendState, trend
from streams.site_time import DAY_MS, HOUR_MS
from streams.store.client import open_redis
from tests.dashboard.partitions import NOON_MS, SITE, Partition, heartbeat
from tests.dashboard.people.quality_events import SHANGHAI, TODAY, decided, evaluation, reading, shift, weeks
from tests.dashboard.rules.baseline import baseline
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S, wait_until

STEADY = [80.0, 84.0, 76.0, 82.0, 78.0] * 8
AWAY = (redis.ConnectionError, redis.TimeoutError, OSError)


class Board:
    """A day's lines and the trends that a tick would get."""

    def __init__(self, client: Any) -> None:
        self.lines = Lines(SITE, TODAY)
        self.trends = Trends(reading(client), AWAY)
        self.now_ms = NOON_MS

    def shown(self) -> TrendNow:
        """After one more reading."""
        self.trends.newest_trends(self.now_ms, self.lines, SHANGHAI)
        self.trends.step()
        return self.trends.newest_trends(self.now_ms, self.lines, SHANGHAI)

    def row(self, agent: str) -> int:
        return int(self.lines.rows([agent])[0])


@pytest.fixture
def board(store_client: Any) -> Board:
    return Board(store_client)


@pytest.fixture
def floor(store_client: Any) -> Partition:
    return Partition(store_client, 0)


def test_a_drop_is_charted_from_the_shifts_since_the_twenty_of_the_baseline(floor: Partition, board: Board) -> None:
    scores = [*STEADY[:20], *[70.0] * 9]
    floor.write(*weeks("a1", 29, scores), evaluation("a1", "today", NOON_MS, 60))
    found, row = board.shown().lines, board.row("a1")
    base = baseline(scores[:20], [])
    whole = trend(np.array([[70.0] * 9 + [60.0]]), np.array([base.mu]), np.array([base.sigma]))
    assert (found.n[row], found.baseline[row], bool(found.by_own_scores[row])) == (10, 20, True)
    assert found.z[row] == pytest.approx(whole.z[0, -1])
    assert found.low[row] == pytest.approx(whole.low[0, -1])
    assert TrendState(found.state[row]).word == "drop"


def test_who_has_few_scores_is_held_against_his_team_and_the_team_against_itself(
    floor: Partition, board: Board
) -> None:
    floor.write(*weeks("a1", 40, STEADY))
    floor.write(*shift("a2", NOON_MS - NOON_MS % DAY_MS), evaluation("a2", "first", NOON_MS, 50))
    found, row = board.shown(), board.row("a2")
    # 40 shifts of the team lie behind: 19 of them are charted with today, the 20 before are the baseline.
    base = baseline(STEADY[1:21], [])
    assert (found.lines.mu[row], found.lines.sigma[row]) == pytest.approx((base.mu, base.sigma))
    assert (bool(found.lines.by_own_scores[row]), found.lines.n[row]) == (False, 1)
    assert found.lines.z[row] == pytest.approx(0.9 * base.mu + 0.1 * 50)
    assert (found.teams.n[0], found.teams.baseline[0]) == (20, 20)
    assert TrendState(found.teams.state[1]).word == "too_few_scores"
    assert TrendState(found.lines.state[board.row("b1")]).word == "too_few_scores"


def test_a_score_that_comes_in_is_read_and_nothing_else_makes_another_object(floor: Partition, board: Board) -> None:
    floor.write(*weeks("a1", 21, STEADY[:21]))
    first, row = board.shown(), board.row("a1")
    assert board.shown() is first
    floor.write(heartbeat(NOON_MS), *shift("a1", NOON_MS - 12 * HOUR_MS))
    assert board.shown() is first
    floor.write(evaluation("a1", "new", NOON_MS, 90))
    assert board.shown().lines.n[row] == first.lines.n[row] + 1


def test_a_revised_score_is_replaced_in_place_and_an_appealed_one_stands(floor: Partition, board: Board) -> None:
    floor.write(*weeks("a1", 20, STEADY[:20]))
    floor.write(evaluation("a1", "e1", NOON_MS, 60), evaluation("a1", "e2", NOON_MS + 1, 90))
    before, row = board.shown().lines, board.row("a1")
    floor.write(decided("a1", "e1", NOON_MS + HOUR_MS, "appealed"))
    assert board.shown().lines.z[row] == before.z[row]
    floor.write(decided("a1", "e1", NOON_MS + 2 * HOUR_MS, "revised", 80))
    found = board.shown().lines
    assert found.n[row] == 2
    assert found.z[row] == pytest.approx(before.z[row] + 0.9 * 0.1 * 20)


def test_a_moved_evaluation_leaves_one_agent_and_comes_to_the_other(
    floor: Partition, board: Board, store_client: Any
) -> None:
    floor.write(*weeks("a1", 20, STEADY[:20]), evaluation("a1", "e1", NOON_MS, 60))
    other = Partition(store_client, 1)
    a1, b1 = board.row("a1"), board.row("b1")
    assert board.shown().lines.n[[a1, b1]].tolist() == [1, 0]
    floor.write(evaluation("b1", "e1", NOON_MS, 60, key="a1", version=2))
    other.write(evaluation("b1", "e1", NOON_MS, 60, version=2))
    assert board.shown().lines.n[[a1, b1]].tolist() == [0, 1]


def test_a_new_day_moves_the_window_and_a_new_reader_says_the_same(
    floor: Partition, board: Board, store_client: Any
) -> None:
    floor.write(*weeks("a1", 39, STEADY[:39]), *shift("a1", NOON_MS - 12 * HOUR_MS), evaluation("a1", "t", NOON_MS, 60))
    row = board.row("a1")
    assert board.shown().lines.n[row] == 20
    board.now_ms += DAY_MS
    tomorrow = board.shown().lines
    assert (tomorrow.n[row], tomorrow.mu[row]) == (19 + 0, pytest.approx(np.mean(STEADY[1:21])))
    again = Board(store_client)
    again.now_ms = board.now_ms
    assert again.shown().lines.z[row] == tomorrow.z[row]


def test_a_redis_that_was_emptied_is_read_anew(floor: Partition, board: Board, store_client: Any) -> None:
    floor.write(*weeks("a1", 25, STEADY[:25]))
    row = board.row("a1")
    assert board.shown().lines.n[row] == 5
    store_client.flushall()
    Partition(store_client, 0).write(*weeks("a1", 21, STEADY[:21]))
    assert board.shown().lines.n[row] == 1


def test_who_appears_during_the_day_has_a_row_at_once_and_his_trend_after_the_next_reading(
    floor: Partition, board: Board, store_client: Any
) -> None:
    floor.write(*weeks("a1", 21, STEADY[:21]))
    Partition(store_client, 1).write(*weeks("guest", 21, STEADY[:21]))
    before = board.shown()
    row = board.row("guest")
    shown = board.trends.newest_trends(NOON_MS, board.lines, SHANGHAI)
    assert (len(shown.lines.n), shown.lines.n[row]) == (len(before.lines.n) + 1, 0)
    assert board.trends.newest_trends(NOON_MS, board.lines, SHANGHAI) is shown
    assert board.shown().lines.n[row] == 1


def test_it_is_kept_up_by_a_thread_of_its_own_and_outlives_an_outage(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = RedisServer(tmp_path)
    server.start()
    client = open_redis(server.url)
    Partition(client, 0).write(*weeks("a1", 21, STEADY[:21]))
    board = Board(client)
    row = board.row("a1")

    def charted() -> int:
        return int(board.trends.newest_trends(NOON_MS, board.lines, SHANGHAI).lines.n[row])

    with board.trends.following(every_s=0.02):
        wait_until(lambda: charted() == 1, PATIENCE_S, "the first score is charted")
        server.stop()
        wait_until(lambda: "quality-trends: nothing new" in caplog.text, PATIENCE_S, "the outage is told")
        assert charted() == 1
        server.start()
        Partition(client, 0).write(evaluation("a1", "new", NOON_MS, 90))
        wait_until(lambda: charted() == 2, PATIENCE_S, "the next score is charted")
    server.stop()
    client.close()
