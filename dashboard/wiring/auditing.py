"""The audit log of a process over its own connection: the writer of a web worker, the row of a command, and the readers.

The topic is made where it is missing: one partition, kept for a year. A connection of its own, because acts wait for it while the
other producer may be waiting for something else.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress

from dashboard.access.audit_chain import Chain, ChainCheck, Head
from dashboard.access.audit_follower import KEPT_MS, AuditFollower
from dashboard.access.audit_log import RETENTION_MS, AuditAway, AuditLog
from dashboard.access.audit_rows import AuditEntry, AuditRow, Kind, NoRow, decode_row
from dashboard.access.audit_service import AuditService
from dashboard.access.os_user import os_user
from dashboard.settings import Settings
from dashboard.site.load import Site
from streams.kafka_log.log_reader import ValueFollower
from streams.kafka_log.produce import LazyProducer, Producer
from streams.kafka_log.topics import NoSuchTopic, Unreachable, ensure_topic
from streams.store.outage import repeat_in_thread

_SEND_EVERY_S = 0.2
_GIVE_UP_S = 10.0


@contextmanager
def audit_log(settings: Settings) -> Iterator[AuditLog]:
    """The writer, whose spool is sent every moment until the block ends; Kafka may be away."""
    producer = LazyProducer(lambda: _connect(settings))
    log = AuditLog(producer.send_records, settings.audit, _now_ms, lambda: _chain_of(settings))
    with closing(producer):
        with repeat_in_thread("audit-log", log.send_spooled, _SEND_EVERY_S, (AuditAway,)):
            yield log
        with suppress(AuditAway):  # said before; there is nobody left to wait for
            log.send_spooled()


def audit_follower(settings: Settings, clock_ms: Callable[[], int]) -> AuditFollower:
    """What people see of the log; a log that is missing is made. Its ``refresh`` raises Unreachable and NoSuchTopic."""

    def open_log(start: int | None) -> ValueFollower:
        since_ms = clock_ms() - KEPT_MS
        try:
            return ValueFollower(settings.kafka, settings.audit, start, since_ms)
        except NoSuchTopic:  # before its first row the log is empty, which is no fault
            ensure_topic(settings.kafka, settings.audit, 1, RETENTION_MS)
            return ValueFollower(settings.kafka, settings.audit, start, since_ms)

    return AuditFollower(open_log, clock_ms)


@contextmanager
def audit_service(settings: Settings, site: Callable[[], Site], clock_ms: Callable[[], int]) -> Iterator[AuditService]:
    """The log for auditors and for the agents concerned; it begins to read at once, so that it is there when they ask."""
    service = AuditService(
        audit_follower(settings, clock_ms),
        lambda: check_chains(settings),
        lambda since_ms: audit_rows(settings, since_ms),
        site,
        clock_ms,
        (Unreachable, NoSuchTopic),
    )
    service.begin_reading()
    with closing(service):
        yield service


def record_command(settings: Settings, command: str, kind: Kind, what: str, whom: str | None = None) -> None:
    """Writes the row of a command before it shows people or does anything, under the user of this machine. Raises AuditAway."""
    user = os_user()
    where = f"callfloor {command}"
    entry = AuditEntry(account=user.account, name=user.name, kind=kind, where=where, what=what, whom=whom)
    with closing(LazyProducer(lambda: _connect(settings))) as producer:
        AuditLog(producer.send_records, settings.audit, _now_ms, lambda: _chain_of(settings)).write_act(entry)


def check_chains(
    settings: Settings, kept: Iterable[Head] = (), look: Callable[[int, int], None] | None = None
) -> ChainCheck:
    """Reads the whole log and follows its chains. Raises Unreachable, NoSuchTopic.

    ``look`` is called with the rows so far and all.
    """
    with closing(ValueFollower(settings.kafka, settings.audit)) as log:
        check = ChainCheck(log.begin, kept)
        for offset, value in log.read():
            check.follow_row(offset, value)
            if look is not None:
                look(check.rows, log.end - log.begin)
    check.finish()
    return check


def audit_rows(settings: Settings, since_ms: int) -> Iterator[AuditRow]:
    """The rows that were appended since a moment, oldest first. Raises Unreachable and NoSuchTopic."""
    with closing(ValueFollower(settings.kafka, settings.audit, since_ms=since_ms)) as log:
        for _, value in log.read():
            with suppress(NoRow):
                yield decode_row(value)


def _connect(settings: Settings) -> Producer:
    ensure_topic(settings.kafka, settings.audit, 1, RETENTION_MS)
    return Producer(settings.kafka, settings.audit, give_up_s=_GIVE_UP_S)


def _chain_of(settings: Settings) -> Chain:
    """A chain behind the newest row; behind none where the log cannot be asked, which its check allows."""
    with suppress(Unreachable, NoSuchTopic, NoRow):
        with closing(ValueFollower(settings.kafka, settings.audit)) as log:
            log.seek_last()
            rows = [decode_row(value) for _, value in log.read()]
        if rows:
            return Chain(head=rows[-1].hash)
    return Chain()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
