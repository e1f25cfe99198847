"""Team ids are parts of addresses: what would mean something else there is refused; and lists that are no files."""

import json
from pathlib import Path

import pytest

from dashboard.site.load import SiteError, load_site


def site_with(folder: Path, team: str) -> Path:
    path = folder / "site.toml"
    path.write_text(f'[site]\nzone = "UTC"\n[[teams]]\nid = {json.dumps(team)}\n', encoding="utf-8")
    return path


@pytest.mark.parametrize("team", ["a/b", "..", ".", ".hidden", "q?x#y", "a b", "a%2Fb", "a\\b", "a\n", ""])
def test_a_team_id_that_an_address_would_read_otherwise_is_refused_with_its_line(tmp_path: Path, team: str) -> None:
    with pytest.raises(SiteError, match=r"site\.toml:4: teams\.id must be letters, digits"):
        load_site(site_with(tmp_path, team))


@pytest.mark.parametrize("team", ["dawn", "team-1", "a.b_c", "7", "晨曦"])
def test_a_team_id_of_letters_digits_and_the_like_is_taken(tmp_path: Path, team: str) -> None:
    assert [found.id for found in load_site(site_with(tmp_path, team)).teams] == [team]


def test_a_roster_that_is_a_folder_is_named(tmp_path: Path) -> None:
    path = site_with(tmp_path, "dawn")
    (tmp_path / "roster.csv").mkdir()
    with pytest.raises(SiteError, match=r"roster\.csv.*cannot be read \(Is a directory\); it must be a CSV file"):
        load_site(path)
