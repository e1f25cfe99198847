"""Which errors of Redis pass: each as redis-py makes it out of the bytes of an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from redis._parsers.base import BaseParser
from redis.exceptions import (
    CrossSlotTransactionError,
    MaxConnectionsError,
    RedisClusterException,
    SlotNotCoveredError,
)

from streams.store.errors import FINAL, StoreUnusable, error_text, is_answered, passes, require_passing, word_of

PASSING = (
    "READONLY You can't write against a read only replica.",
    "OOM command not allowed when used memory > 'maxmemory'.",
    "NOREPLICAS Not enough good replicas to write.",
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "LOADING Redis is loading the dataset in memory",
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    "CLUSTERDOWN Hash slot not served",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "MOVED 3999 127.0.0.1:6381",
    "ASK 3999 127.0.0.1:6381",
    "NOGOODSLAVE No suitable replica to promote",
    "INPROG Failover already in progress",
    "REDIRECT 127.0.0.1:6381",
    "ERR max number of clients reached",
    "ERR max daily request limit exceeded. Limit: 10000, Usage: 10000.",
    "EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.",
    "EXECABORT Transaction discarded because of previous errors.",
    "ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write against a read only replica.",
    "OOM command not allowed when used memory > 'maxmemory'. script: 5f2, on @user_script:1.",
    "no upstream host",
    "QUIESCING the node is being drained",
)
NOT_PASSING = (
    ("NOAUTH Authentication required.", "password"),
    ("WRONGPASS invalid username-password pair or user is disabled.", "wrong"),
    ("ERR invalid password", "wrong"),
    ("NOPERM this user has no permissions to run the 'set' command", "ACL"),
    ("NOPERM this user has no permissions to access the 'OOM BUSY READONLY' key", "ACL"),
    ("WRONGTYPE Operation against a key holding the wrong kind of value", "database of its own"),
    ("ERR unknown command 'XADD', with args beginning with: 'a'", "Redis 6"),
    ("ERR unknown command 'LOADING', with args beginning with: 'because of: OOM'", "Redis 6"),
    ("ERR DB index is out of range", "database number"),
    ("CROSSSLOT Keys in request don't hash to the same slot", "cluster"),
)


def answered(text: str) -> Exception:
    error: Exception = BaseParser.parse_error(text)
    return error


def in_pipeline(text: str) -> Exception:
    """The same as the error of the second command of a pipeline."""
    error = answered(text)
    redis.client.Pipeline.annotate_exception(None, error, 2, ("SET", "caused error: BUSY", "x"))  # type: ignore[arg-type]
    return error


@pytest.mark.parametrize("text", PASSING)
@pytest.mark.parametrize("made", [answered, in_pipeline])
def test_a_state_of_the_server_passes(text: str, made: Any) -> None:
    require_passing(made(text))
    assert passes(made(text))


@pytest.mark.parametrize(("text", "advice"), NOT_PASSING)
@pytest.mark.parametrize("made", [answered, in_pipeline])
def test_what_a_person_has_to_put_right_ends_with_the_words_of_redis_and_what_to_do(
    text: str, advice: str, made: Any
) -> None:
    error = made(text)
    with pytest.raises(StoreUnusable) as raised:
        require_passing(error)
    assert advice in str(raised.value)
    assert text.partition(" ")[2] in str(raised.value)
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("text", [text for text, _ in NOT_PASSING])
@pytest.mark.parametrize("made", [answered, in_pipeline])
def test_what_was_taken_away_from_a_process_at_work_may_come_back(text: str, made: Any) -> None:
    if text.startswith(("NOAUTH", "WRONGPASS", "NOPERM", "ERR invalid password")):
        require_passing(made(text), at_work=True)
    else:
        with pytest.raises(StoreUnusable):
            require_passing(made(text), at_work=True)


@pytest.mark.parametrize(
    "error",
    [
        redis.ConnectionError("Error 111 connecting to 127.0.0.1:6379. Connection refused."),
        redis.ConnectionError("Connection closed by server."),
        redis.TimeoutError("Timeout reading from socket"),
        redis.exceptions.InvalidResponse("Protocol Error: b'x'"),
        MaxConnectionsError("Too many connections"),
        RedisClusterException("Redis Cluster cannot be connected. Please provide at least one reachable node"),
        SlotNotCoveredError("Slot 3 is not covered by the cluster."),
        redis.exceptions.ClusterError("TTL exhausted."),
        ConnectionResetError(104, "Connection reset by peer"),
        TimeoutError("timed out"),
        OSError(113, "No route to host"),
    ],
)
def test_a_broken_way_to_redis_passes(error: Exception) -> None:
    require_passing(error)
    assert not is_answered(error)


@pytest.mark.parametrize(
    "error",
    [
        redis.DataError("Invalid input of type: 'NoneType'"),
        redis.WatchError("Watched variable changed."),
        redis.exceptions.PubSubError("pubsub connection not set"),
        CrossSlotTransactionError("Cannot watch or send commands on different slots"),
        FileNotFoundError(2, "No such file"),
    ],
)
def test_a_mistake_of_this_program_is_raised_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        require_passing(error)
    assert raised.value is error


def test_a_cluster_that_cannot_be_opened_is_judged_by_what_is_behind() -> None:
    with pytest.raises(StoreUnusable, match="wrong"), wrapped(answered("WRONGPASS invalid username-password pair")):
        pass
    with wrapped(redis.ConnectionError("refused")):
        pass


@contextmanager
def wrapped(behind: Exception) -> Iterator[None]:
    """Asks about a RedisClusterException with this cause."""
    try:
        raise RedisClusterException("Redis Cluster cannot be connected") from behind
    except RedisClusterException as error:
        require_passing(error)
    yield


def test_every_final_word_has_its_advice_and_every_answer_is_said_with_its_word() -> None:
    assert all(advice and not advice.endswith(".") for advice in FINAL.values())
    for text in (*PASSING, *(text for text, _ in NOT_PASSING)):
        error = answered(text)
        assert error_text(error).count(word_of(error) or "x") >= (1 if word_of(error) else 0)
        assert is_answered(error) is bool(word_of(error))
