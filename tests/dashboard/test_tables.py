"""Tables for people open in a spreadsheet as they are; for programs they are plain; each has the same cells in every form."""

import csv
import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import tables
from dashboard.actions import flag_report
from dashboard.floor import sheet, totals
from dashboard.tables import CHUNK, CannotWrite, chunks, write_csv, write_json, write_parquet, write_workbook
from streams.metrics import NAMES
from tests.dashboard.cli.program import PROGRAM, environment

COLUMNS = {
    "agent": "string", "name": "string", "net": "Float64", "pace": "Float64", "assessed": "boolean", "why": "object",
    "none": "Int64",
}  # fmt: skip
ROW: dict[str, Any] = dict(zip(COLUMNS, ("=1+1", "张伟", -3, -0.5, True, ["-a", "b"], None), strict=True))
EMPTY: dict[str, Any] = dict.fromkeys(COLUMNS)
cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


def written(rows: list[dict[str, Any]], raw: bool = False, columns: dict[str, str] | None = None) -> str:
    out = io.StringIO(newline="")
    write_csv(columns or dict.fromkeys(rows[0], "object"), rows, out, raw)
    return out.getvalue()


def as_parquet(columns: dict[str, str], rows: list[dict[str, Any]]) -> pd.DataFrame:
    out = io.BytesIO()
    write_parquet(columns, rows, out)
    return pd.read_parquet(out)


def test_a_persons_csv_is_marked_as_utf8_and_holds_no_formula() -> None:
    assert written([ROW]) == "\ufeffagent,name,net,pace,assessed,why,none\n'=1+1,张伟,-3,-0.5,true,'-a; b,\n"


def test_a_programs_csv_has_neither_mark_nor_apostrophe() -> None:
    assert written([ROW], raw=True) == "agent,name,net,pace,assessed,why,none\n=1+1,张伟,-3,-0.5,true,-a; b,\n"


def test_typed_columns_are_written_as_mixed_ones() -> None:
    assert written([ROW, EMPTY], columns=COLUMNS) == written([ROW, EMPTY])
    out = io.StringIO()
    write_json(COLUMNS, [ROW, EMPTY], out)
    assert out.getvalue() == f"[\n{json.dumps(ROW, ensure_ascii=False)},\n{json.dumps(EMPTY)}\n]\n"


def test_a_number_of_a_sheet_is_whole_where_it_is_whole_and_a_share_of_the_report_is_not() -> None:
    rows: list[dict[str, Any]] = [{"net": 3.0, "score": 92.5, "share": 1.0}, {"net": None, "score": 0, "share": 0.25}]
    assert written(rows, True, dict.fromkeys(rows[0], "Float64")) == "net,score,share\n3,92.5,1.0\n,0,0.25\n"


def test_the_workbook_stays_as_it_is() -> None:
    out, link = io.BytesIO(), {**EMPTY, "name": "http://a.b/c", "agent": "{=1}"}
    write_workbook(COLUMNS, [ROW, link], out, "t")
    book = openpyxl.load_workbook(out).active
    assert list(book.values)[1] == ("=1+1", "张伟", -3, -0.5, True, "-a; b", None)
    assert (book["A2"].data_type, book["A3"].data_type) == ("s", "s"), "a text, and no formula"
    assert book["B3"].hyperlink is None, "a text, and no link"


def test_a_workbook_that_excel_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "EXCEL_ROWS", 3)
    write_workbook(COLUMNS, [ROW] * 2, io.BytesIO(), "t")
    with pytest.raises(CannotWrite, match="has 3 rows at most: take csv or parquet"):
        write_workbook(COLUMNS, [ROW] * 3, io.BytesIO(), "t")


def test_parquet_has_the_types_of_the_columns_whatever_is_in_them() -> None:
    for rows in ([ROW, EMPTY], [EMPTY], []):
        found = as_parquet(COLUMNS, rows)
        assert {name: str(dtype) for name, dtype in found.dtypes.items()} == COLUMNS
        assert len(found) == len(rows)
    found = as_parquet(COLUMNS, [ROW, EMPTY])
    assert [list(found["why"][0]), found["why"][1]] == [["-a", "b"], None]
    assert found["agent"][0] == "=1+1" and found["none"].isna().all()


