"""``close`` and ``judge`` as a manager runs them: the files, the sealed rows beside the live ones, one adjustment."""

import csv
import hashlib
import io
import json
import os
import pwd
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dashboard.cli.main import main
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.site_time import HOUR_MS, rfc3339
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests.services.acting import TIME, consuming
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
SITE = """
[site]
zone = "Asia/Shanghai"
name = "Hangzhou"
[[teams]]
id = "dawn"
profile = "outbound"
[[shifts]]
id = "day"
start = "09:00"
end = "18:00"
"""


@dataclass
class Office:
    """A terminal at a line that runs; ``month`` is the one before this."""

    producer: Producer
    options: list[str]
    run: Callable[[list[str]], str]
    reader: Reader
    folder: Path

    @property
    def month(self) -> date:
        return (TIME.day(time.time_ns() // 1_000_000).label.replace(day=1) - timedelta(days=1)).replace(day=1)

    @property
    def label(self) -> str:
        return f"{self.month:%Y-%m}"

    def send(self, type_: str, at_ms: int, /, **data: Any) -> None:
        self.producer.send(b"a1", encode(type_, "id", "/test", at_ms, data | {"agent": "a1"}))

    def counted(self) -> int:
        metas = [self.reader.meta(partition) for partition in self.reader.partitions]
        return sum(meta.totals["applied"] for meta in metas if meta)

    def judge(self, *more: str, by: str = "agent") -> list[dict[str, str]]:
        out = self.run(["judge", "--by", by, "--period", "month", *more, "--raw", *self.options])
        return list(csv.DictReader(io.StringIO(out)))


@pytest.fixture
def office(
    kafka: KafkaServer, topic: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    (tmp_path / "site.toml").write_text(SITE)
    (tmp_path / "roster.csv").write_text("agent,name,team\na1,An,dawn\n")
    options = ["--kafka", kafka.bootstrap, "--redis", redis_url, "--topic", topic, "--actions", f"{topic}-actions"]
    options += ["--site", str(tmp_path / "site.toml"), "--audit", f"{topic}-audit"]

    def run(command: list[str]) -> str:
        capsys.readouterr()
        code, captured = main(command), capsys.readouterr()
        assert code == 0, captured.err
        return captured.out

    with (
        Producer(kafka.bootstrap, topic) as producer,
        consuming(kafka, topic, redis_url),
        open_redis(redis_url) as client,
    ):
        yield Office(producer, options, run, Reader(client, topic, 4), tmp_path)


def last_month(office: Office) -> None:
    """Three calls and a confirmed complaint in the middle of last month."""
    at_ms = TIME.day_of(office.month + timedelta(days=14)).start_ms + 12 * HOUR_MS
    for n in range(3):
        office.send("call.ended", at_ms, call_id=f"c{n}", version=1, direction="outbound", ended_at=rfc3339(at_ms),
                    outcome="handled", talk_s=60)  # fmt: skip
    office.send("complaint.recorded", at_ms, complaint_id="k1", kind="complaint")
    office.send("complaint.decided", at_ms + 1000, complaint_id="k1", decision="confirmed", decided_by="desk")
    office.producer.flush()
    wait_until(lambda: office.counted() == 5, PATIENCE_S, "last month to be counted")


def test_a_month_from_the_terminal(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    last_month(office)
    out = office.folder / "out"
    office.run(["close", office.label, "--approved-by", "王经理", "--out", str(out), *office.options])
    raw = (out / f"sheet-{office.label}.json").read_bytes()
    closed, me = json.loads(raw), f"os:{pwd.getpwuid(os.geteuid()).pw_name}"
    assert (closed["month"], closed["approved_by"], closed["closed_by"]) == (office.label, "王经理", me)
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    assert len(list(out.iterdir())) == 4
    rows = {line["line"]: line["row"] for line in closed["lines"]}
    assert (rows["a1"]["net"], rows["~team:dawn"]["net"], rows["~site"]["net"]) == (2, 2, 2)
    book = openpyxl.load_workbook(io.BytesIO((out / f"sheet-{office.label}-agent.xlsx").read_bytes()))
    head, line = book.active.iter_rows(values_only=True)
    cells = dict(zip(head, line, strict=True))
    assert (cells["agent"], cells["net"], cells["approved_by"], cells["closed_by"]) == ("a1", 2, "王经理", me)
    assert cells["sha256"] == hashlib.sha256(raw).hexdigest()
    assert main(["close", office.label, "--approved-by", "x", *office.options]) == 1
    assert "was closed by 王经理" in capsys.readouterr().err

    assert main(["close", "--verify", str(out), *office.options]) == 0
    assert "byte for byte" in capsys.readouterr().err
    (out / f"sheet-{office.label}.json").write_bytes(raw.replace(b'"net": 2', b'"net": 3', 1))
    assert main(["close", "--verify", str(out), *office.options]) == 1
    assert "NOT THE SHEET: its hash is" in capsys.readouterr().err
    assert main(["close", "--verify", str(office.folder), *office.options]) == 1
    assert "has no sheet-MONTH.json" in capsys.readouterr().err


def test_who_names_nobody_has_approved_it_by_their_account(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    last_month(office)
    monkeypatch.chdir(office.folder)
    office.run(["close", office.label, *office.options])
    folder = office.folder / f"sheets-{office.label}"
    closed, me = (
        json.loads((folder / f"sheet-{office.label}.json").read_bytes()),
        f"os:{pwd.getpwuid(os.geteuid()).pw_name}",
    )
    assert (closed["approved_by"], closed["closed_by"]) == (me, me)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_sheet_is_sealed_by_the_key_of_the_site(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    last_month(office)
    key, other = office.folder / "key", office.folder / "other"
    for file in (key, other):
        file.touch(0o600)
        file.write_bytes(os.urandom(32))
    office.run(["close", office.label, "--out", str(office.folder / "out"), "--key-file", str(key), *office.options])
    verify = ["close", "--verify", str(office.folder / "out"), *office.options]
    for options, code, words in (
        (["--key-file", str(key)], 0, "under the seal of this site"),
        ([], 0, "name the key-file to check its seal"),
        (["--key-file", str(other)], 1, "its seal was not made by the key of this site"),
    ):
        assert main([*verify, *options]) == code
        assert words in capsys.readouterr().err


def test_what_commands_show_of_people_is_in_the_audit_log(office: Office) -> None:
    last_month(office)
    office.run(["close", office.label, "--out", str(office.folder / "out"), *office.options])
    office.judge("--at", office.label)
    office.judge("--at", office.label, by="team")
    for command in (["totals", "--by", "agent", "--period", "month"], ["totals", "--by", "site", "--period", "month"],
                    ["explain", "a1", "--period", "month", "--date", f"{office.month}"],
                    ["report", "--month", office.label]):  # fmt: skip
        office.run([*command, *office.options])
    shown = office.run(["audit-log", "show", "--raw", *office.options])
    me = f"os:{pwd.getpwuid(os.geteuid()).pw_name}"
    assert [
        (row["account"], row["kind"], row["where"], row["what"], row["whom"])
        for row in csv.DictReader(io.StringIO(shown))
    ] == [
        (me, "decided", "callfloor close", f"close {office.label}", ""),
        (me, "exported", "callfloor judge", f"agents of {office.label}", ""),
        (me, "exported", "callfloor totals", "agents by month", ""),
        (me, "viewed_person", "callfloor explain", f"month {office.label}", "a1"),
        (me, "exported", "callfloor report", f"flags of {office.label}", ""),
    ]
    assert "intact: 5 of 5 rows" in office.run(["audit-log", "verify", *office.options])


def test_without_the_audit_log_nothing_of_people_is_shown_or_done(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    last_month(office)
    away = [*office.options, "--kafka", "127.0.0.1:1"]
    for command in (["judge", "--by", "agent", "--period", "month"], ["totals", "--by", "agent", "--period", "month"],
                    ["explain", "a1", "--period", "day"], ["close", office.label]):  # fmt: skip
        assert main([*command, *away]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "the audit log cannot be written, so nothing is done" in captured.err
    office.run(["totals", "--by", "site", "--period", "month", *away])  # the control: sums name nobody
    office.run(["close", office.label, "--out", str(office.folder / "out"), *office.options])


def test_judge_of_a_closed_month_shows_what_was_sealed_and_what_is_counted(office: Office) -> None:
    last_month(office)
    office.run(["close", office.label, "--approved-by", "m", "--out", str(office.folder), *office.options])
    decided = {"complaint_id": "k1", "decision": "overturned", "decided_by": "desk2"}
    office.send("complaint.decided", time.time_ns() // 1_000_000, **decided)
    office.producer.flush()
    wait_until(lambda: office.counted() == 6, PATIENCE_S, "the decision to be counted")
    for by in ("agent", "team", "site"):
        nets = {row["period"]: row["net"] for row in office.judge("--at", office.label, by=by) if row[by] != "~no-team"}
        assert nets == {office.label: "3", f"{office.label} sealed": "2"}
        open_month = [row for row in office.judge(by=by) if row["period"].startswith("adjustment")]
        assert [(row["period"], row["net"], row["deducted"]) for row in open_month] == [
            (f"adjustment of {office.label}", "1", "-1")
        ]
        assert "k1: confirmed -> reversed, overturned by desk2" in open_month[0]["reasons"]


def test_check_shows_the_actions(office: Office) -> None:
    last_month(office)
    office.run(["close", office.label, "--approved-by", "m", "--out", str(office.folder), *office.options])
    found = json.loads(office.run(["check", "--format", "json", *office.options]))
    actions = found["actions"]
    assert (found["sound"], actions["sound"], actions["topic"]) == (True, True, f"{found['topic']}-actions")
    assert sum(partition["applied"] for partition in actions["partitions"].values()) == 4
