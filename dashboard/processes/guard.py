"""A small process that outlives its parent to clean up after it: it ends the processes named to it when the parent is gone.

The parent writes ``+pid`` and ``-pid`` lines to its stdin. When that pipe closes, however the parent ended (kill -9 too),
every process still named is asked to end, and killed if it has not within five seconds.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

_GRACE_S = 5.0


class Guard:
    """The parent's end. Name a process as soon as it runs; forget it once it has ended."""

    def __init__(self) -> None:
        # A session of its own: Ctrl-C at the terminal is not for it.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.processes.guard"], stdin=subprocess.PIPE, start_new_session=True
        )

    def name(self, pid: int) -> None:
        """From now on the process ends with this one."""
        self._write(f"+{pid}\n")

    def forget(self, pid: int) -> None:
        """The process has ended: its number may be another's soon."""
        self._write(f"-{pid}\n")

    def close(self) -> None:
        """Lets the guard do what is left to do, and waits for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()


def main() -> None:
    """The guard's own process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    named: dict[int, str] = {}
    for line in sys.stdin:
        pid = int(line[1:])
        if line.startswith("+"):
            named[pid] = _birth(pid)
        else:
            named.pop(pid, None)
    end_all(named)


def end_all(named: dict[int, str]) -> None:
    """Asks the processes to end, and kills those that have not in time; a number that was given again is left alone."""
    _send(named, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_S
    while _alive(named) and time.monotonic() < deadline:
        time.sleep(0.05)
    _send(named, signal.SIGKILL)


def _send(named: dict[int, str], number: signal.Signals) -> None:
    for pid in _alive(named):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            named.pop(pid)


def _alive(named: dict[int, str]) -> list[int]:
    return [pid for pid, birth in named.items() if birth != "gone" and _birth(pid) == birth]


def _birth(pid: int) -> str:
    """The start time of a process, which differs from that of a later one of the same number; "gone" if there is none."""
    if not Path("/proc/self").exists():
        return _birth_by_ps(pid)
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "gone"
    return "gone" if after_name[0] == "Z" else after_name[19]


def _birth_by_ps(pid: int) -> str:
    """The same by ``ps``, where there is no /proc."""
    listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip() or "gone"


if __name__ == "__main__":
    main()
