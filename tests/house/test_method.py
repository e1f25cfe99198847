"""The constants that docs/method.md 14 lists are those of the code."""

import re
from functools import reduce
from importlib import import_module

import pytest

from tests.golden import ROOT

_ROW = re.compile(r"\| [^|]+ \| ([\d.]+) \| `([\w.]+)` `([\w.]+)` \|")


def listed() -> list[tuple[str, str, float]]:
    """(module, name, value) of each row of the table of constants."""
    rows = _ROW.findall((ROOT / "docs" / "method.md").read_text("utf-8"))
    return [(module, name, float(value)) for value, module, name in rows]


def test_the_table_is_read() -> None:
    assert len(listed()) >= 25


@pytest.mark.parametrize(("module", "name", "value"), listed())
def test_a_constant_has_the_value_that_the_document_gives(module: str, name: str, value: float) -> None:
    assert reduce(getattr, name.split("."), import_module(module)) == value
