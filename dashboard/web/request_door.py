"""What the gate puts into the scope of a request that passed: the door of its viewer, and how to open it again."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import HTTPConnection

from dashboard.access.door import Door

_DOOR, _OPEN_AGAIN, _TOKEN = "callfloor.door", "callfloor.open_again", "callfloor.token"
OpenAgain = Callable[[], Awaitable[Door | None]]
"""The door of the same token by now; None: nobody is signed in by it any more. It raises what is in REFUSALS."""


def keep_door(scope: Any, door: Door, open_again: OpenAgain) -> None:
    """Puts a door into the scope of a request."""
    scope[_DOOR], scope[_OPEN_AGAIN] = door, open_again


def keep_token(scope: Any, token: str | None) -> None:
    """Puts the token that the browser sent into the scope of a request."""
    scope[_TOKEN] = token


def door_of(request: HTTPConnection) -> Door:
    """The door of a request. Raises KeyError on a route for anybody."""
    door: Door = request.scope[_DOOR]
    return door


def open_again_of(request: HTTPConnection) -> OpenAgain:
    """How to open the door of a request again. Raises KeyError as ``door_of``."""
    open_again: OpenAgain = request.scope[_OPEN_AGAIN]
    return open_again


def token_of(request: HTTPConnection) -> str | None:
    """The token that the browser sent."""
    token: str | None = request.scope[_TOKEN]
    return token
