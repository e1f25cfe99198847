"""What every test may use: real services, and the list of what could not run."""

from _pytest.terminal import TerminalReporter
from hypothesis import settings

from tests.absence import report

pytest_plugins = [
    "tests.services.kafka",
    "tests.services.secured_kafka",
    "tests.services.redis_server",
    "tests.services.keycloak",
    "tests.services.https",
    "tests.services.chromium",
]

# How long an example takes says something about the machine, nothing about the law. The same tree gives the same verdict:
# new examples are drawn by `pytest --hypothesis-profile explore`.
settings.register_profile("callfloor", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("callfloor")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    report(terminalreporter)
