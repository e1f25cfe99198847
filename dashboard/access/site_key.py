"""The key of a site: random bytes by which session tokens are hashed, so that a restarted server knows its sessions again."""

import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

LEAST_BYTES = 32
_MOST_BYTES = 4096
_LEAST_DISTINCT = 16
_MAKE_ONE = "make one: umask 077; openssl rand -out FILE 32"


class BadKey(ValueError):
    """No key of a site; the message says how to make one, and holds nothing of the key."""


@dataclass(frozen=True)
class SiteKey:
    """``is_passing``: the key was made at this start and is gone with it, and the sessions with it."""

    secret: bytes = field(repr=False)
    is_passing: bool = False

    @classmethod
    def make(cls) -> Self:
        """A new random key for this start alone."""
        return cls(secrets.token_bytes(LEAST_BYTES), is_passing=True)

    @classmethod
    def read_file(cls, path: str) -> Self:
        """The bytes of a file that only its owner may read. Raises BadKey."""
        try:
            mode = Path(path).stat().st_mode
            if not stat.S_ISREG(mode):
                raise BadKey(f"{path} is no file; {_MAKE_ONE}")
            if mode & 0o077:
                raise BadKey(f"{path} can be read by others than its owner (mode {mode & 0o777:04o}): chmod 600 {path}")
            with Path(path).open("rb") as file:
                secret = file.read(_MOST_BYTES)
        except OSError as error:
            raise BadKey(f"{path} cannot be read: {error.strerror}; {_MAKE_ONE}") from error
        return cls(_require_random(path, secret))

    @classmethod
    def parse_hex(cls, text: str) -> Self:
        """The key of hexadecimal digits. Raises BadKey."""
        try:
            secret = bytes.fromhex(text)
        except ValueError:
            raise BadKey("CALLFLOOR_KEY is not hexadecimal digits: openssl rand -hex 32 prints some") from None
        return cls(_require_random("CALLFLOOR_KEY", secret))


def _require_random(where: str, secret: bytes) -> bytes:
    """Refuses bytes that nobody drew: too few, text, one byte again and again, a row of numbers."""
    if len(secret) < LEAST_BYTES:
        raise BadKey(f"{where} has {len(secret)} bytes, and a key has {LEAST_BYTES} or more; {_MAKE_ONE}")
    if all(byte in b"\t\n\r" or 0x20 <= byte < 0x7F for byte in secret):
        raise BadKey(f"{where} is text, and a key is random bytes; {_MAKE_ONE}")
    steps = {(after - before) % 256 for before, after in zip(secret, secret[1:], strict=False)}
    if min(len(set(secret)), len(steps)) < _LEAST_DISTINCT:
        raise BadKey(f"{where} is not random: its bytes are the same or follow a pattern; {_MAKE_ONE}")
    return secret
