"""The roster: what its rows become, and every problem of it with its line."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.site.load import Spell, load_site
from tests.dashboard.site.written import problems, write

TEAMS = '[site]\nzone = "UTC"\n[[teams]]\nid = "a"\n[[teams]]\nid = "b"\n'


def test_the_roster_becomes_spells(tmp_path: Path) -> None:
    roster = "\ufeffagent,name,name_en,alias,team,from,to\r\n1042,李雷,Li Lei,小李,a,2026-01-01,2026-10-31\r\n1042,,,,b,,\r\n"
    roster = roster.replace("b,,", "b,2026-11-01,")
    spells = load_site(write(tmp_path, TEAMS, roster)).roster
    assert spells == (
        Spell("1042", "李雷", "Li Lei", "小李", "a", date(2026, 1, 1), date(2026, 10, 31)),
        Spell("1042", "1042", "1042", None, "b", date(2026, 11, 1), None),
    )


def test_the_spell_of_a_period_is_the_newest_that_touches_it(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, TEAMS, "agent,team,from,to\n1,a,,2026-10-15\n1,b,2026-10-16,2026-10-20\n"))

    def team(first: date, last: date) -> str | None:
        spell = site.spell("1", first, last)
        return spell.team if spell else None

    assert team(date(2026, 10, 15), date(2026, 10, 15)) == "a"
    assert team(date(2026, 10, 1), date(2026, 10, 31)) == "b"
    assert team(date(2026, 10, 21), date(2026, 10, 31)) is None
    assert site.spell("2", date(2026, 10, 1), date(2026, 10, 1)) is None


def test_problems_of_the_roster_have_their_lines_and_come_with_those_of_the_site(tmp_path: Path) -> None:
    rows = ["1,A,a,2026-01-01,2026-02-01", "1,A,c,,", "1,A,a,2026-02-01,x", "1,A,b,2026-02-01,", ",,a,,", "1"]
    roster = "\n".join(["agent,name,team,from,to", *rows, "2,,a,2026-02-02,2026-02-01"])
    found = problems(tmp_path, TEAMS + "[strange]\n", roster)
    assert [(name, line) for name, line, _ in found] == [
        *[("roster.csv", line) for line in (3, 4, 5, 6, 7, 8)],
        ("site.toml", 7),
    ]
    by_line = {line: message for _, line, message in found}
    assert by_line[3] == 'unknown team "c". Allowed: a, b'
    assert by_line[5].endswith("already, on line 2")


@pytest.mark.parametrize(
    ("roster", "line", "message"),
    [
        ("agent,name\n1,x\n", 1, 'column "team" is missing'),
        ("agent,team,colour\n1,a,red\n", 1, 'unknown column "colour"'),
        (b"agent,team\n1,a\n\xff,a\n", 3, "is not UTF-8"),
        ('agent,team\n1,a\n"2,a\n', 3, "is not CSV"),
        ("", 1, 'column "agent" is missing'),
    ],
)
def test_a_roster_that_cannot_be_read_is_named(tmp_path: Path, roster: str | bytes, line: int, message: str) -> None:
    name, at, text = problems(tmp_path, TEAMS, roster)[0]
    assert (name, at) == ("roster.csv", line)
    assert text.startswith(message)
