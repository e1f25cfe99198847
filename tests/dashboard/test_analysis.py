"""docs/analysis.md: its example on a simulated month in a real Redis, its columns, and files that hold what a notebook gets."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import pandas as pd
import pytest

from dashboard.actions import flag_report
from dashboard.cli.main import main
from dashboard.floor import sheet, totals
from dashboard.tables import FloorTables
from dashboard.wiring.simulated_site import write_site
from streams.metrics import NAMES
from streams.simulator.floor import build_floor
from streams.simulator.shift import HORIZON_MS
from streams.simulator.simulator import Simulator
from streams.site_time import parse_rfc3339
from streams.store.client import open_redis
from tests.dashboard.partitions import PARTITIONS, TOPIC, Partition
from tests.golden import ROOT
from tests.house.test_documents import table
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer

pytestmark = pytest.mark.services
DOCUMENT = (ROOT / "docs/analysis.md").read_text("utf-8")
EXAMPLE, MORE = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
SHIFT_START_MS = parse_rfc3339("2025-10-31T01:00:00Z")
AGENTS = 18
METRICS = "every metric, such as handled or talk_s"


class Month(NamedTuple):
    """A month in Redis, and its site file."""

    redis: str
    kafka: str
    site: Path

    @property
    def floor(self) -> FloorTables:
        return FloorTables.open(redis=self.redis, site=str(self.site), topic=TOPIC)


class Terminal:
    """Commands on a month -> what they print."""

    def __init__(self, month: Month, capture: pytest.CaptureFixture[bytes]) -> None:
        self._options = ["--redis", month.redis, "--kafka", month.kafka, "--site", str(month.site), "--topic", TOPIC]
        self._capture = capture

    def parquet(self, *arguments: str) -> pd.DataFrame:
        return pd.read_parquet(io.BytesIO(self._run(*arguments, "--format", "parquet")))

    def csv(self, *arguments: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self._run(*arguments, "--raw").decode())))

    def _run(self, *arguments: str) -> bytes:
        assert main([*arguments, *self._options]) == 0
        return self._capture.readouterr().out


@pytest.fixture
def terminal(month: Month, capsysbinary: pytest.CaptureFixture[bytes]) -> Terminal:
    return Terminal(month, capsysbinary)


@pytest.fixture(scope="module")
def month(redis_server: RedisServer, kafka: KafkaServer, tmp_path_factory: pytest.TempPathFactory) -> Month:
    """Every fifth working day of October 2025 on a small simulated floor."""
    redis_server.start()
    redis_server.flush()
    floor = build_floor(AGENTS, 9)
    simulator = Simulator(floor, 1, SHIFT_START_MS)
    with open_redis(redis_server.url) as client:
        for day in simulator.working_days(date(2025, 10, 1), date(2025, 10, 31))[::5]:
            events = simulator.outline(simulator.day(day))
            for number in range(PARTITIONS):
                end_ms = simulator.shift_start_ms(day) + HORIZON_MS
                ours = ((e.key, e.encode()) for e in events if crc32(e.key.encode()) % PARTITIONS == number)
                Partition(client, number, append_ms=end_ms).write(*ours)
    site = write_site(tmp_path_factory.mktemp("month"), floor, simulator, SHIFT_START_MS, "Asia/Shanghai", 22)
    return Month(redis_server.url, kafka.bootstrap, site)


@pytest.fixture(scope="module")
def example(month: Month) -> dict[str, Any]:
    """The names of the example after it has run; Redis, site file and topic are those of the test."""
    where = f'redis="{month.redis}", site="{month.site}", topic="{TOPIC}"'
    text = EXAMPLE.replace('redis="redis://127.0.0.1:6379/0", site="site.toml"', where)
    assert text != EXAMPLE and len(EXAMPLE.strip().replace("\n\n", "\n").splitlines()) == 3
    names: dict[str, Any] = {}
    exec(text + MORE, names)
    return names


def test_the_example_gives_a_month_of_a_floor(example: dict[str, Any]) -> None:
    found = example["month"]
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == sheet.columns("agent")
    assert (len(found), set(found["period"])) == (AGENTS + 1, {"2025-10"}), "and the calls of nobody"
    assert found["handled"].sum() > 1000 and found["score"].notna().any()
    assert example["handled"].shape == (5, 10)
    assert example["handled"].to_numpy().sum() == found["handled"].sum()
    assert list(example["worst"]) == ["agent", "net", "target", "score", "grade"]


@pytest.mark.parametrize("period", totals.PERIODS)
def test_totals_as_parquet_are_those_of_csv_and_of_the_notebook(
    month: Month, terminal: Terminal, period: totals.Period
) -> None:
    bounds = ("2025-10-01", "2025-11") if period == "month" else ("2025-10-14", "2025-11")
    command = ("totals", "--by", "agent", "--period", period, "--from", bounds[0], "--to", bounds[1])
    found, read = terminal.parquet(*command), month.floor.read_totals("agent", period, *bounds)
    times = read.assign(period=read["period"].dt.to_timestamp()) if period in ("day", "month") else read
    pd.testing.assert_frame_equal(found, times.astype({"period": found["period"].dtype}))
    form = {"minute": "%Y-%m-%dT%H:%MZ", "hour": "%Y-%m-%dT%H:%MZ", "day": "%Y-%m-%d", "month": "%Y-%m"}[period]
    text = found.assign(period=found["period"].dt.strftime(form)).astype(str)
    assert text.to_dict("records") == terminal.csv(*command) != []


@pytest.mark.parametrize("by", sheet.BY)
def test_a_judged_month_as_parquet_is_that_of_csv_and_of_the_notebook(
    month: Month, terminal: Terminal, by: sheet.By
) -> None:
    command = ("judge", "--by", by, "--period", "month", "--at", "2025-10")
    read, rows = month.floor.read_judged(by, "month", "2025-10"), terminal.csv(*command)
    assert list(rows[0]) == list(read)
    for name, dtype in sheet.columns(by).items():
        cells, values = [row[name] for row in rows], read[name].tolist()
        if dtype in ("Int64", "Float64"):
            assert [float(cell) if cell else pd.NA for cell in cells] == values, name
            assert not any(cell.endswith(".0") for cell in cells), name
        else:
            words = {"object": "; ".join, "boolean": lambda value: str(value).lower()}.get(dtype, str)
            assert cells == [words(value) if value is not pd.NA else "" for value in values], name
    found = terminal.parquet(*command)
    pd.testing.assert_frame_equal(found.assign(reasons=found["reasons"].map(list)), read)


def test_nothing_counted_is_said(month: Month) -> None:
    with pytest.raises(LookupError, match="nothing is counted yet of topic other"):
        FloorTables.open(redis=month.redis, topic="other").read_totals("agent", "day")


def documented() -> Iterator[tuple[str, str, set[str]]]:
    """(table, column, dtypes)."""
    for kind, columns, dtypes, _ in table(DOCUMENT, "Columns"):
        for column in columns.split(", "):
            yield kind, column, set(re.split(r", (?=Int64|period)", dtypes))


def test_every_column_is_documented_with_its_type() -> None:
    rows = list(documented())
    for kind, found in [
        *(("totals", totals.columns(by, period)) for by in totals.BY for period in totals.PERIODS),
        *(("judged", sheet.columns(by)) for by in sheet.BY),
        ("report", flag_report.COLUMNS),
    ]:
        for name, dtype in found.items():
            in_words = METRICS if name in NAMES else "every other" if kind == "report" else name
            assert any(
                row_kind in (kind, "both") and column in (name, *in_words.split(", ")) and dtype in dtypes
                for row_kind, column, dtypes in rows
            ), (kind, name, dtype)
