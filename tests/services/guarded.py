"""Servers of the tests end with the test run, also when it is killed: a guard outlives it and cleans up."""

import atexit
from functools import cache
from pathlib import Path

from dashboard.processes.guard import Guard
from streams.simulator.embedded import ServerProcess, launch


def guarded(address: str, command: list[str], folder: Path) -> ServerProcess:
    """Starts a server that cannot outlive this run of the tests."""
    running = launch(address, command, folder)
    guard().name(running.pid)
    return running


@cache
def guard() -> Guard:
    """One for the whole run; a server that has ended needs no word to it, a guard tells a number given anew."""
    made = Guard()
    atexit.register(made.close)
    return made
