"""Replaying letters: one run at a time, told step by step, by whoever asks for it."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from dashboard.actions.acting_person import Refused, person
from dashboard.health.replay_lock import Right, Run, Runs, RunsAway
from streams.counting_policy import BY_REBUILD
from streams.kafka_log.produce import ProduceFailed
from streams.site_time import rfc3339
from streams.store.outage import repeat_in_thread

log = logging.getLogger(__name__)
REASONS = ("bad_field", "future", "not_cloudevent", "not_json", "too_late")
ONLY_BY_REBUILD = (
    "these count only by a rebuild after `lateness` or `fact_lateness` was changed; they are never sent again"
)
HOLD_S = 1.0
KAFKA_AWAY, REDIS_AWAY, BROKEN_OFF = "kafka_away", "redis_away", "broken_off"


class Asked(msgspec.Struct, frozen=True):
    """The body of POST /letters: which letters; without a reason, all that may be sent again."""

    reason: str | None = None


class Counted(Protocol):
    """How far a replay is: streams.dead_letters.replay_letters.ReplayProgress."""

    @property
    def total(self) -> int: ...

    @property
    def by_outcome(self) -> Any: ...


Replay = Callable[[str | None, str, Callable[[Counted], None], threading.Event], Counted]
"""(reason, by, called before each letter, stop) -> what became of them. Raises ConnectionError, ProduceFailed."""


class _Ended(Exception):
    """The right to replay is lost: another one may have it by now, and what is told is his."""


class LetterDesk:
    """``replay`` sends letters again; ``runs`` opens what keeps the runs when it is first needed, and raises RunsAway."""

    def __init__(self, replay: Replay, runs: Callable[[], Runs], now_ms: Callable[[], int]) -> None:
        self._replay = replay
        self._runs = runs
        self._now_ms = now_ms
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, who: str, asked: Asked) -> dict[str, Any]:
        """Begins a run beside -> the run. Raises Refused: no such reason or name, only a rebuild counts it, one runs."""
        by = person(who)
        run, right = self._taken(asked.reason, by)
        thread = threading.Thread(target=self._run, args=(run, right), name="replay-letters")
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()
        return told(run, True)

    def run(self, reason: str | None, by: str, show: Callable[[Run], None] = lambda run: None) -> Run:
        """A run to its end -> how it ended. Raises Refused as ``begin`` does, and RunsAway."""
        return self._run(*self._taken(reason, by), show)

    def last(self) -> dict[str, Any] | None:
        """The newest run in JSON; None if there was none. Raises RunsAway."""
        runs = self._runs()
        run, running = runs.last(), runs.is_running()
        return None if run is None else told(run, running)

    def close(self) -> None:
        """Ends what runs here after the chunk that is underway: the rest waits on."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _taken(self, reason: str | None, by: str) -> tuple[Run, Right]:
        if reason is not None and reason not in REASONS:
            raise Refused(422, "no_reason", f"reason must be one of {', '.join(REASONS)}")
        if reason in BY_REBUILD:
            raise Refused(422, "by_rebuild", f"{reason}: {ONLY_BY_REBUILD}")
        right = self._runs().take()
        if right is None:
            raise Refused(409, "replay_runs", "letters are being replayed; one run at a time")
        run = Run(by=by, reason=reason, began_ms=self._now_ms())
        self._runs().write(run)
        return run, right

    def _run(self, run: Run, right: Right, show: Callable[[Run], None] = lambda run: None) -> Run:
        now = run

        def step(tally: Counted) -> None:
            nonlocal now
            before, now = now, _counted(run, tally)
            if not right.hold():
                raise _Ended
            if now != before:
                self._runs().write(now)
                show(now)

        try:
            # Whoever waits for Kafka in the middle of a run holds the right all the same.
            with repeat_in_thread("replay-right", right.hold, HOLD_S, (RunsAway,)):
                now = _counted(run, self._replay(run.reason, run.by, step, self._stop))
            if now.sent + now.same + now.gone < now.total:
                now = msgspec.structs.replace(now, error=BROKEN_OFF)
        except _Ended:
            now = msgspec.structs.replace(now, error=BROKEN_OFF)
        except RunsAway as error:
            now = self._failed(now, REDIS_AWAY, error)
        except (ConnectionError, ProduceFailed) as error:
            now = self._failed(now, KAFKA_AWAY, error)
        return self._end(msgspec.structs.replace(now, ended_ms=self._now_ms()), right)

    def _failed(self, run: Run, word: str, error: Exception) -> Run:
        log.warning("the replay of letters ended early: %s", error)
        return msgspec.structs.replace(run, error=word)

    def _end(self, run: Run, right: Right) -> Run:
        """Without the right nothing is noted: the note may be another's by now."""
        try:
            if right.hold():
                self._runs().write(run)
                right.release()
        except RunsAway as error:
            log.warning("how the replay of letters ended could not be noted: %s", error)
        return run


def told(run: Run, running: bool) -> dict[str, Any]:
    """A run in JSON; one that nobody runs and that has no end broke off."""
    ended = None if run.ended_ms is None else rfc3339(run.ended_ms)
    broken = BROKEN_OFF if ended is None and not running else None
    figures = {name: getattr(run, name) for name in ("reason", "by", "total", "sent", "same", "gone")}
    running = running and ended is None
    return {**figures, "began": rfc3339(run.began_ms), "ended": ended, "running": running, "error": run.error or broken}


def _counted(run: Run, tally: Counted) -> Run:
    return msgspec.structs.replace(run, total=tally.total, **{n: tally.by_outcome[n] for n in ("sent", "same", "gone")})
