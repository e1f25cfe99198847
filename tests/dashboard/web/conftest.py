"""The board of two teams, at work for the tests of a file."""

from collections.abc import Iterator

import httpx
import pytest

from dashboard.web.outer_layer import BOUNDS
from tests.dashboard.running import OFTEN, answering, published
from tests.dashboard.web.role_questions import Walk
from tests.dashboard.web.two_teams import (
    two_teams,
)
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S

PUBLISHED = (
    *("line", "floor", "rollup", "wall:main", "wall:main/people", "wall:east", "wall:north", "project:south"),
    *("team:dawn", "team:lake", "evidence:dawn", "rollup:dawn", "rollup:lake", "rollup:~no-team"),
)
"""These have their first snapshots before anybody asks."""


@pytest.fixture(scope="module")
def walk(redis_server: RedisServer) -> Iterator[Walk]:
    redis_server.start()
    redis_server.flush()
    bounds = BOUNDS._replace(reads=OFTEN, acts=OFTEN)  # the walk asks faster than a person
    with two_teams(redis_server.url, bounds=bounds) as board, answering(board.server) as address:
        for name in PUBLISHED:
            published(address, name)
        with httpx.Client(timeout=PATIENCE_S) as browser:
            yield Walk(address, board, browser)
