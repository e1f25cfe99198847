"""Local accounts: who gets in, that a wrong name costs the same as a wrong password, and that a change is in force at once."""

import os
import unicodedata
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters

from dashboard.access.account_file import Account, BadAccounts, accounts_to_change, read_accounts
from dashboard.access.accounts import LOOK_EVERY_S, AccountService, identity_of
from dashboard.access.identity import Identity
from dashboard.access.passwords import LEAST, MOST, BadPassword, PasswordHashes

CHANGED_MS = 1_795_997_000_000
PASSWORD = "correct horse battery"
CHEAP = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}


class CountingHasher(PasswordHasher):
    """Notes the parameters of each hash that a password is compared with."""

    def __init__(self) -> None:
        super().__init__(**CHEAP)
        self.compared: list[tuple[int, int, int]] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        found = extract_parameters(str(hash))
        self.compared.append((found.time_cost, found.memory_cost, found.parallelism))
        return super().verify(hash, password)


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


HASHES = PasswordHashes(PasswordHasher(**CHEAP))


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = str(tmp_path / "accounts")
    with accounts_to_change(path) as file:
        file.add(Account("gu.ming", HASHES.make("gu.ming", PASSWORD), "8101", CHANGED_MS, "顾明"))
        file.add(Account("lin", HASHES.make("lin", PASSWORD), None, CHANGED_MS, "", is_disabled=True))
    return path


def test_the_password_of_an_enabled_account_lets_in(path: str) -> None:
    service = AccountService(path, HASHES)
    found = service.verify("gu.ming", PASSWORD)
    assert found is not None
    assert identity_of(found) == Identity("local:gu.ming", "顾明", "8101")
    assert identity_of(found._replace(full_name="")).name == "gu.ming"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("gu.ming", PASSWORD + " "),
        ("gu.ming", PASSWORD.upper()),
        ("gu.ming", ""),
        ("gu.ming", PASSWORD + "x" * MOST),
        ("gu.ming", "\ud800"),
        ("Gu.Ming", PASSWORD),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("lin", PASSWORD),
        ("local:gu.ming", PASSWORD),
        ("# gu.ming", PASSWORD),
    ],
)
def test_whatever_is_wrong_one_hash_of_today_is_compared_and_nobody_gets_in(
    path: str, name: str, password: str
) -> None:
    hasher = CountingHasher()
    service = AccountService(path, PasswordHashes(hasher))
    assert service.verify(name, password) is None
    assert hasher.compared == [tuple(CHEAP.values())]


def test_a_password_is_the_same_from_every_keyboard(tmp_path: Path) -> None:
    path, password = str(tmp_path / "accounts"), "crème brûlée, é"
    composed, apart = (unicodedata.normalize(form, password) for form in ("NFC", "NFD"))
    assert composed != apart
    with accounts_to_change(path) as file:
        file.add(Account("gu", HASHES.make("gu", apart), None, CHANGED_MS, ""))
    assert AccountService(path, HASHES).verify("gu", composed) is not None


@pytest.mark.parametrize(
    ("name", "password", "reason"),
    [
        ("gu", "x1" * 5 + "y", "at least 12"),
        ("gu", "ab" * MOST, "at most 256"),
        ("gu", "e\u0301a" * 4, "at least 12"),  # eight characters, though twelve code points are typed
        ("administrator", "Administrator", "the name"),
        ("gu", "aaaaaaaaaaaaaa", "again and again"),
        ("gu", "correct horse\tbattery", "cannot be printed"),
    ],
)
def test_a_weak_password_is_refused_without_being_repeated(name: str, password: str, reason: str) -> None:
    with pytest.raises(BadPassword, match=reason) as error:
        HASHES.make(name, password)
    assert password not in str(error.value)


def test_a_password_of_twelve_characters_is_taken() -> None:
    assert HASHES.verify(HASHES.make("gu", "密" * (LEAST - 1) + "码"), "密" * (LEAST - 1) + "码")


def test_the_hashes_are_argon2id_with_the_memory_that_the_docs_name() -> None:
    found = extract_parameters(PasswordHashes().make("gu", PASSWORD))
    assert (found.type.name, found.memory_cost) == ("ID", 64 * 1024)


