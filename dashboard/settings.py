"""The settings: one table, read from options and the environment; the only file of the dashboard that reads it.

Every setting is an option ``--<name>`` of each command and an environment variable
``CALLFLOOR_<NAME>``; the option wins.
What a centre decides about counting and judging is not here but in the site file (``dashboard.site.load``).
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from streams.kafka_endpoint import KafkaEndpoint
from streams.redis_endpoint import RedisEndpoint


class Setting(NamedTuple):
    """One setting: its name, what holds without it, and what it does in words for a newcomer."""

    name: str
    default: str
    help: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"CALLFLOOR_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("kafka", "127.0.0.1:9092", "Kafka to read events from: host:port, several with commas between"),
    Setting(
        "redis", "redis://127.0.0.1:6379/0", "Redis that keeps the counters: redis://[user:password@]host:port/number"
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
        "where new flags are told of: URLs of apprise (WeCom, DingTalk, Feishu, Slack, Teams, mail), several with spaces "
        "between; they hold secrets, so better as the variable",
    ),
)


_EXAMPLES = {"kafka": "127.0.0.1:9092", "listen": "127.0.0.1:8050"}


class SettingError(ValueError):
    """A setting with a value that cannot be meant; the message says what is allowed."""


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
    """Options (None = not given) over the environment over the defaults -> Settings. Raises SettingError."""
    environment = os.environ if environment is None else environment
    values = {s.name: _given(s, options, environment) or s.default for s in SETTINGS}
    for server in values["kafka"].split(","):
        _host_port("kafka", server.strip())
    _check_listen(values["listen"])
    return Settings(
        kafka=KafkaEndpoint(values["kafka"]),
        redis=RedisEndpoint(values["redis"]),
        site=values["site"] or None,
        topic=values["topic"],
        actions=values["actions"],
        listen=values["listen"],
        notify=values["notify"],
        values=values,
        zone=values["zone"] or None,
    )


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process: this one's, with the settings of ``changes`` (by name) set."""
    variables = {s.name: s.variable for s in SETTINGS}
    return {**os.environ, **{variables[name]: value for name, value in changes.items()}}


def _given(setting: Setting, options: Mapping[str, str | None], environment: Mapping[str, str]) -> str | None:
    option = options.get(setting.name)
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


def is_this_machine(host: str) -> bool:
    """Whether a host (a name, or an address without brackets) is this machine and nothing that others can reach."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
