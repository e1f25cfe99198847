"""The routes of an agent's own page: GET /me and /me.json, POST /feedback.

An agent gets only what belongs to them: their line is picked from the team's evidence here. Until sign-in exists the agent is
``?as=<id>``; the server answers this machine only.
"""

from collections.abc import Awaitable, Callable

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.feedback_service import FeedbackRequest, FeedbackService
from dashboard.actions.flag_service import FlagService, FlagView
from dashboard.actions.my_page import MyPageService
from dashboard.board.bus import AWAY
from dashboard.web.error_pages import error_page
from dashboard.web.json_api import act, json_route, read_json
from dashboard.web.thread_pools import pools_of
from streams.store.ledger_reader import LedgerBusy

Page = Callable[[Request], Awaitable[Response]]
Snapshot = Callable[[str], Awaitable[bytes | None]]


def me_routes(appeals: AppealService, flags: FlagService | None, snapshot: Snapshot, draw_page: Page) -> list[Route]:
    """The routes of agents' pages; ``snapshot``: the newest of a topic, ``draw_page`` draws the page."""
    pages, feedback = MyPageService(appeals), FeedbackService(appeals)

    async def page(request: Request) -> Response:
        """The page of an agent; 400 with the way to open it where nobody is named, 404 where there is no such agent."""
        agent = request.query_params.get("as", "")
        if not agent:
            return error_page(request, "own_page")
        if not await pools_of(request).reads.run(_has_agent, pages, agent):
            return error_page(request, "no_agent", agent=agent)
        return await draw_page(request)

    async def read_page(request: Request) -> Response:
        """?as=: everything on the page of an agent; 400 nobody named, 404 no such agent."""
        agent = request.query_params.get("as", "")
        if not agent:
            raise Refused(400, "nobody", "say who you are: ?as=<id>")

        async def make() -> bytes:
            view = await pools_of(request).reads.run(lambda: pages.read_page(agent, _flags_of(flags, agent)))
            raw = await snapshot(f"evidence:{view.team.id}") if view.team else None
            # The agent's line of the published evidence; None where none is computed, or none can be read now.
            evidence = None if raw is None else orjson.loads(raw).get("agents", {}).get(agent)
            return msgspec.json.encode(msgspec.structs.asdict(view) | {"evidence": evidence})

        return await read_json(request, make)

    async def send_feedback(request: Request) -> Response:
        """Gives feedback, or reacts to it: 201, or 4xx with the reason."""
        return await act(request, FeedbackRequest, feedback.send_feedback)

    return [
        json_route("GET", "/me", page),
        json_route("GET", "/me.json", read_page),
        json_route("POST", "/feedback", send_feedback),
    ]


def _has_agent(pages: MyPageService, agent: str) -> bool:
    """True where the counters cannot be asked: the page opens and says so."""
    try:
        return pages.has_agent(agent)
    except LedgerBusy:
        return True
    except AWAY:
        return True


def _flags_of(flags: FlagService | None, agent: str) -> list[FlagView]:
    """Empty where the site computes no flags of persons."""
    if flags is None:
        return []
    try:
        return flags.list_flags(agent=agent).flags
    except Refused:
        return []
