"""Of a log with transactions only what was committed comes out, wherever reading begins and however it is cut."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kafka.protocol.consumer import IsolationLevel
from kafka.record import MemoryRecords

from streams.decode import Record
from tests.streams.kafka_log.test_fetch_batches import CONTROL, FAST, NAMED, PLACE, STOCK, Written, as_plain, batch

TRANSACTIONAL = 0x10
ABORT, COMMIT = b"\0\0\0\0", b"\0\0\0\1"
PLAIN, IDEMPOTENT = -1, 9


class Sent(NamedTuple):
    """One step of a producer: some records, or with ``end`` the end of its transaction."""

    producer: int
    count: int
    end: bytes | None = None
    codec: int = 0
    gone: bool = False
    """Compacted away: its batch stays, without a record."""


class Aborted(NamedTuple):
    """As a broker tells it beside a fetch."""

    producer_id: int
    first_offset: int


class Log(NamedTuple):
    """Up to the last stable offset: the batches, where each begins, what was committed, and (aborted, its marker's offset)."""

    batches: list[bytes]
    bases: list[int]
    committed: list[Record]
    aborted: list[tuple[Aborted, int]]


def written(steps: Sequence[Sent]) -> Log:
    """The log, by a model of its own: a transaction's records wait until its end says whether they are facts."""
    batches, bases, facts, aborted = [], [], [], []
    offset, open_at, waiting = 0, {}, {}
    for step in steps:
        bases.append(offset)
        transactional = TRANSACTIONAL if step.producer not in (PLAIN, IDEMPOTENT) else 0
        if step.end is not None:
            marker = [] if step.gone else [Written(0, 1, step.end, b"\0" * 6)]
            batches.append(batch(marker, offset, 0, TRANSACTIONAL | CONTROL, 0, step.producer))
            first = open_at.pop(step.producer, None)
            given_up = waiting.pop(step.producer, [])
            if step.end == COMMIT:
                facts += given_up
            elif first is not None:
                aborted.append((Aborted(step.producer, first), offset))
            offset += 1
            continue
        some = [] if step.gone else [Written(n, 1, b"k", str(offset + n).encode()) for n in range(step.count)]
        batches.append(batch(some, offset, step.codec if some else 0, transactional, step.count - 1, step.producer))
        plain = [Record(offset + one.later, 1, one.key, one.value) for one in some]
        if transactional:
            open_at.setdefault(step.producer, offset)
            waiting.setdefault(step.producer, []).extend(plain)
        else:
            facts += plain
        offset += step.count
    stable = min(open_at.values(), default=offset)
    kept = [n for n, base in enumerate(bases) if base < stable]
    facts = sorted((one for one in facts if one.offset < stable), key=lambda one: one.offset)
    return Log([batches[n] for n in kept], [bases[n] for n in kept], facts, aborted)


def read(reader: Any, log: Log, start: int, at_most: int, level: int = IsolationLevel.READ_COMMITTED) -> list[Record]:
    """What comes out from an offset on. As of a broker: the batch that holds it is the first, what ends later is told."""
    first = max((n for n, base in enumerate(log.bases) if base <= start), default=0)
    raw = b"".join(log.batches[first:])
    aborted = [each for each, marker in log.aborted if marker >= start]
    part = reader(start, PLACE, MemoryRecords(raw), isolation_level=level, aborted_transactions=aborted)
    found: list[Record] = []
    while part:
        found += [as_plain(one) for one in part.take(at_most)]
    return found


codecs = st.sampled_from([0, 1, 2, 3, 4])
sends = st.builds(
    Sent, st.sampled_from([PLAIN, IDEMPOTENT, 1, 2, 3]), st.integers(1, 4), st.none(), codecs, st.just(False)
)
compacted = st.builds(Sent, st.sampled_from([PLAIN, 1, 2]), st.integers(1, 4), st.none(), codecs, st.just(True))
ends = st.builds(
    Sent, st.sampled_from([1, 2, 3]), st.just(1), st.sampled_from([ABORT, ABORT, COMMIT]), st.just(0), st.just(False)
)
steps = st.lists(st.one_of(sends, sends, ends, compacted), max_size=40)


@given(steps, st.integers(0, 60), st.sampled_from([1, 3, 1 << 30]))
@example([Sent(1, 3), Sent(PLAIN, 2), Sent(1, 2), Sent(1, 1, ABORT), Sent(1, 1), Sent(1, 1, COMMIT)], 4, 2)
def test_only_what_was_committed_comes_out(steps: list[Sent], start: int, at_most: int) -> None:
    log = written(steps)
    wanted = [one for one in log.committed if one.offset >= start]
    for reader in (FAST, NAMED):
        assert read(reader, log, start, at_most) == wanted
    assert read(STOCK, log, start, at_most) == wanted, "the model is Kafka's"


@pytest.mark.parametrize("reader", [FAST, NAMED], ids=["batches", "stock"])
def test_a_marker_that_compaction_emptied_ends_nothing_and_is_no_fault(reader: Any) -> None:
    """Its transaction's records are gone before it is: there is nothing left that it could end."""
    log = written([Sent(1, 2), Sent(1, 1, COMMIT), Sent(2, 1, ABORT, gone=True), Sent(PLAIN, 1)])
    assert [one.offset for one in read(reader, log, 0, 9)] == [0, 1, 4]


def test_who_asks_for_everything_is_given_everything() -> None:
    log = written([Sent(1, 2), Sent(1, 1, ABORT), Sent(PLAIN, 1)])
    assert [one.offset for one in read(FAST, log, 0, 9, IsolationLevel.READ_UNCOMMITTED)] == [0, 1, 3]
