"""What the README and the docs say is what the program has: the picture, the settings, the commands, the site's keys."""

import re
from pathlib import Path

import streams
from dashboard.cli.main import COMMANDS
from dashboard.settings import SETTINGS
from dashboard.site.lists import FILES
from dashboard.site.models import LISTS, SECTIONS, PolicyTable, ProfileTable
from dashboard.site.reading import fields_of, models_in

ROOT = Path(__file__).parents[2]


def table(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, header left out, without code marks."""
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").replace("\\|", "/") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in row.split("|")] for row in rows[2:]]


def test_the_picture_of_the_house_stands_first_and_is_that_of_the_code() -> None:
    picture = re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[0]
    assert picture.rstrip() in (streams.__doc__ or "")


def test_the_settings_are_those_of_the_table() -> None:
    expected = [[f"--{s.name}", s.variable, s.default or "none", s.help] for s in SETTINGS]
    assert table((ROOT / "README.md").read_text("utf-8"), "Settings") == expected


def test_the_commands_are_all_there() -> None:
    named = [row[0].split()[1] for row in table((ROOT / "README.md").read_text("utf-8"), "Commands")]
    assert named == [command.name for command in COMMANDS]


NESTED = {
    f"policies.{key}": model
    for key, field in fields_of(PolicyTable).items()
    if key != "profiles"
    for model in models_in(field.annotation)
}


def test_every_key_of_the_site_file_and_its_lists_is_documented_by_its_help() -> None:
    text = (ROOT / "docs" / "site.md").read_text("utf-8")
    headings = {f"[{name}]": model for name, model in SECTIONS.items()} | {
        f"[[{name}]]": m for name, m in LISTS.items()
    }
    headings |= {"[[policies.profiles]]": ProfileTable, **NESTED, **FILES}
    assert len(headings) == 24
    for heading, model in headings.items():
        expected = [(key, field.description) for key, field in fields_of(model).items()]
        assert [(row[0], row[2]) for row in table(text, f"`{heading}`")] == expected, heading
