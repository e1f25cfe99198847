"""The file of accounts keeps its comments and its order, is never half written, and refuses what would be ambiguous."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.account_file import Account, AccountFile, BadAccounts, accounts_to_change, mark_of, read_accounts

HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaA"
GU = Account("gu.ming", HASH, "8101", 1_795_997_000_123, "顾明")
LIN = Account("lin", HASH, None, 1_795_997_000_000, "", is_disabled=True)
TEXT = (
    f"# the lead of dawn\ngu.ming\t{HASH}\t8101\t2026-11-30T00:03:20.123+00:00\t顾明\n\n"
    f"# away until March\nlin\t!{HASH}\t\t2026-11-30T00:03:20.000+00:00\t\n"
)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A file with two accounts."""
    return write(tmp_path, TEXT)


def write(folder: Path, text: str) -> str:
    file = folder / "accounts"
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    return str(file)


def test_a_file_reads_as_its_lines_say(path: str) -> None:
    file = read_accounts(path)
    assert list(file.accounts.values()) == [GU, LIN]
    assert file.problems == []
    assert file.text == TEXT


def test_a_change_leaves_comments_and_other_lines(path: str) -> None:
    with accounts_to_change(path) as file:
        file.add(LIN._replace(name="new"))
        file.remove("gu.ming")
        file.replace(LIN._replace(is_disabled=False))
    lines = TEXT.splitlines(keepends=True)
    changed = lines[4].replace("!", "")
    assert Path(path).read_text("utf-8") == "".join([lines[0], *lines[2:4], changed, lines[4].replace("lin", "new")])
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert os.listdir(Path(path).parent) == ["accounts"]


def test_a_missing_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = str(tmp_path / "accounts")
    before = os.umask(0)
    try:
        with accounts_to_change(path) as file:
            file.add(GU)
    finally:
        os.umask(before)
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert read_accounts(path).accounts == {"gu.ming": GU}


def test_a_change_that_fails_writes_nothing(path: str) -> None:
    mark = mark_of(path)
    with pytest.raises(BadAccounts), accounts_to_change(path) as file:
        file.remove("gu.ming")
        file.remove("nobody")
    assert (Path(path).read_text("utf-8"), mark_of(path)) == (TEXT, mark)


def test_two_who_change_it_at_once_lose_nothing(path: str) -> None:
    def add(number: int) -> None:
        with accounts_to_change(path) as file:
            file.add(LIN._replace(name=f"a{number}"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read_accounts(path).accounts) == sorted(["gu.ming", "lin", *(f"a{number}" for number in range(12))])


def test_a_link_stays_a_link(path: str, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path)
    with accounts_to_change(str(link)) as file:
        file.remove("lin")
    assert link.is_symlink()
    assert list(read_accounts(path).accounts) == ["gu.ming"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_read_or_write_is_refused(path: str, mode: int) -> None:
    os.chmod(path, mode)
    with pytest.raises(BadAccounts, match=f"chmod 600 {path}"):
        read_accounts(path)
    with pytest.raises(BadAccounts), accounts_to_change(path):
        pass


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAccounts, match="cannot be read: No such file"):
        read_accounts(str(tmp_path / "none"))
    file = tmp_path / "accounts"
    file.write_bytes(b"\xff\xfe")
    file.chmod(0o600)
    with pytest.raises(BadAccounts, match="no text in UTF-8"):
        read_accounts(str(file))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"GU.MING\t{HASH}\t\t2026-11-30T00:00:00+00:00\t", "GU.MING is there before, as gu.ming"),
        (f"a\t{HASH}\t\t2026-11-30T00:00:00\t", "is no moment"),
        (f"a\t{HASH}\t\tyesterday\t", "is no moment"),
        (f"a {HASH}", "1 fields and not 5"),
        (f"a/b\t{HASH}\t\t2026-11-30T00:00:00+00:00\t", "is no name"),
        (f"ａｂ\t{HASH}\t\t2026-11-30T00:00:00+00:00\t", "is no name"),
        ("a\tsecret123456\t\t2026-11-30T00:00:00+00:00\t", "no argon2id hash"),
        ("a\t!\t\t2026-11-30T00:00:00+00:00\t", "no argon2id hash"),
        (f"a\t{HASH}\t\t2026-11-30T00:00:00+00:00\tx\x1b[31m", "cannot be printed"),
        (f"a\t{HASH}\t 8101\t2026-11-30T00:00:00+00:00\t", "spaces at an end"),
    ],
)
def test_a_bad_line_is_named_and_the_others_hold(tmp_path: Path, line: str, problem: str) -> None:
    path = write(tmp_path, f"{TEXT}{line}\n")
    with accounts_to_change(path) as file:
        assert list(file.accounts) == ["gu.ming", "lin"]
        (found,) = file.problems
        assert found.startswith(f"{path}:6: ") and problem in found and "secret123456" not in found
        file.remove("gu.ming")
    assert line in Path(path).read_text("utf-8")


def test_names_that_differ_only_in_case_are_refused_and_another_spelling_is_another_name(path: str) -> None:
    file = read_accounts(path)
    with pytest.raises(BadAccounts, match=r"there is an account gu\.ming"):
        file.add(GU._replace(name="Gu.Ming"))
    with pytest.raises(BadAccounts, match=r"no account 'GU\.MING'; there is gu\.ming"):
        file.remove("GU.MING")
    with pytest.raises(BadAccounts, match="no account 'x'$"):
        file.require("x")


NAMES = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._@-]{0,15}\Z")
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)
ACCOUNTS = st.builds(
    Account,
    NAMES,
    st.just(HASH),
    TEXTS.map(lambda text: text or None),
    st.integers(0, 4_000_000_000_000),
    TEXTS,
    st.booleans(),
)


@given(st.lists(ACCOUNTS, max_size=8, unique_by=lambda each: each.name.casefold()), st.data())
def test_what_is_written_reads_the_same(accounts: list[Account], data: st.DataObject) -> None:
    file = AccountFile("# first\n")
    for each in accounts:
        file.add(each)
    removed = data.draw(st.sets(st.sampled_from([each.name for each in accounts]))) if accounts else set()
    for name in sorted(removed):
        file.remove(name)
    again = AccountFile(file.text)
    assert again.problems == []
    assert list(again.accounts.values()) == [each for each in accounts if each.name not in removed]
    assert again.accounts == file.accounts
    assert again.text == file.text
