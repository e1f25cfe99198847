"""Settings of how the board is reached and who signs in: what cannot be meant is named, with what to do."""

from pathlib import Path

import pytest

from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.web_endpoint import WebEndpoint
from dashboard.settings import SettingError, load
from streams.security import Secret
from tests.services.certificates import Authority

OIDC = {
    "CALLFLOOR_OIDC_ISSUER": "https://login.example/realms/centre",
    "CALLFLOOR_OIDC_CLIENT": "floor",
    "CALLFLOOR_OIDC_SECRET": "hush",
}


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://Board.Example/", "https://board.example"),
        ("https://board.example:443", "https://board.example"),
        ("https://board.example:8443", "https://board.example:8443"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
        ("http://localhost:8050", "http://localhost:8050"),
    ],
)
def test_a_public_url_is_written_as_browsers_write_an_origin(text: str, url: str) -> None:
    assert load({"public_url": text}, {}).web.public_url == url


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("public_url", "board.example", "public-url: 'board.example' is no address such as https://board.example.com"),
        ("public_url", "http://board.example", "is not encrypted"),
        ("public_url", "ftp://board.example", "is no address"),
        ("public_url", "https://", "is no address"),
        ("public_url", "https://board.example:x", "is no address"),
        ("public_url", "https://board.example/floor", "has a path"),
        ("public_url", "https://board.example?a=1", "is no address"),
        ("public_url", "https://bücher.example", "is no address"),
        ("public_url", "https://kim:hush@board.example", "public-url: no user and no password"),
        ("proxy", "nginx", "proxy: 'nginx' is no address and no network such as 10.0.0.5"),
        ("proxy", "*", "proxy: '*' is no address"),
        ("proxy", "10.0.0.5/8", "has host bits set"),
        ("proxy", "10.0.0.5,0.0.0.0/0", "proxy: 0.0.0.0/0 is everybody"),
        ("proxy", "::/0", "is everybody"),
        ("tls_key", "key.pem", "tls-key: a key is of use only with its certificate"),
        ("tls_cert", "/no/such", "tls-cert: /no/such cannot be read"),
        ("key_file", "/no/such", "key-file: /no/such cannot be read: No such file or directory; make one"),
        ("audit", "callfloor.events", "topic, actions and audit: three different topics"),
        ("oidc_issuer", "https://login.example", "oidc-client and oidc-secret-file: not set"),
        ("oidc_ca", "/no/such", "oidc-issuer and oidc-client and oidc-secret-file: not set"),
        ("sessions_user", "kim", "sessions-password-file: not set; a user and a password go together"),
        ("redis", "rediss://r:1?ssl_cert_reqs=none", "redis: ssl_cert_reqs after ? is not taken"),
        ("redis", "rediss://r:1?SSL_Check_HostName=false&db=1", "redis: ssl_check_hostname after ? is not taken"),
        ("sessions", "rediss://r:1/?ssl_ca_certs=/ca", "sessions: ssl_ca_certs after ? is not taken"),
    ],
)
def test_what_cannot_be_meant_is_named(name: str, text: str, words: str) -> None:
    with pytest.raises(SettingError) as wrong:
        load({name: text}, {})
    assert words in str(wrong.value)
    assert "hush" not in str(wrong.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"CALLFLOOR_OIDC_ISSUER": "http://login.example"}, "oidc-issuer: 'http://login.example' is not encrypted"),
        ({"CALLFLOOR_OIDC_SCOPE": "profile"}, "oidc-scope: 'profile' lacks the word openid"),
        ({"CALLFLOOR_OIDC_CA": "/no/such"}, "oidc-ca: /no/such cannot be read"),
        ({"CALLFLOOR_OIDC_SECRET_FILE": "/no/such"}, "oidc-secret-file: /no/such cannot be read"),
    ],
)
def test_a_provider_that_cannot_be_meant_is_named(given: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError) as wrong:
        load({}, OIDC | given)
    assert words in str(wrong.value)


def test_a_provider_has_an_issuer_a_client_and_a_secret() -> None:
    found = load({"oidc_agent_claim": "number"}, OIDC).oidc
    assert found == OidcSettings("https://login.example/realms/centre", "floor", Secret(value="hush"), "number")
    assert "hush" not in repr(found)
    assert load({}, {}).oidc is None


def test_the_certificate_of_the_board_is_opened_at_once(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    one, two, locked = authority.sign("one"), authority.sign("two"), authority.sign("locked", password="pw")
    assert load({"tls_cert": str(one.cert), "tls_key": str(one.key)}, {}).web.tls
    with pytest.raises(SettingError, match="^tls-key: .*two.key does not belong to the certificate"):
        load({"tls_cert": str(one.cert), "tls_key": str(two.key)}, {})
    with pytest.raises(SettingError, match="^tls-key: .*locked.key cannot be opened"):
        load({"tls_cert": str(locked.cert), "tls_key": str(locked.key)}, {})
    assert load({"tls_cert": str(locked.both)}, {"CALLFLOOR_TLS_KEY_PASSWORD": "pw"}).web.tls.key_password


@pytest.mark.parametrize(
    ("web", "is_open", "is_secure"),
    [
        (WebEndpoint("127.0.0.1:8050"), False, False),
        (WebEndpoint("[::1]:8050", "http://localhost:8050"), False, False),
        (WebEndpoint("0.0.0.0:8050"), True, False),
        (WebEndpoint("[::]:8050"), True, False),
        (WebEndpoint("10.0.0.4:8050", "https://board.example"), True, True),
        (WebEndpoint("127.0.0.1:8050", "https://board.example"), True, True),
        (WebEndpoint("127.0.0.1:8050", proxies=("127.0.0.1",)), True, False),
    ],
)
def test_a_board_is_open_by_its_listening_its_public_address_or_a_proxy(
    web: WebEndpoint, is_open: bool, is_secure: bool
) -> None:
    assert (web.is_open, web.is_secure) == (is_open, is_secure)


def test_the_sessions_are_in_the_redis_of_the_counters_unless_it_is_said_otherwise() -> None:
    counters = {"CALLFLOOR_REDIS": "redis://r:1/0", "CALLFLOOR_REDIS_USER": "serve", "CALLFLOOR_REDIS_PASSWORD": "a"}
    assert load({}, counters).sessions == load({}, counters).redis
    own = load({"sessions_user": "sessions"}, counters | {"CALLFLOOR_SESSIONS_PASSWORD": "b"}).sessions
    assert (own.url, own.user, own.password.read()) == ("redis://r:1/0", "sessions", "b")
    elsewhere = load({"sessions": "redis://s:1/0"}, counters).sessions
    assert (elsewhere.url, elsewhere.user, bool(elsewhere.password)) == ("redis://s:1/0", "", False)
