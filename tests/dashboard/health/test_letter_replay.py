"""The lock of replays and the newest replay on a real Redis: a process that lost the lock ends and writes nothing."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.board.bus import LEASE_MS
from dashboard.health.letter_replay import BROKEN_OFF, LetterReplayService
from dashboard.health.replay_store import REPLAY_KEY, Replay, ReplayStore
from streams.dead_letters.letters import SENT
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
WINNER = Replay(by="winner", reason=None, began_ms=5, total=7)
HOLDER = b'{"host": "h", "pid": 1, "token": "x"}'
Step = Callable[[Counter[str]], None]


def desk_of(client: Any, replay: Callable[[Step], Counter[str]]) -> LetterReplayService:
    def again(reason: str | None, by: str, before: Step, stop: threading.Event) -> Counter[str]:
        return replay(before)

    return LetterReplayService(again, ReplayStore(lambda: client), lambda: 9)


def test_a_lock_that_lapsed_is_not_taken_back(store_client: Any) -> None:
    lock = ReplayStore(lambda: store_client).acquire_lock()
    assert lock is not None
    assert lock.renew()
    store_client.delete(REPLAY_KEY)
    another = ReplayStore(lambda: store_client).acquire_lock()
    assert another is not None
    another.release()
    wait_until(lambda: not lock.renew(), PATIENCE_S, "the loss to be noticed")
    assert not store_client.exists(REPLAY_KEY)


def test_who_lost_the_lock_ends_and_writes_nothing_over_the_winners_run(store_client: Any) -> None:
    def loses(step: Step) -> Counter[str]:
        step(Counter(total=3))
        store_client.set(REPLAY_KEY, HOLDER)
        ReplayStore(lambda: store_client).write_replay(WINNER)
        wait_until(lambda: step(Counter(total=3)), PATIENCE_S, "the loss to be noticed")
        raise AssertionError

    run = desk_of(store_client, loses).run(None, "loser")
    assert (run.error, run.total) == (BROKEN_OFF, 3)
    assert ReplayStore(lambda: store_client).newest_replay() == WINNER
    assert store_client.get(REPLAY_KEY) == HOLDER


def test_the_lock_is_held_while_a_run_waits_for_kafka_and_given_back_at_its_end(store_client: Any) -> None:
    def waits(step: Step) -> Counter[str]:
        for _ in range(2):
            store_client.pexpire(REPLAY_KEY, LEASE_MS // 2)
            wait_until(lambda: store_client.pttl(REPLAY_KEY) > LEASE_MS // 2, PATIENCE_S, "the lock to be renewed")
        step(done := Counter({"total": 1, SENT: 1}))
        return done

    run = desk_of(store_client, waits).run(None, "one")
    assert (run.error, run.sent, run.ended_ms) == (None, 1, 9)
    assert ReplayStore(lambda: store_client).newest_replay() == run
    assert not store_client.exists(REPLAY_KEY)
