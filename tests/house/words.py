"""How the house names things, as checks on the sources: banned names, names used twice, and prose about people."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.house.walls import Source, sources

FEELINGS = frozenset(
    ["told", "said", "seen", "beside", "around", "alone", "stuff", "util", "helper", "misc", "common", "things"]
)
"""Words that no name has among its words: they tell how a thing feels, not what it is."""
RIDDLES = frozenset(
    ["known", "kept", "shown", "found", "taken", "own", "one", "of", "here", "there", "parts", "place", "kinds", "base"]
    + ["update", "use", "give", "take", "desk", "book", "shelf", "opening"]
)
"""Words that are no name by themselves."""
RIDDLE_CLASSES = frozenset(["Desk", "Book", "Shelf", "Opening"])
"""Words that end no name of a class: a role has one word, such as Service, Store, View, Follower or Cache."""
MOST_STEMS = 2
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_MALE = re.compile(r"\b(he(?! Xue)|him|his|himself)\b", re.IGNORECASE)  # He Xue is an agent of the demo
_OPENING = re.compile(r"(Of|Who|What is)\b")


def word_problems(root: Path) -> list[str]:
    """Every breach, one line each."""
    found = sources(root)
    return [
        *(line for source in found for line in _names(source)),
        *(line for source in found for line in _docstrings(source)),
        *_twice(found),
    ]


def male_words(root: Path, folders: tuple[str, ...], ends: tuple[str, ...]) -> list[str]:
    """Every line that calls a person he, him or his."""
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*") if path.suffix in ends)
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _MALE.search(line)
    ]


def _names(source: Source) -> Iterator[str]:
    for name, line in [(source.path.stem, 1), *_public(source.tree)]:
        words = {word.lower() for word in _WORD.findall(name)}
        if words & FEELINGS or name.lower() in RIDDLES:
            yield f"{source.module}:{line}: the name {name}"
        elif name[:1].isupper() and _WORD.findall(name)[-1] in RIDDLE_CLASSES:
            yield f"{source.module}:{line}: the role {name}"


def _public(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of classes, functions and public attributes, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, node.lineno
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.target.id[0] != "_":
                    yield each.target.id, each.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name.lstrip("_"), node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr[0] != "_":
            yield node.attr, node.lineno


def _docstrings(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node) or ""
            if _OPENING.match(text):
                yield f"{source.module}:{getattr(node, 'lineno', 1)}: begins with {text[:40]!r}"


def _twice(found: list[Source]) -> Iterator[str]:
    stems = Counter(source.path.stem for source in found if source.path.stem != "__init__")
    yield from (f"{stem}.py is there {count} times" for stem, count in stems.items() if count > MOST_STEMS)
    classes = Counter(
        node.name
        for source in found
        if not source.module.startswith("layouts")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    yield from (f"class {name} is there {count} times" for name, count in classes.items() if count > 1)
