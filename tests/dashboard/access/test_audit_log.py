"""Acts stand in the log or do not happen; reads are spooled, one for a quarter hour, and refused where the spool is full."""

import threading
from typing import Any

import pytest

from dashboard.access.audit_log import SPOOL_ROWS, AuditAway, AuditLog
from dashboard.access.audit_rows import KINDS, SPANS_MS, decode_row
from streams.actions import OutgoingRecord
from streams.site_time import HOUR_MS, MINUTE_MS
from tests.dashboard.access.audit_rows_made import MemoryLog, check, entry
from tests.waiting import PATIENCE_S

TEN = 10 * HOUR_MS


class Desk:
    """A log with a clock."""

    def __init__(self) -> None:
        self.kafka, self.now_ms = MemoryLog(), TEN
        self.log = AuditLog(self.kafka.post, "audit", lambda: self.now_ms)

    def rows(self) -> list[Any]:
        return [decode_row(value) for value in self.kafka.values]

    def kinds(self) -> list[str]:
        return [row.kind for row in self.rows()]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_act_is_in_the_log_when_it_returns(desk: Desk) -> None:
    desk.log.write_act(entry(kind="decided", what="C-18231"))
    (row,) = desk.rows()
    assert (row.kind, row.what, row.time_ms, row.seq) == ("decided", "C-18231", TEN, 1)


def test_an_act_without_its_row_fails_and_the_next_one_is_sound(desk: Desk) -> None:
    desk.kafka.is_away = True
    with pytest.raises(AuditAway, match="nothing is done: no broker"):
        desk.log.write_act(entry(kind="decided"))
    desk.kafka.is_away = False
    desk.log.write_act(entry(kind="set"))
    assert desk.kinds() == ["set"]
    assert check(desk.kafka.values).faults == []


def test_a_lost_receipt_leaves_a_row_and_breaks_no_chain(desk: Desk) -> None:
    desk.log.write_act(entry(kind="set"))
    desk.log.note_read(entry())
    desk.kafka.loses_receipts = True
    with pytest.raises(AuditAway):
        desk.log.write_act(entry(kind="decided"))
    desk.kafka.loses_receipts = False
    desk.log.write_act(entry(kind="paired"))
    assert desk.kinds() == ["set", "viewed_person", "decided", "viewed_person", "paired"]
    assert check(desk.kafka.values).faults == []


@pytest.mark.parametrize(("kind", "span_ms"), sorted(SPANS_MS.items()))
def test_of_like_reads_the_first_of_a_span_has_a_row(desk: Desk, kind: str, span_ms: int) -> None:
    for now_ms in (TEN, TEN + 1, TEN + span_ms - 1, TEN + span_ms, TEN + span_ms + MINUTE_MS):
        desk.now_ms = now_ms
        desk.log.note_read(entry(kind=kind, what="team:dawn"))
    desk.log.send_spooled()
    assert [row.time_ms for row in desk.rows()] == [TEN, TEN + span_ms]


def test_reads_of_other_people_by_others_and_of_other_topics_have_rows_of_their_own(desk: Desk) -> None:
    for changes in ({}, {"whom": "8101"}, {"account": "oidc:2"}, {"whom": None, "team": "dawn"}):
        desk.log.note_read(entry(**changes))
        desk.log.note_read(entry(**changes, what="another drawer", where="/explain"))
    for topic in ("team:dawn", "team:dusk"):
        desk.log.note_read(entry(kind="watched", whom=None, what=topic))
    desk.log.send_spooled()
    assert len(desk.rows()) == 6


def test_every_refusal_and_every_act_has_a_row(desk: Desk) -> None:
    for kind in KINDS:
        for _ in range(3):
            desk.log.note_read(entry(kind=kind))
    desk.log.send_spooled()
    assert {kind: desk.kinds().count(kind) for kind in KINDS} == {kind: 1 if kind in SPANS_MS else 3 for kind in KINDS}


def test_reads_go_on_while_kafka_is_away_until_the_spool_is_full_and_none_is_lost(desk: Desk) -> None:
    desk.kafka.is_away = True
    for n in range(SPOOL_ROWS):
        desk.log.note_read(entry(whom=str(n)))
    with pytest.raises(AuditAway, match="waits with 1000 rows: no broker"):
        desk.log.send_spooled()
    with pytest.raises(AuditAway, match="1000 rows waiting"):
        desk.log.note_read(entry(whom="one more"))
    desk.log.note_read(entry(whom="0"))  # has its row in the spool
    desk.kafka.is_away = False
    desk.log.send_spooled()
    desk.log.note_read(entry(whom="one more"))
    desk.log.send_spooled()
    assert [row.whom for row in desk.rows()] == [*map(str, range(SPOOL_ROWS)), "one more"]
    assert check(desk.kafka.values).faults == []


def test_the_reads_before_an_act_stand_before_it(desk: Desk) -> None:
    desk.log.note_read(entry())
    desk.log.write_act(entry(kind="decided"))
    assert desk.kinds() == ["viewed_person", "decided"]


def test_a_hanging_kafka_holds_no_act_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def hang(records: list[OutgoingRecord]) -> None:
        entered.set()
        go_on.wait(PATIENCE_S)

    monkeypatch.setattr("dashboard.access.audit_log._WAIT_S", 0.05)
    log = AuditLog(hang, "audit", lambda: TEN)
    first = threading.Thread(target=log.write_act, args=(entry(kind="set"),))
    first.start()
    assert entered.wait(PATIENCE_S)
    with pytest.raises(AuditAway, match="waits for Kafka"):
        log.write_act(entry(kind="set"))
    log.note_read(entry())  # a read is not held
    go_on.set()
    first.join(PATIENCE_S)
    assert not first.is_alive()


def test_many_threads_write_one_sound_chain(desk: Desk) -> None:
    def work(name: str) -> None:
        for n in range(50):
            desk.log.note_read(entry(account=name, whom=str(n)))
            desk.log.write_act(entry(account=name, kind="set"))
            desk.log.send_spooled()

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.log.send_spooled()
    found = check(desk.kafka.values)
    assert (found.faults, found.intact, len(found.heads)) == ([], 400, 1)
