"""The cookies of a screen without a seat: of its pairing, and of the wall that it becomes. No script can read them."""

from typing import NamedTuple

from starlette.requests import HTTPConnection
from starlette.responses import Response

_WALL_LIFE_S = 400 * 86_400
"""As long as browsers keep a cookie at most; the server ends a wall by its own clock."""
_PAIRING_LIFE_S = 3600


class ScreenCookie(NamedTuple):
    """A cookie that outlives the browser, so that a screen is what it was after the power fails."""

    plain_name: str
    life_s: int
    is_secure: bool

    @property
    def name(self) -> str:
        """Browsers take the secure name from this very host alone, and not by http."""
        return f"__Host-{self.plain_name}" if self.is_secure else self.plain_name

    def token_of(self, connection: HTTPConnection) -> str | None:
        """The token that a browser sends."""
        return connection.cookies.get(self.name)

    def hand_out(self, response: Response, token: str) -> None:
        """The browser writes the token to its disk."""
        response.set_cookie(
            self.name, token, self.life_s, path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )


class ScreenCookies(NamedTuple):
    """``is_secure``: browsers reach the board by https."""

    is_secure: bool

    @property
    def wall(self) -> ScreenCookie:
        """The token of a wall."""
        return ScreenCookie("callfloor-wall", _WALL_LIFE_S, self.is_secure)

    @property
    def pairing(self) -> ScreenCookie:
        """The token by which a screen asks what became of its code."""
        return ScreenCookie("callfloor-pairing", _PAIRING_LIFE_S, self.is_secure)
