"""The file of local accounts: one line per account, its comments and order kept whoever writes it.

A line has five fields with tabs between: the name to sign in with, the argon2id hash of the password (``!`` before it: the
account is disabled), the agent's id or nothing, since when the line holds (UTC), and the full name or nothing. Only its owner may
read the file. It is written as a whole beside its place and then moved there, so a reader never meets half of it.
"""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}", re.ASCII)
_HASH = re.compile(r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+", re.ASCII)
_FIELDS = 5
Mark = tuple[int, int, int]
"""(inode, size, time of the last change) of a file."""


class BadAccounts(Exception):
    """The file of accounts cannot be used, or not as it was asked; the message says what to do."""


class Account(NamedTuple):
    """One line. ``changed_ms``: sessions that began before it have ended. ``full_name`` is for the screen."""

    name: str
    password_hash: str
    agent: str | None
    changed_ms: int
    full_name: str
    is_disabled: bool = False


class AccountFile:
    """The lines of a file, and the accounts in them by name. Lines that are no account stay as they are."""

    def __init__(self, text: str = "", path: str = "", mark: Mark | None = None) -> None:
        self._lines: list[str] = text.removesuffix("\n").split("\n") if text else []
        self._places: dict[str, int] = {}
        self.mark = mark
        self.accounts: dict[str, Account] = {}
        self.problems: list[str] = []
        for place, line in enumerate(self._lines):
            if line.strip() and not line.startswith("#"):
                self._read_line(place, line, f"{path}:{place + 1}")

    @property
    def text(self) -> str:
        """The text of the file."""
        return "".join(f"{line}\n" for line in self._lines)

    def add(self, account: Account) -> None:
        """A new line at the end. Raises BadAccounts where the name is no name, or is there in any case of its letters."""
        _require_valid(account)
        if found := self._same_letters(account.name):
            raise BadAccounts(f"there is an account {found}: choose another name, also in its letters")
        self._places[account.name] = len(self._lines)
        self._lines.append(_line_of(account))
        self.accounts[account.name] = account

    def replace(self, account: Account) -> None:
        """The line of the account's name anew."""
        _require_valid(account)
        self.require(account.name)
        self._lines[self._places[account.name]] = _line_of(account)
        self.accounts[account.name] = account

    def remove(self, name: str) -> None:
        """The line goes. Raises BadAccounts where there is none."""
        self.require(name)
        place = self._places.pop(name)
        del self._lines[place], self.accounts[name]
        self._places = {each: at - (at > place) for each, at in self._places.items()}

    def require(self, name: str) -> Account:
        """The account of a name. Raises BadAccounts where there is none."""
        if name not in self.accounts:
            like = self._same_letters(name)
            raise BadAccounts(f"there is no account {name!r}" + (f"; there is {like}" if like else ""))
        return self.accounts[name]

    def _same_letters(self, name: str) -> str | None:
        return next((each for each in self.accounts if each.casefold() == name.casefold()), None)

    def _read_line(self, place: int, line: str, where: str) -> None:
        try:
            account = _account_of(line)
            _require_valid(account)
            if found := self._same_letters(account.name):
                raise BadAccounts(f"{account.name} is there before, as {found}")
        except BadAccounts as error:
            self.problems.append(f"{where}: {error}; this line lets nobody in")
            return
        self._places[account.name] = place
        self.accounts[account.name] = account


def read_accounts(path: str) -> AccountFile:
    """The file as it is. Raises BadAccounts where it cannot be read, or others than its owner can."""
    try:
        with open(path, encoding="utf-8") as file:
            state = os.fstat(file.fileno())
            if state.st_mode & 0o077:
                raise BadAccounts(f"{path} can be read by others than its owner: chmod 600 {path}")
            return AccountFile(file.read(), path, _mark(state))
    except OSError as error:
        raise BadAccounts(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadAccounts(f"{path} is no text in UTF-8: restore it from a backup") from error


def mark_of(path: str) -> Mark | None:
    """By which a change of the file is noticed; None: there is no file."""
    try:
        return _mark(os.stat(path))
    except OSError:
        return None


@contextmanager
def accounts_to_change(path: str) -> Iterator[AccountFile]:
    """The file, to be changed in the block and written at its end; a missing one is made. One process at a time.

    Nothing is written where the block raises. Raises BadAccounts, and OSError where the folder cannot be written.
    """
    file = Path(path).resolve()
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        accounts = read_accounts(str(file)) if file.exists() else AccountFile()
        before = accounts.text
        yield accounts
        if accounts.text != before or not file.exists():
            _write(file, accounts.text)
            os.fsync(folder)
    finally:
        os.close(folder)


def _write(file: Path, text: str) -> None:
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # mode 0600
    try:
        with open(number, "w", encoding="utf-8") as beside:
            if file.exists() and (owner := file.stat()).st_uid != os.geteuid():
                os.fchown(number, owner.st_uid, owner.st_gid)  # root writes for the user of the web server
            beside.write(text)
            beside.flush()
            os.fsync(number)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def _mark(state: os.stat_result) -> Mark:
    return state.st_ino, state.st_size, state.st_mtime_ns


def _account_of(line: str) -> Account:
    fields = line.split("\t")
    if len(fields) != _FIELDS:
        raise BadAccounts(f"{len(fields)} fields and not {_FIELDS}, with tabs between")
    name, stored, agent, changed, full_name = fields
    try:
        moment = datetime.fromisoformat(changed)
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None:
        raise BadAccounts(f"{changed!r} is no moment such as 2026-11-30T14:00:00.000+00:00")
    password_hash = stored.removeprefix("!")
    return Account(
        name, password_hash, agent or None, round(moment.timestamp() * 1000), full_name, stored != password_hash
    )


def _line_of(account: Account) -> str:
    changed = datetime.fromtimestamp(account.changed_ms / 1000, UTC).isoformat(timespec="milliseconds")
    stored = f"!{account.password_hash}" if account.is_disabled else account.password_hash
    return "\t".join((account.name, stored, account.agent or "", changed, account.full_name))


def _require_valid(account: Account) -> None:
    if not _NAME.fullmatch(account.name):
        raise BadAccounts(
            f"{account.name!r} is no name of an account: up to 64 letters, digits and . _ @ -, a letter or digit first"
        )
    if not _HASH.fullmatch(account.password_hash):
        raise BadAccounts(f"the password of {account.name} is no argon2id hash: set it by `callfloor account password`")
    for text in (account.agent or "", account.full_name):
        if not text.isprintable() or text != text.strip():
            raise BadAccounts(f"{text!r} of {account.name} has characters that cannot be printed, or spaces at an end")
