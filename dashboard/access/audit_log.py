"""The writer of the audit log: acts are written before they happen, reads as they happen, and neither without a row.

An act waits for Kafka and fails without it. A read goes into a spool that a thread empties every moment; while Kafka is away
the spool fills, and a full one refuses reads. Of reads that are alike the first of a quarter hour has a row, of streams the first
of an hour, in each process.
"""

import threading
from collections.abc import Callable

from dashboard.access.audit_chain import Chain
from dashboard.access.audit_rows import SPANS_MS, AuditEntry, encode_row
from dashboard.access.rate_limit import Rate, RateLimiter
from dashboard.actions.acting_person import Refused
from streams.actions import OutgoingRecord, ProduceFailed
from streams.site_time import DAY_MS

TOPIC = "callfloor.audit"
RETENTION_MS = 366 * DAY_MS
SPOOL_ROWS = 1_000
DENIAL_RATE = Rate(burst=100, per_s=0.2)
"""An account that is refused more often has no more rows, and no more answers either: it would fill the log."""
_WAIT_S = 5.0
"""So long an act waits for the rows of others that are on their way."""
_MOST_LIKENESSES = 20_000


class AuditAway(Refused):
    """The log does not take the row, so what it was to record must not happen: try again, and see whether Kafka is up."""

    def __init__(self, message: str) -> None:
        super().__init__(503, "audit_away", message)


class AuditLog:
    """Writes rows to one topic. Several threads may use it.

    ``post`` sends records in their order, or raises ProduceFailed. ``begin_chain`` gives a chain behind the newest row of the
    log, and is asked before the first row.
    """

    def __init__(
        self,
        post: Callable[[list[OutgoingRecord]], None],
        topic: str,
        clock_ms: Callable[[], int],
        begin_chain: Callable[[], Chain] = Chain,
        denials: Rate = DENIAL_RATE,
    ) -> None:
        self._post = post
        self._topic = topic
        self._clock_ms = clock_ms
        self._begin_chain = begin_chain
        self._denials = RateLimiter(denials)
        self._chain: Chain | None = None
        self._spool: list[tuple[AuditEntry, int]] = []
        self._spans: dict[tuple[str | None, ...], int] = {}
        self._lock = threading.Lock()
        self._sending = threading.Lock()

    def write_act(self, entry: AuditEntry) -> None:
        """Writes the row of an act, and the spooled ones before it. Raises AuditAway: the act must not happen.

        A row whose receipt was lost may stand in the log for an act that did not happen; never the other way round.
        """
        if not self._sending.acquire(timeout=_WAIT_S):
            raise AuditAway("the audit log waits for Kafka: try again in a moment")
        try:
            self._send([(entry, self._clock_ms())])
        except ProduceFailed as error:
            raise AuditAway(f"the audit log cannot be written, so nothing is done: {error}") from error
        finally:
            self._sending.release()

    def note_denied(self, entry: AuditEntry) -> None:
        """Spools the row of a refusal. Raises AuditAway as ``note_read``, and Refused where the account has too many."""
        self._denials.count(entry.account)
        self.note_read(entry)

    def note_read(self, entry: AuditEntry) -> None:
        """Spools the row of a read, unless a like read has one.

        Raises AuditAway: the read must not be answered.
        """
        now_ms = self._clock_ms()
        span_ms = SPANS_MS.get(entry.kind)
        with self._lock:
            span = None if span_ms is None else now_ms // span_ms
            if span is not None and self._spans.get(entry.likeness) == span:
                return
            if len(self._spool) >= SPOOL_ROWS:
                raise AuditAway(
                    f"the audit log has {SPOOL_ROWS} rows waiting for Kafka: nothing is shown until it is back"
                )
            self._spool.append((entry, now_ms))
            if span is not None:
                self._note_span(entry.likeness, span)

    def send_spooled(self) -> None:
        """Sends what is spooled. Raises AuditAway: it waits in the spool."""
        if self._spool:
            with self._sending:
                try:
                    self._send([])
                except ProduceFailed as error:
                    raise AuditAway(f"the audit log waits with {len(self._spool)} rows: {error}") from error

    def _send(self, acts: list[tuple[AuditEntry, int]]) -> None:
        with self._lock:
            spooled = list(self._spool)
        before = self._chain or self._begin_chain()
        chain, rows = before.extend([*spooled, *acts])
        records = [OutgoingRecord(self._topic, row.writer.encode(), encode_row(row), 0) for row in rows]
        try:
            self._post(records)
        except ProduceFailed:
            self._chain = self._chain and self._chain.begin_again()
            raise
        self._chain = chain
        with self._lock:
            del self._spool[: len(spooled)]

    def _note_span(self, likeness: tuple[str | None, ...], span: int) -> None:
        if len(self._spans) >= _MOST_LIKENESSES:
            self._spans.clear()  # a row too many is no harm
        self._spans[likeness] = span
