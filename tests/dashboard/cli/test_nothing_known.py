"""Where nothing is known, commands say so and end with an error: unknown is never shown as 0."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.cli.program import call
from tests.dashboard.partitions import TOPIC, Partition, heartbeat
from tests.dashboard.partitions import call as a_call
from tests.services.kafka import KafkaServer

pytestmark = pytest.mark.services
NOW = datetime.now(UTC)
MONTH, BEFORE = f"{NOW:%Y-%m}", f"{NOW.replace(day=1) - timedelta(days=1):%Y-%m}"
SITE = """
[site]
zone = "UTC"
counting_since = SINCE
[[teams]]
id = "dawn"
"""
COMMANDS = (
    "judge --by agent --period day",
    "judge --by site --period month",
    "explain a1 --period day",
    f"report --month {MONTH}",
)


@pytest.fixture
def floor(tmp_path: Path, redis_url: str, kafka: KafkaServer) -> list[str]:
    """The options that name a site with an agent on its roster, and an empty Redis."""
    _site(tmp_path, "2020-01-01")
    services = ["--redis", redis_url, "--kafka", kafka.bootstrap]
    return ["--site", str(tmp_path / "site.toml"), *services, "--topic", TOPIC]


def _site(folder: Path, since: str) -> None:
    (folder / "site.toml").write_text(SITE.replace("SINCE", since))
    (folder / "roster.csv").write_text("agent,name,team\na1,An,dawn\n")


def _count(client: Any) -> None:
    now_ms = time.time_ns() // 1_000_000
    Partition(client, 0, append_ms=now_ms, zone="UTC").write(a_call("a7", "c1", now_ms), heartbeat(now_ms))


def _refused(command: str, floor: list[str]) -> str:
    found = call(*command.split(), *floor)
    assert (found.returncode, found.stdout) == (1, "")
    (line,) = found.stderr.splitlines()
    return line


@pytest.mark.parametrize("command", COMMANDS)
def test_of_a_topic_that_was_never_counted_nothing_is_said(command: str, floor: list[str], store_client: Any) -> None:
    _count(store_client)
    line = _refused(command, [*floor[:-1], "mistyped"])
    assert line.startswith(
        f"callfloor {command.split()[0]}: nothing counted yet of topic mistyped in Redis at redis://"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_what_was_counted_is_shown(command: str, floor: list[str], store_client: Any) -> None:
    _count(store_client)
    found = call(*command.split(), *floor)
    assert (found.returncode, bool(found.stdout)) == (0, True), found.stderr


@pytest.mark.parametrize("agent", ["nosuch", ""])
def test_an_unknown_agent_is_not_explained(agent: str, floor: list[str], store_client: Any) -> None:
    _count(store_client)
    found = call("explain", agent, "--period", "day", *floor)
    assert (found.returncode, found.stdout) == (1, "")
    assert f"{agent!r} is unknown: neither on the roster nor in the counters" in found.stderr


def test_who_is_only_in_the_counters_is_explained(floor: list[str], store_client: Any) -> None:
    _count(store_client)
    found = call("explain", "a7", "--period", "day", *floor)
    assert (found.returncode, "net 1" in found.stdout) == (0, True)


def test_of_a_month_of_which_nothing_is_kept_no_flags_are_reported(floor: list[str], store_client: Any) -> None:
    _count(store_client)
    said = f"nothing is kept of {BEFORE}"
    assert said in _refused(f"report --month {BEFORE}", floor)


def test_of_a_month_before_counting_began_no_flags_are_reported(
    floor: list[str], store_client: Any, tmp_path: Path
) -> None:
    _count(store_client)
    _site(tmp_path, f"{NOW.year + 1}-01-01")
    assert f"nothing is kept of {MONTH}" in _refused(f"report --month {MONTH}", floor)
