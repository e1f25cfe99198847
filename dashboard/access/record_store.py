"""Records of one kind in Redis as JSON, each under a key of its own and with a time after which Redis drops it.

A change reads, computes and writes only if nobody wrote meanwhile, else it begins again: two changes never undo each other, and a
record that ended never comes back. Each command touches one key, so a Redis Cluster takes them all.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec

from streams.store.async_client import AsyncRedis

log = logging.getLogger(__name__)
Record = TypeVar("Record")

_CHANGE = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1 end return 0"


class Lasting(NamedTuple, Generic[Record]):
    """A record, and for how long from now Redis keeps it."""

    record: Record
    life_ms: int


class RecordStore(Generic[Record]):
    """Raises what redis-py raises, and OSError, while Redis is away."""

    def __init__(self, redis: AsyncRedis, prefix: str, kind: type[Record]) -> None:
        self._redis = redis
        self._prefix = prefix
        self._kind = kind
        self._waiting: dict[str, asyncio.Future[bytes | None]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def read(self, name: str) -> Record | None:
        """The record; None where there is none, or none that this version can read.

        What is asked for at the same moment travels to Redis and back at once: a thousand streams ask by one connection.
        """
        if not self._waiting:
            reading = asyncio.create_task(self._read_waiting())
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)
        if name not in self._waiting:
            self._waiting[name] = asyncio.get_running_loop().create_future()
        return self._decoded(await asyncio.shield(self._waiting[name]))

    async def count(self, names: Sequence[str]) -> int:
        """How many of these records there are."""
        client = await self._redis.client()
        return int(await client.exists(*[self._prefix + name for name in names]))

    async def _read_waiting(self) -> None:
        asked, self._waiting = self._waiting, {}
        try:
            pipe = (await self._redis.client()).pipeline(transaction=False)
            for name in asked:
                pipe.get(self._prefix + name)
            found = await pipe.execute()
        except Exception as error:  # noqa: BLE001 - whoever asked raises it
            for future in asked.values():
                future.set_exception(error)
                future.exception()  # where all of them left, nobody is there to see it
        else:
            for future, raw in zip(asked.values(), found, strict=True):
                future.set_result(raw)

    async def write(self, name: str, lasting: Lasting[Record]) -> None:
        """Writes the record, whatever was there."""
        client = await self._redis.client()
        await client.set(self._prefix + name, msgspec.json.encode(lasting.record), px=lasting.life_ms)

    async def add(self, name: str, lasting: Lasting[Record]) -> bool:
        """Writes the record if there is none -> whether there was none."""
        client = await self._redis.client()
        raw = msgspec.json.encode(lasting.record)
        return bool(await client.set(self._prefix + name, raw, px=lasting.life_ms, nx=True))

    async def change(self, name: str, changed: Callable[[Record], Lasting[Record] | None]) -> Record | None:
        """Replaces the record by what ``changed`` makes of it -> the new one; None where there is none, or ``changed`` said None.

        ``changed`` may be called again, with a newer record.
        """
        client = await self._redis.client()
        while True:
            raw = await client.get(self._prefix + name)
            record = self._decoded(raw)
            after = None if record is None else changed(record)
            if after is None:
                return None
            encoded = msgspec.json.encode(after.record)
            if await client.eval(_CHANGE, 1, self._prefix + name, raw, encoded, after.life_ms):
                return after.record

    async def delete(self, name: str) -> None:
        """The record goes."""
        await (await self._redis.client()).delete(self._prefix + name)

    def _decoded(self, raw: bytes | None) -> Record | None:
        if raw is None:
            return None
        try:
            return msgspec.json.decode(raw, type=self._kind)
        except msgspec.DecodeError as error:
            log.warning("a %s is not as this version writes it, and counts as ended: %s", self._kind.__name__, error)
            return None
