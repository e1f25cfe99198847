"""uvicorn's protocol of HTTP/1.1 with bounds of its own: on the time and length of headers, and on requests sent ahead.

uvicorn itself closes a connection that is idle between two requests, and stops reading a body that nobody takes.
"""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_S = 10.0
"""The longest time from connecting, or from the first byte of a later request, to the end of the headers."""
MOST_HEADER_BYTES = 16 * 1024
"""The longest first line and headers; also what may come between two pieces of a body, and after its end."""
_MOST_AHEAD = 8
"""Requests that wait for the answer to the one before; browsers send none ahead."""
log = logging.getLogger(__name__)


class BoundedProtocol(HttpToolsProtocol):
    """One connection. ``headers_s`` is the deadline in force. Requests that are no HTTP leave no line in the log."""

    headers_s = HEADERS_S

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._unused_bytes = 0
        if log.level != logging.ERROR:
            log.setLevel(logging.ERROR)
        self.logger = log

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the headers of the first request."""
        super().connection_made(transport)
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        self._end_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes what came; closes the connection where too much of it is neither whole headers nor a body."""
        self._unused_bytes += len(data)
        super().data_received(data)
        if self._unused_bytes > MOST_HEADER_BYTES and not self.transport.is_closing():
            if self._deadline is None:
                self.transport.abort()
            else:
                self.send_400_response("The headers are too long.")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if len(self.pipeline) >= _MOST_AHEAD:
            raise ValueError("too many requests ahead")
        super().on_message_begin()
        self._wait_for_headers()

    def on_headers_complete(self) -> None:
        """The end of the headers."""
        self._end_waiting()
        self._unused_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        self._unused_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request."""
        self._unused_bytes = 0
        super().on_message_complete()

    def _wait_for_headers(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.headers_s, self.transport.abort)

    def _end_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: whoever sends such requests would fill the log."""
