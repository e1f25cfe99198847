"""The page of the audit log on a real Kafka: what a worker wrote, a planted fault, an export that proves itself, an outage."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from dashboard.access.audit_page import AuditQuestion
from dashboard.access.audit_rows import AuditRow, encode_row
from dashboard.access.audit_service import AuditService, AuditUnread
from dashboard.access.audit_verification import ChainState
from dashboard.board.publish import wall_clock_ms
from dashboard.settings import load
from dashboard.wiring.auditing import audit_log, audit_service, record_command
from tests.dashboard.partitions import SITE
from tests.golden import ROOT
from tests.services.kafka import KafkaServer
from tests.services.test_audit_log import Archive, entry
from tests.services.test_audit_log import archive as archive
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
ALL = AuditQuestion()


@contextmanager
def served(archive: Archive) -> Iterator[AuditService]:
    with audit_service(archive.settings, lambda: SITE, wall_clock_ms) as service:
        yield service


def checked(service: AuditService) -> ChainState:
    """The state of the chains once no check runs."""
    found = wait_until(
        lambda: None if (state := service.read_page(ALL).chain).is_running else state, PATIENCE_S, "the check to end"
    )
    assert found is not None
    return found


def write(archive: Archive, count: int) -> list[AuditRow]:
    with audit_log(archive.settings) as log:
        for n in range(count):
            log.write_act(entry(kind="set", what=str(n)))
    return archive.rows()


def test_the_page_has_what_a_worker_wrote_and_follows_it(archive: Archive) -> None:
    write(archive, 2)
    with served(archive) as service:
        page = service.read_page(ALL)
        assert [(row.number, row.what) for row in page.rows] == [(2, "1"), (1, "0")]
        state = checked(service)
        assert (state.state, state.rows, state.newest) == ("intact", 2, archive.rows()[-1].hash)
        with audit_log(archive.settings) as log:
            log.write_act(entry(kind="denied", account="oidc:2", name="陆沉"))
        newest = wait_until(
            lambda: page if (page := service.read_page(ALL)).number == 3 else None, PATIENCE_S, "the new row"
        )
        assert newest is not None and (newest.counts["set"], newest.counts["denied"]) == (2, 1)
        looks = service.find_lookers("8100")
        assert looks is not None and (looks.lookers, looks.refused) == ([], 1)


def test_a_planted_fault_is_named_from_which_row_on(archive: Archive) -> None:
    values = [encode_row(row) for row in write(archive, 5)]
    copy = Archive(
        load({"kafka": str(archive.settings.kafka), "audit": f"{archive.settings.audit}-2"}, {}), archive.capsys
    )
    record_command(copy.settings, "judge", "exported", "")  # makes the topic, and is its first row
    edited = encode_row(msgspec.structs.replace(archive.rows()[2], whom="8101"))
    copy.write_raw(*values[:2], edited, *values[3:])
    with served(copy) as service:
        state = checked(service)
        assert (state.state, state.broken_from, state.intact_before) == ("broken", 4, 3)
        assert [fault.reason for fault in state.faults] == ["edited: its hash is another"]


def test_an_export_proves_itself_and_its_heads_are_compared_by_the_command(archive: Archive, tmp_path: Path) -> None:
    """By the program of docs/operations.md, as it stands there."""
    write(archive, 3)
    with served(archive) as service:
        export = service.export_rows(AuditQuestion(kind="set"))
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    program = text.partition("**Exports** of the page")[2].partition("```python\n")[2].partition("```")[0]
    file, heads = tmp_path / export.name, tmp_path / "heads.txt"
    file.write_bytes(export.content)
    proof = [sys.executable, "-c", program, str(file)]
    heads.write_text(subprocess.run(proof, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    assert archive.call("verify", "--head", str(heads))[0] == 0
    file.write_bytes(export.content.replace(b'"what":"1"', b'"what":"7"'))
    assert subprocess.run(proof, check=False, capture_output=True).returncode != 0  # noqa: S603


def test_while_kafka_does_not_answer_the_page_says_so_and_comes_back(archive: Archive, kafka: KafkaServer) -> None:
    write(archive, 1)
    with served(archive) as service:
        assert len(service.read_page(ALL).rows) == 1
        kafka.pause()
        try:

            def is_unread() -> bool:
                try:
                    service.read_page(ALL)
                except AuditUnread:
                    return True
                return False

            wait_until(is_unread, PATIENCE_S, "the page to say so")
            wait_until(lambda: service.find_lookers("8100") is None, PATIENCE_S, "the own page to say so")
        finally:
            kafka.resume()
        wait_until(lambda: not is_unread(), PATIENCE_S, "the page to come back")


def test_where_nothing_listens_nobody_waits() -> None:
    settings = load({"kafka": "127.0.0.1:1"}, {})
    with audit_service(settings, lambda: SITE, wall_clock_ms) as service:
        with pytest.raises(AuditUnread, match="127.0.0.1:1"):
            service.read_page(ALL)
        assert service.find_lookers("8100") is None
