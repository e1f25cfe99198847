"""Opaque tokens for browsers, and the hashes under which Redis keeps what belongs to them.

A token has 256 random bits. Redis has only its HMAC with the key of the key file, so whoever reads Redis can enter nowhere.
"""

import hashlib
import hmac
import re
import secrets

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_token() -> str:
    """43 characters that a cookie and a URL take as they are."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None


def hash_of(key: bytes, text: str, purpose: str = "") -> str:
    """The HMAC-SHA256 of a text in hex; for another ``purpose`` it is another."""
    named = f"{purpose}\0{text}" if purpose else text
    return hmac.new(key, named.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
