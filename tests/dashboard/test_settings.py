"""Options over the environment over the defaults; what cannot be meant or does not fit together is named, and no secret in it."""

from pathlib import Path

import pytest

from dashboard.access.web_endpoint import WebEndpoint
from dashboard.settings import (
    SETTINGS,
    SettingError,
    child_environment,
    load,
    refuse_secrets,
    without_services,
)
from tests.services.certificates import Authority


def test_an_option_wins_over_the_environment_and_that_over_the_default() -> None:
    found = load({"topic": "t", "kafka": None}, {"CALLFLOOR_TOPIC": "e", "CALLFLOOR_KAFKA": "k:1"})
    assert (found.topic, str(found.kafka), found.redis.url) == ("t", "k:1", "redis://127.0.0.1:6379/0")


def test_every_setting_of_the_table_is_read_from_its_variable() -> None:
    given = {"kafka": "a:1,b:2", "redis": "redis://r:1", "site": "s.toml", "topic": "t", "listen": "127.0.0.1:9"}
    given |= {"actions": "a", "audit": "seen", "zone": "Asia/Shanghai", "accounts": "people", "sessions": "redis://s:1"}
    given |= {"public-url": "https://board.example", "proxy": "10.0.0.5"}
    found = load({}, {setting.variable: given.get(setting.name, setting.default) for setting in SETTINGS})
    assert found.values == {setting.name: given.get(setting.name, setting.default) for setting in SETTINGS}
    texts = {"kafka", "redis", "site", "topic", "actions", "audit", "zone", "accounts", "sessions"}
    assert {name: str(getattr(found, name)) for name in texts} == {name: given[name] for name in texts}
    assert found.web == WebEndpoint("127.0.0.1:9", "https://board.example", proxies=("10.0.0.5",))


def test_no_site_file_is_none_and_the_address_is_split() -> None:
    assert load({}, {}).site is None
    web = load({"listen": "[::1]:80"}, {}).web
    assert (web.host, web.port, web.url, web.is_open) == ("::1", 80, "http://[::1]:80", False)


@pytest.mark.parametrize("kafka", ["localhost", "localhost:", ":9092", "a:1,b", "a:99999"])
def test_a_broker_that_is_no_host_and_port_is_an_error(kafka: str) -> None:
    with pytest.raises(SettingError, match="kafka: .* is not host:port"):
        load({"kafka": kafka}, {})


def test_a_port_alone_is_answered_with_an_address_of_the_board() -> None:
    with pytest.raises(SettingError, match="listen: '8050' is not host:port, for instance 127.0.0.1:8050"):
        load({"listen": "8050"}, {})


SCRAM = {
    "CALLFLOOR_KAFKA_SECURITY": "sasl_ssl",
    "CALLFLOOR_KAFKA_MECHANISM": "scram-sha-512",
    "CALLFLOOR_KAFKA_USER": "kim",
    "CALLFLOOR_KAFKA_PASSWORD": "hush",
}
OAUTH = {
    "CALLFLOOR_KAFKA_SECURITY": "SASL_SSL",
    "CALLFLOOR_KAFKA_MECHANISM": "OAUTHBEARER",
    "CALLFLOOR_KAFKA_OAUTH_TOKEN_URL": "https://login.example/token",
    "CALLFLOOR_KAFKA_OAUTH_CLIENT": "floor",
    "CALLFLOOR_KAFKA_OAUTH_SECRET": "hush",
}


def test_a_sign_in_by_scram() -> None:
    found = load({}, SCRAM).kafka
    assert (found.security, found.mechanism, found.user) == ("SASL_SSL", "SCRAM-SHA-512", "kim")
    assert found.password.read() == "hush"
    assert found.uses_tls and found.signs_in


