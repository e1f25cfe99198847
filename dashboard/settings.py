"""The settings: one table, read from options and the environment, and how Kafka and Redis are reached by them.

Every setting is an option ``--<name>`` of each command and an environment variable ``CALLFLOOR_<NAME>``; the option wins. No
other file reads the environment. What does not fit together is refused before anything connects. What a centre decides about
counting and judging stands in the site file (``dashboard.site.load``).
"""

import os
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import urlsplit

from streams.kafka_log.kafka_endpoint import MECHANISMS, SECURITIES, KafkaEndpoint
from streams.kafka_log.oauth_tokens import OAuthTokens
from streams.security import BadSecret, BadTls, Secret, TlsFiles, is_this_machine
from streams.store.redis_endpoint import RedisEndpoint


class Setting(NamedTuple):
    """One setting: its name, what holds without it, and what it does in words for a newcomer."""

    name: str
    default: str
    help: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"CALLFLOOR_{self.name.upper().replace('-', '_')}"

    @property
    def secret_variable(self) -> str | None:
        """The variable that may hold the secret itself, where the setting names the file of a secret."""
        is_secret = self.name.endswith(("-password-file", "-secret-file"))
        return self.variable.removesuffix("_FILE") if is_secret else None


def _secret(name: str, whose: str) -> Setting:
    found = Setting(name, "", "")
    return found._replace(help=f"the file with {whose}; {found.secret_variable} may hold it instead")


SETTINGS: tuple[Setting, ...] = (
    Setting("kafka", "127.0.0.1:9092", "Kafka to read events from: host:port, several with commas between"),
    Setting(
        "redis",
        "redis://127.0.0.1:6379/0",
        "Redis that keeps the counters: redis://host:port/number, rediss:// with TLS, "
        "redis+sentinel://host:port,host:port/master/number by its Sentinels (rediss+sentinel:// with TLS)",
    ),
    Setting("site", "", "the site file (TOML) with the centre's zone, teams and rules; without one: no teams"),
    Setting(
        "zone",
        "",
        "without a site file: the centre's IANA time zone, such as Asia/Shanghai; with one it must be the same",
    ),
    Setting("topic", "callfloor.events", "the Kafka topic of the events"),
    Setting(
        "actions", "callfloor.actions", "the Kafka topic of what people do here: appeals, decisions, closed months"
    ),
    Setting("listen", "127.0.0.1:8050", "where the board listens: host:port; only this machine until sign-in exists"),
    Setting(
        "notify",
        "",
        "where new flags are notified: URLs of apprise (WeCom, DingTalk, Feishu, Slack, Teams, mail), several with spaces "
        "between; they hold secrets, so better as the variable",
    ),
    Setting("kafka-security", "PLAINTEXT", "how Kafka is reached: PLAINTEXT, SSL (TLS), SASL_PLAINTEXT or SASL_SSL"),
    Setting("kafka-mechanism", "", "the sign-in of SASL: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER"),
    Setting("kafka-user", "", "who signs in to Kafka by PLAIN or SCRAM"),
    _secret("kafka-password-file", "the password of kafka-user"),
    Setting(
        "kafka-ca", "", "the file (PEM) with the authority of Kafka's certificates; without one: those of this machine"
    ),
    Setting("kafka-cert", "", "the file (PEM) with this client's certificate, where Kafka wants one"),
    Setting("kafka-key", "", "the file (PEM) with the key of kafka-cert; without one: the same file"),
    _secret("kafka-key-password-file", "the password of kafka-key"),
    Setting(
        "kafka-oauth-token-url", "", "where OAUTHBEARER gets its tokens: the token endpoint of the identity provider"
    ),
    Setting("kafka-oauth-client", "", "the client id at the identity provider"),
    _secret("kafka-oauth-secret-file", "the secret of kafka-oauth-client"),
    Setting("kafka-oauth-scope", "", "the scope that is asked for with the token, if the provider wants one"),
    Setting("kafka-oauth-extensions", "", "what goes to Kafka with the token: name=value, several with commas between"),
    Setting("redis-user", "", "who signs in to Redis (ACL); without one: the user of the URL, or the default user"),
    _secret("redis-password-file", "the password of Redis"),
    Setting(
        "redis-ca", "", "the file (PEM) with the authority of Redis's certificates; without one: those of this machine"
    ),
    Setting("redis-cert", "", "the file (PEM) with this client's certificate, where Redis wants one"),
    Setting("redis-key", "", "the file (PEM) with the key of redis-cert; without one: the same file"),
    _secret("redis-key-password-file", "the password of redis-key"),
    Setting("redis-sentinel-user", "", "who signs in to the Sentinels, where they want it"),
    _secret("redis-sentinel-password-file", "the password of the Sentinels"),
)


