"""Passwords of local accounts: what one must be, and its argon2id hash. The only file that imports argon2.

A password is compared as its NFC form, so that it is the same from every keyboard.
"""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

LEAST = 12
MOST = 256
AT_ONCE = 2
"""So many hashes are computed at the same time: each needs 64 MiB and several cores."""


class BadPassword(ValueError):
    """A password that cannot be set; the message says why and never holds it."""


class PasswordHashes:
    """Makes and verifies hashes; may be used from any thread, and takes a tenth of a second or so."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def make(self, name: str, password: str) -> str:
        """The hash of a new password of an account. Raises BadPassword."""
        _require_strong(name, password)
        with self._free:
            made: str = self._hasher.hash(_bytes_of(password))
        return made

    def verify(self, password_hash: str, password: str) -> bool:
        """Whether it is the password. A password that nobody can have takes the same time."""
        with self._free:
            try:
                self._hasher.verify(password_hash, _bytes_of(password[:MOST]))
            except VerificationError:
                return False
        return len(password) <= MOST

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a hash made now would have other parameters."""
        outdated: bool = self._hasher.check_needs_rehash(password_hash)
        return outdated


def _require_strong(name: str, password: str) -> None:
    normal = unicodedata.normalize("NFC", password)
    if not LEAST <= len(normal) <= MOST:
        raise BadPassword(f"a password has at least {LEAST} characters and at most {MOST}")
    if normal.casefold() == name.casefold():
        raise BadPassword("the name of the account is no password")
    if len(set(normal)) == 1:
        raise BadPassword("one character again and again is no password")
    if not normal.isprintable():
        raise BadPassword("a password has no characters that cannot be printed")


def _bytes_of(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
