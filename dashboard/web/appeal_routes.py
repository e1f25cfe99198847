"""Explanations, curves, appeals and feedback: JSON in, JSON out."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.door import Door
from dashboard.access.refusals import Refused
from dashboard.access.requests import AppealFiling, AppealRuling, FeedbackRequest
from dashboard.web.json_api import act, answer, read_json
from dashboard.web.thread_pools import pools_of


async def explain(request: Request, door: Door) -> Response:
    """?agent=&period=day|month&date=: the numbers of an agent with the records behind them."""
    asked = request.query_params
    return await answer(request, door.explain, _agent(request), asked.get("period", "day"), asked.get("date"))


async def curve(request: Request, door: Door) -> Response:
    """?agent=: the sums of the running shift every five minutes, and the scores; 4xx where there is nothing to draw."""
    agent, run = _agent(request), pools_of(request).reads.run

    async def make() -> bytes:
        return msgspec.json.encode(await door.curve(agent, run))

    return await read_json(request, make)


async def my_page(request: Request, door: Door) -> Response:
    """Everything on the page of the agent who asks."""

    async def make() -> bytes:
        return door.encode(await door.my_page(pools_of(request).reads.run))

    return await read_json(request, make)


async def list_appeals(request: Request, door: Door) -> Response:
    """?agent=&state=open|granted|refused: appeals with before, after and person."""
    agent, state = (request.query_params.get(name) for name in ("agent", "state"))
    return await answer(request, lambda: {"appeals": door.list_appeals(agent, state)})


async def file_appeal(request: Request, door: Door) -> Response:
    """Files an appeal: 201, or 4xx with the reason."""
    return await act(request, AppealFiling, door.file_appeal)


async def decide_appeal(request: Request, door: Door) -> Response:
    """Decides an appeal: 201, or 4xx with the reason."""
    return await act(request, AppealRuling, door.decide_appeal)


async def send_feedback(request: Request, door: Door) -> Response:
    """Gives feedback, or reacts to it: 201, or 4xx with the reason."""
    return await act(request, FeedbackRequest, door.send_feedback)


def _agent(request: Request) -> str:
    """The agent that the address names. Raises Refused where it names none."""
    agent = request.query_params.get("agent", "")
    if not agent:
        raise Refused(400, "no_agent", "name the agent: ?agent=<id>")
    return agent
