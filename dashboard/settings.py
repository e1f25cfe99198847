"""The settings: one table, read from options and the environment; the only file of the dashboard that reads it.

Every setting is an option ``--<name>`` of each command and an environment variable
``CALLFLOOR_<NAME>``; the option wins.
What a centre decides about counting and judging is not here but in the site file (``dashboard.site.load``).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dashboard.endpoints import kafka_endpoint, redis_endpoint
from streams.kafka_log.kafka_endpoint import KafkaEndpoint
from streams.security import is_this_machine
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
        """Of a setting that names the file of a secret: the variable that may hold the secret itself."""
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
    _check_listen(values["listen"])
    secrets = {s.name: environment.get(s.secret_variable, "") for s in SETTINGS if s.secret_variable}
    try:
        kafka, redis = kafka_endpoint(values, secrets), redis_endpoint(values, secrets)
    except ValueError as error:
        raise AccessError(str(error)) from error
    return Settings(
        kafka=kafka,
        redis=redis,
        site=values["site"] or None,
        topic=values["topic"],
        actions=values["actions"],
        listen=values["listen"],
        notify=values["notify"],
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


def _given(setting: Setting, options: Mapping[str, str | None], environment: Mapping[str, str]) -> str | None:
    option = options.get(setting.name.replace("-", "_"))
    return option if option is not None else environment.get(setting.variable)


def _host_port(name: str, text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isdigit() and int(port) < 65536):
        raise SettingError(f"{name}: {text!r} is not host:port, for instance {_EXAMPLES[name]}")
    return host.strip("[]"), int(port)


def _check_listen(text: str) -> None:
    host, _ = _host_port("listen", text)
    if not is_this_machine(host):
        raise SettingError(f"listen: {text!r} is open to the network, and there is no sign-in yet; use 127.0.0.1:8050")
