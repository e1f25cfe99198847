"""A document or source that is cited is in the repository, and the section that is cited is one of its headings.

A citation is `docs/rules.md 9`: the path from the root, or from the folder of the file that cites; several sections as `1 and 2`.
What lies in tests/cases comes from an oracle that knows nothing of this repository; tests/house plants breaches; other tests
name sources that they make up.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden import ROOT

ROOMS = ("streams", "dashboard", "layouts", "assets", "tests", "docs")
TEXTS = frozenset({".py", ".js", ".css", ".toml", ".md", ".yaml", ".sh", ".acl"})
_CITED = re.compile(r"(?<![\w./-])(?<!/ \")([\w./-]*\w\.md)\b(?!\]\()\)?(?: (\d+(?:(?:, | and | to )\d+)*)\b)?")
_SOURCE = re.compile(
    r"(?<![\w./-])((?:streams|dashboard|layouts|assets|tests|docs)/[\w./-]*\w\.(?:py|js|css|toml|png|sh|acl))\b"
)
_HEADING = re.compile(r"^#+ (\d+)\b", re.MULTILINE)


def sources(root: Path) -> list[Path]:
    """Every text of the repository that may cite."""
    found = [path for room in ROOMS for path in (root / room).rglob("*") if path.suffix in TEXTS]
    apart = {root / "tests" / "cases", root / "tests" / "house"}
    found = [path for path in found if apart.isdisjoint(path.parents)]
    return sorted([*found, *root.glob("*.*"), *root.glob("[DM]*file")])


def breaches(root: Path) -> list[str]:
    """Each citation that leads nowhere: where it stands, and what it names."""
    return [
        f"{path.relative_to(root)}: {fault}"
        for path in sources(root)
        if path.is_file()
        for fault in _faults(root, path)
    ]


def _faults(root: Path, path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    sources = [] if path.is_relative_to(root / "tests") else _SOURCE.findall(text)
    yield from (f"there is no {name}" for name in sources if not (root / name).is_file())
    for name, sections in _CITED.findall(text):
        if name.startswith("build/"):  # a target of the Makefile makes it
            continue
        document = next((each for each in (root / name, path.parent / name) if each.is_file()), None)
        if document is None:
            if not name.startswith("build/"):  # made by a target of make
                yield f"there is no {name}"
            continue
        headings = set(_HEADING.findall(document.read_text("utf-8")))
        yield from (f"{name} has no section {each}" for each in re.findall(r"\d+", sections) if each not in headings)


def test_every_citation_leads_somewhere() -> None:
    assert breaches(ROOT) == []


def test_rules_are_cited() -> None:
    """Else the test above looks at nothing."""
    texts = [path.read_text("utf-8") for path in (ROOT / "dashboard" / "rules").glob("*.py")]
    assert sum("docs/rules.md " in text for text in texts) >= 10


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("as docs/rules.md 2 says", None),
        ("(docs/rules.md 1 and 2)", None),
        ("[rules](docs/rules.md) 2", None),
        ("docs/rules.md, Grades", None),
        ("rules.md 2", "there is no rules.md"),
        ("../docs/lost.md", "there is no ../docs/lost.md"),
        ("docs/rules.md 3", "docs/rules.md has no section 3"),
        ("docs/rules.md 1 to 4", "docs/rules.md has no section 4"),
        ("[rules](docs/rules.md) 12.", "docs/rules.md has no section 12"),
        ("[rules.md](docs/rules.md) 1", None),
        ("by streams/fold.py", None),
        ("by streams/lost.py", "there is no streams/lost.py"),
    ],
)
def test_a_planted_breach_is_found(tmp_path: Path, text: str, fault: str | None) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "rules.md").write_text("# Rules\n\n## 1. Time\n\n## 2 Counts\n", "utf-8")
    (tmp_path / "streams").mkdir()
    (tmp_path / "streams" / "fold.py").write_text(f'"""Folds ({text}."""\n', "utf-8")
    assert breaches(tmp_path) == ([] if fault is None else [f"streams/fold.py: {fault}"])
