"""A site file and lists as programs on desktops save them: read, or named with what to do."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.site.csv_rows import read_rows
from dashboard.site.lists import LeaveRow, SpellRow
from dashboard.site.load import SiteError, load_site
from dashboard.site.problems import Problems
from dashboard.tables import write_csv, write_workbook
from tests.dashboard.site.written import write

FIELD = Path(__file__).parents[2] / "cases/field"
SITE = '[site]\nzone = "Asia/Shanghai"\nname = "杭州"\n\n[[teams]]\nid = "dawn"\n'
ROSTER = "agent,name,team\n1042,张伟,dawn\n007,李雷,dawn\n"
COLUMNS = {"agent": "string", "team": "string"}
EXCEL = 'in Excel save it as "CSV UTF-8'


def said(folder: Path) -> str:
    with pytest.raises(SiteError) as error:
        load_site(folder / "site.toml")
    return str(error.value).replace(f"{folder}/", "")


def test_a_site_file_with_a_mark_is_read() -> None:
    """tests/cases/field/12."""
    assert load_site(FIELD / "12-site-file-with-bom/site.toml").zone == "Asia/Shanghai"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("left", ["", "\0\0", "\x1a"])
def test_files_of_every_desktop_are_the_same_site(tmp_path: Path, end: str, mark: str, left: str) -> None:
    for name, text in (("site.toml", SITE), ("roster.csv", ROSTER)):
        (tmp_path / name).write_bytes((mark + text.replace("\n", end) + left).encode())
    site = load_site(tmp_path / "site.toml")
    assert (site.name, [(spell.agent, spell.name) for spell in site.roster]) == (
        "杭州",
        [("1042", "张伟"), ("007", "李雷")],
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whichever_way_they_end(tmp_path: Path, end: str) -> None:
    (tmp_path / "site.toml").write_bytes((SITE + "odd = 1\n").replace("\n", end).encode())
    (tmp_path / "roster.csv").write_bytes((ROSTER + "8,Bo,dusk\n").replace("\n", end).encode())
    assert 'site.toml:7: unknown key "teams.odd"' in said(tmp_path)
    assert 'roster.csv:4: unknown team "dusk"' in said(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_another_encoding_is_named_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "site.toml").write_bytes(SITE.encode(encoding))
    named = {
        "utf-16": "site.toml: is UTF-16",
        "gb18030": "site.toml:3: is not UTF-8 here (byte 0xBA), it looks like GB18030",
    }
    assert said(tmp_path).startswith(named[encoding])
    assert said(tmp_path).endswith("save it with the encoding UTF-8, which every editor offers when it saves")
    (tmp_path / "site.toml").write_text(SITE, encoding="utf-8")
    (tmp_path / "roster.csv").write_bytes(ROSTER.encode(encoding))
    assert EXCEL in said(tmp_path)
    assert said(tmp_path).startswith("roster.csv")


def test_a_workbook_in_place_of_a_list_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, SITE)
    with (tmp_path / "roster.csv").open("wb") as file:
        write_workbook(COLUMNS, [{"agent": "1", "team": "dawn"}], file, "roster")
    assert (
        said(path.parent)
        == f'roster.csv: is no text, it is an Excel workbook or another ZIP file: {EXCEL} (comma delimited)"'
    )


@pytest.mark.parametrize("hint", ["", "sep={}\n", '"sep={}"\n'])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_what_stands_between_cells_is_told_by_the_header_or_by_its_hint(tmp_path: Path, sign: str, hint: str) -> None:
    if sign == "|" and not hint:
        return
    text = hint.format(sign) + "agent,name,team\n".replace(",", sign) + sign.join(["1042", '"x,y;z"', "dawn"]) + "\n"
    (tmp_path / "roster.csv").write_text(text + sign.join(["7", "", "dusk"]) + "\n", encoding="utf-8")
    (tmp_path / "site.toml").write_text(SITE, encoding="utf-8")
    assert f'roster.csv:{4 if hint else 3}: unknown team "dusk"' in said(tmp_path)
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    assert [(s.agent, s.name) for s in load_site(tmp_path / "site.toml").roster] == [("1042", "x,y;z")]


def test_a_spreadsheet_of_europe_with_its_comma_and_its_empty_columns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "leave.csv"
    path.write_text("\n\nagent;date;fraction;;\n1;2026-11-02;0,5;;\n;;;;\n", encoding="utf-8-sig")
    problems = Problems("leave.csv")
    ((line, row),) = read_rows(path, LeaveRow, problems) or []
    assert (line, row.agent, row.day, row.fraction) == (4, "1", date(2026, 11, 2), 0.5)
    assert problems.all == []


@pytest.mark.parametrize("raw", [False, True])
@given(
    agents=st.lists(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), min_size=1), min_size=1
    )
)
def test_a_list_that_we_print_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, raw: bool, agents: list[str]
) -> None:
    """But for the space around a cell, which no list keeps."""
    wanted = [
        agent
        for agent in agents
        if agent == agent.strip() and not agent.startswith("~") and agent == restorable(agent, raw)
    ]
    path = tmp_path_factory.mktemp("printed") / "roster.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        write_csv(COLUMNS, [{"agent": agent, "team": "dawn"} for agent in wanted], out, raw)
    problems = Problems("roster.csv")
    found = read_rows(path, SpellRow, problems) or []
    assert [row.agent for _, row in found] == wanted
    assert problems.all == []


def restorable(agent: str, raw: bool) -> str:
    """Raw, an apostrophe before a formula is taken for one of ours."""
    return "" if raw and "'" in agent else agent


def test_a_row_of_quotes_that_do_not_end_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, SITE)
    with (tmp_path / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["agent", "team"], ["1", "dawn"]])
        file.write('"2,dawn\n')
    assert said(path.parent).startswith("roster.csv:3: is not CSV")
