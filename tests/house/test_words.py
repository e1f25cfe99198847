"""Names and prose follow the house: no banned name, no name twice, no docstring that begins like a riddle, agents are they."""

from pathlib import Path

import pytest

from tests.golden import ROOT
from tests.house.words import male_words, word_problems

TESTS = (f"tests/{each.name}" for each in (ROOT / "tests").iterdir() if each.name not in ("house", "cases"))
FOLDERS = ("streams", "dashboard", "layouts", "assets", "docs", *TESTS)
ENDS = (".py", ".js", ".css", ".toml", ".md")


def test_names_and_docstrings_follow_the_house() -> None:
    assert word_problems(ROOT) == []


def test_people_are_they() -> None:
    assert male_words(ROOT, FOLDERS, ENDS) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def told() -> None: ...", "the name told"),
        ("class Desk: ...", "the name Desk"),
        ("class AppealDesk: ...", "the role AppealDesk"),
        ("class A:\n    parts: int", "the name parts"),
        ("class A:\n    def f(self) -> None:\n        self.known = 1", "the name known"),
        ("def f() -> None:\n    '''Of whom nothing is known.'''", "begins with"),
        ("class A: ...\nclass A: ...", "class A is there 2 times"),
    ],
)
def test_a_planted_breach_is_found(tmp_path: Path, text: str, problem: str) -> None:
    room = tmp_path / "dashboard"
    room.mkdir()
    (room / "board.py").write_text(f'"""The board."""\n{text}\n', "utf-8")
    found = word_problems(tmp_path)
    assert len(found) == 1
    assert problem in found[0]


def test_a_planted_man_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# Agents\nthe agent and his calls\n", "utf-8")
    assert male_words(tmp_path, ("docs",), (".md",)) == ["docs/a.md:2: the agent and his calls"]
