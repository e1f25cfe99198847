"""Clients of a real Redis and of a real cluster."""

from collections.abc import Iterator
from typing import Any

import pytest

from streams.store.client import open_redis


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    with open_redis(redis_url) as opened:
        yield opened


@pytest.fixture
def cluster(redis_cluster: str) -> Iterator[Any]:
    opened = open_redis(redis_cluster)
    yield opened
    opened.disconnect_connection_pools()  # close() leaves their sockets to the garbage collector
    opened.close()