def test_a_file_wins_over_the_secret_itself(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("filed\n")
    found = load({"kafka_password_file": str(tmp_path / "password")}, SCRAM)
    assert found.kafka.password.read() == "filed"


def test_oauth_with_extensions() -> None:
    extensions = {"CALLFLOOR_KAFKA_OAUTH_EXTENSIONS": "logicalCluster=lkc-1, identityPoolId=pool-1"}
    tokens = load({}, OAUTH | extensions).kafka.tokens
    assert tokens and tokens.extensions == {"logicalCluster": "lkc-1", "identityPoolId": "pool-1"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"CALLFLOOR_KAFKA_SECURITY": "TLS"},
            "kafka-security: 'TLS'; it is one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
        ),
        ({"CALLFLOOR_KAFKA_USER": "kim"}, "kafka-user: of no use with kafka-security PLAINTEXT: set it to SASL_SSL"),
        ({"CALLFLOOR_KAFKA_PASSWORD": "hush"}, "kafka-password-file: of no use with kafka-security PLAINTEXT"),
        ({"CALLFLOOR_KAFKA_CA": "ca.pem"}, "kafka-ca: of no use with kafka-security PLAINTEXT: set it to SSL"),
        (SCRAM | {"CALLFLOOR_KAFKA_MECHANISM": ""}, "kafka-mechanism: not set; it is one of PLAIN, SCRAM-SHA-256"),
        (SCRAM | {"CALLFLOOR_KAFKA_MECHANISM": "GSSAPI"}, "kafka-mechanism: 'GSSAPI'; it is one of"),
        (
            SCRAM | {"CALLFLOOR_KAFKA_PASSWORD": ""},
            "kafka-password-file: not set, and a sign-in by SCRAM-SHA-512 needs it",
        ),
        (
            SCRAM | {"CALLFLOOR_KAFKA_PASSWORD_FILE": "/no/such"},
            "kafka-password-file: /no/such cannot be read: No such file",
        ),
        (
            OAUTH | {"CALLFLOOR_KAFKA_OAUTH_TOKEN_URL": "file:///etc"},
            "kafka-oauth-token-url: 'file:///etc' is no URL such as",
        ),
        (
            OAUTH | {"CALLFLOOR_KAFKA_OAUTH_SECRET": ""},
            "kafka-oauth-secret-file: not set, and a sign-in by OAUTHBEARER",
        ),
        (OAUTH | {"CALLFLOOR_KAFKA_USER": "kim"}, "kafka-user: of no use with kafka-mechanism OAUTHBEARER"),
        (OAUTH | {"CALLFLOOR_KAFKA_OAUTH_EXTENSIONS": "x"}, "kafka-oauth-extensions: 'x' is not name=value"),
        ({"CALLFLOOR_REDIS_CA": "ca.pem"}, "redis-ca: of no use without TLS: write rediss:// in the setting redis"),
        ({"CALLFLOOR_REDIS_SENTINEL_PASSWORD": "hush"}, "of no use without Sentinels: write redis+sentinel://"),
    ],
)
def test_what_does_not_fit_together_names_the_setting(given: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError) as wrong:
        load({}, given)
    assert words in str(wrong.value)
    assert "hush" not in str(wrong.value)


def test_files_that_are_none_of_tls_are_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    one, two, locked = authority.sign("one"), authority.sign("two"), authority.sign("locked", password="pw")
    (tmp_path / "text").write_text("hello")
    base = {"kafka_security": "SSL"}
    assert load(base | {"kafka_ca": str(authority.ca), "kafka_cert": str(one.both)}, {}).kafka.tls
    for given, words in (
        ({"kafka_ca": str(tmp_path / "none")}, "kafka-ca: .*none cannot be read: No such file"),
        ({"kafka_ca": str(tmp_path / "text")}, "kafka-ca: .*text holds no certificate in PEM form"),
        ({"kafka_cert": str(tmp_path / "text")}, "kafka-cert: .*text holds no certificate in PEM form"),
        ({"kafka_cert": str(one.cert)}, "kafka-key: .*one.crt holds no private key in PEM form"),
        ({"kafka_cert": str(one.cert), "kafka_key": str(two.key)}, "two.key does not belong to the certificate"),
        (
            {"kafka_cert": str(locked.cert), "kafka_key": str(locked.key)},
            "locked.key cannot be opened: is the password",
        ),
        ({"kafka_key": str(one.key)}, "kafka-key: a key is of use only with its certificate: set kafka-cert"),
    ):
        with pytest.raises(SettingError, match=words):
            load(base | given, {})


