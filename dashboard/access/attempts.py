"""Limits on tries: how often a password or a code may be wrong before nobody can try again for a while.

A try counts before it is checked, so tries at the same moment cannot exceed the limit together; one that was right is taken
back. Counters are keys in Redis, ``cfs:t:<hash of limit and subject>``, that count and lock in one command. What was typed
is in no key: people type passwords into the field of the account. A subject that does not exist counts like any other.
"""

import secrets
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

from dashboard.access.tokens import hash_of
from streams.store.async_client import AsyncRedis

# A sorted set of tries by their time. Full, it is a lock until a window after its newest; else what is older than a window goes.
_COUNT = """
local key, most, window, now = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('zcard', key) >= most then
  local until_ms = tonumber(redis.call('zrange', key, -1, -1, 'WITHSCORES')[2]) + window
  if until_ms > now then return {until_ms, 0} end
end
redis.call('zremrangebyscore', key, '-inf', now - window)
redis.call('zadd', key, now, ARGV[4])
redis.call('pexpire', key, window)
return {0, most - redis.call('zcard', key)}
"""


class Limit(NamedTuple):
    """After ``most`` wrong tries within ``window_ms`` the next one is allowed ``window_ms`` after the last."""

    name: str
    most: int
    window_ms: int


PAUSE_MS = 15 * 60_000
ACCOUNT = Limit("account", 5, PAUSE_MS)
"""Passwords of an account from one network, so that strangers do not lock its person out."""
EVERYWHERE = Limit("account everywhere", 100, PAUSE_MS)
ADDRESS = Limit("address", 20, PAUSE_MS)
CONFIRMATION = Limit("confirmation", 5, PAUSE_MS)
"""Passwords of whoever holds a session of the account."""
DEPARTURE = Limit("departure", 100, 10 * 60_000)
"""Sign-ins with the company account that a network, or the person of a session, begins and does not finish. Redis holds each."""


class Locked(Exception):
    """Too many tries; ``until_ms``: when the next one is allowed."""

    def __init__(self, until_ms: int) -> None:
        super().__init__("too many tries that were wrong")
        self.until_ms = until_ms


class AttemptStore:
    """Counts tries. Raises what redis-py raises, and OSError, while Redis is away: then nobody may try."""

    def __init__(self, redis: AsyncRedis, key: bytes) -> None:
        self._redis = redis
        self._key = key

    async def count_sign_in(self, account: str, address: str, now_ms: int) -> int:
        """To be called before a password is checked -> how many tries are left after this one. Raises Locked."""
        network = network_of(address)
        left = await self.count(ADDRESS, network, now_ms)
        left = min(left, await self.count(ACCOUNT, f"{network} {account}", now_ms))
        return min(left, await self.count(EVERYWHERE, account, now_ms))

    async def note_sign_in(self, account: str, address: str) -> None:
        """The password was right: the account begins anew in this network; of other limits this one try is taken back."""
        network = network_of(address)
        await self.clear(ACCOUNT, f"{network} {account}")
        await self.take_back(ADDRESS, network)
        await self.take_back(EVERYWHERE, account)

    async def forget_tries(self, account: str, address: str | None) -> None:
        """Nobody is kept from the account any more by tries over all networks or in sessions, nor in the network by any."""
        await self.clear(EVERYWHERE, account)
        await self.clear(CONFIRMATION, account)
        if address is not None:
            network = network_of(address)
            await self.clear(ACCOUNT, f"{network} {account}")
            await self.clear(ADDRESS, network)

    async def count(self, limit: Limit, subject: str, now_ms: int) -> int:
        """Counts one try of ``subject`` -> how many are left. Raises Locked, which counts nothing and makes no lock longer."""
        client = await self._redis.client()
        until_ms, left = await client.eval(
            _COUNT, 1, self._name(limit, subject), limit.most, limit.window_ms, now_ms, secrets.token_hex(8)
        )
        if until_ms:
            raise Locked(until_ms)
        return int(left)

    async def clear(self, limit: Limit, subject: str) -> None:
        """Forgets the tries of ``subject``."""
        await (await self._redis.client()).delete(self._name(limit, subject))

    async def take_back(self, limit: Limit, subject: str) -> None:
        """The last try was right: it does not count."""
        await (await self._redis.client()).zpopmax(self._name(limit, subject))

    def _name(self, limit: Limit, subject: str) -> str:
        return f"cfs:t:{hash_of(self._key, subject, limit.name)}"


def network_of(address: str) -> str:
    """The address whose tries count together: of IPv6 the network of 64 bits, since one machine has all of its addresses."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)
