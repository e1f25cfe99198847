"""A replay of letters as it is told to everybody, and who may run one: a Protocol."""

from typing import Protocol

import msgspec


class RunsAway(ConnectionError):
    """Where runs are kept cannot be reached: wait and try again."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One replay: of which reason (None: all), by whom, when, how far it is and what became of the letters.

    ``sent``: into their topic again; ``same``: like one that was, byte for byte; ``gone``: Kafka no longer had them.
    ``error``: the word of what ended it before its time.
    """

    by: str
    reason: str | None
    began_ms: int
    ended_ms: int | None = None
    total: int = 0
    sent: int = 0
    same: int = 0
    gone: int = 0
    error: str | None = None


class Right(Protocol):
    """The right to replay, which one has at a time. Every method raises RunsAway."""

    def hold(self) -> bool:
        """Keeps it; False once it was lost, then for ever. To be called at least every few seconds."""
        ...

    def release(self) -> None: ...


class Runs(Protocol):
    """The runs, whoever begins them and wherever. Every method raises RunsAway."""

    def take(self) -> Right | None:
        """The right to replay; None while somebody has it. A dead owner's is waited for, some seconds."""
        ...

    def write(self, run: Run) -> None: ...

    def last(self) -> Run | None:
        """The newest one, running or ended; None if there was none lately."""
        ...

    def is_running(self) -> bool: ...
