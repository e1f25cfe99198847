"""docs/proofs.md names tests: each is there, and each attack has one."""

import re

from tests.golden import ROOT

_NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def missing(text: str) -> list[str]:
    """The tests that a text names and that are not there."""
    found = []
    for file, name in _NAMED.findall(text):
        path = ROOT / file
        if not path.is_file() or f"def test_{name}(" not in path.read_text("utf-8"):
            found.append(f"{file}::{name}")
    return found


def test_every_named_test_is_there() -> None:
    assert missing((ROOT / "docs" / "proofs.md").read_text("utf-8")) == []


def test_every_attack_has_a_test() -> None:
    lines = (ROOT / "docs" / "proofs.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| attack")]
    assert len(rows) > 40
    assert [row for row in rows if not _NAMED.search(row)] == []


def test_a_test_that_is_not_there_is_found() -> None:
    assert missing("`tests/house/test_proofs.py::nothing`, `tests/house/none.py::x`") == [
        "tests/house/test_proofs.py::nothing",
        "tests/house/none.py::x",
    ]
