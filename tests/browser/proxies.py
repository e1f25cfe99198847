"""Proxies between a browser and the board, each with one bad habit, which the test changes while it runs.

| mode         | habit                                                                                      |
|--------------|--------------------------------------------------------------------------------------------|
| pass         | none                                                                                       |
| hole         | what is sent vanishes, both ways, and no connection is closed                              |
| buffer       | holds a stream back until there are 64 KiB of it                                           |
| pack         | the same for a stream that it packs with gzip: of its own accord it gives nothing          |
| bad_gateway  | answers 502 with a page of its own                                                         |
| time_out     | answers 504 with a page of its own, after a second                                         |
| cut          | closes every stream after five seconds                                                     |
| close        | closes every connection as soon as something is sent                                       |
| delay        | everything comes a second later                                                            |
| strip        | takes the headers off that say what the answer is                                          |
| refuse       | nobody listens                                                                             |
"""

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests import signing
from tests.services.https import usual_endpoint
from tests.waiting import PATIENCE_S, wait_until

_PAGES = {"bad_gateway": b"502 Bad Gateway", "time_out": b"504 Gateway Time-out"}
_STRIPPED = re.compile(rb"(?im)^(content-type|cache-control|etag|x-accel-buffering):[^\r\n]*\r\n")
_HELD_BYTES = 65_536
_CUT_S = 5
_LASTING_S = 1.0


class Proxy:
    """``mode`` may be set at any time; ``most``: the most connections of browsers at one time.

    Where the board speaks TLS, so does the proxy, to both sides: it looks into what it passes on.
    """

    def __init__(self, target: str) -> None:
        self.mode = "pass"
        self.url = ""
        self.most = 0
        self._target = urlsplit(target)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._writers: dict[asyncio.StreamWriter, float] = {}
        """The connections that are open, with when they came."""

    def begin_count(self) -> None:
        self.most = 0

    def turn(self, mode: str) -> None:
        """Another habit, from which no connection is spared: those that are open end."""
        self.mode = mode
        self._loop.call_soon_threadsafe(lambda: [writer.close() for writer in self._writers])

    def run(self) -> None:
        """Until ``stop``."""
        asyncio.set_event_loop(self._loop)
        tls = usual_endpoint().tls
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls.server_context() if tls else None)
        )
        self.url = f"{self._target.scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._loop.run_forever()
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.2, self._loop.stop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers[writer] = self._loop.time()
        self._loop.call_later(_LASTING_S, self._count)
        try:
            if self.mode == "refuse":
                return
            tls = self._target.scheme == "https" or None
            there = await asyncio.open_connection(self._target.hostname, self._target.port, ssl=tls)
            ways = [
                asyncio.create_task(self._up(reader, there[1], writer)),
                asyncio.create_task(self._down(there[0], writer)),
            ]
            with suppress(OSError, asyncio.CancelledError):
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            there[1].close()
        finally:
            del self._writers[writer]
            writer.close()

    def _count(self) -> None:
        """Those that have lasted: of one that came a moment ago the browser may have ended another, which is not noticed yet."""
        came_by = self._loop.time() - _LASTING_S / 2
        self.most = max(self.most, sum(came <= came_by for came in self._writers.values()))

    async def _up(self, reader: asyncio.StreamReader, there: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if self.mode == "hole":
                continue
            if self.mode in ("close", "refuse"):
                return
            if self.mode in _PAGES:
                await asyncio.sleep(1 if self.mode == "time_out" else 0)
                page = b"<html><h1>" + _PAGES[self.mode] + b"</h1></html>"
                head = b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
                back.write(head % (_PAGES[self.mode], len(page)) + page)
                continue
            if self.mode == "delay":
                await asyncio.sleep(0.5)
            there.write(data)
            await there.drain()

    async def _down(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held, is_stream, began_s = b"", False, time.monotonic()
        while data := await there.read(65_536):
            if b"text/event-stream" in data[:600]:
                is_stream, began_s = True, time.monotonic()
            if self.mode == "hole":
                continue
            if self.mode == "delay":
                await asyncio.sleep(0.5)
            if self.mode == "strip":
                data = _STRIPPED.sub(b"", data, count=4) if data.startswith(b"HTTP/1.1") else data
            if is_stream and self.mode in ("buffer", "pack"):
                held += data
                if len(held) < _HELD_BYTES or self.mode == "pack":
                    continue
                data, held = held, b""
            writer.write(data)
            await writer.drain()
            if is_stream and self.mode == "cut" and time.monotonic() - began_s > _CUT_S:
                return


@contextmanager
def between(target: str) -> Iterator[Proxy]:
    """A proxy of this machine to ``target`` until the block ends."""
    proxy = Proxy(target)
    thread = threading.Thread(target=proxy.run, daemon=True)
    thread.start()
    wait_until(lambda: proxy.url, PATIENCE_S, "the proxy listens")
    signing.share(proxy.url, target)
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join(PATIENCE_S)
