"""uvicorn's protocol of HTTP/1.1 with an end to waiting: a connection whose headers do not come is closed.

It reads by h11, which bounds the length of the headers. An idle connection between two requests is closed by uvicorn itself.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_S = 10.0
"""The longest time from connecting, or from the first byte of a later request, to the end of the headers."""
MOST_HEADER_BYTES = 16 * 1024
"""The first line and the headers of a request."""


class DeadlineProtocol(H11Protocol):
    """One connection. ``headers_s`` is the deadline in force."""

    headers_s = HEADERS_S

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the headers of the first request."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self.headers_s, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        self._end_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Takes what came; begins to wait where headers are not whole, ends it where they are."""
        super().handle_events()
        if self.conn.their_state is not h11.IDLE:
            self._end_waiting()
        elif self._deadline is None and self.conn.trailing_data[0]:
            self._deadline = self.loop.call_later(self.headers_s, self.transport.abort)

    def _end_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: whoever sends such requests would fill the log."""
