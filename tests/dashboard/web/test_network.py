"""The board on a network: TLS of its own, and proxies whose word about the client counts, while nobody else's does."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from dashboard.access.web_endpoint import WebEndpoint
from dashboard.web.serve import bind, config_of
from streams.security import TlsFiles
from tests import patient_http, signing
from tests.dashboard.running import serving
from tests.services.certificates import Authority
from tests.waiting import PATIENCE_S, wait_until

FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "board.example"}


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers with what it is told of its client."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": f"{message['type']}.complete"})
        return
    host = dict(scope["headers"])[b"host"].decode()
    body = json.dumps({"client": scope["client"][0], "scheme": scope["scheme"], "host": host}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def telling(web: WebEndpoint) -> Iterator[str]:
    """A server of that application with the settings of ours -> its address."""
    server, bound = uvicorn.Server(config_of(told, web)), bind("127.0.0.1:0")
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        wait_until(lambda: server.started, PATIENCE_S, "the server to start")
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


@pytest.mark.parametrize("proxies", [(), ("10.0.0.5",), ("10.0.0.0/8", "::1")])
def test_forged_headers_change_nothing(proxies: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    with telling(WebEndpoint("127.0.0.1:0", proxies=proxies)) as address:
        answer = patient_http.get(address, headers=FORGED).json()
    assert answer == {"client": "127.0.0.1", "scheme": "http", "host": address.removeprefix("http://")}


@pytest.mark.parametrize("proxies", [("127.0.0.1",), ("127.0.0.0/30",)])
@pytest.mark.parametrize("chain", ["203.0.113.9", "6.6.6.6, 203.0.113.9", "127.0.0.1, 6.6.6.6, 203.0.113.9, 127.0.0.1"])
def test_a_named_proxy_says_who_its_client_is_and_nobody_before_it(proxies: tuple[str, ...], chain: str) -> None:
    with telling(WebEndpoint("127.0.0.1:0", proxies=proxies)) as address:
        answer = patient_http.get(address, headers=FORGED | {"X-Forwarded-For": chain}).json()
    assert (answer["client"], answer["scheme"]) == ("203.0.113.9", "https")
    assert answer["host"] == address.removeprefix("http://"), "the host is the one of the request"


@pytest.mark.services
def test_a_public_board_answers_what_came_by_tls_alone(redis_url: str) -> None:
    web = WebEndpoint("127.0.0.1:0", "https://board.example", proxies=("127.0.0.1",))
    with serving(redis_url, web=web) as address:
        host = {
            "Host": "board.example",
            "Cookie": signing.headers(address)["cookie"].replace("callfloor=", "__Host-callfloor="),
        }
        answers = [
            patient_http.get(f"{address}/wall/main", headers=host | more)
            for more in ({"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http"}, {})
        ]
        probe = patient_http.get(f"{address}/healthz")
    assert [answer.status_code for answer in answers] == [200, 421, 421]
    assert answers[0].headers["strict-transport-security"].startswith("max-age=")
    assert "https://board.example" in answers[1].json()["message"]
    assert probe.status_code == 200


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def encrypted(redis_url: str, authority: Authority) -> Iterator[str]:
    """The address of a board with a certificate of the authority."""
    signed = authority.sign("board", ("127.0.0.1",))
    tls = TlsFiles(cert=str(signed.cert), key=str(signed.key))
    with serving(redis_url, web=WebEndpoint("127.0.0.1:0", tls=tls)) as address:
        yield address


@pytest.mark.services
def test_the_board_speaks_tls_with_its_own_certificate(encrypted: str, authority: Authority) -> None:
    trusting = ssl.create_default_context(cafile=str(authority.ca))
    secure = signing.headers(encrypted)
    with httpx.Client(verify=trusting, base_url=encrypted, timeout=PATIENCE_S, headers=secure) as client:
        assert client.get("/wall/main").status_code == 200
        with client.stream("GET", "/stream?topic=floor") as stream:
            assert "event: " in next(stream.iter_text())


@pytest.mark.services
def test_who_trusts_another_authority_does_not_connect(encrypted: str, tmp_path: Path) -> None:
    other = ssl.create_default_context(cafile=str(Authority(tmp_path, "Other Authority").ca))
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(encrypted, verify=other, timeout=PATIENCE_S)
    with pytest.raises(httpx.RemoteProtocolError):
        patient_http.get(encrypted.replace("https://", "http://"))


@pytest.mark.services
@pytest.mark.parametrize(
    ("version", "is_taken"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_tls_is_1_2_or_newer(encrypted: str, authority: Authority, version: ssl.TLSVersion, is_taken: bool) -> None:
    only = ssl.create_default_context(cafile=str(authority.ca))
    only.set_ciphers("DEFAULT:@SECLEVEL=0")  # else the client itself would refuse the old version
    only.minimum_version = only.maximum_version = version
    if is_taken:
        assert httpx.get(f"{encrypted}/healthz", verify=only, timeout=PATIENCE_S).status_code == 200
        return
    with pytest.raises(httpx.ConnectError, match="(?i)alert protocol version|UNEXPECTED_EOF"):
        httpx.get(encrypted, verify=only, timeout=PATIENCE_S)
