"""The log names a source with wrong keys once when it begins and once when it ends, not for every record."""

import logging

import pytest

from streams.consume.notices import MisroutedNotices
from streams.ledger.partition_state import PartitionState
from tests.streams.making import at, call_record, fold_all, new_fold


def test_a_source_is_named_once_per_change(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    fold, log = new_fold(known := PartitionState()), MisroutedNotices()
    offset = 0

    def come(count: int, key: str | None, seconds: float) -> list[str]:
        nonlocal offset
        caplog.clear()
        for _ in range(count):
            fold_all(fold, [call_record(offset, f"c{offset}", key=key, at_ms=at(seconds))])
            log.check_partition(3, known)
            offset += 1
        return [record.getMessage() for record in caplog.records]

    assert come(2, None, 0) == []
    (begun,) = come(5, "", 1)
    assert begun.startswith("partition 3: 1 of 3 records of source /acd count for nobody")
    assert "has no key" in begun
    assert "record key to data.agent" in begun
    assert come(20, "", 2) == []
    assert come(10, None, 3) == []
    (ended,) = come(1, None, 2 * 86_400)
    assert ended == "partition 3: source /acd sends its records under their agents' keys again"
    assert come(5, None, 2 * 86_400) == []
    (again,) = come(1, "x", 2 * 86_400)
    assert "'x'" in again
