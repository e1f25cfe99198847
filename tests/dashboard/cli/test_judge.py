"""``callfloor judge`` as people run it, over a real Redis: the columns of the contract in every format."""

import csv
import io
import json
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from streams.metrics import NAMES
from tests.dashboard.cli.program import PROGRAM, call, environment
from tests.dashboard.partitions import TOPIC, Partition, heartbeat
from tests.dashboard.partitions import call as a_call
from tests.services.kafka import KafkaServer

pytestmark = pytest.mark.services
JUDGED = [
    "volume_basis",
    "deducted",
    "pending",
    "net",
    "net_low",
    "net_high",
    "floored",
    "target",
    "target_by_now",
    "pace",
    "attainment",
    "required_rate",
    "volume",
    "quality",
    "efficiency",
    "conduct",
    "score",
    "grade",
    "assessed",
    "reasons",
    "policy",
]
SITE = """
[site]
zone = "Asia/Shanghai"
name = "Centre"
[[policies]]
version = "v1"
effective_from = 2020-01-01
grades = [ { lower = 0, label = "A" } ]
  [[policies.profiles]]
  id = "outbound"
  direction = "outbound"
  month_target = 3000
  weights = { volume = 1.0 }
[[teams]]
id = "dawn"
profile = "outbound"
[[shifts]]
id = "all"
start = "00:00"
end = "23:59"
[calendar]
workdays = [WORKDAYS]
"""


@pytest.fixture
def floor(tmp_path: Path, redis_url: str, store_client: Any, kafka: KafkaServer) -> list[str]:
    """A site whose agent had three calls a minute ago; the options that name it."""
    now_ms = time.time_ns() // 1_000_000
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    (tmp_path / "site.toml").write_text(SITE.replace("WORKDAYS", str(today)))
    (tmp_path / "roster.csv").write_text("agent,name,team\na1,安一,dawn\n")
    made = [a_call("a1", f"c{n}", now_ms - 60_000) for n in range(3)]
    Partition(store_client, 0, append_ms=now_ms).write(*made, heartbeat(now_ms))
    services = ["--redis", redis_url, "--kafka", kafka.bootstrap]
    return ["--site", str(tmp_path / "site.toml"), *services, "--topic", TOPIC]


def judged(*arguments: str) -> list[dict[str, str]]:
    done = call("judge", *arguments, "--raw")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


@pytest.mark.parametrize("by", ["agent", "team", "site"])
def test_the_columns_are_those_of_the_contract(floor: list[str], by: str) -> None:
    for period in ("day", "month"):
        (row,) = judged("--by", by, "--period", period, *floor)
        assert list(row) == ["period", by, *NAMES, *JUDGED]
        assert (row["handled"], row["net"], row["policy"], row["grade"]) == ("3", "3", "v1", "A")
        assert row["assessed"] == ("true" if by == "agent" else "1")
        assert row["quality"] == "" and "quality_not_weighed" in row["reasons"]


def test_json_and_excel_hold_the_same(floor: list[str]) -> None:
    (row,) = json.loads(call("judge", "--by", "agent", "--period", "day", "--format", "json", *floor).stdout)
    assert row["quality"] is None and row["reasons"] == [*row["reasons"]] and row["assessed"] is True
    command = [*PROGRAM, "judge", "--by", "agent", "--period", "day", "--format", "xlsx", *floor]
    raw = subprocess.run(command, env=environment(), capture_output=True, timeout=60, check=True).stdout
    head, line = openpyxl.load_workbook(io.BytesIO(raw)).active.values
    cells = dict(zip(head, line, strict=True))
    same = ("period", "agent", *NAMES, "net", "target", "assessed", "grade", "policy", "quality")
    assert {name: cells[name] for name in same} == {name: row[name] for name in same}
    assert cells["reasons"] == "; ".join(row["reasons"])
