"""The sections of a site file, one by one, as their models; every problem with the line of its key."""

from collections.abc import Sequence
from typing import Any, TypeVar

from dashboard.site.models import LISTS, SECTIONS
from dashboard.site.problems import Problems, unknown
from dashboard.site.reading import Fault, Model
from dashboard.site.toml_lines import Document, KeyPath

M = TypeVar("M", bound=Model)


class Sections:
    """A document looked at section by section; problems go to ``problems``."""

    def __init__(self, document: Document, problems: Problems) -> None:
        self._document = document
        self._problems = problems
        for name in document.raw.keys() - SECTIONS.keys() - LISTS.keys():
            self.add((name,), unknown("section", name, [*SECTIONS, *LISTS]))

    def add(self, path: KeyPath, message: str) -> None:
        """A mistake at a path."""
        self._problems.add(self._document.line(path), message)

    def line(self, path: KeyPath) -> int:
        """Where a path stands."""
        return self._document.line(path)

    def read_section(self, name: str, model: type[M]) -> M | None:
        """``[name]`` without faulty values; None if nothing is left."""
        raw = self._document.raw.get(name, {})
        if not isinstance(raw, dict):
            self.add((name,), f"{name} must be a section: [{name}]")
            return None
        return self._read((name,), raw, model)

    def read_list(self, path: KeyPath, model: type[M]) -> list[tuple[int, M]]:
        """``[[path]]`` in file order with their index, each without faulty values; empty ones are left out.

        No two of them have the same id, where they have one.
        """
        raw = self._raw(path)
        if not isinstance(raw, list) or not all(isinstance(table, dict) for table in raw):
            self.add(path, f"{dotted(path)} must be a list of sections: [[{dotted(path)}]]")
            return []
        tables = [(at, self._read((*path, at), table, model)) for at, table in enumerate(raw)]
        read = [(at, table) for at, table in tables if table is not None]
        if "id" in model.model_fields:
            self._check_unique(path, [(at, dict(table)["id"]) for at, table in read])
        return read

    def _raw(self, path: KeyPath) -> Any:
        """What stands at a path; an empty list where nothing does."""
        value: Any = self._document.raw
        for part in path:
            value = value.get(part, []) if isinstance(part, str) else value[part]
        return value

    def _check_unique(self, path: KeyPath, ids: Sequence[tuple[int, str]]) -> None:
        first: dict[str, int] = {}
        for at, id in ids:
            known = first.setdefault(id, at)
            if known != at:
                line = self.line((*path, known, "id"))
                self.add((*path, at, "id"), f'{dotted(path)} id "{id}" is used before, on line {line}')

    def ids(self, *names: str) -> set[str]:
        """The ids of the tables at ``names``, such as ("policies", "profiles"), those of faulty tables too."""
        tables: list[Any] = [self._document.raw]
        for name in names:
            lists = [table.get(name) for table in tables if isinstance(table, dict)]
            tables = [each for found in lists if isinstance(found, list) for each in found]
        return {table["id"] for table in tables if isinstance(table, dict) and isinstance(table.get("id"), str)}

    def _read(self, path: KeyPath, raw: dict[str, Any], model: type[M]) -> M | None:
        def say(fault: Fault) -> None:
            here = (*path, *fault.loc)
            self.add(path if fault.kind == "missing" and not fault.loc[:-1] else here, fault.message(dotted(here)))

        return model.read(raw, say)


def dotted(path: KeyPath) -> str:
    """A path as a person names it."""
    return ".".join(part for part in path if isinstance(part, str))
