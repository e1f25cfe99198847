"""The setting ``zone``: a site without a file stands in it; with a file both must say the same."""

from pathlib import Path

import pytest

from dashboard.site.load import SiteError, load_site
from dashboard.site.watch import SiteWatch
from tests.dashboard.site.written import write

THREE_LINES = '[site]\nname = "Northgate"\nzone = "Europe/London"\n'


def test_a_site_without_a_file_stands_in_the_zone_of_the_setting() -> None:
    site = load_site(None, "Asia/Shanghai")
    assert (site.zone, site.teams, site.roster, site.works_council) == ("Asia/Shanghai", (), (), "judge")
    assert load_site(None).zone == "UTC"


@pytest.mark.parametrize("zone", ["Shanghai", "GMT+25", "../etc/passwd", " ", "Asia/"])
def test_a_zone_that_is_none_is_named_with_where_it_was_set(zone: str) -> None:
    with pytest.raises(SiteError, match=r"--zone or CALLFLOOR_ZONE\): must be an IANA time zone such as"):
        load_site(None, zone)


def test_a_file_with_another_zone_than_the_setting_is_an_error_on_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, THREE_LINES)
    assert load_site(path, "Europe/London") == load_site(path)
    with pytest.raises(SiteError) as error:
        load_site(path, "Asia/Shanghai")
    (problem,) = error.value.problems
    assert (Path(problem.file).name, problem.line) == ("site.toml", 3)
    assert 'site.zone is "Europe/London", the setting `zone` says "Asia/Shanghai"' in problem.message


def test_a_changed_file_is_held_against_the_setting_too(tmp_path: Path) -> None:
    path = write(tmp_path, THREE_LINES)
    watch = SiteWatch.read(str(path), "Europe/London")
    write(tmp_path, THREE_LINES.replace("Europe/London", "Asia/Shanghai"))
    watch.look()
    assert watch.site.zone == "Europe/London"
    assert ["the setting `zone` says" in each.message for each in watch.state.problems] == [True]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("", "teams"),
        ("works_council = false\n", "judge"),
        ('[calendar]\ncountry = "AT"\n', "judge"),
        ('[calendar]\ncountry = "DE"\n', "teams"),
    ],
)
def test_a_site_in_a_german_zone_has_a_works_council_unless_it_says_otherwise(
    tmp_path: Path, lines: str, expected: str
) -> None:
    text = '[site]\nname = "Mitte"\nzone = "Europe/Berlin"\n' + lines
    assert load_site(write(tmp_path, text)).works_council == expected
    assert load_site(None, "Europe/Berlin").works_council == "teams"
