"""Where the golden cases are: the folder named by CALLFLOOR_CASES, else tests/cases (same layout)."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


def cases_folder() -> Path:
    """The folder in use."""
    return Path(os.environ.get("CALLFLOOR_CASES") or Path(__file__).parent / "cases")


def rule_cases(rule: str) -> list[Any]:
    """The cases of one rule as pytest parameters; one skipped parameter where the folder lacks the file."""
    path = cases_folder() / f"{rule}.json"
    if not path.exists():
        return [pytest.param(None, id=rule, marks=pytest.mark.skip(reason=f"{path} does not exist"))]
    return [pytest.param(case, id=case["id"]) for case in json.loads(path.read_text())["cases"]]
