"""``callfloor serve`` on a network: with all it needs it starts, encrypted, and answers to its public address alone."""

import secrets
import ssl
from pathlib import Path

import httpx
import pytest

from dashboard.access.account_file import Account, accounts_to_change
from dashboard.access.passwords import PasswordHashes
from streams.simulator.embedded import free_port
from tests.dashboard.cli.program import STOP_S, started
from tests.services.certificates import Authority
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.services


def test_an_open_board_answers_by_tls_and_by_its_public_name(redis_url: str, tmp_path: Path) -> None:
    authority, port = Authority(tmp_path), free_port()
    signed, key, accounts = authority.sign("board", ("board.example",)), tmp_path / "key", tmp_path / "accounts"
    key.write_bytes(secrets.token_bytes(32))
    accounts.touch()
    for file in (key, accounts):
        file.chmod(0o600)
    with accounts_to_change(str(accounts)) as file:
        file.add(Account("kim", PasswordHashes().make("kim", secrets.token_urlsafe()), None, 0, ""))
    public = f"https://board.example:{port}"
    arguments = ["--listen", f"0.0.0.0:{port}", "--public-url", public, "--key-file", str(key), "--redis", redis_url]
    arguments += ["--tls-cert", str(signed.cert), "--tls-key", str(signed.key), "--accounts", str(accounts)]
    trusting = ssl.create_default_context(cafile=str(authority.ca))
    with (
        started(tmp_path, "serve", "--zone", "UTC", "--kafka", "127.0.0.1:1", *arguments) as serve,
        httpx.Client(verify=trusting, base_url=f"https://127.0.0.1:{port}", timeout=PATIENCE_S) as client,
    ):
        serve.wait_for(f"the board is at {public}/wall/main (Ctrl-C ends it)", STOP_S)
        sni = {"sni_hostname": "board.example"}
        names = (f"board.example:{port}", "board.example", f"127.0.0.1:{port}", f"localhost:{port}")
        found = [client.get("/wall/main", headers={"Host": name}, extensions=sni).status_code for name in names]
    assert found[0] < 400
    assert found[1:] == [421, 421, 421]
