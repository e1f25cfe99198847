"""``callfloor account`` as people run it: the file it writes, what it says, and how it asks for a password."""

import asyncio
import csv
import io
import os
import pty
import re
import secrets
import subprocess
import time
from pathlib import Path

import pytest

from dashboard.access.account_file import read_accounts
from dashboard.access.accounts import AccountService
from dashboard.access.attempts import ACCOUNT, AttemptStore, Locked
from streams.store.async_client import AsyncRedis
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


@pytest.mark.services
def test_the_pause_of_an_account_ends_by_unlock_and_that_of_another_stays(
    path: str, tmp_path: Path, redis_url: str
) -> None:
    for name in ("gu.ming", "lin.yue"):
        account(path, "add", name, typed=f"{PASSWORD}\n")
    key = tmp_path / "key"
    key.write_bytes(secrets.token_bytes(32))
    key.chmod(0o600)

    async def find_locked(tries: int) -> set[tuple[str, str]]:
        redis, locked = AsyncRedis(redis_url), set[tuple[str, str]]()
        store = AttemptStore(redis, key.read_bytes())
        for name, address in (("gu.ming", "10.0.0.1"), ("gu.ming", "10.0.0.2"), ("lin.yue", "10.0.0.3")):
            try:
                for _ in range(tries):
                    await store.count_sign_in(name, address, time.time_ns() // 1_000_000)
            except Locked:
                locked.add((name, address))
        await redis.close()
        return locked

    def unlock(name: str, *words: str, server: str = redis_url) -> tuple[int, str]:
        done = account(path, "unlock", name, "--redis", server, *words)
        return done.returncode, done.stderr

    by_key = ("--key-file", str(key))
    assert len(asyncio.run(find_locked(ACCOUNT.most + 1))) == 3
    assert unlock("gu.ming")[0] == 2 and "name its file with --key-file" in unlock("gu.ming")[1]
    assert unlock("nobody", *by_key)[0] != 0
    code, said = unlock("gu.ming", "--address", "10.0.0.1", *by_key)
    assert (code, said.strip()) == (0, "gu.ming can try again at once")
    assert asyncio.run(find_locked(1)) == {("gu.ming", "10.0.0.2"), ("lin.yue", "10.0.0.3")}
    code, said = unlock("gu.ming", *by_key, server="redis://127.0.0.1:1/0")
    assert code != 0 and "no answer from Redis" in said
