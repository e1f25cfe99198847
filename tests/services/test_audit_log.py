"""The audit log on a real Kafka: written by a worker and by commands, followed by people, checked and compared by the command."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from dashboard.access.audit_follower import AuditFilter
from dashboard.access.audit_log import RETENTION_MS, AuditAway
from dashboard.access.audit_rows import AuditEntry, AuditRow, encode_row
from dashboard.board.publish import wall_clock_ms
from dashboard.cli.main import main
from dashboard.settings import Settings, load
from dashboard.wiring.auditing import audit_follower, audit_log, audit_rows, record_command
from streams.kafka_log.produce import Producer
from streams.kafka_log.topics import describe
from tests.dashboard.running import answering
from tests.dashboard.web.role_questions import Walk, post
from tests.dashboard.web.two_teams import two_teams
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
NOTHING = "127.0.0.1:1"


def entry(**changes: Any) -> AuditEntry:
    usual = {"account": "oidc:1", "name": "周岚", "kind": "viewed_person", "where": "/team/dawn", "whom": "8100"}
    return AuditEntry(**{**usual, **changes})


@dataclass
class Archive:
    """A site with an audit log of its own."""

    settings: Settings
    capsys: pytest.CaptureFixture[str]

    def rows(self) -> list[AuditRow]:
        return list(audit_rows(self.settings, 0))

    def call(self, *arguments: str) -> tuple[int, str]:
        self.capsys.readouterr()
        options = ["--kafka", str(self.settings.kafka), "--audit", self.settings.audit, "--zone", "UTC"]
        code = main(["audit-log", *arguments, *options])
        return code, self.capsys.readouterr().out

    def write_raw(self, *values: bytes) -> None:
        with Producer(self.settings.kafka, self.settings.audit) as producer:
            for value in values:
                producer.send(None, value, partition=0)


@pytest.fixture
def archive(kafka: KafkaServer, topic: str, capsys: pytest.CaptureFixture[str]) -> Iterator[Archive]:
    yield Archive(load({"kafka": kafka.bootstrap, "audit": f"{topic}-audit"}, {}), capsys)


def test_a_worker_writes_acts_at_once_and_reads_a_moment_later(archive: Archive) -> None:
    with audit_log(archive.settings) as log:
        log.write_act(entry(kind="decided", what="C-1"))
        assert [row.what for row in archive.rows()] == ["C-1"]
        for _ in range(3):
            log.note_read(entry(what="drawer"))
        wait_until(lambda: len(archive.rows()) == 2, PATIENCE_S, "the read to be in the log")
        log.note_read(entry(whom="8101"))
    assert [row.whom for row in archive.rows()] == ["8100", "8100", "8101"]
    info = describe(archive.settings.kafka, archive.settings.audit)
    assert (info.partitions, info.retention_ms, info.log_append_time) == (1, RETENTION_MS, True)


def test_chains_of_workers_and_commands_hang_on_each_other(archive: Archive) -> None:
    for n in range(2):
        record_command(archive.settings, "judge", "exported", str(n))
        with audit_log(archive.settings) as log:
            log.write_act(entry(kind="set"))
    rows = archive.rows()
    assert [row.prev for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert len({row.writer for row in rows}) == 4
    assert archive.call("verify") == (0, "intact: 4 of 4 rows of 4 writers are as written\n")


def test_the_board_writes_it_and_acts_on_nothing_without_it(archive: Archive, redis_url: str) -> None:
    act = post("/decisions", frozenset(), 201, None, ref="ZQD1-k1", decision="upheld")
    away = load({"kafka": NOTHING, "audit": archive.settings.audit}, {})
    for settings, answer in ((away, (503, "audit_away")), (archive.settings, (201, None))):
        with audit_log(settings) as log, two_teams(redis_url, audit=log) as board, answering(board.server) as address:
            with httpx.Client(timeout=PATIENCE_S) as browser:
                found = act.ask(Walk(address, board, browser), "supervisor")
            assert (found.status_code, found.json().get("error")) == answer
            assert len(board.post.records) == (answer[0] == 201) * 2
    assert [(row.account, row.kind, row.what) for row in archive.rows()] == [
        ("oidc:supervisor", "decided", "upheld ZQD1-k1")
    ]


def test_a_log_before_its_first_row_is_empty_and_no_fault(archive: Archive) -> None:
    follower = audit_follower(archive.settings, wall_clock_ms)
    follower.refresh()
    assert follower.rows(AuditFilter()) == []
    follower.close()


def test_people_follow_it(archive: Archive) -> None:
    now_ms = 0
    with audit_log(archive.settings) as log:
        log.write_act(entry(kind="set"))
        now_ms = archive.rows()[0].time_ms
        follower = audit_follower(archive.settings, lambda: now_ms)
        follower.refresh()
        log.write_act(entry(kind="denied", account="oidc:2", name="陆沉"))
        follower.refresh()
    assert [(line.kind, line.number) for line in follower.rows(AuditFilter())] == [("denied", 2), ("set", 1)]
    assert sum(follower.counts(AuditFilter()).values()) == 2
    assert [look.account for look in follower.lookers_at("8100", 0)] == ["oidc:2"]
    follower.close()


def test_nothing_happens_and_nothing_is_shown_without_the_log(archive: Archive) -> None:
    away = load({"kafka": NOTHING, "audit": archive.settings.audit}, {})
    with pytest.raises(AuditAway, match="nothing is done"):
        record_command(away, "judge", "exported", "")


@pytest.mark.parametrize("harm", ["edited", "left out", "moved", "put in"])
def test_the_command_finds_what_was_changed_at_its_number(archive: Archive, harm: str) -> None:
    """The log is copied with one change, as somebody who may write to Kafka could do it."""
    with audit_log(archive.settings) as log:
        for n in range(6):
            log.write_act(entry(kind="set", what=str(n)))
    rows = archive.rows()
    values = [encode_row(row) for row in rows]
    changed = {
        "edited": [*values[:3], encode_row(msgspec.structs.replace(rows[3], whom="8101")), *values[4:]],
        "left out": values[:3] + values[4:],
        "moved": [*values[:3], values[4], values[3], values[5]],
        "put in": [*values[:4], values[3], *values[4:]],
    }[harm]
    copies = [Archive(load({"kafka": str(archive.settings.kafka), "audit": f"{archive.settings.audit}-{n}"}, {}), archive.capsys)
              for n in range(2)]  # fmt: skip
    for copy, content in zip(copies, (values, changed), strict=True):
        record_command(copy.settings, "judge", "exported", "")  # makes the topic
        copy.write_raw(*content)
    assert copies[0].call("verify")[0] == 0
    code, text = copies[1].call("verify")
    assert code == 1
    assert f"BROKEN: writer {rows[0].writer}, row 4: " in text
    assert text.splitlines()[-1].startswith("broken: ")


def test_kept_heads_find_what_was_cut_off(archive: Archive, tmp_path: Path) -> None:
    with audit_log(archive.settings) as log:
        for n in range(3):
            log.write_act(entry(kind="set", what=str(n)))
    code, heads = archive.call("head")
    (writer, seq, hash, _) = heads.split()
    last = archive.rows()[-1]
    assert (code, writer, int(seq), hash) == (0, last.writer, 3, last.hash)
    file = tmp_path / "heads.txt"
    file.write_text(heads)
    assert archive.call("verify", "--head", str(file))[0] == 0
    short = Archive(
        load({"kafka": str(archive.settings.kafka), "audit": f"{archive.settings.audit}-2"}, {}), archive.capsys
    )
    record_command(short.settings, "judge", "exported", "")
    short.write_raw(*[encode_row(row) for row in archive.rows()[:2]])
    assert short.call("verify")[0] == 0, "by itself nobody can see it"
    code, text = short.call("verify", "--head", str(file))
    assert (code, f"writer {writer}, row 3: missing" in text) == (1, True)
    file.write_text("no head\n")
    assert archive.call("verify", "--head", str(file))[0] == 2


def test_show_prints_the_rows_of_a_day_a_person_and_an_account(archive: Archive) -> None:
    with audit_log(archive.settings) as log:
        log.write_act(entry(kind="set", what="=1+1"))
        log.write_act(entry(kind="denied", whom="8101", account="oidc:2", name="陆沉"))
    code, text = archive.call("show", "--raw")
    lines = text.splitlines()
    assert (code, len(lines)) == (0, 3)
    assert "周岚,,set,8100,,=1+1,/team/dawn," in lines[1]
    assert "oidc:2" in archive.call("show", "--person", "8101", "--raw")[1].splitlines()[1]
    assert len(archive.call("show", "--account", "陆", "--raw")[1].splitlines()) == 2
    assert len(archive.call("show", "--day", "2020-01-01", "--raw")[1].splitlines()) == 1
    assert "'=1+1" in archive.call("show")[1]


def test_without_kafka_the_command_says_so_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("show", "verify", "head"):
        assert main(["audit-log", command, "--kafka", NOTHING, "--zone", "UTC"]) == 2
        assert NOTHING in capsys.readouterr().err


def test_a_topic_that_is_not_there_is_named(archive: Archive) -> None:
    options = ["--kafka", str(archive.settings.kafka), "--audit", archive.settings.audit]
    assert main(["audit-log", "verify", *options]) == 2
    assert f"no topic '{archive.settings.audit}'" in archive.capsys.readouterr().err
