"""Whether the chains of the audit log hold: checked in a thread, one check at a time, and the last result with its time."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

import msgspec

from dashboard.access.audit_chain import ChainCheck
from dashboard.access.thread_job import ThreadJob
from streams.site_time import HOUR_MS, MINUTE_MS

LIFE_MS = HOUR_MS
"""A page that is looked at has the chains checked anew when the last check is older."""
_TRY_AGAIN_MS = MINUTE_MS
_MOST_FAULTS = 20


class FaultView(msgspec.Struct, frozen=True):
    """A fault by the number of the row in the log, from 1, and by its place in the chain of its writer."""

    number: int
    writer: str
    seq: int | None
    reason: str


class ChainState(msgspec.Struct, frozen=True, kw_only=True):
    """The last check. ``state`` is ``unread`` where Kafka could not be asked, ``unchecked`` before the first check.

    ``broken_from``: the number of the first row that is not as it was written; ``intact_before``: the rows of the log before it.
    ``newest``: the hash of the newest row.
    """

    state: Literal["unchecked", "intact", "broken", "unread"] = "unchecked"
    is_running: bool = False
    checked_ms: int | None = None
    took_s: float | None = None
    rows: int = 0
    intact: int = 0
    writers: int = 0
    newest: str | None = None
    broken_from: int | None = None
    intact_before: int = 0
    faults: tuple[FaultView, ...] = ()


class ChainVerifier:
    """``check_chains`` reads the whole log; it raises what is in ``away`` while it cannot."""

    def __init__(
        self,
        check_chains: Callable[[], ChainCheck],
        away: tuple[type[Exception], ...],
        clock_ms: Callable[[], int],
    ) -> None:
        self._check_chains, self._away, self._clock_ms = check_chains, away, clock_ms
        self._state = ChainState()
        self._tried_ms: int | None = None
        self._job = ThreadJob("audit-verification", self._check)

    @property
    def state(self) -> ChainState:
        """The last check, and whether another one runs."""
        return msgspec.structs.replace(self._state, is_running=self._job.is_running)

    def begin(self) -> Future[ChainCheck]:
        """Begins a check, unless one runs."""
        return self._job.begin()

    def begin_where_due(self) -> None:
        """Begins a check where there is none yet, or the last one is old."""
        tried_ms, life_ms = self._tried_ms, _TRY_AGAIN_MS if self._state.state == "unread" else LIFE_MS
        if tried_ms is None or self._clock_ms() - tried_ms >= life_ms:
            self.begin()

    def _check(self) -> ChainCheck:
        begun_ms, begun_s = self._clock_ms(), time.monotonic()
        self._tried_ms = begun_ms
        try:
            check = self._check_chains()
        except self._away:
            # A check that went well stays: it holds for the rows of then.
            if self._state.checked_ms is None:
                self._state = ChainState(state="unread")
            raise
        self._state = _state_of(check, begun_ms, time.monotonic() - begun_s)
        return check


def _state_of(check: ChainCheck, checked_ms: int, took_s: float) -> ChainState:
    faults = sorted(check.faults, key=lambda fault: fault.offset)
    newest = max(check.heads.values(), key=lambda head: head.time_ms, default=None)
    return ChainState(
        state="broken" if faults else "intact",
        checked_ms=checked_ms,
        took_s=max(0.1, round(took_s, 1)),
        rows=check.rows,
        intact=check.intact,
        writers=len(check.heads),
        newest=newest.hash if newest else None,
        broken_from=faults[0].offset + 1 if faults else None,
        intact_before=faults[0].offset - check.begin if faults else check.rows,
        faults=tuple(
            FaultView(fault.offset + 1, fault.writer, fault.seq, fault.reason) for fault in faults[:_MOST_FAULTS]
        ),
    )
