"""Tables for people open in a spreadsheet as they are; for programs they are plain."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.floor import writers as tables

FIELD = Path(__file__).parents[2] / "cases/field"
ROW: dict[str, Any] = dict(zip(
    ("agent", "name", "net", "pace", "assessed", "why", "none"), ("=1+1", "张伟", -3, -0.5, True, ["-a", "b"], None), strict=True
))  # fmt: skip
cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


def written(rows: list[dict[str, Any]], raw: bool = False) -> str:
    out = io.StringIO(newline="")
    tables.write_csv(list(rows[0]), rows, out, raw)
    return out.getvalue()


def test_a_persons_csv_is_marked_as_utf8_and_holds_no_formula() -> None:
    assert written([ROW]) == "\ufeffagent,name,net,pace,assessed,why,none\n'=1+1,张伟,-3,-0.5,true,'-a; b,\n"


def test_a_programs_csv_has_neither_mark_nor_apostrophe() -> None:
    assert written([ROW], raw=True) == "agent,name,net,pace,assessed,why,none\n=1+1,张伟,-3,-0.5,true,-a; b,\n"


def test_the_workbook_stays_as_it_is() -> None:
    book = openpyxl.load_workbook(io.BytesIO(tables.workbook(list(ROW), [ROW], "t"))).active
    assert list(book.values)[1] == ("=1+1", "张伟", -3, -0.5, True, "-a; b", None)
    assert book["A2"].data_type == "s", "a text, and no formula"


@given(st.lists(cells, min_size=1), st.integers())
def test_a_program_reads_back_every_cell(texts: list[str], number: int) -> None:
    row = {f"c{at}": text for at, text in enumerate(texts)} | {"n": number}
    found = list(csv.reader(io.StringIO(written([row], raw=True), newline="")))
    assert found == [list(row), [*texts, str(number)]]


@pytest.mark.parametrize("value", [-1, -1.5, 0])
def test_a_number_below_zero_stays_a_number(value: float) -> None:
    assert written([{"n": value}]) == f"\ufeffn\n{value}\n"
