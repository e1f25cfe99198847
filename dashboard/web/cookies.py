"""The cookies of the board. Their tokens are opaque and no script can read them."""

from typing import NamedTuple

from starlette.requests import HTTPConnection
from starlette.responses import Response


class SessionCookie(NamedTuple):
    """``is_secure``: browsers reach the board by https. ``life_s``: None: until the browser is closed.

    On http browsers take no name that begins with ``__Host-``; only this machine is served so.
    """

    is_secure: bool
    plain_name: str = "callfloor"
    life_s: int | None = None

    @property
    def name(self) -> str:
        """A browser takes the secure name from this very host alone."""
        return f"__Host-{self.plain_name}" if self.is_secure else self.plain_name

    def token_of(self, connection: HTTPConnection) -> str | None:
        """The token that a browser sends."""
        return connection.cookies.get(self.name)

    def hand_out(self, response: Response, token: str) -> None:
        """The browser keeps the token; what it stands for may end before."""
        response.set_cookie(
            self.name, token, self.life_s, path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )

    def drop(self, response: Response) -> None:
        """The browser forgets the token."""
        response.delete_cookie(self.name, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def take_back(self, response: Response) -> None:
        """The browser forgets the token, and what it stored of the board.

        "cookies" is not among it: that would drop those of every host of the domain, and sign people out elsewhere.
        """
        self.drop(response)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'


LOOPBACK_COOKIE = SessionCookie(is_secure=False)
"""The cookie of a board that is served to this machine alone, by http."""
