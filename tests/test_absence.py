"""What cannot run is listed with its reason, and fails where nothing may be missing."""

import pytest

from tests.absence import absent

pytest_plugins = ["pytester"]

SUITE = """
    import pytest
    from tests.absence import absent, report

    @pytest.fixture(scope="session")
    def broker():
        absent("no broker here")

    @pytest.mark.parametrize("n", range(3))
    def test_with_broker(broker, n): ...

    def test_with_data():
        absent("no data", may_be_missing=True)
"""
CONFTEST = """
    from tests.absence import report

    def pytest_terminal_summary(terminalreporter):
        report(terminalreporter)
"""


@pytest.mark.parametrize(("required", "outcomes"), [("", {"skipped": 4}), ("all", {"skipped": 1, "errors": 3})])
def test_absences(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str, outcomes: dict[str, int]
) -> None:
    monkeypatch.setenv("CALLFLOOR_REQUIRE", required)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(SUITE)
    done = pytester.runpytest_inprocess("-p", "no:dash", "-p", "no:cacheprovider")
    done.assert_outcomes(**outcomes)
    missing = (
        ["not run: 1 tests: no data"] if required else ["not run: 3 tests: no broker here", "not run: 1 tests: no data"]
    )
    done.stdout.fnmatch_lines(missing)


def test_an_absence_is_a_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLFLOOR_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no broker"):
        absent("no broker")
