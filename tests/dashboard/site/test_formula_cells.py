"""No text of ours is a formula in a spreadsheet, wherever it cuts a row, and what was defused comes back as it was."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.site.formula_cells import defuse, restore

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    " =1",
    '"=1',
    "'=1",
    '" =1"',
    "\u00a0=1",
    "＝1＋1",
    "\n=1",
    "=",
]  # noqa: RUF001
PLAIN = ["1042", "张伟", "a=b", "x-1", "a@b.c", "", " ", "'", '"', "O'Brien", "2026-11-01", "~unattributed"]
texts = st.text(st.sampled_from("=+-@\t\r\n;,'\" a1'='") | st.characters(exclude_categories=("Cs",)))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_defused(text: str) -> None:
    assert defuse(text) == f"'{text}" or defuse(text).startswith("'\n'")
    assert restore(defuse(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert defuse(text) == text == restore(text)


def test_where_decimals_have_a_comma_a_cell_begins_after_a_semicolon_too() -> None:
    assert defuse("a;=cmd|' /C calc'!A0") == "a;'=cmd|' /C calc'!A0"


@given(texts)
@example("';\t'=1")
@example("'\t")
def test_what_was_defused_comes_back(text: str) -> None:
    assert restore(defuse(text)) == text


@given(texts)
def test_no_cell_is_a_formula_wherever_a_spreadsheet_cuts(text: str) -> None:
    for cell in re.split(r"[;\t\r\n]", defuse(text)):
        assert not re.match(r'["\s]*[=+\-@]', cell)
