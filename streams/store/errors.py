"""Decides about every error of Redis by one table: does it pass by itself, or does a person have to act?

A process waits for errors that pass (a failover, a full memory, a busy script, a broken connection) and goes on. An error that
cannot pass (another program's keys) ends it as ``StoreUnusable``, which says what to do. A wrong password or a missing right
ends a process that begins; a process at work waits, since the right may come back, as with Kafka. Errors by which redis-py
names a mistake of this program are raised as they are.
"""

import re
from collections.abc import Iterator

import redis
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    CrossSlotTransactionError,
    InvalidPipelineStack,
    RedisClusterException,
)

StoreAway = (redis.RedisError, RedisClusterException)
"""Everything that redis-py raises. Code that catches it asks ``require_passing`` whether to wait."""

FINAL = {
    "NOAUTH": "it wants a password: set `redis-password-file` (and `redis-user`), or name both in the setting `redis`",
    "WRONGPASS": "user or password is wrong: see `redis-user` and `redis-password-file`, or the setting `redis`",
    "NOPERM": "this user lacks a right: widen its ACL (docs/redis-users.acl has the least for each process)",
    "WRONGTYPE": "another program uses keys of this name: give callfloor a Redis database of its own",
    "CROSSSLOT": "this Redis Cluster does not take the command: give callfloor a Redis or a cluster without a proxy",
    "NOSCRIPT": "this Redis lost a script in the middle of a command: report it as a fault of callfloor",
    "NOPROTO": "this Redis does not speak the protocol of the client: use Redis 6 or newer",
    "ERR": "this Redis does not take the command or the database number: use Redis 6 or newer, and check the setting `redis`",
}
"""Error word -> what to do. No other word ends a process: READONLY, OOM, NOREPLICAS, BUSY, LOADING, MISCONF, CLUSTERDOWN,
MASTERDOWN, TRYAGAIN, MOVED and any word of a later Redis or a proxy about its state."""

_TAKEN_AWAY = {"NOAUTH", "WRONGPASS", "NOPERM"}
ELSEWHERE = {"READONLY", "MASTERDOWN", "NOREPLICAS"}
"""The words of a server that is no longer the primary, or is cut off from those that chose another."""

_OURS = (redis.DataError, redis.PubSubError, redis.WatchError, InvalidPipelineStack, CrossSlotTransactionError)
"""Mistakes of this program that redis-py finds before or instead of asking Redis."""
_FILES = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)
_QUOTA = re.compile(r"(ERR )?max ")
"""``ERR max number of clients reached``, and the limits of a managed service."""
_CLIENT = re.compile(r"<redis\..*?host=([^,)]+),port=(\d+).*?\)>\)>\)>")
"""redis-py's text of a Sentinel that names no primary, with all of its settings."""
_INNER = re.compile(r"(?:because of: |[: ]-)([A-Z]+) ")
"""The error word of the cause in the message of a script or transaction that failed."""


class StoreUnusable(RuntimeError):
    """Redis answers an error that waiting does not change; the message has the answer and what to do."""


def word_of(error: BaseException) -> str:
    """The error word of Redis' answer, such as READONLY; "" where the answer has none."""
    code = getattr(error, "status_code", None)
    if code is None and not isinstance(error, redis.ResponseError):
        return ""
    text = _text(error)
    first = code or text.partition(" ")[0]
    inner = _INNER.search(f"{text} ") if first in ("ERR", "EXECABORT") else None
    word = inner[1] if inner else first
    return word if word.isupper() and word.isalpha() else ""


def passes(error: BaseException) -> bool:
    """Whether an error of Redis, or of the connection to it, can be over at the next try."""
    return not any(_is_final(each) for each in _causes(error))


def is_mistake(error: BaseException) -> bool:
    """Whether the error names a mistake of this program, so that its traceback is of use."""
    return any(isinstance(each, _OURS + _FILES) for each in _causes(error))


def is_answered(error: BaseException) -> bool:
    """Whether a Redis answered that it cannot do it, now or ever."""
    return any(word_of(each) for each in _causes(error))


def require_passing(error: BaseException, at_work: bool = False) -> None:
    """Raises StoreUnusable where waiting does not help, or the error itself where it is a mistake of this program.

    ``at_work``: Redis let this process work before.
    """
    found = next((each for each in _causes(error) if _is_final(each)), None)
    if found is None or (at_work and _is_of_access(found)):
        return
    if isinstance(found, redis.RedisError) and not isinstance(found, _OURS):
        raise StoreUnusable(f"Redis refuses: {error_text(found)}; {advice_of(found)}") from error
    raise error


def error_text(error: BaseException) -> str:
    """The error in Redis' own words, its word first."""
    word, text = word_of(error), _CLIENT.sub(r"\1:\2", str(error)) or type(error).__name__
    return text if not word or word in text else f"{word} {text}"


def advice_of(error: BaseException) -> str:
    """The advice for an error that does not pass."""
    if isinstance(error, AuthenticationError | AuthorizationError):
        return FINAL["NOAUTH" if word_of(error) == "NOAUTH" else "WRONGPASS"]
    return FINAL.get(word_of(error), FINAL["ERR"])


def _text(error: BaseException) -> str:
    """The text of Redis, without the command that redis-py puts before it in a pipeline."""
    return str(error).rpartition("caused error: ")[2]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and where it wraps another (a cluster that cannot be opened) that one too."""
    yield error
    behind = error.__cause__
    if isinstance(error, RedisClusterException | OSError) and behind is not None:
        yield from _causes(behind)


def _is_of_access(error: BaseException) -> bool:
    return isinstance(error, AuthenticationError | AuthorizationError) or word_of(error) in _TAKEN_AWAY


def _is_final(error: BaseException) -> bool:
    if isinstance(error, _OURS + _FILES):
        return True
    if isinstance(error, AuthenticationError | AuthorizationError):
        return True
    if not isinstance(error, redis.ResponseError):
        return False
    word = word_of(error)
    return word in FINAL and not (word == "ERR" and _QUOTA.match(_text(error)))
