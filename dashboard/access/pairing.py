"""Pairing of walls: a screen shows a code, an administrator types it, and the screen collects the token of its board.

A code is never a link: whoever types it stands before the screen. The screen proves by a secret of its own that it is the one
that asked, so nobody else collects its token. Redis holds ``cfs:d:<id>`` (the pairing), ``cfs:c:<hash of the code>`` and
``cfs:pairings`` (the waiting ones). Everything raises what redis-py raises, and OSError, while Redis is away.
"""

import hmac
import re
import secrets
import unicodedata
from typing import Literal

import msgspec

from dashboard.access.attempts import AttemptStore, Limit, network_of
from dashboard.access.record_store import Lasting, RecordStore
from dashboard.access.tokens import hash_of, new_token
from dashboard.access.walls import Approval, Screen, WallStore
from streams.store.async_client import AsyncRedis

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 that nobody mistakes for each other on a wall: no 0 and O, no 1, I and L."""
CODE_LENGTH = 8
CODE_LIFE_MS = 300_000
COLLECT_MS = 300_000
"""So long an approved screen may take to collect its token."""
MOST_WAITING = 200
CODE = Limit("code", 5, 300_000)
"""Codes that an administrator's account may type wrong."""
ASKING = Limit("pairing", 40, CODE_LIFE_MS)
"""Codes that one network may ask for while they are good, so that it fills a fifth of the list at most. A screen that shows no
code in time asks for another."""
_PAIRING_LIFE_MS = 3_600_000
"""A screen that goes on asking keeps its id."""
_LIST = "cfs:pairings"
_TOKEN = re.compile(r"([0-9A-F]{4})\.([A-Za-z0-9_-]{43})", re.ASCII)
_LONGEST_LOCATION = 40
PairingState = Literal["waiting", "approved", "refused", "collected"]


class TooManyWaiting(Exception):
    """More screens wait for an administrator than a site has: codes are given again as soon as some expire."""


class Pairing(msgspec.Struct, frozen=True):
    """A screen that asked for a code, as an administrator and the screen itself see it."""

    id: str
    screen: Screen
    asked_ms: int
    code_ends_ms: int
    state: PairingState = "waiting"


class NewPairing(msgspec.Struct, frozen=True):
    """What the screen gets: its id and code to show, and the secret by which it asks and collects."""

    id: str
    code: str
    token: str
    code_ends_ms: int


class _Record(msgspec.Struct, frozen=True):
    pairing: Pairing
    token_hash: str
    code_hash: str
    approval: Approval | None = None


