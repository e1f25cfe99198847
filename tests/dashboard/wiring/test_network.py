"""A board on the network starts encrypted, with a key and with somebody who can sign in, and names at once what is missing."""

import secrets
from pathlib import Path

import pytest

from dashboard.access.account_file import Account, accounts_to_change
from dashboard.access.passwords import PasswordHashes
from dashboard.settings import SettingError, load
from dashboard.wiring.network import refuse_open_board
from tests.services.certificates import Authority

NEEDED = {
    "public_url": "public-url",
    "proxy": "tls-cert and tls-key, or proxy",
    "key_file": "key-file",
    "accounts": "oidc-issuer, oidc-client and oidc-secret-file, or accounts",
}


@pytest.fixture
def complete(tmp_path: Path) -> dict[str, str]:
    """Options of a board on the network."""
    key, accounts = tmp_path / "key", tmp_path / "accounts"
    key.write_bytes(secrets.token_bytes(32))
    key.chmod(0o600)
    accounts.touch(0o600)
    with accounts_to_change(str(accounts)) as file:
        file.add(Account("kim", PasswordHashes().make("kim", secrets.token_urlsafe()), None, 0, ""))
    board = {"listen": "0.0.0.0:8050", "public_url": "https://board.example", "proxy": "10.0.0.5"}
    return board | {"key_file": str(key), "accounts": str(accounts)}


def missing(options: dict[str, str], environment: dict[str, str] | None = None) -> list[str]:
    """The settings that the refusal names; none where the board may start."""
    try:
        refuse_open_board(load(options, environment or {}))
    except SettingError as error:
        return [line.strip().partition(":")[0] for line in str(error).splitlines()[1:-1]]
    return []


def test_a_board_of_this_machine_needs_nothing() -> None:
    assert missing({}) == missing({"listen": "[::1]:80", "public_url": "http://localhost:80"}) == []


@pytest.mark.parametrize(
    "opened", [{"listen": "10.0.0.4:80"}, {"public_url": "https://board.example"}, {"proxy": "::1"}]
)
def test_whatever_opens_the_board_wants_all_the_rest(opened: dict[str, str]) -> None:
    assert missing(opened) == [name for option, name in NEEDED.items() if option not in opened]


def test_with_everything_it_starts(complete: dict[str, str]) -> None:
    assert missing(complete) == []


@pytest.mark.parametrize("left_out", NEEDED)
def test_each_that_is_left_out_is_named(complete: dict[str, str], left_out: str) -> None:
    assert missing({**complete, left_out: ""}) == [NEEDED[left_out]]


def test_certificates_of_its_own_take_the_place_of_a_proxy(complete: dict[str, str], tmp_path: Path) -> None:
    signed = Authority(tmp_path).sign("board", ("board.example",))
    assert missing({**complete, "proxy": "", "tls_cert": str(signed.cert), "tls_key": str(signed.key)}) == []


def test_a_provider_takes_the_place_of_accounts_and_the_environment_that_of_the_key_file(
    complete: dict[str, str],
) -> None:
    provider = {"oidc_issuer": "https://login.example", "oidc_client": "floor"}
    environment = {"CALLFLOOR_OIDC_SECRET": "hush", "CALLFLOOR_KEY": secrets.token_hex(32)}
    assert missing({**complete, **provider, "accounts": "", "key_file": ""}, environment) == []


def test_accounts_of_which_none_may_sign_in_are_as_good_as_none(complete: dict[str, str]) -> None:
    file = Path(complete["accounts"])
    file.write_text(file.read_text().replace("$argon2id", "!$argon2id"))
    assert missing(complete) == [NEEDED["accounts"]]
    file.write_text("nobody\n")
    assert missing(complete) == [NEEDED["accounts"]]
    file.unlink()
    assert missing(complete) == [NEEDED["accounts"]]


def test_a_demo_is_never_open(complete: dict[str, str]) -> None:
    refuse_open_board(load({}, {}), is_demo=True)
    with pytest.raises(SettingError, match="^--demo: whoever opens the board chooses a role"):
        refuse_open_board(load(complete, {}), is_demo=True)
