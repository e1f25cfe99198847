"""What the gate puts into the scope of a request: whose it is, by the tokens that came with it, and the door of its viewer."""

from typing import Any

from starlette.requests import HTTPConnection

from dashboard.access.bearers import Bearer
from dashboard.access.door import Door

_DOOR, _BEARER = "callfloor.door", "callfloor.bearer"


def keep_door(scope: Any, door: Door) -> None:
    """Puts a door into the scope of a request that passed."""
    scope[_DOOR] = door


def keep_bearer(scope: Any, bearer: Bearer) -> None:
    """Puts what the browser sent to prove who asks into the scope of a request."""
    scope[_BEARER] = bearer


def door_of(request: HTTPConnection) -> Door:
    """The door of a request. Raises KeyError on a route for anybody."""
    door: Door = request.scope[_DOOR]
    return door


def bearer_of(request: HTTPConnection) -> Bearer:
    """What the browser sent to prove who asks."""
    bearer: Bearer = request.scope[_BEARER]
    return bearer


def token_of(request: HTTPConnection) -> str | None:
    """The token of a session that the browser sent."""
    return bearer_of(request).session or None
