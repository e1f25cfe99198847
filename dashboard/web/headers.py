"""Adds security headers to every answer, and refuses other hosts while there is no sign-in. Pure ASGI: no body is touched."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streams.security import is_this_machine


def content_security_policy(script_hashes: Sequence[str]) -> str:
    """Only scripts of the server itself may run; the grid and the charts also write inline styles."""
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *script_hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


def security_headers(policy: str) -> dict[str, str]:
    """The headers of every answer."""
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


class SecurityHeaders:
    """Adds the headers; refuses a Host that is not this machine, so that no foreign page can read through its host name."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = security_headers(policy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not is_local(Headers(scope=scope).get("host", "")):
            refusal = PlainTextResponse(
                "callfloor answers to 127.0.0.1 and localhost only until it has sign-in.\n", 421
            )
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def is_local(host: str) -> bool:
    """Whether a host, with or without port, names this machine."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and host.rpartition(":")[1] else host
    return is_this_machine(name.strip("[]").removesuffix("."))
