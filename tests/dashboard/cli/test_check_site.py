"""``callfloor check --site`` on a site full of mistakes: every one in one run, by file and line; and on what cannot be parsed."""

import re
from pathlib import Path

import pytest

from tests.dashboard.cli.program import call
from tests.dashboard.site.test_mistakes import FILES, UNPARSABLE, planted


def check(folder: Path, files: dict[str, str]) -> tuple[int, list[tuple[str, int, str]]]:
    """-> the exit code, and file, line and words of everything said."""
    for name, text in files.items():
        (folder / name).write_text(re.sub(r" *# !.*", "", text), encoding="utf-8")
    found = call("check", "--site", str(folder / "site.toml"))
    assert "Traceback" not in found.stderr
    heads = [re.match(r"(.+?):(\d+): (.*)", line) for line in found.stderr.splitlines()]
    return found.returncode, [(Path(head[1]).name, int(head[2]), head[3]) for head in heads if head]


NEITHER = [each for each in UNPARSABLE if "is not" in each[3]]


def test_all_planted_mistakes_over_toml_and_csv_are_named_with_their_lines_in_one_run(tmp_path: Path) -> None:
    expected = planted()
    assert len(expected) >= 15
    assert {Path(name).suffix for name, _ in expected} == {".toml", ".csv"}
    code, said = check(tmp_path, FILES)
    assert code == 1
    assert sorted((name, line) for name, line, _ in said) == sorted(expected)
    assert all(expected[name, line] in words for name, line, words in said)


@pytest.mark.parametrize(("name", "text", "line", "message"), NEITHER)
def test_a_file_that_cannot_be_parsed_names_its_line(
    name: str, text: str, line: int, message: str, tmp_path: Path
) -> None:
    code, said = check(tmp_path, {"site.toml": '[site]\nzone = "UTC"\n', name: text})
    assert code == 1
    assert said[0][:2] == (name, line)
    assert said[0][2].startswith(message)