_Values = Mapping[str, str]
_TLS = ("ca", "cert", "key", "key-password-file")
_OAUTH = tuple(f"kafka-oauth-{name}" for name in ("token-url", "client", "secret-file", "scope", "extensions"))
_PASSWORD = ("kafka-user", "kafka-password-file")
_EXAMPLES = {"kafka": "127.0.0.1:9092", "listen": "127.0.0.1:8050"}


class SettingError(ValueError):
    """A setting with a value that cannot be meant; the message says what is allowed."""


class AccessError(SettingError):
    """Settings by which neither Kafka nor Redis can be entered, or not together; the message names them."""


@dataclass(frozen=True)
class Settings:
    """The values in force."""

    kafka: KafkaEndpoint
    redis: RedisEndpoint
    site: str | None
    topic: str
    actions: str
    listen: str
    notify: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Every setting by its name as it was given, for the environment of a child process."""
    zone: str | None = None

    @property
    def address(self) -> tuple[str, int]:
        """``listen`` as (host, port)."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def load(options: Mapping[str, str | None], environment: Mapping[str, str] | None = None) -> Settings:
    """Options (None = not given) over the environment over the defaults -> Settings. Raises SettingError.

    An option is named as argparse names it: with underscores.
    """
    environment = os.environ if environment is None else environment
    values = {s.name: _given(s, options, environment) or s.default for s in SETTINGS}
    for server in values["kafka"].split(","):
        _host_port("kafka", server.strip())
    host, _ = _host_port("listen", listen := values["listen"])
    if not is_this_machine(host):
        raise SettingError(
            f"listen: {listen!r} is open to the network, and there is no sign-in yet; use 127.0.0.1:8050"
        )
    secrets = {s.name: environment.get(s.secret_variable, "") for s in SETTINGS if s.secret_variable}
    try:
        kafka, redis = _kafka_endpoint(values, secrets), _redis_endpoint(values, secrets)
    except ValueError as error:
        raise AccessError(str(error)) from error
    return Settings(
        kafka=kafka,
        redis=redis,
        site=values["site"] or None,
        **{name: values[name] for name in ("topic", "actions", "listen", "notify")},
        values=values,
        zone=values["zone"] or None,
    )


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process: this one's, secrets too, with the settings of ``changes`` (by name) set."""
    variables = {s.name: s.variable for s in SETTINGS} | {v: v for s in SETTINGS if (v := s.secret_variable)}
    return {**os.environ, **{variables[name]: value for name, value in changes.items()}}


def without_services() -> dict[str, str]:
    """Changes for ``child_environment`` after which no service of this environment is used, and no secret is in it."""
    return {s.name: s.default for s in SETTINGS} | {s.secret_variable: "" for s in SETTINGS if s.secret_variable}


def drop_dash_variables(environment: MutableMapping[str, str] | None = None) -> None:
    """Drops the variables by which Dash would change how it serves, up to showing its source. To be called before its import."""
    environment = os.environ if environment is None else environment
    for name in [name for name in environment if name.lower().startswith(("dash_", "_dash_"))]:
        del environment[name]


def _given(setting: Setting, options: Mapping[str, str | None], environment: Mapping[str, str]) -> str | None:
    option = options.get(setting.name.replace("-", "_"))
    return option if option is not None else environment.get(setting.variable)


def _host_port(name: str, text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isdigit() and int(port) < 65536):
        raise SettingError(f"{name}: {text!r} is not host:port, for instance {_EXAMPLES[name]}")
    return host.strip("[]"), int(port)


