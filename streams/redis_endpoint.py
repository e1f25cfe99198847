"""How a process reaches Redis: the URL, and how a client is let in. One value for every client of a process."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RedisEndpoint:
    """``url``: redis://[user:password@]host:port/number. Printed, its password is hidden."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        return re.sub(r"//[^/@]*@", "//***@", self.url)


Redis = RedisEndpoint | str
"""A plain URL stands for a Redis of which nothing more is to be said, such as the demo's."""


def endpoint_of(redis: Redis) -> RedisEndpoint:
    """The endpoint itself, or that of a plain URL."""
    return redis if isinstance(redis, RedisEndpoint) else RedisEndpoint(redis)
