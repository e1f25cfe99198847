"""The routes of an agent's own page: GET /me and /me.json, POST /feedback.

Only what belongs to the agent leaves: of the team's evidence their line is taken out here. Until sign-in exists the agent is
``?as=<id>``; the server answers this machine only.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import orjson
from starlette.concurrency import run_in_threadpool
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
from dashboard.web.errors import json_response
from dashboard.web.json_api import act, json_route
from streams.store.ledger_reader import LedgerBusy

Page = Callable[[Request], Awaitable[Response]]
Snapshot = Callable[[str], Awaitable[bytes | None]]


class MeRoutes:
    """The routes of agents' pages; ``snapshot``: the newest of a topic, ``page`` draws the page."""

    def __init__(self, appeals: AppealService, flags: FlagService | None, snapshot: Snapshot, page: Page) -> None:
        self._pages = MyPageService(appeals)
        self._feedback = FeedbackService(appeals)
        self._flags = flags
        self._snapshot = snapshot
        self._page = page

    def routes(self) -> list[Route]:
        """The routes to add to the application."""
        return [
            Route("/me", self.page, methods=["GET"]),
            json_route("GET", "/me.json", self.read_page),
            json_route("POST", "/feedback", self.send_feedback),
        ]

    async def page(self, request: Request) -> Response:
        """The page of an agent; 400 with the way to open it where nobody is named, 404 where there is no such agent."""
        agent = request.query_params.get("as", "")
        if not agent:
            return error_page(request, "own_page")
        if not await self._has_agent(agent):
            return error_page(request, "no_agent", agent=agent)
        return await self._page(request)

    async def read_page(self, request: Request) -> Response:
        """?as=: everything on the page of an agent; 400 nobody named, 404 no such agent."""
        agent = request.query_params.get("as", "")
        if not agent:
            raise Refused(400, "nobody", "say who you are: ?as=<id>")
        page = await run_in_threadpool(lambda: self._pages.read_page(agent, self._flags_of(agent)))
        evidence = await self._evidence(agent, page.team.id if page.team else None)
        return json_response(msgspec.structs.asdict(page) | {"evidence": evidence})

    async def send_feedback(self, request: Request) -> Response:
        """Gives feedback, or reacts to it: 201, or 4xx with the reason."""
        return await act(request, FeedbackRequest, self._feedback.send_feedback)

    async def _has_agent(self, agent: str) -> bool:
        """True where the counters cannot be asked: the page opens and says so."""
        try:
            return await run_in_threadpool(self._pages.has_agent, agent)
        except LedgerBusy:
            return True
        except AWAY:
            return True

    def _flags_of(self, agent: str) -> list[FlagView]:
        """Empty where the site computes no flags of persons."""
        if self._flags is None:
            return []
        try:
            return self._flags.list_flags(agent=agent).flags
        except Refused:
            return []

    async def _evidence(self, agent: str, team: str | None) -> dict[str, Any] | None:
        """The agent's line of the published evidence; None where none is computed, or none can be read now."""
        if team is None:
            return None
        raw = await self._snapshot(f"evidence:{team}")
        own: dict[str, Any] | None = None if raw is None else orjson.loads(raw).get("agents", {}).get(agent)
        return own
