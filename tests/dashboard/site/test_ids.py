"""Ids: what the centre makes up stands in addresses, what other systems send is any text; and lists that are no files."""

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.site.load import SiteError, load_site
from dashboard.site.types import EVERYBODY, Whose


def site_with(folder: Path, team: str, table: str = "teams") -> Path:
    path = folder / "site.toml"
    path.write_text(
        f'[site]\nzone = "UTC"\n[[{table}]]\nid = {json.dumps(team, ensure_ascii=False)}\n', encoding="utf-8"
    )
    return path


def written(folder: Path, table: str, id: str, more: str = "") -> str:
    """What is said of a site file with this table; empty: it holds."""
    path = site_with(folder, id, table)
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    try:
        load_site(path)
    except SiteError as error:
        return str(error)
    return ""


REFUSED = [
    *"/,:#%\"'<>&?=\\|~{}*@",
    "..",
    ".",
    " a",
    "a ",
    "\u3000a",
    "a\n",
    "a\tb",
    "a\u200db",
    "😀",
    "",
    " ",
    "x" * 65,
]
TAKEN = [
    "dawn",
    "team-1",
    "a.b_c",
    "sales.de",
    ".a",
    "7",
    "晨曦",
    "क्षेत्र",
    "ทีม ๑",
    "e\u0301quipe",
    "Früh und spät",
    "x" * 64,
]


@pytest.mark.parametrize("table", ["teams", "boards"])
@pytest.mark.parametrize("id", REFUSED)
def test_an_id_of_the_centre_that_an_address_would_read_otherwise_is_refused(
    tmp_path: Path, table: str, id: str
) -> None:
    said = written(tmp_path, table, id)
    assert f"site.toml:4: {table}.id must be 1 to 64 letters, digits, spaces" in said


@pytest.mark.parametrize("id", TAKEN)
def test_a_team_id_of_letters_digits_and_the_like_is_taken(tmp_path: Path, id: str) -> None:
    assert [found.id for found in load_site(site_with(tmp_path, id)).teams] == [id]
    assert [found.id for found in load_site(site_with(tmp_path, id, "boards")).boards] == [id]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip))
def test_an_id_of_another_system_is_any_text(id: str) -> None:
    with TemporaryDirectory() as folder:
        for table in ("campaigns", "queues"):
            assert written(Path(folder), table, id) == ""


@pytest.mark.parametrize(("table", "more"), [("shifts", 'start = "09:00"\nend = "18:00"\n'), ("policies.profiles", "")])
def test_an_id_that_no_cell_can_hold_is_refused(tmp_path: Path, table: str, more: str) -> None:
    """Cells of the lists are read without the space around them."""
    block = '[[policies]]\nversion = "1"\neffective_from = 2026-11-01\n' if "." in table else ""
    path = tmp_path / "site.toml"
    for id, refused in ((" early", True), ("early / a.m.", False)):
        path.write_text(f'[site]\nzone = "UTC"\n{block}[[{table}]]\nid = "{id}"\n{more}', encoding="utf-8")
        if not refused:
            load_site(path)
            continue
        with pytest.raises(SiteError, match="id must be a text without space at either end"):
            load_site(path)


def test_a_roster_has_agents_of_any_name_but_of_a_line_that_is_no_agents(tmp_path: Path) -> None:
    path = site_with(tmp_path, "dawn")
    nasty = ["a/b", "x,y", 'q"q', "= 1", "*", "team:dusk", "1042", "😀", "n" * 300]
    with (tmp_path / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("agent", "team"), *((id, "dawn") for id in nasty)])
    assert [spell.agent for spell in load_site(path).roster] == nasty
    (tmp_path / "roster.csv").write_text("agent,team\n1,dawn\n~unattributed,dawn\n", encoding="utf-8")
    with pytest.raises(
        SiteError, match=r'roster\.csv:3: "agent" must be the id of an agent, which never begins with "~"'
    ):
        load_site(path)


def test_an_agent_whose_id_looks_like_a_team_has_a_schedule_of_their_own(tmp_path: Path) -> None:
    path = site_with(tmp_path, "dawn")
    (tmp_path / "roster.csv").write_text("agent,team\nteam:dusk,dawn\n1,dawn\n", encoding="utf-8")
    times = "training,2026-11-02 10:00,2026-11-02 11:00"
    rows = "".join(f"{who},{times}\n" for who in ("team:dusk", "team:dawn", "*", "1"))
    (tmp_path / "schedule.csv").write_text(f"agent,kind,start,end\n{rows}", encoding="utf-8")
    found = [each.who for each in load_site(path).schedule]
    assert found == [Whose("team:dusk"), Whose(team="dawn"), EVERYBODY, Whose("1")]
    (tmp_path / "roster.csv").write_text("agent,team\nteam:dawn,dawn\n1,dawn\n", encoding="utf-8")
    with pytest.raises(SiteError, match=r'schedule\.csv:3: "team:dawn" is an agent of roster\.csv and the team "dawn"'):
        load_site(path)


def test_a_roster_that_is_a_folder_is_named(tmp_path: Path) -> None:
    path = site_with(tmp_path, "dawn")
    (tmp_path / "roster.csv").mkdir()
    with pytest.raises(SiteError, match=r"roster\.csv.*cannot be read \(Is a directory\); it must be a CSV file"):
        load_site(path)
