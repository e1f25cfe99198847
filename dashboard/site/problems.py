"""Problems of a site: gathered while its files are read, raised all at once."""

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
    """The problems of one file so far; ``for_file`` gathers those of another file in the same list."""

    def __init__(self, file: str, all_files: list[Problem] | None = None) -> None:
        self._file = file
        self.all: list[Problem] = [] if all_files is None else all_files

    def for_file(self, file: str) -> "Problems":
        return Problems(file, self.all)

    def add(self, line: int, message: str) -> None:
        self.all.append(Problem(self._file, line, message))

    def lines(self) -> set[int]:
        """The lines of this file on which something is wrong."""
        return {problem.line for problem in self.all if problem.file == self._file}

    def raise_any(self) -> None:
        if self.all:
            raise SiteError(self.all)


def meant(name: str, known: Iterable[str]) -> str:
    """The likely meaning of an unknown name, as a question; empty if no name is like it."""
    close = get_close_matches(name.rpartition(".")[2], sorted(known), 1)
    return f' Did you mean "{close[0]}"?' if close else ""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """The message about an unknown name: the allowed ones, and the likely one if it looks like a slip."""
    known = sorted(known)
    return f'unknown {what} "{name}".{meant(name, known)} Allowed: {", ".join(known) or "none"}'
