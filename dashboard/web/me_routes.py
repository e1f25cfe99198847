"""The routes of an agent's own page: GET /me.json, POST /feedback, and /me itself for those who are somebody.

Only what is the agent's own leaves: of his team's evidence his own line is taken out here. Until sign-in exists he is
``?as=<id>``; the server answers this machine only.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.feedback_service import FeedbackRequest, FeedbackService
from dashboard.actions.flag_service import FlagService
from dashboard.actions.my_page import MyPageService
from dashboard.board.bus import AWAY
from dashboard.web.error_pages import said
from dashboard.web.hub import UnknownTopic
from dashboard.web.json_api import act, answered, error
from streams.store.ledger_reader import LedgerBusy

Page = Callable[[Request], Awaitable[Response]]
Snapshot = Callable[[str], Awaitable[bytes | None]]


class MeRoutes:
    """The routes over one desk; ``snapshot``: the newest of a topic, ``page``: what draws the page."""

    def __init__(self, desk: AppealService, flags: FlagService | None, snapshot: Snapshot, page: Page) -> None:
        self._own = MyPageService(desk)
        self._feedback = FeedbackService(desk)
        self._flags = flags
        self._snapshot = snapshot
        self._page = page

    def routes(self) -> list[Route]:
        """What the application adds before its pages."""
        return [
            Route("/me", self.page, methods=["GET"]),
            Route("/me.json", self.told, methods=["GET"]),
            Route("/feedback", self.say, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The page of somebody; 400 with how to open it where nobody is named, 404 where nobody is known by the name."""
        agent = request.query_params.get("as", "")
        if not agent:
            return said(request, "own_page", 400)
        if not await self._knows(agent):
            return said(request, "no_agent", 404, agent=agent)
        return await self._page(request)

    async def told(self, request: Request) -> Response:
        """?as=: everything an agent is told about himself; 400 nobody named, 404 nobody known."""
        agent = request.query_params.get("as", "")
        if not agent:
            return error(400, "nobody", "say who you are: ?as=<id>")
        found = await answered(lambda: self._own.told(agent) | {"flags": self._flags_of(agent)})
        if found.status_code != 200:
            return found
        body = orjson.loads(found.body)
        evidence = await self._evidence(agent, (body["team"] or {}).get("id"))
        return await answered(lambda: body | {"evidence": evidence})

    async def say(self, request: Request) -> Response:
        """Gives feedback, or says something about it: 201, or 4xx with the reason."""
        return await act(request, FeedbackRequest, self._feedback.say)

    async def _knows(self, agent: str) -> bool:
        """Where the counters cannot be asked the page opens, and says so itself."""
        try:
            return await run_in_threadpool(self._own.knows, agent)
        except LedgerBusy:
            return True
        except AWAY:
            return True

    def _flags_of(self, agent: str) -> list[dict[str, Any]]:
        """None where the site computes no flags of persons."""
        if self._flags is None:
            return []
        try:
            found: list[dict[str, Any]] = self._flags.flags(None, agent, None)["flags"]
        except Refused:
            return []
        return found

    async def _evidence(self, agent: str, team: str | None) -> dict[str, Any] | None:
        """His own line of what was published; None where nothing is computed, or nothing can be had now."""
        if team is None:
            return None
        try:
            raw = await self._snapshot(f"evidence:{team}")
        except UnknownTopic:
            return None
        except AWAY:
            return None
        own: dict[str, Any] | None = None if raw is None else orjson.loads(raw).get("agents", {}).get(agent)
        return own
