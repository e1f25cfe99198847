"""The program as people run it: a command in a process of its own, and the processes it leaves behind, if any."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

import psutil

from tests.waiting import wait_until

PROGRAM = (sys.executable, "-m", "dashboard.cli.main")
STOP_S = 120.0
CALL_S = 600.0
STANDSTILL = 0.1
"""A second without any work counts as so many seconds of work: a program that hangs is given up too."""


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings of ours, and with the changes."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CALLFLOOR_")}
    return {**own, **(changes or {})}


def call(*arguments: str, typed: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command to its end; ``variables`` are environment variables, ``typed`` is what a person types."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        input=typed,
        env=environment(variables),
        capture_output=True,
        text=True,
        timeout=CALL_S,
        check=False,
    )


class Started:
    """A command that runs on; what it says goes to a file."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self._said = folder / "said.txt"
        with self._said.open("wb") as out:
            command = [*PROGRAM, *arguments]
            self.process = subprocess.Popen(command, env=environment(variables), stdout=out, stderr=out)
        self._seen: set[psutil.Process] = set()
        self._cpu_s: dict[int, float] = {}

    def work_s(self) -> float:
        """The CPU seconds of the command and its children so far, and a tenth of the wall clock: a clock to wait by.

        On a busy machine a program takes longer, and needs no more of these seconds.
        """
        for process in [psutil.Process(self.process.pid), *self.children()] if self.process.poll() is None else []:
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                times = process.cpu_times()
                self._cpu_s[process.pid] = times.user + times.system
        return sum(self._cpu_s.values()) + STANDSTILL * monotonic()

    @property
    def said(self) -> str:
        """Everything it said so far."""
        return self._said.read_text(errors="replace")

    def children(self) -> list[psutil.Process]:
        """Its children now; they are remembered for ``left``."""
        try:
            found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            found = []
        self._seen.update(found)
        return found

    def role(self, name: str) -> psutil.Process | None:
        """The child that runs a command of ours."""
        for child in self.children():
            try:
                if name in child.cmdline():
                    return child
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        return None

    def wait_for(self, words: str, work_s: float) -> None:
        """Until it said these words; fails at once if it ended before, else after so many seconds of `work_s`."""

        def has_said() -> bool:
            self.children()
            assert words in self.said or self.process.poll() is None, f"it ended:\n{self.said}"
            return words in self.said

        wait_until(has_said, work_s, f"{words!r} said; so far: {self.said}", clock=self.work_s)

    def left(self) -> list[psutil.Process]:
        """Those of its children ever seen that still run."""
        return [child for child in self._seen if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def started(folder: Path, *arguments: str, **variables: str) -> Iterator[Started]:
    """A command that runs on, ended with all its children whatever happens."""
    command = Started(folder, *arguments, **variables)
    try:
        yield command
    finally:
        command.children()
        command.process.kill()
        command.process.wait()
        for child in command.left():
            child.kill()
