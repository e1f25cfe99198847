"""Problems of a site: gathered while its files are read, told all at once."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong: the file, its line (from 1; 0 = the file as a whole) and what is allowed."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class SiteError(Exception):
    """A site that cannot be used; ``problems`` holds everything found, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line)))
        super().__init__("\n".join(map(str, self.problems)))


class Problems:
    """The problems found so far in one file; ``of`` gathers those of another file into the same list."""

    def __init__(self, file: str, found: list[Problem] | None = None) -> None:
        self._file = file
        self.found: list[Problem] = [] if found is None else found

    def of(self, file: str) -> "Problems":
        return Problems(file, self.found)

    def add(self, line: int, message: str) -> None:
        self.found.append(Problem(self._file, line, message))

    def lines(self) -> set[int]:
        """The lines of this file on which something is wrong."""
        return {problem.line for problem in self.found if problem.file == self._file}

    def raise_any(self) -> None:
        if self.found:
            raise SiteError(self.found)


def meant(name: str, known: Iterable[str]) -> str:
    """What a name that is not known was likely meant to be; empty if nothing is like it."""
    close = get_close_matches(name.rpartition(".")[2], sorted(known), 1)
    return f' Did you mean "{close[0]}"?' if close else ""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """The message for a name that is not known: what is, and the likely one if it looks like a slip."""
    known = sorted(known)
    return f'unknown {what} "{name}".{meant(name, known)} Allowed: {", ".join(known) or "none"}'
