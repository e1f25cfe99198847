"""The endpoint of the board: where the server listens, how browsers reach it, and which proxies stand in front of it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from streams.security import TlsFiles, is_this_machine


@dataclass(frozen=True)
class WebEndpoint:
    """``listen``: host:port. ``public_url``: scheme://host or scheme://host:port, in lower case and without a path.

    Without ``public_url`` the board is reached where it listens. ``proxies``: the addresses and networks whose forwarded
    headers are believed.
    """

    listen: str
    public_url: str | None = None
    tls: TlsFiles = TlsFiles()
    proxies: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def url(self) -> str:
        """The address for links."""
        return self.public_url or f"{'https' if self.tls else 'http'}://{self.listen}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the board by TLS."""
        return self.url.startswith("https://")

    @property
    def is_open(self) -> bool:
        """Whether other machines are meant to reach the board: by its listening address, its public URL or a proxy."""
        public = urlsplit(self.public_url or "").hostname
        return (
            not is_this_machine(self.host) or (public is not None and not is_this_machine(public)) or bool(self.proxies)
        )


LOOPBACK = WebEndpoint("127.0.0.1:8050")
"""A board for this machine alone."""
