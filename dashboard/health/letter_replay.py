"""Replays dead letters for the web server and the command line, one replay at a time, and reports its progress."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from dashboard.health.replay_store import Replay, ReplayLock, ReplayStore, ReplayStoreAway
from streams.actions import ProduceFailed
from streams.counting_policy import BY_REBUILD
from streams.site_time import rfc3339
from streams.store.outage import repeat_in_thread

log = logging.getLogger(__name__)
REASONS = ("bad_field", "future", "not_cloudevent", "not_json", "too_late")
ONLY_BY_REBUILD = (
    "these count only by a rebuild after `lateness` or `fact_lateness` was changed; they are never sent again"
)
RENEW_S = 1.0
KAFKA_AWAY, REDIS_AWAY, BROKEN_OFF = "kafka_away", "redis_away", "broken_off"


SendLetters = Callable[[str | None, str, Callable[[Counter[str]], None], threading.Event], Counter[str]]
"""(reason, by, called before each letter, stop) -> the counts at the end: ``total``, ``sent``, ``same``, ``gone``.

Raises ConnectionError, ProduceFailed.
"""


class ReplayRefused(Exception):
    """The replay may not begin; ``status`` as in HTTP, ``word`` for programs, the message for people."""

    def __init__(self, status: int, word: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.word = word


class _LockLost(Exception):
    """Another process may hold the lock by now: this one writes no more."""


class LetterReplayService:
    """Runs one replay at a time, whichever process begins it."""

    def __init__(self, send_letters: SendLetters, store: ReplayStore, now_ms: Callable[[], int]) -> None:
        self._send_letters = send_letters
        self._store = store
        self._now_ms = now_ms
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, by: str, reason: str | None) -> dict[str, Any]:
        """Starts a replay in a thread -> its report. ``reason`` None: letters of every reason that may be sent again.

        Raises ReplayStoreAway, and ReplayRefused: no such reason, a reason that only a rebuild counts, or one replay runs.
        """
        replay, lock = self._start(reason, by)
        thread = threading.Thread(target=self._run, args=(replay, lock), name="replay-letters")
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()
        return replay_report(replay, True)

    def run(self, reason: str | None, by: str, show: Callable[[Replay], None] = lambda replay: None) -> Replay:
        """Runs a replay -> the ended replay. Raises what ``begin`` raises."""
        return self._run(*self._start(reason, by), show)

    def newest_report(self) -> dict[str, Any] | None:
        """The newest replay in JSON; None if there was none. Raises ReplayStoreAway."""
        replay, running = self._store.newest_replay(), self._store.is_locked()
        return None if replay is None else replay_report(replay, running)

    def close(self) -> None:
        """Ends the replays of this process after their current chunk; the other letters stay waiting."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _start(self, reason: str | None, by: str) -> tuple[Replay, ReplayLock]:
        if reason is not None and reason not in REASONS:
            raise ReplayRefused(422, "no_reason", f"reason must be one of {', '.join(REASONS)}")
        if reason in BY_REBUILD:
            raise ReplayRefused(422, "by_rebuild", f"{reason}: {ONLY_BY_REBUILD}")
        lock = self._store.acquire_lock()
        if lock is None:
            raise ReplayRefused(409, "replay_runs", "letters are being replayed; one replay runs at a time")
        replay = Replay(by=by, reason=reason, began_ms=self._now_ms())
        self._store.write_replay(replay)
        return replay, lock

    def _run(self, replay: Replay, lock: ReplayLock, show: Callable[[Replay], None] = lambda replay: None) -> Replay:
        now = replay

        def note(tally: Counter[str]) -> None:
            nonlocal now
            before, now = now, _with_tally(replay, tally)
            if not lock.renew():
                raise _LockLost
            if now != before:
                self._store.write_replay(now)
                show(now)

        try:
            # A replay that waits for Kafka between two letters keeps its lock all the same.
            with repeat_in_thread("replay-lock", lock.renew, RENEW_S, (ReplayStoreAway,)):
                now = _with_tally(replay, self._send_letters(replay.reason, replay.by, note, self._stop))
            if now.sent + now.same + now.gone < now.total:
                now = replace(now, error=BROKEN_OFF)
        except _LockLost:
            now = replace(now, error=BROKEN_OFF)
        except (ConnectionError, ProduceFailed) as error:
            log.warning("the replay of letters ended early: %s", error)
            now = replace(now, error=REDIS_AWAY if isinstance(error, ReplayStoreAway) else KAFKA_AWAY)
        return self._end(replace(now, ended_ms=self._now_ms()), lock)

    def _end(self, replay: Replay, lock: ReplayLock) -> Replay:
        """Writes nothing without the lock: the newest replay may be another's by now."""
        try:
            if lock.renew():
                self._store.write_replay(replay)
                lock.release()
        except ReplayStoreAway as error:
            log.warning("the end of the replay of letters could not be noted: %s", error)
        return replay


def replay_report(replay: Replay, running: bool) -> dict[str, Any]:
    """A replay in JSON; a replay without an end that no process runs broke off."""
    ended = None if replay.ended_ms is None else rfc3339(replay.ended_ms)
    broken = BROKEN_OFF if ended is None and not running else None
    figures = {name: getattr(replay, name) for name in ("reason", "by", "total", "sent", "same", "gone")}
    times = {"began": rfc3339(replay.began_ms), "ended": ended}
    return {**figures, **times, "running": running and ended is None, "error": replay.error or broken}


def _with_tally(replay: Replay, tally: Counter[str]) -> Replay:
    return replace(replay, **{name: tally[name] for name in ("total", "sent", "same", "gone")})