class PairingStore:
    """The pairings of all web workers, for one event loop. ``key``: the secret of the key file."""

    def __init__(self, redis: AsyncRedis, key: bytes, walls: WallStore, attempts: AttemptStore) -> None:
        self._redis = redis
        self._key = key
        self._walls = walls
        self._attempts = attempts
        self._records = RecordStore(redis, "cfs:d:", _Record)

    async def begin(self, screen: Screen, now_ms: int, earlier: str = "") -> NewPairing:
        """A new code for a screen. ``earlier``: its token of a pairing or of a wall; with it the screen keeps its id.

        Raises Locked where the address asks too often, and TooManyWaiting.
        """
        await self._attempts.count(ASKING, network_of(screen.address), now_ms)
        client = await self._redis.client()
        await client.zremrangebyscore(_LIST, "-inf", now_ms)
        if await client.zcard(_LIST) >= MOST_WAITING:
            raise TooManyWaiting("too many screens wait to be paired; ask again in five minutes")
        display_id = await self._earlier_id(earlier, now_ms)
        while True:
            code, token = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)), new_token()
            made = await self._write(display_id, code, token, screen, now_ms)
            if made is not None:
                return made

    async def find_code(self, code: str, account: str, now_ms: int) -> Pairing | None:
        """The waiting screen that shows the code, as it was typed. Raises Locked after five wrong codes of the account."""
        await self._attempts.count(CODE, account, now_ms)
        record = await self._waiting_record(code, now_ms)
        if record is None:
            return None
        await self._attempts.take_back(CODE, account)
        return record.pairing

    async def approve(self, code: str, approval: Approval, now_ms: int) -> Pairing | None:
        """The screen with this code gets its board; None where no screen waits with it. Raises Locked as ``find_code``."""
        require_valid(approval)
        return await self._decide(code, approval.account, "approved", approval, now_ms)

    async def refuse(self, code: str, account: str, now_ms: int) -> Pairing | None:
        """It is none of our screens. None and Locked as in ``approve``."""
        return await self._decide(code, account, "refused", None, now_ms)

    async def read(self, token: str, now_ms: int) -> Pairing | None:
        """What became of the pairing; None where its code has expired, or there is none: the screen asks for a new one."""
        record = await self._own_record(token)
        if record is None or (record.pairing.state == "waiting" and now_ms >= record.pairing.code_ends_ms):
            return None
        return record.pairing

    async def collect(self, token: str, screen: Screen, now_ms: int) -> str | None:
        """The token of the wall, once; None where the pairing is not approved or was collected."""

        def change(record: _Record) -> Lasting[_Record] | None:
            is_ready = record.pairing.state == "approved" and hmac.compare_digest(record.token_hash, hashed)
            return Lasting(_in_state(record, "collected"), COLLECT_MS) if is_ready else None

        record, hashed = await self._own_record(token), self._hash_token(token)
        if record is None:
            return None
        collected = await self._records.change(record.pairing.id, change)
        if collected is None or collected.approval is None:
            return None
        return await self._walls.add(collected.pairing.id, collected.approval, screen, now_ms)

    async def waiting(self, now_ms: int) -> list[Pairing]:
        """The screens that wait, the newest first; without their codes."""
        names = await (await self._redis.client()).zrange(_LIST, 0, -1)
        records = [await self._records.read(name.decode()) for name in names]
        found = [record.pairing for record in records if record is not None and _is_waiting(record, now_ms)]
        return sorted(found, key=lambda pairing: (-pairing.asked_ms, pairing.id))

    async def _write(
        self, earlier_id: str | None, code: str, token: str, screen: Screen, now_ms: int
    ) -> NewPairing | None:
        """The pairing under a free id, or under the earlier one; None where the id or the code is not free."""
        display_id = earlier_id or f"D-{secrets.token_hex(2).upper()}"
        pairing = Pairing(display_id, screen, now_ms, now_ms + CODE_LIFE_MS)
        lasting = Lasting(
            _Record(pairing, self._hash_token_of(display_id, token), self._hash_code(code)), _PAIRING_LIFE_MS
        )
        if earlier_id:
            await self._records.write(display_id, lasting)
        elif not await self._records.add(display_id, lasting):
            return None
        elif await self._walls.has(
            display_id
        ):  # a pairing outlives its collection, so no wall appears after this question
            await self._records.delete(display_id)
            return None
        client = await self._redis.client()
        name = f"cfs:c:{self._hash_code(code)}"
        if not await client.set(name, display_id, px=CODE_LIFE_MS, nx=True):
            return None
        await client.zadd(_LIST, {display_id: pairing.code_ends_ms})
        return NewPairing(display_id, code, f"{display_id.removeprefix('D-')}.{token}", pairing.code_ends_ms)

    async def _earlier_id(self, earlier: str, now_ms: int) -> str | None:
        if (record := await self._own_record(earlier)) is not None:
            return record.pairing.id
        wall = await self._walls.find(earlier, now_ms) or await self._walls.find_former(earlier, now_ms)
        return wall.id if wall is not None else None

    async def _decide(
        self, code: str, account: str, state: PairingState, approval: Approval | None, now_ms: int
    ) -> Pairing | None:
        def change(record: _Record) -> Lasting[_Record] | None:
            if not _is_waiting(record, now_ms) or record.code_hash != code_hash:
                return None
            decided = msgspec.structs.replace(_in_state(record, state), approval=approval)
            return Lasting(decided, COLLECT_MS)

        found, code_hash = await self.find_code(code, account, now_ms), self._hash_code(code)
        after = None if found is None else await self._records.change(found.id, change)
        if after is None:
            return None
        client = await self._redis.client()
        await client.delete(f"cfs:c:{code_hash}")
        await client.zrem(_LIST, after.pairing.id)
        return after.pairing

    async def _waiting_record(self, code: str, now_ms: int) -> _Record | None:
        code_hash = self._hash_code(code)
        display_id = await (await self._redis.client()).get(f"cfs:c:{code_hash}")
        record = await self._records.read(display_id.decode()) if display_id else None
        is_it = record is not None and _is_waiting(record, now_ms) and record.code_hash == code_hash
        return record if is_it else None

    async def _own_record(self, token: str) -> _Record | None:
        match = _TOKEN.fullmatch(token)
        record = await self._records.read(f"D-{match[1]}") if match else None
        is_own = record is not None and hmac.compare_digest(record.token_hash, self._hash_token(token))
        return record if is_own else None

    def _hash_token_of(self, display_id: str, token: str) -> str:
        return self._hash_token(f"{display_id.removeprefix('D-')}.{token}")

    def _hash_token(self, token: str) -> str:
        return hash_of(self._key, token, "pairing")

    def _hash_code(self, code: str) -> str:
        """People type codes in small or wide letters, with the space between the groups or without."""
        typed = unicodedata.normalize("NFKC", code)
        return hash_of(self._key, re.sub(r"[\s-]", "", typed).upper(), "code")


def shown_code(code: str) -> str:
    """The code as the screen shows it: two groups of four."""
    return f"{code[:4]} {code[4:]}"


def _is_waiting(record: _Record, now_ms: int) -> bool:
    return record.pairing.state == "waiting" and now_ms < record.pairing.code_ends_ms


def _in_state(record: _Record, state: PairingState) -> _Record:
    return msgspec.structs.replace(record, pairing=msgspec.structs.replace(record.pairing, state=state))


def require_valid(approval: Approval) -> None:
    """Raises ValueError."""
    location = approval.location
    if not (0 < len(location) <= _LONGEST_LOCATION and location.isprintable() and location.strip() == location):
        raise ValueError(f"a wall hangs somewhere: up to {_LONGEST_LOCATION} characters that can be printed")
    if approval.people not in ("alias", "none"):
        raise ValueError("people on a wall are alias or none")
