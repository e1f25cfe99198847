"""The first moments of a command, its end by Ctrl-C, and options with values that cannot be meant."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streams.decode import encode
from streams.kafka_log.topics import ends
from tests.dashboard.cli.program import STOP_S, call, environment, started
from tests.golden import ROOT
from tests.services.kafka import KafkaServer
from tests.waiting import wait_until


def test_ctrl_c_while_the_commands_are_loaded_shows_no_traceback() -> None:
    assert 'callfloor = "dashboard.cli.start:main"' in (ROOT / "pyproject.toml").read_text("utf-8")
    command = [sys.executable, "-m", "dashboard.cli.start", "totals", "--by", "agent", "--period", "day"]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    maps = Path(f"/proc/{process.pid}/maps")
    wait_until(lambda: "/msgspec/" in maps.read_text() or process.poll() is not None, STOP_S, "half loaded", 0.001)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=STOP_S)
    assert process.returncode in (1, -signal.SIGINT)
    assert "Traceback" not in said


@pytest.mark.parametrize("batch", ["0", "-1", "many"])
def test_a_batch_is_a_whole_number_above_zero(batch: str) -> None:
    found = call("consume", f"--batch={batch}")
    assert found.returncode == 2
    assert "no whole number above 0" in found.stderr


@pytest.mark.parametrize("hours", ["nan", "inf", "1e12", "noon"])
def test_hours_into_the_shift_are_those_of_a_day(hours: str) -> None:
    found = call("simulate", "--hours-in", hours)
    assert found.returncode == 2
    assert "no number of hours from -24 to 24" in found.stderr


def test_a_day_beyond_the_calendar_is_no_day() -> None:
    found = call("totals", "--by", "agent", "--period", "day", "--from", "9999-12-31")
    assert found.returncode == 2
    assert "'9999-12-31' is no day" in found.stderr
    assert "Traceback" not in found.stderr


def test_check_of_a_site_file_alone_is_decided_by_options_only(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[site]\nzone = "UTC"\n')
    found = call("check", "--site", str(site), CALLFLOOR_KAFKA="127.0.0.1:1", CALLFLOOR_TOPIC="t")
    assert found.returncode == 0
    assert f"{site}: sound" in found.stdout
    assert call("check", "--site", str(site), "--kafka", "127.0.0.1:1").returncode == 2


@pytest.mark.services
def test_a_replay_that_is_stopped_says_what_was_to_come(kafka: KafkaServer, tmp_path: Path) -> None:
    topic, file = kafka.fresh_topic(1), tmp_path / "events.jsonl"
    times = (0, 1, 3_600_000, 3_600_001)
    file.write_bytes(b"".join(encode("agent.state", f"{ms}", "/t", ms, {"agent": "1"}) + b"\n" for ms in times))
    arguments = ("replay", str(file), "--format", "events", "--speed", "1", "--kafka", kafka.bootstrap)
    with started(tmp_path, *arguments, "--topic", topic) as replay:
        wait_until(lambda: ends(kafka.bootstrap, topic)[0][1] == 2, STOP_S, "two lines sent")
        replay.process.send_signal(signal.SIGINT)
        assert replay.process.wait(STOP_S) == 130
        assert "2 lines: 2 sent; stopped: 2 lines were to come and are not sent" in replay.said
