"""Child processes of ``run`` and ``demo``: started, started again when they die, and stopped, with nothing left behind."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from dashboard.processes.guard import Guard

_POLL_S = 0.2
_STEADY_S = 60.0
_LONGEST_WAIT_S = 30.0
_STOP_S = 10.0


class ChildDied(RuntimeError):
    """A child ended too early; the message holds the end of its log."""


@dataclass
class Child:
    """One command of this program as a process. ``log`` takes its output; None: the terminal's."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    log: Path | None = None
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    deaths: int = 0
    due: float = 0.0

    def start(self) -> int:
        """Starts it in a session of its own (Ctrl-C reaches the parent alone, which stops it) -> its process id."""
        out = self.log.open("ab") if self.log else None
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.cli.main", *self.command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        if out:
            out.close()
        self.began = time.monotonic()
        return self.process.pid

    def log_end(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-2000:] if self.log else ""

    def last_line(self) -> str:
        """The last line of its log, to end a sentence with; empty where its output goes to the terminal."""
        lines = self.log_end().splitlines()
        return f": {lines[-1]}" if lines else ""


class Children:
    """Keeps some children running until ``stop``. A child that dies is started again, later each time it dies early."""

    def __init__(self, children: Sequence[Child], guard: Guard, tell: Callable[[str], None]) -> None:
        self._children = children
        self._guard = guard
        self._tell = tell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="children", daemon=True)

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Starts all and keeps them running until the block ends."""
        try:
            for child in self._children:
                self._guard.name(child.start())
            self._thread.start()
            yield self
        finally:
            self.stop()

    def require_alive(self) -> None:
        """Raises ChildDied if one has died so far."""
        for child in self._children:
            if child.deaths:
                raise ChildDied(f"{child.name} ended:\n{child.log_end()}")

    def stop(self) -> None:
        """Asks all to end and kills what has not in ten seconds."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + _STOP_S
        for process in running:
            self._end(process, deadline)

    def _end(self, process: "subprocess.Popen[bytes]", deadline: float) -> None:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._guard.forget(process.pid)

    def _watch(self) -> None:
        while not self._stopping.wait(_POLL_S):
            for child in self._children:
                self._look_after(child)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                self._guard.name(child.start())
        elif child.process.poll() is not None:
            self._guard.forget(child.process.pid)
            child.deaths = 1 if now - child.began > _STEADY_S else child.deaths + 1
            wait_s = min(_LONGEST_WAIT_S, 2.0 ** (child.deaths - 1))
            code = child.process.returncode
            self._tell(f"{child.name} ended (exit code {code}); starting it again in {wait_s:.0f} s{child.last_line()}")
            child.process, child.due = None, now + wait_s
