"""The one way for a test not to run, and the list of what did not run at the end.

CALLFLOOR_REQUIRE=all (continuous integration sets it) turns an absence into a failure, except that of real data.
"""

import os
from collections import Counter
from typing import NoReturn

import pytest
from _pytest.terminal import TerminalReporter


def absent(reason: str, *, may_be_missing: bool = False) -> NoReturn:
    """Ends the test as not run because something is not on this machine; `reason` says what, and how it is had."""
    if os.environ.get("CALLFLOOR_REQUIRE") == "all" and not may_be_missing:
        pytest.fail(f"required here, but: {reason}", pytrace=False)
    pytest.skip(reason)


def report(terminal: TerminalReporter) -> None:
    """Writes `not run: <n> tests: <reason>` for every reason, most frequent first."""
    reasons = Counter(_reason(skipped.longrepr) for skipped in terminal.stats.get("skipped", []))
    for reason, count in reasons.most_common():
        terminal.write_line(f"not run: {count} tests: {reason}", yellow=True)


def _reason(longrepr: object) -> str:
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return str(text).removeprefix("Skipped: ")
