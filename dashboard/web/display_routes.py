"""The routes by which administrators manage the displays: JSON in, JSON out. Instants are ms since 1970."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.attempts import Locked
from dashboard.access.door import Door
from dashboard.access.requests import DisplayApproval, DisplayRevocation, TypedCode
from dashboard.web.errors import answer_locked, json_response
from dashboard.web.json_api import read_body_as
from dashboard.web.thread_pools import pools_of


async def list_displays(request: Request, door: Door) -> Response:
    """The screens that wait, the walls, those that were revoked of late, and the newest acts."""
    return json_response(await door.displays.list_displays(pools_of(request).reads.run))


async def find_display(request: Request, door: Door) -> Response:
    """The screen that shows a code. 404: none; 429: the account typed five wrong codes."""
    asked = await read_body_as(request, TypedCode)
    return await _answer(lambda: door.displays.find_code(asked.code), 200)


async def approve_display(request: Request, door: Door) -> Response:
    """The screen with a code gets its board."""
    asked = await read_body_as(request, DisplayApproval)
    return await _answer(lambda: door.displays.approve(asked, pools_of(request).acts.run))


async def refuse_display(request: Request, door: Door) -> Response:
    """The screen with a code is none of the centre's."""
    asked = await read_body_as(request, TypedCode)
    return await _answer(lambda: door.displays.refuse(asked.code, pools_of(request).acts.run))


async def revoke_display(request: Request, door: Door) -> Response:
    """Ends a wall: it is dark within five seconds."""
    asked = await read_body_as(request, DisplayRevocation)
    return await _answer(lambda: door.displays.revoke(asked.display, pools_of(request).acts.run))


async def _answer(do: Callable[[], Awaitable[Any]], status: int = 201) -> Response:
    try:
        return json_response(await do(), status)
    except Locked as error:
        return answer_locked(error)
