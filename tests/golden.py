"""The golden cases and the real data: where they are, how they are read, when two answers are the same.

The folder is tests/cases, or the one named by CALLFLOOR_CASES; real data are in CALLFLOOR_REALDATA, or in
../shared/data beside the checkout.
"""

import csv
import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.absence import absent

ROOT = Path(__file__).parent.parent
EXACT = {"abs": 0, "rel": 0}


class Logged(NamedTuple):
    """One record of a scenario: its place in Kafka, when it was appended, its key and its value as they are."""

    partition: int
    offset: int
    append_ms: int
    key: bytes
    value: bytes


class Scenario(NamedTuple):
    """A fold scenario: records in file order, the site's settings, and what must come out."""

    name: str
    records: list[Logged]
    config: dict[str, Any]
    expected: dict[str, Any]


def cases_folder() -> Path:
    return Path(os.environ.get("CALLFLOOR_CASES") or ROOT / "tests" / "cases")


def rule_cases(rule: str) -> list[Any]:
    """The cases of one rule as pytest parameters; one that is not run where the folder has no such file."""
    path = cases_folder() / f"{rule}.json"
    if not path.exists():
        why = f"no {path.name} in {cases_folder().name}"
        return [pytest.param({}, id=f"{rule}-none", marks=[pytest.mark.cases, pytest.mark.skip(reason=why)])]
    found = json.loads(path.read_text("utf-8"))["cases"]
    return [pytest.param(case, id=case["id"], marks=pytest.mark.cases) for case in found]


def fold_scenarios() -> list[Any]:
    """The names of the fold scenarios as pytest parameters; `scenario` reads one."""
    names = sorted(path.parent.name for path in cases_folder().glob("fold/*/expected.json"))
    return [pytest.param(name, id=name, marks=pytest.mark.cases) for name in names]


@cache
def scenario(name: str) -> Scenario:
    """Reads a fold scenario. Values stay bytes: some are no JSON, some no UTF-8."""
    folder = cases_folder() / "fold" / name
    config, expected = (json.loads((folder / f"{part}.json").read_text("utf-8")) for part in ("config", "expected"))
    return Scenario(name, list(_records(folder)), config, expected)


def _records(folder: Path) -> Iterator[Logged]:
    values = (folder / "events.jsonl").read_bytes().removesuffix(b"\n").split(b"\n")
    with (folder / "log.csv").open(encoding="utf-8", newline="") as log:
        for row, value in zip(csv.DictReader(log), values, strict=True):
            place = int(row["partition"]), int(row["offset"]), int(row["append_ms"])
            yield Logged(*place, row["key"].encode(), value)


def differences(actual: Any, expected: Any, tolerance: Mapping[str, float] = EXACT, at: str = "") -> list[str]:
    """Where `actual` is not the expected value, one line each; empty if they are the same (tests/cases/README.md)."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        keys = sorted(expected.keys() | actual.keys(), key=str)
        pairs = [(actual.get(key, "(missing)"), expected.get(key, "(missing)"), key) for key in keys]
    elif isinstance(expected, list | tuple) and isinstance(actual, list | tuple) and len(expected) == len(actual):
        pairs = [(one, other, i) for i, (one, other) in enumerate(zip(actual, expected, strict=True))]
    else:
        return [] if same(actual, expected, tolerance) else [f"{at or '.'}: {actual!r}, expected {expected!r}"]
    return [line for one, other, key in pairs for line in differences(one, other, tolerance, f"{at}.{key}")]


def same(actual: object, expected: object, tolerance: Mapping[str, float] = EXACT) -> bool:
    """|x - e| <= max(abs, rel |e|) where a float is expected; everything else must be equal, and true is no 1."""
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if not isinstance(expected, float) or not isinstance(actual, int | float):
        return actual == expected
    return abs(actual - expected) <= max(tolerance["abs"], tolerance["rel"] * abs(expected))


def real_data() -> Path:
    """The folder with the bank's log; the test is listed as not run where it is absent."""
    folder = Path(os.environ.get("CALLFLOOR_REALDATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        absent("no real data (name its folder in CALLFLOOR_REALDATA)", may_be_missing=True)
    return folder
