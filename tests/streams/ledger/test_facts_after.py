"""Reading a ledger on: everything once, then what was written since, whatever hour of the log it stands in."""

from collections.abc import Iterator
from typing import Any

import pytest

from streams.site_time import SiteTime
from streams.store.client import open_redis
from streams.store.ledger_reader import BEGINNING, LedgerReader, Passage
from tests.streams.making import at, record
from tests.streams.storing import TOPIC, commit

pytestmark = pytest.mark.services


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    found = open_redis(redis_url)
    yield found
    found.close()


def complaint(offset: int, id: str, seconds: float) -> Any:
    data = {"complaint_id": id, "agent": "1042", "kind": "complaint"}
    return record(offset, "complaint.recorded", data, at_ms=at(seconds))


def read(client: Any, passage: Passage = BEGINNING) -> tuple[list[str], Passage]:
    ids = []
    for reached, lines in LedgerReader(client, TOPIC, 4, SiteTime("UTC")).facts_after(0, passage):
        ids += [id for _, _, id, _ in lines]
        passage = reached
    return ids, passage


def test_what_was_read_is_not_read_again_within_an_hour_and_over_its_end(client: Any) -> None:
    assert read(client) == ([], BEGINNING)
    commit(client, complaint(0, "a", 0), complaint(1, "b", 1))
    ids, passage = read(client)
    assert ids == ["a", "b"]
    assert read(client, passage) == ([], passage)
    commit(client, complaint(2, "c", 2))
    commit(client, complaint(3, "d", 3_700))
    later, passage = read(client, passage)
    assert later == ["c", "d"]
    commit(client, complaint(4, "e", 3_701))
    assert read(client, passage)[0] == ["e"]
    assert read(client)[0] == ["a", "b", "c", "d", "e"]


def test_a_line_that_is_written_again_comes_again_and_last(client: Any) -> None:
    commit(client, complaint(0, "a", 0))
    _, passage = read(client)
    decided = {"complaint_id": "a", "agent": "1042", "decision": "withdrawn"}
    commit(client, record(1, "complaint.decided", decided, at_ms=at(4_000)))
    assert read(client, passage)[0] == ["a"]
    assert read(client)[0] == ["a", "a"]
