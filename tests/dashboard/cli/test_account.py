"""``callfloor account`` as people run it: the file it writes, what it says, and how it asks for a password."""

import csv
import io
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from dashboard.access.account_file import read_accounts
from dashboard.access.accounts import AccountService
from tests.dashboard.cli.program import CALL_S, PROGRAM, call, environment

PASSWORD = "correct horse battery"


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "accounts")


def account(path: str, *words: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """Runs the command; ``typed`` comes from stdin, which is no terminal."""
    return subprocess.run(
        [*PROGRAM, "account", *words, "--accounts", path],
        env=environment(),
        input=typed,
        capture_output=True,
        text=True,
        timeout=CALL_S,
        check=False,
    )


def test_an_account_lives_from_add_to_remove(path: str, tmp_path: Path) -> None:
    added = account(path, "add", "gu.ming", "--agent", "8101", "--name", "顾明", typed=f"{PASSWORD}\n")
    assert added.returncode == 0, added.stderr
    assert "rows of access.csv with the account local:gu.ming say what they may see" in added.stderr
    first = read_accounts(path).accounts["gu.ming"]
    found = AccountService(path).verify("gu.ming", PASSWORD)
    assert found is not None and (found.agent, found.full_name) == ("8101", "顾明")

    secret = tmp_path / "secret"
    secret.write_text("another long password\n")
    assert account(path, "password", "gu.ming", "--password-file", str(secret)).returncode == 0
    changed = AccountService(path).verify("gu.ming", "another long password")
    assert changed is not None and changed.changed_ms > first.changed_ms

    disabled = account(path, "disable", "gu.ming")
    assert "gu.ming cannot sign in; sessions of gu.ming that are open end within seconds" in disabled.stderr
    assert AccountService(path).verify("gu.ming", "another long password") is None
    (row,) = csv.DictReader(io.StringIO(account(path, "list", "--raw").stdout))
    assert (row["account"], row["name"], row["agent"], row["state"]) == ("local:gu.ming", "顾明", "8101", "disabled")

    assert account(path, "enable", "gu.ming").returncode == 0
    assert AccountService(path).verify("gu.ming", "another long password") is not None
    assert account(path, "remove", "gu.ming").returncode == 0
    assert read_accounts(path).accounts == {}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("add", "gu/ming"), 1, "is no name of an account"),
        (("add", "gu"), 1, "at least 12 characters"),
        (("password", "nobody"), 1, "there is no account 'nobody'"),
        (("remove", "nobody"), 1, "there is no account 'nobody'"),
        (("add",), 2, "add needs the name of an account"),
        (("list", "gu"), 2, "list takes no account"),
        (("list",), 1, "cannot be read: No such file"),
        (("add", "gu", "--password-file", "/nowhere"), 1, "/nowhere cannot be read"),
        (("add", "gu", "--name", "a\tb"), 1, "cannot be printed"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    path: str, words: tuple[str, ...], code: int, says: str
) -> None:
    found = account(path, *words, typed="short\n")
    assert (found.returncode, "Traceback" in found.stderr) == (code, False)
    assert says in found.stderr and "short" not in found.stderr
    assert not Path(path).exists() or read_accounts(path).accounts == {}


def test_without_the_setting_it_says_what_to_set() -> None:
    found = call("account", "list")
    assert found.returncode == 2
    assert "name one with --accounts" in found.stderr


def test_a_password_in_an_option_is_not_taken(path: str) -> None:
    assert account(path, "add", "gu", "--password", PASSWORD, typed=f"{PASSWORD}\n").returncode != 0
    assert not Path(path).exists()


def test_at_a_terminal_the_password_is_asked_twice_and_not_echoed(path: str) -> None:
    here, there = pty.openpty()
    command = [*PROGRAM, "account", "add", "gu", "--accounts", path]
    answers = ["short", "short", PASSWORD, PASSWORD + "x", PASSWORD, PASSWORD]
    said, given = "", 0
    with subprocess.Popen(command, env=environment(), stdin=there, stdout=there, stderr=there) as process:
        os.close(there)
        try:
            while chunk := _read(here):
                said += chunk
                if len(re.findall("password(?: again)?: ", said)) > given:
                    os.write(here, f"{answers[given]}\n".encode())
                    given += 1
        finally:
            os.close(here)  # whoever still waits for an answer ends
        assert process.wait(CALL_S) == 0, said
    assert said.count("password again:") == 3
    assert "at least 12 characters" in said and "not the same" in said
    assert PASSWORD not in said and "short" not in said
    assert AccountService(path).verify("gu", PASSWORD) is not None


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # the process has ended
        return ""