def test_a_period_is_a_time_in_parquet_and_its_label_everywhere_else() -> None:
    labels = {"minute": "2026-11-23T03:00Z", "day": "2026-11-23", "month": "2026-11"}
    for period, label in labels.items():
        column = {"period": totals.columns("agent", period)["period"]}  # type: ignore[arg-type]
        rows = [{"period": label}]
        assert written(rows, True, column) == f"period\n{label}\n"
        assert as_parquet(column, rows)["period"].dt.strftime("%Y-%m-%d %H:%M %Z")[0].strip() == {
            "minute": "2026-11-23 03:00 UTC", "day": "2026-11-23 00:00", "month": "2026-11-01 00:00",
        }[period]  # fmt: skip


def test_without_pyarrow_parquet_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CannotWrite, match=r"pip install 'callfloor\[parquet\]'"):
        write_parquet(COLUMNS, [ROW], io.BytesIO())


def test_a_long_table_is_never_whole_in_memory() -> None:
    columns = {"agent": "string", **dict.fromkeys(NAMES, "Int64")}

    def peak(count: int) -> int:
        def rows() -> Iterator[dict[str, Any]]:
            for n in range(count):
                yield {"agent": f"a{n}", **dict.fromkeys(NAMES, 1000 + n)}

        tracemalloc.start()
        with open("/dev/null", "w", encoding="utf-8") as out:
            write_csv(columns, rows(), out)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(4 * CHUNK) < 1.3 * peak(2 * CHUNK)


def test_a_table_is_the_same_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [ROW, EMPTY, ROW]
    whole = written(rows, columns=COLUMNS), as_parquet(COLUMNS, rows)
    monkeypatch.setattr(tables, "CHUNK", 2)
    assert [len(chunk) for chunk in chunks(COLUMNS, rows)] == [2, 1]
    assert [len(chunk) for chunk in chunks(COLUMNS, [])] == [0]
    assert written(rows, columns=COLUMNS) == whole[0]
    pd.testing.assert_frame_equal(as_parquet(COLUMNS, rows), whole[1])


@pytest.mark.parametrize(
    "columns", [totals.columns("team", "day"), sheet.columns("agent"), sheet.columns("team"), flag_report.COLUMNS]
)
def test_every_column_has_a_type_that_takes_no_value(columns: dict[str, str]) -> None:
    (chunk,) = chunks(columns, [dict.fromkeys(columns)])
    assert {name: str(dtype) for name, dtype in chunk.dtypes.items()} == columns
    assert chunk.isna().all(axis=None)
    assert {columns[name] for name in NAMES if name in columns} <= {"Int64"}


@given(st.lists(cells, min_size=1), st.integers())
def test_a_program_reads_back_every_cell(texts: list[str], number: int) -> None:
    row = {f"c{at}": text for at, text in enumerate(texts)} | {"n": number}
    found = list(csv.reader(io.StringIO(written([row], raw=True), newline="")))
    assert found == [list(row), [*texts, str(number)]]


@given(st.lists(cells, min_size=1))
def test_a_text_column_gives_every_text_back(texts: list[str]) -> None:
    rows = [{"agent": text, "n": 1} for text in texts]
    columns = {"agent": "string", "n": "Int64"}
    assert written(rows, True, columns) == written(rows, raw=True)
    assert as_parquet(columns, rows)["agent"].tolist() == texts


@pytest.mark.parametrize("value", [-1, -1.5, 0])
def test_a_number_below_zero_stays_a_number(value: float) -> None:
    assert written([{"n": value}]) == f"\ufeffn\n{value}\n"


@pytest.mark.parametrize("command", ["run", "consume", "publish", "serve", "totals"])
def test_pandas_is_loaded_by_the_command_that_writes_and_by_no_other(command: str) -> None:
    code = (
        "import sys\nfrom dashboard.cli.main import main\n"
        f"try:\n    main([{command!r}, '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pandas', 'pyarrow', 'xlsxwriter'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([PROGRAM[0], "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
