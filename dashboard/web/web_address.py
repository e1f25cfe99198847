"""The address of the board in browsers: which ``Host`` names it, and which ``Origin`` its pages have; and that of a browser."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request

from streams.security import is_this_machine

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True)
class WebAddress:
    """``public``: the origin by which all browsers reach the board, such as https://board.example; None: this machine alone."""

    public: str | None = None

    @property
    def is_https(self) -> bool:
        """Whether browsers may be asked never to use plain http here."""
        return self.public is not None and self.public.startswith("https://")

    def origin_of(self, scheme: str, host: str) -> str | None:
        """The origin of a page that was reached by a ``Host``, as its browser spells it; None: the host is not ours.

        A public board is not reached without TLS: behind a proxy, the proxy names the scheme. On this machine any of its names
        and any port may stand there: it may be reached through an SSH tunnel.
        """
        if self.public is None:
            return _origin(scheme, host) if is_local(host) else None
        own = urlsplit(self.public)
        return self.public if _origin(scheme, host) == _origin(own.scheme, own.netloc) else None

    def page_of(self, request: Request, path: str) -> str:
        """The whole address of a path, for somebody who sends the browser of a request there."""
        return f"{self.origin_of(request.url.scheme, request.headers.get('host', '')) or ''}{path}"


THIS_MACHINE = WebAddress()


def address_of(connection: HTTPConnection) -> str:
    """The address that a request comes from."""
    return connection.client.host if connection.client else ""


def is_local(host: str) -> bool:
    """Whether a host, with or without port, names this machine."""
    name, colon, port = host.rpartition(":")
    return is_this_machine((name if colon and port.isdigit() else host).strip("[]").removesuffix("."))


def _origin(scheme: str, host: str) -> str:
    return f"{scheme}://{host.lower().removesuffix(_DEFAULT_PORTS.get(scheme, ''))}"
