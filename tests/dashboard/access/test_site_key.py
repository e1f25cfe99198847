"""The key of a site: random bytes that only their owner reads; whatever else is refused, and never repeated."""

import secrets
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.site_key import BadKey, SiteKey


def written(folder: Path, secret: bytes, mode: int = 0o600) -> str:
    """A file of this mode with these bytes."""
    path = folder / "key"
    path.write_bytes(secret)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
@pytest.mark.parametrize("length", [32, 33, 64, 4096])
def test_random_bytes_of_the_owner_are_a_key(tmp_path: Path, mode: int, length: int) -> None:
    secret = secrets.token_bytes(length)
    key = SiteKey.read_file(written(tmp_path, secret, mode))
    assert (key.secret, key.is_passing) == (secret, False)
    assert repr(key.secret) not in repr(key)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_a_key_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(BadKey, match=r"by others than its owner \(mode 06\d\d\): chmod 600"):
        SiteKey.read_file(written(tmp_path, secrets.token_bytes(32), mode))


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (b"", "has 0 bytes, and a key has 32 or more; make one: umask 077; openssl rand -out FILE 32"),
        (bytes(7 * n % 251 for n in range(31)), "has 31 bytes"),
        (bytes(32), "is not random"),
        (b"\xff" * 64, "is not random"),
        (bytes(range(32)), "is not random"),
        (bytes(range(255, 0, -1)), "is not random"),
        (b"\x00\x9f\x01\xa0" * 16, "is not random"),
        (b"change-me-change-me-change-me-change-me\n", "is text"),
        (b"4eb92cc2d850a7c56d0f351f35c8d082" * 2, "is text"),
    ],
)
def test_what_nobody_drew_is_no_key(tmp_path: Path, secret: bytes, words: str) -> None:
    with pytest.raises(BadKey) as wrong:
        SiteKey.read_file(written(tmp_path, secret))
    assert words in str(wrong.value)


@given(st.randoms(use_true_random=True))
def test_what_was_drawn_is_a_key(drawn: Random) -> None:
    secret = drawn.randbytes(32)
    assert SiteKey.parse_hex(secret.hex()).secret == secret


def test_a_folder_and_a_device_are_no_key(tmp_path: Path) -> None:
    for path in (str(tmp_path), "/dev/urandom"):
        with pytest.raises(BadKey, match="is no file"):
            SiteKey.read_file(path)


def test_a_made_key_passes_with_the_start_and_goes_to_another_process_as_digits() -> None:
    made = SiteKey.make()
    assert made.is_passing and made.secret != SiteKey.make().secret
    assert SiteKey.parse_hex(made.secret.hex()) == SiteKey(made.secret)
    with pytest.raises(BadKey, match="CALLFLOOR_KEY is not hexadecimal") as wrong:
        SiteKey.parse_hex("hush")
    assert "hush" not in str(wrong.value)
