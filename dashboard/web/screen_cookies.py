"""The cookies of a screen without a seat: of its pairing, and of the wall that it becomes. No script can read them."""

from typing import NamedTuple

from dashboard.web.cookies import SessionCookie

_WALL_LIFE_S = 400 * 86_400
"""As long as browsers keep a cookie at most; the server ends a wall by its own clock."""
_PAIRING_LIFE_S = 3600


class ScreenCookies(NamedTuple):
    """``is_secure``: browsers reach the board by https."""

    is_secure: bool

    @property
    def wall(self) -> SessionCookie:
        """The token of a wall."""
        return SessionCookie(self.is_secure, "callfloor-wall", _WALL_LIFE_S)

    @property
    def pairing(self) -> SessionCookie:
        """The token by which a screen asks what became of its code."""
        return SessionCookie(self.is_secure, "callfloor-pairing", _PAIRING_LIFE_S)