def test_nothing_that_is_printed_holds_a_secret() -> None:
    redis = {"CALLFLOOR_REDIS": "redis://kim:hush@r:1", "CALLFLOOR_REDIS_PASSWORD": "hush"}
    for given in (SCRAM | redis, OAUTH | redis):
        found = load({}, given)
        assert "hush" not in f"{found!r} {found.kafka!r} {found.kafka} {found.redis!r} {found.redis}"


def test_children_have_every_setting_and_the_secrets_and_those_of_the_demo_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in SCRAM.items():
        monkeypatch.setenv(name, value)
    mine = load({"kafka_user": "eve"})
    child = load({}, child_environment(mine.values))
    assert (child.kafka, child.values) == (mine.kafka, mine.values)
    demo = child_environment(without_services() | {"kafka": "127.0.0.1:1"})
    assert load({}, demo).kafka.security == "PLAINTEXT"
    assert "hush" not in demo.values()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"redis": "redis://kim:hush@r:1"}, "--redis: everybody on this machine can read a password"),
        ({"redis": "redis://:hush@r:1"}, "CALLFLOOR_REDIS)"),
        ({"redis": "redis://r:1/0?password=hush"}, "--redis: everybody"),
        ({"redis": "unix:///run/redis.sock?db=1&PassWord=hush"}, "--redis: everybody"),
        ({"sessions": "rediss://kim:hush@r:1"}, "--sessions: everybody"),
        ({"notify": "json://user:hush@h"}, "--notify: everybody"),
        ({"kafka": "SASL_SSL://kim:hush@k:1"}, "--kafka: everybody"),
        ({"redis": "redis://:hush@r:1", "notify": "wecombot://hush"}, "--redis and --notify: everybody"),
    ],
)
def test_a_password_in_an_option_is_refused_and_not_repeated(options: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError) as wrong:
        refuse_secrets(options)
    assert words in str(wrong.value)
    assert "hush" not in str(wrong.value)


def test_an_option_without_a_password_is_taken() -> None:
    refuse_secrets({"redis": "redis://kim@r:1/0", "sessions": None, "kafka": "k:1", "notify": None})
    load({}, {"CALLFLOOR_REDIS": "redis://kim:hush@r:1", "CALLFLOOR_NOTIFY": "json://user:hush@h"})


def test_a_password_in_an_address_of_kafka_is_not_repeated() -> None:
    with pytest.raises(SettingError) as wrong:
        load({}, {"CALLFLOOR_KAFKA": "kim:hush@k:1"})
    assert "kafka: it is host:port alone" in str(wrong.value) and "hush" not in str(wrong.value)


def test_every_secret_has_a_file_and_a_variable_and_no_option_of_its_own() -> None:
    secrets = {s.name: s.secret_variable for s in SETTINGS if s.secret_variable}
    assert secrets == {
        "kafka-password-file": "CALLFLOOR_KAFKA_PASSWORD",
        "kafka-key-password-file": "CALLFLOOR_KAFKA_KEY_PASSWORD",
        "kafka-oauth-secret-file": "CALLFLOOR_KAFKA_OAUTH_SECRET",
        "notify-file": "CALLFLOOR_NOTIFY",
        "tls-key-password-file": "CALLFLOOR_TLS_KEY_PASSWORD",
        "key-file": "CALLFLOOR_KEY",
        "sessions-password-file": "CALLFLOOR_SESSIONS_PASSWORD",
        "oidc-secret-file": "CALLFLOOR_OIDC_SECRET",
        "redis-password-file": "CALLFLOOR_REDIS_PASSWORD",
        "redis-key-password-file": "CALLFLOOR_REDIS_KEY_PASSWORD",
        "redis-sentinel-password-file": "CALLFLOOR_REDIS_SENTINEL_PASSWORD",
    }
    assert all(variable in s.help for s in SETTINGS if (variable := s.secret_variable))
