"""The settings: one table, read from options and the environment, and the values that are made of them.

Every setting is an option ``--<name>`` of each command and an environment variable ``CALLFLOOR_<NAME>``; the option wins. No
other file reads the environment. What does not fit together is refused before anything connects. What a centre decides about
counting and judging stands in the site file (``dashboard.site.load``).
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.site_key import SiteKey
from dashboard.access.web_endpoint import WebEndpoint
from dashboard.service_endpoints import kafka_endpoint, read_secret, redis_endpoint, sessions_endpoint
from dashboard.web_endpoints import oidc_settings, site_key, web_endpoint
from streams.kafka_log.kafka_endpoint import KafkaEndpoint
from streams.security import Secret
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
        return self.variable.removesuffix("_FILE") if self.name.endswith("-file") else None


def _secret(name: str, what: str, form: str = "") -> Setting:
    found = Setting(name, "", "")
    instead = f"{found.secret_variable} may hold it instead{form and f', {form}'}"
    return found._replace(help=f"the file with {what}; {instead}")


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
    Setting("audit", "callfloor.audit", "the Kafka topic of who saw and did what"),
    _secret(
        "notify-file",
        "the URLs of apprise that notify of new flags (WeCom, DingTalk, Feishu, Slack, Teams, mail), one a line",
    ),
    Setting("listen", "127.0.0.1:8050", "where the board listens: host:port; off this machine only with a sign-in"),
    Setting("public-url", "", "the address by which browsers reach the board, such as https://board.example.com"),
    Setting("tls-cert", "", "the file (PEM) with the certificate of public-url and those between it and its authority"),
    Setting("tls-key", "", "the file (PEM) with the key of tls-cert; without one: the same file"),
    _secret("tls-key-password-file", "the password of tls-key"),
    Setting(
        "proxy",
        "",
        "the addresses of the reverse proxy, with commas between; forwarded headers of others count for nothing",
    ),
    _secret(
        "key-file", "the key of the sessions, 32 random bytes or more (openssl rand -out FILE 32)", "in hexadecimal"
    ),
    Setting("accounts", "", "the file with the local accounts, written by callfloor account"),
    Setting("sessions", "", "Redis that keeps the sessions, as in the setting redis; without one: the same Redis"),
    Setting("sessions-user", "", "who signs in to the Redis of the sessions (ACL); without one: as to the counters"),
    _secret("sessions-password-file", "the password of sessions-user"),
    Setting("oidc-issuer", "", "the identity provider (OpenID Connect) that people sign in by: its URL"),
    Setting("oidc-client", "", "the client id of the board at the identity provider"),
    _secret("oidc-secret-file", "the secret of oidc-client"),
    Setting("oidc-agent-claim", "employee_number", "the claim that holds the agent's id of the roster"),
    Setting("oidc-groups-claim", "groups", "the claim that holds the groups named in access.csv"),
    Setting("oidc-scope", "openid profile", "the scopes that are asked for at sign-in, with spaces between"),
    Setting(
        "oidc-ca",
        "",
        "the file (PEM) with the authority of the provider's certificate; without one: those of this machine",
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


_EXAMPLES = {"kafka": "127.0.0.1:9092", "listen": "127.0.0.1:8050"}


class SettingError(ValueError):
    """A setting with a value that cannot be meant, or settings that do not fit together; the message says what to do."""


@dataclass(frozen=True)
class Settings:
    """The values in force."""

    kafka: KafkaEndpoint
    redis: RedisEndpoint
    sessions: RedisEndpoint
    site: str | None
    zone: str | None
    topic: str
    actions: str
    audit: str
    notify: Secret
    """The URLs of apprise, to be read by ``read_lines``."""
    web: WebEndpoint
    key: SiteKey
    accounts: str | None
    oidc: OidcSettings | None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Every setting by its name as it was given, for the environment of a child process."""


def load(options: Mapping[str, str | None], environment: Mapping[str, str] | None = None) -> Settings:
    """Options (None = not given) over the environment over the defaults -> Settings. Raises SettingError.

    An option is named as argparse names it: with underscores.
    """
    environment = os.environ if environment is None else environment
    values = {s.name: _given(s, options, environment) or s.default for s in SETTINGS}
    secrets = {s.name: environment.get(s.secret_variable, "") for s in SETTINGS if s.secret_variable}
    try:
        _require_addresses(values)
        redis = redis_endpoint(values, secrets)
        return Settings(
            kafka=kafka_endpoint(values, secrets),
            redis=redis,
            sessions=sessions_endpoint(values, secrets, redis),
            notify=read_secret("notify-file", values, secrets),
            web=web_endpoint(values, secrets),
            key=site_key(values, secrets),
            oidc=oidc_settings(values, secrets),
            site=values["site"] or None,
            zone=values["zone"] or None,
            accounts=values["accounts"] or None,
            **_topics(values),
            values=values,
        )
    except ValueError as error:
        raise SettingError(str(error)) from error


def refuse_secrets(options: Mapping[str, str | None]) -> None:
    """Raises SettingError where an option of the command line holds a password, and does not repeat it."""
    redis = [name for name in ("redis", "sessions") if RedisEndpoint(options.get(name) or "").url_has_password]
    addresses = [name for name in ("kafka", "listen") if "@" in (options.get(name) or "")]
    if names := [*redis, *addresses, *(["notify"] if options.get("notify") else [])]:
        raise SettingError(
            f"{' and '.join(f'--{name}' for name in names)}: everybody on this machine can read a password in a command "
            "line: name its file (--redis-password-file, --kafka-password-file, --notify-file), or set the variable of the "
            f"setting ({', '.join(f'CALLFLOOR_{name.upper()}' for name in names)})"
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


def _require_addresses(values: Mapping[str, str]) -> None:
    for server in values["kafka"].split(","):
        _require_host_port("kafka", server.strip())
    _require_host_port("listen", values["listen"])


def _require_host_port(name: str, text: str) -> None:
    if "@" in text or "://" in text:  # what may hold a password is not repeated
        raise ValueError(
            f"{name}: it is host:port alone, for instance {_EXAMPLES[name]}; a user and a password go elsewhere"
        )
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isdigit() and int(port) < 65536):
        raise ValueError(f"{name}: {text!r} is not host:port, for instance {_EXAMPLES[name]}")


def _topics(values: Mapping[str, str]) -> dict[str, str]:
    topics = {name: values[name] for name in ("topic", "actions", "audit")}
    if len(set(topics.values())) < len(topics):
        raise ValueError(
            f"topic, actions and audit: three different topics of Kafka, and not {', '.join(topics.values())}"
        )
    return topics
