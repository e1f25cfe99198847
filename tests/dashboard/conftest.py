"""What tests of the delivery share: a Redis of their own, empty."""

from collections.abc import Iterator
from typing import Any

import pytest

from streams.store.client import open_redis


@pytest.fixture
def store_client(redis_url: str) -> Iterator[Any]:
    """A client of an empty Redis."""
    client = open_redis(redis_url)
    yield client
    client.close()
