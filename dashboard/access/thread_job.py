"""A slow question that is asked in a thread of its own, once at a time: whoever asks meanwhile gets the same answer."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class ThreadJob(Generic[Answer]):
    """``ask`` may raise anything: the future has it."""

    def __init__(self, name: str, ask: Callable[[], Answer]) -> None:
        self._name, self._ask = name, ask
        self._lock = threading.Lock()
        self._running: Future[Answer] | None = None

    @property
    def is_running(self) -> bool:
        """Whether an answer is on its way."""
        running = self._running
        return running is not None and not running.done()

    def begin(self) -> Future[Answer]:
        """The answer that is on its way, or else a new one."""
        with self._lock:
            if self._running is None or self._running.done():
                self._running = Future()
                threading.Thread(target=self._run, args=(self._running,), name=self._name, daemon=True).start()
            return self._running

    def _run(self, future: Future[Answer]) -> None:
        try:
            future.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001  # whoever asked raises it
            future.set_exception(error)
