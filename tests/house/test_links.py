"""Every link of the README and the docs leads to a file that exists, and to a heading of it."""

import re
from pathlib import Path

import pytest

from tests.golden import ROOT

DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"(?:\]\(|src=\")(?!https?:)([^)\"]+)", path.read_text("utf-8"))
    assert [link for link in links if not leads_somewhere(path, link)] == []


def test_every_file_that_the_threat_model_names_exists() -> None:
    """It says which test holds a promise: without the test the promise is a wish."""
    named = re.findall(r"`([\w.]+/[\w./]+\.\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8"))
    assert len(named) >= 15
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_document_is_named_in_the_readme() -> None:
    readme = DOCUMENTS[0].read_text("utf-8")
    assert [path.name for path in DOCUMENTS[1:] if path.name not in readme] == []


def leads_somewhere(path: Path, link: str) -> bool:
    """Whether a relative link names an existing file and, behind a ``#``, one of its headings as GitHub spells it."""
    name, _, heading = link.partition("#")
    target = path.parent / name if name else path
    if not target.exists():
        return False
    return not heading or heading in {slug(line) for line in target.read_text("utf-8").splitlines() if line[:1] == "#"}


def slug(line: str) -> str:
    """A heading -> what stands in its address."""
    return re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-")


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    document = tmp_path / "one.md"
    document.write_text("# A, heading `x`\n", "utf-8")
    links = ("#a-heading-x", "one.md#a-heading-x", "#other", "two.md")
    assert [leads_somewhere(document, link) for link in links] == [True, True, False, False]
