"""The address and the credentials by which a process reaches Redis; one value for every client of a process."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from streams.security import BadSecret, Secret, TlsFiles

_PARTS = re.compile(r"(?P<scheme>[a-z+]+)://(?:(?P<who>.*)@)?(?P<rest>.*)", re.DOTALL)
_NUMBERED = re.compile(r"[^/?]*(/\d*/?)?(\?.*)?", re.DOTALL)
_ADDRESS = re.compile(r"(\[[^\]]+\]|[^:\[\]]+)(?::(\d+))?")
_SENTINEL_PORT = 26379


class Credentials:
    """User and password, given to redis-py at each connection, so that a password changed in its file is used.

    Raises BadSecret when it is made.
    """

    def __init__(self, user: str, password: Secret) -> None:
        self._user = user
        self._password = password
        self._read = password.read()

    def get_credentials(self) -> tuple[str, ...]:
        """(user, password), or (password,) of the default user; the last one read while the file is written."""
        with suppress(BadSecret):
            self._read = self._password.read()
        return (self._user, self._read) if self._user else (self._read,)

    async def get_credentials_async(self) -> tuple[str, ...]:
        """As ``get_credentials``, for asyncio."""
        return self.get_credentials()


@dataclass(frozen=True)
class RedisEndpoint:
    """``url``: redis://[user:password@]host:port/number, rediss:// with TLS, unix://, or with Sentinels
    redis+sentinel://[user:password@]host:port,host:port/master/number (rediss+sentinel:// with TLS).

    ``user`` and ``password`` win over those of the URL. The printed URL is without them.
    """

    url: str = field(repr=False)
    user: str = ""
    password: Secret = Secret()
    tls: TlsFiles = TlsFiles()
    sentinel_user: str = ""
    sentinel_password: Secret = Secret()

    def __str__(self) -> str:
        named = re.sub(r"^([a-z+]*:?//)?.*@", r"\1***@", self.url, flags=re.DOTALL)
        named = re.sub(r"[?#].*", "?***", named, flags=re.DOTALL)
        head, mark, rest = named.rpartition("@") if "@" in named else named.rpartition("://")
        hosts = re.split("[/?]", rest)[0]
        # Where no host and port stand, a password may: redis://user:password, with the host left out.
        has_hosts = all(_ADDRESS.fullmatch(each.strip()) for each in hosts.split(","))
        return named if has_hosts or named.startswith("unix:") else f"{head}{mark}***"

    @property
    def uses_tls(self) -> bool:
        return self._scheme.startswith("rediss")

    @property
    def by_sentinel(self) -> bool:
        return self._scheme.endswith("+sentinel")

    @property
    def url_has_password(self) -> bool:
        found = _PARTS.fullmatch(self.url)
        return bool(found and ":" in (found["who"] or "")) or "password" in self._options

    def refuse_options_of_tls(self, setting: str = "redis") -> None:
        """Raises ValueError for options after ? that change TLS: certificate and host name are always checked."""
        if names := sorted(name for name in self._options if name.startswith("ssl")):
            raise ValueError(
                f"{setting}: {', '.join(names)} after ? is not taken, since certificate and host name are always checked: "
                "name files in redis-ca, redis-cert and redis-key"
            )

    @property
    def plain_url(self) -> str:
        """The URL without user and password. Raises ValueError where it is no URL of Redis."""
        parts = self._require_parts()
        self.refuse_options_of_tls()
        host = re.split("[/?]", parts["rest"])[0]
        if host and parts["scheme"] in ("redis", "rediss") and not _ADDRESS.fullmatch(host):
            raise ValueError("the address is not host:port: redis://host:port/number")  # redis-py would print it
        if parts["scheme"] in ("redis", "rediss") and not _NUMBERED.fullmatch(parts["rest"]):
            raise ValueError("the database is no number: redis://host:port/number")  # redis-py would take database 0
        return f"{parts['scheme']}://{parts['rest']}"

    @property
    def sentinels(self) -> list[tuple[str, int]]:
        """Host and port of each Sentinel. Raises ValueError."""
        hosts = self._require_parts()["rest"].partition("/")[0]
        return [_host_port(each.strip(), _SENTINEL_PORT) for each in hosts.split(",")]

    @property
    def master(self) -> str:
        """The name of the master at the Sentinels. Raises ValueError."""
        name = self._path(0)
        if not name:
            raise ValueError("the name of the master is missing: redis+sentinel://host:port/master/number")
        return unquote(name)

    @property
    def number(self) -> int:
        """The database behind the Sentinels. Raises ValueError."""
        number = self._path(1) or "0"
        if not number.isdecimal():
            raise ValueError("the database is no number: redis+sentinel://host:port/master/number")
        return int(number)

    @property
    def principal(self) -> str:
        """The user of the client, in words."""
        user = self.user or self._url_credentials()[0]
        return f"user {user!r}" if user else "the default user"

    def sign_in(self) -> dict[str, Any]:
        """redis-py's arguments for user and password."""
        user, password = self._url_credentials()
        if self.password:
            return {"credential_provider": Credentials(self.user or user, self.password)}
        return {"username": self.user or user or None, "password": password or None}

    def sentinel_sign_in(self) -> dict[str, Any]:
        """As ``sign_in``, for the Sentinels."""
        if self.sentinel_password:
            return {"credential_provider": Credentials(self.sentinel_user, self.sentinel_password)}
        return {"username": self.sentinel_user or None}

    def tls_files(self) -> dict[str, Any]:
        """redis-py's arguments for TLS, empty without it; the files are read for each connection."""
        if not self.uses_tls:
            return {}
        named = {
            "ssl_ca_certs": self.tls.ca,
            "ssl_certfile": self.tls.cert,
            "ssl_keyfile": self.tls.key or self.tls.cert,
        }
        password = self.tls.key_password.read()
        return {name: value for name, value in named.items() if value} | (
            {"ssl_password": password} if self.tls.cert else {}
        )

    @property
    def _options(self) -> list[str]:
        """The names of the options after ?, in lower case."""
        found = _PARTS.fullmatch(self.url)
        query = found["rest"].partition("?")[2] if found else ""
        return [name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)]

    @property
    def _scheme(self) -> str:
        return self.url.partition("://")[0]

    def _require_parts(self) -> dict[str, str]:
        found = _PARTS.fullmatch(self.url)
        if found is None:
            raise ValueError("it has no scheme")
        return found.groupdict(default="")

    def _url_credentials(self) -> tuple[str, str]:
        user, _, password = self._require_parts()["who"].partition(":")
        return unquote(user), unquote(password)

    def _path(self, at: int) -> str:
        rest, _, more = self._require_parts()["rest"].partition("?")
        if more:  # redis-py reads no options from the addresses of Sentinels: they would have no effect
            raise ValueError("a Sentinel URL takes no options after ?: redis+sentinel://host:port/master/number")
        path = rest.split("/")[1:]
        return path[at] if at < len(path) else ""


Redis = RedisEndpoint | str
"""A plain URL is enough for a Redis without credentials and TLS files, such as the demo's."""


def endpoint_of(redis: Redis) -> RedisEndpoint:
    """The endpoint itself, or the endpoint of a plain URL."""
    return redis if isinstance(redis, RedisEndpoint) else RedisEndpoint(redis)


def _host_port(text: str, port: int) -> tuple[str, int]:
    found = _ADDRESS.fullmatch(text)
    if found is None or int(found[2] or port) > 65535:
        raise ValueError("an address is not host:port")
    return found[1].strip("[]"), int(found[2] or port)
