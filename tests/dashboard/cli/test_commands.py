"""Help, errors and settings of the commands, without any service."""

import re
from pathlib import Path

import pytest

from dashboard.cli.main import COMMANDS
from dashboard.settings import SETTINGS
from tests.dashboard.cli.program import call

NOTHING = "127.0.0.1:1"
EVENTS = str(Path(__file__).parents[2] / "cases/field/11-replay-of-windows-files/bom.jsonl")
CONTRACT = {
    "run",
    "consume",
    "publish",
    "serve",
    "simulate",
    "replay",
    "totals",
    "judge",
    "explain",
    "close",
    "report",
    "roster",
    "person",
    "account",
    "check",
    "audit-log",
    "demo",
}


def test_the_commands_are_those_of_the_contract() -> None:
    assert {command.name for command in COMMANDS} == CONTRACT
    shown = call("--help").stdout
    assert all(re.search(rf"\n    {name}\s", shown) for name in CONTRACT)


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_help_explains_the_command_and_every_setting(name: str) -> None:
    shown = re.sub(r"\s+", " ", call(name, "--help").stdout)
    (command,) = [command for command in COMMANDS if command.name == name]
    assert command.about.split(".")[0] in shown
    for setting in SETTINGS:
        assert f"--{setting.name}" in shown
        assert setting.variable in shown


def test_the_help_of_close_says_what_it_writes() -> None:
    assert "as JSON and as Excel workbooks" in re.sub(r"\s+", " ", call("close", "--help").stdout)


def test_a_wrong_command_and_a_wrong_setting_say_what_is_right(tmp_path: Path) -> None:
    wrong = call("simmulate")
    assert wrong.returncode == 2
    assert "simulate" in wrong.stderr
    refused = call("serve", "--listen", "8050")
    assert refused.returncode == 2
    assert "listen: '8050' is not host:port, for instance 127.0.0.1:8050" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (
            ["run"],
            {"CALLFLOOR_REDIS": "redis://:secret@127.0.0.1:1/0"},
            "no answer from Redis at redis://***@127.0.0.1",
        ),
        (["totals", "--by", "agent", "--period", "day"], {"CALLFLOOR_REDIS": "redis://127.0.0.1:1/0"}, "Redis"),
        (["publish", "--redis", "nonsense"], {}, "the setting `redis` is wrong: nonsense"),
        (["serve", "--redis", "redis://127.0.0.1:1/first"], {}, "the database is no number: redis://host:port/number"),
        (["replay", EVENTS], {"CALLFLOOR_KAFKA": NOTHING}, "no answer from Kafka"),
        (["replay", __file__], {"CALLFLOOR_KAFKA": NOTHING}, "holds no events, it begins with"),
        (["replay", "no.jsonl", "--format", "events"], {"CALLFLOOR_KAFKA": NOTHING}, "No such file or directory: 'no"),
        (["replay", ".", "--format", "events"], {"CALLFLOOR_KAFKA": NOTHING}, "Is a directory: '.'"),
        (["simulate"], {"CALLFLOOR_KAFKA": NOTHING}, "no answer from Kafka"),
        (["consume", "--site", "no.toml"], {}, "no.toml: cannot be read"),
        (["simulate", "--agents", "3", "--teams", "9"], {}, "3 agents cannot fill 9 teams"),
    ],
)
def test_what_is_away_or_wrong_is_named_without_a_traceback(
    arguments: list[str], variables: dict[str, str], words: str
) -> None:
    found = call(*arguments, **variables)
    assert found.returncode == 1
    assert words in found.stderr
    assert "Traceback" not in found.stderr
    assert "secret" not in found.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["run", "--redis", "redis://:hunter2@127.0.0.1:1/0"],
            "--redis: everybody on this machine can read a password",
        ),
        (["publish", "--notify", "json://user:hunter2@127.0.0.1"], "--notify: everybody on this machine can read"),
        (["totals", "--redis-password", "hunter2"], "unrecognized arguments: --redis-password"),
        (["totals", "--redis-passwort=hunter2"], "unrecognized arguments: --redis-passwort"),
    ],
)
def test_a_password_in_a_command_line_is_refused_and_not_repeated(arguments: list[str], words: str) -> None:
    by = ["--by", "agent", "--period", "day"] if arguments[0] == "totals" else []
    found = call(*arguments, *by)
    assert (found.returncode, found.stdout) == (2, "")
    assert words in found.stderr
    assert "hunter2" not in found.stderr


