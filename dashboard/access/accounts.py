"""Local accounts of a small site, and of the administrator when the identity provider is away: who has which password.

The file of accounts is looked at once a second; a change is in force then, without a restart. A file that cannot be read lets
nobody in.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence

from dashboard.access.account_file import Account, AccountFile, BadAccounts, accounts_to_change, mark_of, read_accounts
from dashboard.access.identity import Identity
from dashboard.access.passwords import PasswordHashes

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
PREFIX = "local:"
"""Before the name of a local account, where accounts of all origins stand together."""


class AccountService:
    """Answers about the accounts of a file, from any thread. Raises BadAccounts while the file cannot be read."""

    def __init__(
        self, path: str, hashes: PasswordHashes | None = None, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._hashes = hashes or PasswordHashes()
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._file = read_accounts(path)
        self._looked_s = clock_s()
        self._nobody = self._hashes.make("", secrets.token_urlsafe())
        self._log_problems()

    def find_problems(self) -> Sequence[str]:
        """Lines that let nobody in, with file and line; of a file that cannot be read why."""
        try:
            return self._accounts().problems
        except BadAccounts as error:
            return (str(error),)

    def verify(self, name: str, password: str) -> Account | None:
        """The account, if it may sign in and this is its password.

        The time does not say whether there is such an account: the password is always compared with one hash. (Where a hash
        has older parameters, it does until that account signs in, since then it gets a new one.)
        """
        account = self._accounts().accounts.get(name)
        is_right = self._hashes.verify(account.password_hash if account else self._nobody, password)
        if account is None or account.is_disabled or not is_right:
            return None
        if self._hashes.is_outdated(account.password_hash):
            self._hash_anew(account, password)
        return account

    def exists(self, name: str) -> bool:
        """Whether there is such an account."""
        return name in self._accounts().accounts

    def admits(self, account: str, begun_ms: int) -> bool:
        """Whether a session of ``local:<name>`` that began then goes on: the account is there, enabled, and unchanged since."""
        found = self._accounts().accounts.get(account.removeprefix(PREFIX))
        return found is not None and not found.is_disabled and begun_ms >= found.changed_ms

    def _accounts(self) -> AccountFile:
        with self._lock:
            if (now_s := self._clock_s()) - self._looked_s >= LOOK_EVERY_S:
                if mark_of(self._path) != self._file.mark:
                    self._file = read_accounts(self._path)
                    self._log_problems()
                self._looked_s = now_s
            return self._file

    def _log_problems(self) -> None:
        for problem in self._file.problems:
            log.warning("%s", problem)

    def _hash_anew(self, account: Account, password: str) -> None:
        """The password is right; its hash gets the parameters of today, and its sessions go on."""
        try:
            with accounts_to_change(self._path) as file:
                if file.accounts.get(account.name) == account:
                    file.replace(account._replace(password_hash=self._hashes.make(account.name, password)))
        except (BadAccounts, OSError, ValueError) as error:
            log.warning(
                "the hash of %s has old parameters and stays, since it cannot be written: %s", account.name, error
            )


def identity_of(account: Account) -> Identity:
    """The identity of a local account."""
    return Identity(f"{PREFIX}{account.name}", account.full_name or account.name, account.agent)