def test_a_change_of_the_file_is_in_force_within_a_second(path: str) -> None:
    clock = Clock()
    service = AccountService(path, HASHES, clock)
    with accounts_to_change(path) as file:
        file.replace(file.require("gu.ming")._replace(is_disabled=True))
        file.replace(file.require("lin")._replace(is_disabled=False))
    assert service.verify("gu.ming", PASSWORD) is not None
    clock.now_s += LOOK_EVERY_S
    assert service.verify("gu.ming", PASSWORD) is None
    assert service.verify("lin", PASSWORD) is not None


def test_sessions_of_an_account_that_changed_have_ended(path: str) -> None:
    clock = Clock()
    service = AccountService(path, HASHES, clock)

    def admitted(begun_ms: int) -> bool:
        clock.now_s += LOOK_EVERY_S
        return service.admits("local:gu.ming", begun_ms)

    assert admitted(CHANGED_MS) and not admitted(CHANGED_MS - 1)
    with accounts_to_change(path) as file:
        file.replace(file.require("gu.ming")._replace(changed_ms=CHANGED_MS + 5))
    assert not admitted(CHANGED_MS + 4) and admitted(CHANGED_MS + 5)
    with accounts_to_change(path) as file:
        file.remove("gu.ming")
    assert not admitted(CHANGED_MS + 5)
    assert not service.admits("local:lin", CHANGED_MS + 5)  # disabled
    assert not service.admits("local:Gu.Ming", CHANGED_MS + 5)


def test_a_file_that_cannot_be_read_lets_nobody_in_until_it_can(path: str) -> None:
    clock = Clock()
    service = AccountService(path, HASHES, clock)
    os.rename(path, path + ".away")
    clock.now_s += LOOK_EVERY_S
    for _ in range(2):
        with pytest.raises(BadAccounts, match="cannot be read"):
            service.verify("gu.ming", PASSWORD)
        with pytest.raises(BadAccounts, match="cannot be read"):
            service.admits("local:gu.ming", CHANGED_MS)
    os.rename(path + ".away", path)
    assert service.verify("gu.ming", PASSWORD) is not None


def test_a_bad_line_is_a_problem_and_a_line_in_the_log(path: str, caplog: pytest.LogCaptureFixture) -> None:
    with Path(path).open("a") as file:
        file.write("no account\n")
    service = AccountService(path, HASHES)
    (problem,) = service.find_problems()
    assert problem.startswith(f"{path}:3: ")
    assert problem in caplog.text
    assert service.verify("gu.ming", PASSWORD) is not None


def test_a_file_that_cannot_be_read_is_a_problem(path: str) -> None:
    service = AccountService(path, HASHES, iter(range(100)).__next__)
    assert service.find_problems() == []
    os.rename(path, path + ".away")
    (problem,) = service.find_problems()
    assert "cannot be read" in problem


def test_a_hash_with_old_parameters_is_made_anew_and_sessions_go_on(path: str) -> None:
    today = PasswordHashes(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    clock = Clock()
    service = AccountService(path, today, clock)
    assert service.verify("gu.ming", PASSWORD + "x") is None
    assert today.is_outdated(read_accounts(path).accounts["gu.ming"].password_hash)  # only a right password is hashed
    assert service.verify("gu.ming", PASSWORD) is not None
    account = read_accounts(path).accounts["gu.ming"]
    assert not today.is_outdated(account.password_hash)
    assert account.changed_ms == CHANGED_MS
    clock.now_s += LOOK_EVERY_S
    assert service.verify("gu.ming", PASSWORD) is not None


def test_where_the_file_cannot_be_written_an_old_hash_stays(path: str, caplog: pytest.LogCaptureFixture) -> None:
    today = PasswordHashes(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    service = AccountService(path, today, Clock())
    os.chmod(path, 0o644)  # noticed by the next look; until then it is read from memory
    assert service.verify("gu.ming", PASSWORD) is not None
    assert "the hash of gu.ming has old parameters and stays" in caplog.text
