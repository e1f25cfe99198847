"""What the tests of stores share: the same contract on one Redis and on a Redis Cluster."""

import pytest


@pytest.fixture(params=["redis_url", "redis_cluster"])
def url(request: pytest.FixtureRequest) -> str:
    """URL of an empty Redis."""
    found: str = request.getfixturevalue(request.param)
    return found