def _kafka_endpoint(values: _Values, secrets: _Values) -> KafkaEndpoint:
    """``secrets``: what stands in the environment instead of a file, by the setting of the file. Raises ValueError."""
    security, mechanism = values["kafka-security"].upper(), values["kafka-mechanism"].upper()
    _require_one_of("kafka-security", security, SECURITIES)
    given = {name for name in values if values[name] or secrets.get(name)}
    endpoint = KafkaEndpoint(values["kafka"], security, mechanism, values["kafka-user"])
    why = f"with kafka-security {security}: set it to"
    if not endpoint.signs_in:
        _refuse(given, ("kafka-mechanism", *_PASSWORD, *_OAUTH), f"{why} SASL_SSL")
    if not endpoint.uses_tls:
        _refuse(given, [f"kafka-{name}" for name in _TLS], f"{why} {'SASL_SSL' if endpoint.signs_in else 'SSL'}")
    if endpoint.signs_in:
        _require_one_of("kafka-mechanism", mechanism, MECHANISMS)
        needed, unused = (_OAUTH[:3], _PASSWORD) if mechanism == "OAUTHBEARER" else (_PASSWORD, _OAUTH)
        if missing := [name for name in needed if name not in given]:
            raise ValueError(f"{' and '.join(missing)}: not set, and a sign-in by {mechanism} needs it")
        _refuse(given, unused, f"with kafka-mechanism {mechanism}")
    tls = _tls("kafka", values, secrets)
    password = _secret_of("kafka-password-file", values, secrets)
    tokens = _tokens(values, secrets, tls) if mechanism == "OAUTHBEARER" else None
    return replace(endpoint, password=password, tls=tls, tokens=tokens)


def _redis_endpoint(values: _Values, secrets: _Values) -> RedisEndpoint:
    """As _kafka_endpoint. Raises ValueError."""
    found = RedisEndpoint(values["redis"])
    given = {name for name in values if values[name] or secrets.get(name)}
    if not found.uses_tls:
        _refuse(given, [f"redis-{name}" for name in _TLS], "without TLS: write rediss:// in the setting redis")
    if not found.by_sentinel:
        names = ("redis-sentinel-user", "redis-sentinel-password-file")
        _refuse(given, names, "without Sentinels: write redis+sentinel:// in the setting redis")
    return replace(
        found,
        user=values["redis-user"],
        password=_secret_of("redis-password-file", values, secrets),
        tls=_tls("redis", values, secrets),
        sentinel_user=values["redis-sentinel-user"],
        sentinel_password=_secret_of("redis-sentinel-password-file", values, secrets),
    )


def _tls(side: str, values: _Values, secrets: _Values) -> TlsFiles:
    password = _secret_of(f"{side}-key-password-file", values, secrets)
    found = TlsFiles(values[f"{side}-ca"], values[f"{side}-cert"], values[f"{side}-key"], password)
    if found.key and not found.cert:
        raise ValueError(f"{side}-key: a key is of use only with its certificate: set {side}-cert")
    if found:
        try:
            found.context()
        except BadTls as error:
            raise ValueError(f"{side}-{error}") from error
    return found


def _secret_of(name: str, values: _Values, secrets: _Values) -> Secret:
    found = Secret(file=values[name]) if values[name] else Secret(value=secrets.get(name, ""))
    try:
        found.read()
    except BadSecret as error:
        raise ValueError(f"{name}: {error}") from error
    return found


def _tokens(values: _Values, secrets: _Values, tls: TlsFiles) -> OAuthTokens:
    url = values["kafka-oauth-token-url"]
    if urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname:
        raise ValueError(f"kafka-oauth-token-url: {url!r} is no URL such as https://login.example.com/oauth2/token")
    return OAuthTokens(
        url,
        values["kafka-oauth-client"],
        _secret_of("kafka-oauth-secret-file", values, secrets),
        scope=values["kafka-oauth-scope"],
        extensions=_extensions(values["kafka-oauth-extensions"]),
        tls=TlsFiles(ca=tls.ca),
    )


def _extensions(text: str) -> dict[str, str]:
    pairs = [pair.strip().partition("=") for pair in text.split(",") if pair.strip()]
    for name, equals, value in pairs:
        if not (name.isalpha() and equals and value):
            raise ValueError(f"kafka-oauth-extensions: {text!r} is not name=value, several with commas between")
    return {name: value for name, _, value in pairs}


def _require_one_of(name: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        given = repr(value) if value else "not set"
        raise ValueError(f"{name}: {given}; it is one of {', '.join(allowed)}")


def _refuse(given: set[str], names: Iterable[str], why: str) -> None:
    """A password that is not used, or a CA nothing is checked against, is a mistake that would be found late."""
    if unused := [name for name in names if name in given]:
        raise ValueError(f"{' and '.join(unused)}: of no use {why}")
