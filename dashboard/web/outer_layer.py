"""The outermost layer of the web server: a request gets through to the application only within bounds and from our own pages.

In this order: a place among the requests in flight, the host, the page that asks, the body. Probes need no place: they answer at
once, also while a worker has none left. One network holds a small share of the places by bodies that do not come. Nothing of the
application runs before, and every answer leaves with the security headers. Pure ASGI: the bytes of an answer are not touched.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access.attempts import network_of
from dashboard.access.rate_limit import Rate
from dashboard.access.refusals import Refused
from dashboard.web.errors import answer_error
from dashboard.web.gate import ACT_RATE
from dashboard.web.headers import content_security_policy, security_headers
from dashboard.web.heavy_reads import READ_RATE
from dashboard.web.route_rules import RouteRules
from dashboard.web.web_address import THIS_MACHINE, WebAddress

_WITHOUT_BODY = ("GET", "HEAD")
_OURS = (None, "same-origin", "none")
"""Values of Sec-Fetch-Site: a program or an old browser, a page of ours, an address that a person entered."""
_POLICY_VIOLATION = 1008


class RequestBounds(NamedTuple):
    """How much a worker takes on at once.

    1,000 viewers are the promise, each with two streams while one takes over from the other; the places left over are those of
    the questions, so streams never take them all.
    """

    requests: int = 2_500
    streams: int = 2_100
    bodies: int = 100
    """Requests of one network whose bodies are still to come."""
    body_s: float = 10.0
    """The longest time until a body is whole."""
    reads: Rate = READ_RATE
    acts: Rate = ACT_RATE


BOUNDS = RequestBounds()


class OuterLayer:
    """``rules``: method, path -> the rules of the route. ``embed_in``: the origins whose pages may show embeddable routes."""

    def __init__(
        self,
        app: ASGIApp,
        script_hashes: Sequence[str],
        rules: Callable[[str, str], RouteRules],
        address: WebAddress = THIS_MACHINE,
        embed_in: Sequence[str] = (),
        bounds: RequestBounds = BOUNDS,
    ) -> None:
        self._app = app
        self._rules = rules
        self._address = address
        self._embed_in = embed_in
        self._bounds = bounds
        self._requests = self._streams = 0
        self._bodies = Counter[str]()
        """Network -> its requests whose bodies are still to come."""
        policy, embedded = (content_security_policy(script_hashes, frames) for frames in ((), embed_in))
        self._headers = security_headers(policy, address.is_https)
        self._embedded_headers = security_headers(embedded, address.is_https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or hands it on; a websocket is denied."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            rules = self._rules(scope["method"], scope["path"])
            await self._serve(scope, receive, self._securing(send, rules), rules)
        else:
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})

    async def _serve(self, scope: Scope, receive: Receive, send: Send, rules: RouteRules) -> None:
        with ExitStack() as leaving:
            try:
                leaving.enter_context(self._in_flight(rules))
                self._require_ours(scope, rules)
                body = await self._read_body(scope, receive, rules)
            except Refused as refused:
                answer = answer_error(refused)
                answer.headers["Connection"] = "close"  # what is left of a body is not read
                await answer(scope, receive, send)
                return
            if body is not None:  # else the client left, and nobody waits for an answer
                await self._app(scope, _replaying(body, receive), send)

    @contextmanager
    def _in_flight(self, rules: RouteRules) -> Iterator[None]:
        if rules.any_host:
            yield
            return
        full = self._requests >= self._bounds.requests or (rules.is_stream and self._streams >= self._bounds.streams)
        if full:
            raise _busy()
        self._requests += 1
        self._streams += rules.is_stream
        try:
            yield
        finally:
            self._requests -= 1
            self._streams -= rules.is_stream

    def _require_ours(self, scope: Scope, rules: RouteRules) -> None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not scope["path"].startswith("/"):
            raise Refused(400, "bad_request", "a request has one Host, and a path that begins with /")
        origin = self._address.origin_of(scope["scheme"], hosts[0])
        if origin is None and not rules.any_host:
            names = self._address.public or "127.0.0.1 and localhost only"
            raise Refused(421, "foreign_host", f"callfloor answers to {names}")
        if rules.machine:
            return
        if headers.get("origin", origin) != origin and scope["method"] not in _WITHOUT_BODY:
            raise Refused(403, "foreign_page", "a page of another server may not act here")
        if headers.get("sec-fetch-site") not in _OURS and not self._opens_page(scope["method"], headers, rules):
            raise Refused(403, "foreign_page", "a page of another server may not ask this")

    def _opens_page(self, method: str, headers: Headers, rules: RouteRules) -> bool:
        """Whether a browser follows a link to a page of ours, or shows a page where it may be embedded."""
        frames = ("document", "iframe") if rules.embeddable and self._embed_in else ("document",)
        opens = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") in frames
        return opens and rules.is_page and method in _WITHOUT_BODY

    async def _read_body(self, scope: Scope, receive: Receive, rules: RouteRules) -> bytes | None:
        """The body, which is whole and within bounds; None: the client left before its end."""
        most, headers = rules.most_body_bytes, Headers(scope=scope)
        declared, chunked = int(headers.get("content-length", "0")), "transfer-encoding" in headers
        too_long = Refused(413, "too_long", f"a body has at most {most} bytes" if most else "there is no body here")
        if declared > most or (chunked and not most):
            raise too_long
        if not declared and not chunked:
            return b""
        body = bytearray()
        try:
            async with asyncio.timeout(self._bounds.body_s):
                with self._awaiting_body(scope):
                    while (message := await receive())["type"] == "http.request":
                        body += message.get("body", b"")
                        if len(body) > most:
                            raise too_long
                        if not message.get("more_body", False):
                            return bytes(body)
        except TimeoutError:
            text = f"the body did not come within {self._bounds.body_s:g} s"
            raise Refused(408, "slow_body", text) from None
        return None

    @contextmanager
    def _awaiting_body(self, scope: Scope) -> Iterator[None]:
        network = network_of(scope["client"][0]) if scope["client"] else ""
        if self._bodies[network] >= self._bounds.bodies:
            raise _busy()
        self._bodies[network] += 1
        try:
            yield
        finally:
            self._bodies[network] -= 1
            if not self._bodies[network]:
                del self._bodies[network]

    def _securing(self, send: Send, rules: RouteRules) -> Send:
        added = self._embedded_headers if rules.embeddable else self._headers

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(added)
                if not rules.is_static and "no-store" not in headers.get("cache-control", ""):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return send_secured


def _busy() -> Refused:
    return Refused(503, "busy", "this worker serves as many viewers as it can; ask again")


def _replaying(body: bytes, receive: Receive) -> Receive:
    """The body in one piece, then what ``receive`` gives."""
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return whole.pop() if whole else await receive()

    return again
