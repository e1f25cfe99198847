"""The routes of an agent's own page: GET /me.json, POST /feedback, and /me itself for those who are somebody.

Only what is the agent's own leaves: of his team's evidence his own line is taken out here. Until sign-in exists he is
``?as=<id>``; the server answers this machine only.
"""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard.actions.acting import Refused
from dashboard.appeals.desk import Desk
from dashboard.appeals.feedback import Feedback, Saying
from dashboard.appeals.own import Own
from dashboard.flags.desk import FlagDesk
from dashboard.live.bus import AWAY
from dashboard.web.acting import act, answered, error
from dashboard.web.hub import UnknownTopic
from streams.ledger_reader import LedgerBusy

Page = Callable[[Request], Awaitable[Response]]
Snapshot = Callable[[str], Awaitable[bytes | None]]
_HOW = ("用 ?as=工号 打开：/me?as=1042", "Say who you are: /me?as=1042")


class MeRoutes:
    """The routes over one desk; ``snapshot``: the newest of a topic, ``page``: what draws the page."""

    def __init__(self, desk: Desk, flags: FlagDesk | None, snapshot: Snapshot, page: Page) -> None:
        self._own = Own(desk)
        self._feedback = Feedback(desk)
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
            return HTMLResponse(_in_words("这是坐席本人的页面", "This is an agent's own page", *_HOW), 400)
        if not await self._knows(agent):
            what = f"没有工号 {agent}", f"There is no agent {agent}"
            return HTMLResponse(_in_words(*what, *_HOW), 404)
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
        return await act(request, Saying, self._feedback.say)

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


def _in_words(zh: str, en: str, how_zh: str, how_en: str) -> str:
    links = "".join(f"<link rel='stylesheet' href='/assets/{name}'>" for name in ("10-tokens.css", "44-agent.css"))
    links += "<link rel='icon' href='/_favicon.ico'>"
    return (
        "<!DOCTYPE html><html lang='zh-CN'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'><title>callfloor</title>{links}</head>"
        f"<body><main class='me-nobody'><h1>{escape(zh)}</h1><p>{escape(how_zh)}</p>"
        f"<h2 lang='en'>{escape(en)}</h2><p lang='en'>{escape(how_en)}</p></main></body></html>"
    )