@pytest.mark.parametrize("command", [("demo",), ("serve", "--demo")])
def test_a_demo_is_for_this_machine_alone(command: tuple[str, ...]) -> None:
    found = call(*command, "--listen", "0.0.0.0:8050")
    assert (found.returncode, found.stdout) == (2, "")
    assert "--demo: whoever opens the board chooses a role" in found.stderr


def test_no_option_makes_answers_say_more_than_they_do() -> None:
    """A traceback in an answer, a source that is read again, a certificate that is not checked: no switch does that."""
    words = re.findall(r"--([a-z-]+)", " ".join(call(name, "--help").stdout for name in ("run", "serve")))
    assert {"listen", "redis-ca", "demo"} <= set(words)
    assert [word for word in words if re.search("debug|dev|reload|trace|insecure|verify", word)] == []


@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_board_on_the_network_starts_with_everything_it_needs_only(command: str) -> None:
    found = call(command, "--listen", "0.0.0.0:8050")
    assert found.returncode == 2
    names = ("public-url", "tls-cert and tls-key, or proxy", "key-file", "oidc-issuer, oidc-client")
    assert [name for name in names if f"\n  {name}" not in found.stderr] == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("judge --by agent --period day --at today", "'today' is no moment"),
        ("judge --by agent --period day --at 0001-01-01", "'0001-01-01' is no day that can be judged"),
        ("judge --by agent --period month --at 9999-12", "'9999-12' is no day that can be judged"),
        ("judge --by agent --period day --at 9999-12-31T23:59Z", "is no day that can be judged"),
        ("explain 1001 --period day --date 0001-01-01", "'0001-01-01' is no day that can be judged"),
        ("explain 1001 --period day --date 9999-12-31", "'9999-12-31' is no day that can be judged"),
        ("explain 1001 --period day --date 9998-12-31", "9998-12-31 lies ahead"),
        ("report --month 9998-12", "9998-12 lies ahead"),
        ("report --month 0001-01", "'0001-01' is no month that can be judged"),
        ("close 9999-12 --approved-by x", "'9999-12' is no month that can be judged"),
        ("totals --by agent --period day --from today", "'today' is no day (2026-11-23)"),
        ("totals --by agent --period day --from 2026-11-30 --to 2026-11-01", "2026-11-30 must be before --to 2026-11"),
    ],
)
def test_a_time_that_cannot_be_meant_is_wrong_usage(line: str, words: str) -> None:
    found = call(*line.split())
    assert (found.returncode, found.stdout) == (2, "")
    assert words in found.stderr
    assert "Traceback" not in found.stderr


def test_a_redis_that_refuses_is_not_said_to_be_away(redis_url: str) -> None:
    found = call("totals", "--by", "agent", "--period", "day", "--redis", f"{redis_url.rsplit('/', 1)[0]}/9999")
    assert found.returncode == 2
    assert "refuses: " in found.stderr and "DB index is out of range" in found.stderr
    assert "check the setting `redis`" in found.stderr
    assert "is it running" not in found.stderr


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "inf", "nan"])
def test_a_speed_is_max_or_above_zero(speed: str) -> None:
    found = call("replay", "x", "--format", "events", "--speed", speed)
    assert found.returncode == 2
    assert "neither max nor a number above 0" in found.stderr


def test_check_of_a_site_file_needs_no_service(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[site]\nzone = "UTC"\n[[teams]]\nid = "a"\n')
    sound = call("check", "--site", str(site))
    assert (sound.returncode, sound.stderr) == (0, "")
    first, *implied = sound.stdout.splitlines()
    assert first == f"{site}: sound; 1 teams, 0 campaigns, 0 roster lines"
    assert "  grades: D from 0 (x 0.6), C from 0.6 (x 0.8), A from 0.9 (x 1)" in implied
    site.write_text('[site]\nzone = "Mars"\nfoo = 1\n')
    unsound = call("check", "--site", str(site))
    assert unsound.returncode == 1
    assert [line.partition(": ")[0] for line in unsound.stderr.splitlines()] == [f"{site}:2", f"{site}:3"]


def test_check_says_who_is_unreachable_with_exit_code_2(redis_url: str) -> None:
    away = call("check", "--kafka", NOTHING, "--redis", redis_url)
    assert away.returncode == 2
    assert "no answer from Kafka" in away.stderr


def test_a_simulated_floor_writes_a_sound_site(tmp_path: Path) -> None:
    assert call("simulate", "--write-site", str(tmp_path / "floor"), "--hours-in", "5.5").returncode == 0
    found = call("check", "--site", str(tmp_path / "floor" / "site.toml"))
    assert "9 teams, 2 campaigns, 180 roster lines" in found.stdout
