"""A web server that hears notifications, and may keep the first of each worker waiting until the other has sent one too."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

WITHIN_S = 60.0


class Heard(NamedTuple):
    """One message: to which path it came, and its JSON."""

    path: str
    body: dict[str, Any]


class Ear:
    """What was heard so far; ``status`` is what it answers. ``meet``: paths that wait for each other at the first."""

    def __init__(self, meet: tuple[str, ...] = ()) -> None:
        self.heard: list[Heard] = []
        self.status = 200
        self.url = ""
        self._meeting = threading.Barrier(len(meet)) if meet else None
        self._waiting = set(meet)
        self._lock = threading.Lock()

    def hear(self, path: str, body: bytes) -> None:
        with self._lock:
            self.heard.append(Heard(path, json.loads(body)))
            is_first = path in self._waiting
            self._waiting.discard(path)
        if is_first and self._meeting:
            self._meeting.wait(WITHIN_S)


@contextmanager
def hearing(*meet: str) -> Iterator[Ear]:
    """A server at work; its ``url`` is of apprise, and takes a path."""
    ear = Ear(meet)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            ear.hear(self.path, self.rfile.read(int(self.headers["content-length"])))
            self.send_response(ear.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ear.url = f"json://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield ear
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
