"""What every test may use: real services, and the list of what could not run."""

from _pytest.terminal import TerminalReporter

from tests.absence import report

pytest_plugins = ["tests.services.kafka", "tests.services.redis_server", "tests.services.chromium"]


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    report(terminalreporter)
