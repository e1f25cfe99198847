"""A server that goes away and comes back at the same address, with the stage on it."""

import socket
import threading

import uvicorn

from tests.browser.stage import Stage, config_of, url_of
from tests.waiting import PATIENCE_S, wait_until


class Restarting:
    """Real processes of a port; ``start`` after ``stop`` is a deploy."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        stage.url = url_of(self._port)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, build_id: str) -> None:
        """Serves the pages of this build."""
        self.stage.refuse = False
        self._server = uvicorn.Server(config_of(self.stage, self._port))
        self.stage.deploy(build_id)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_until(lambda: self._server is not None and self._server.started, PATIENCE_S, "the server listens")

    def stop(self) -> None:
        """Nothing listens there any more."""
        self.stage.cut()
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=PATIENCE_S)
            assert not self._thread.is_alive()
        self._server = self._thread = None
