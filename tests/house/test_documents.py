"""The README and the docs agree with the program: picture, settings, commands, routes, error words, keys of the site, links."""

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from dashboard.cli.main import COMMANDS
from dashboard.rules.deduction import DeductionPolicy
from dashboard.rules.scoring import IndexPolicy
from dashboard.settings import SETTINGS
from dashboard.site.lists import FILES
from dashboard.site.models import LISTS, SECTIONS, PolicyTable, ProfileTable
from dashboard.site.reading import Model, fields_of, models_in
from streams.sources.replay import FORMATS

ROOT = Path(__file__).parents[2]
ROOMS = ("streams", "dashboard")
DOCS = ROOT / "docs"
OPERATIONS = (DOCS / "operations.md").read_text("utf-8")
ROUTES = (DOCS / "routes.md").read_text("utf-8")


def table(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, header left out, without code marks."""
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").replace("\\|", "/") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in row.split("|")] for row in rows[2:]]


def test_the_picture_of_the_house_names_rooms_of_the_code() -> None:
    picture = _picture(ROOT / "README.md")
    stages = re.split(r" *(?:-+>|==Redis==>) *", picture.splitlines()[1].strip())
    assert (stages[0], stages[-1]) == ("Kafka", "browser")
    assert [room for room in stages[1:-1] if not any((ROOT / top / room).is_dir() for top in ROOMS)] == []


def test_the_picture_of_the_house_is_the_same_in_every_document() -> None:
    showing = [path for path in DOCS.glob("*.md") if "WHAT HAPPENED" in path.read_text("utf-8")]
    assert {_picture(path) for path in showing} <= {_picture(ROOT / "README.md")}


def test_the_settings_are_those_of_the_table() -> None:
    expected = [[f"--{s.name}", s.variable, s.default or "none", s.help] for s in SETTINGS]
    assert table(OPERATIONS, "Settings") == expected


def test_the_commands_are_all_there() -> None:
    named = [row[0].split()[1] for row in table(OPERATIONS, "Commands")]
    assert named == [command.name for command in COMMANDS]


def test_the_routes_are_all_there() -> None:
    rows = re.findall(r'BoardRoute\("[A-Z]+", "(/[a-z./-]+)"', _sources("web"))
    assert set(re.findall(r"`(?:GET|POST) (/[a-z./-]+)", ROUTES)) == {row for row in rows if row != "/"}


def test_the_formats_of_files_are_those_of_the_table() -> None:
    rows = table((DOCS / "events.md").read_text("utf-8"), "5. Other formats")
    assert [row[:2] for row in rows] == [[name, each.content] for name, each in FORMATS.items()]
    assert [row[2] for row in rows if not (ROOT / row[2]).is_file()] == []


def test_every_error_word_of_the_docs_is_one_of_the_program() -> None:
    words = {word for row in table(ROUTES, "Errors") for word in row[1].split(", ")}
    assert {word for word in words if f'"{word}"' not in _sources("")} == set()


def test_the_readme_is_one_page() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 85


def _picture(path: Path) -> str:
    pictures: list[str] = re.findall(r"```\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    return next(picture for picture in pictures if "WHAT HAPPENED" in picture)


def _sources(room: str) -> str:
    return "".join(path.read_text("utf-8") for path in (ROOT / "dashboard" / room).rglob("*.py"))


NESTED = {
    f"policies.{key}": model
    for key, field in fields_of(PolicyTable).items()
    if key != "profiles"
    for model in models_in(field.annotation)
}


def headings() -> dict[str, type[Model]]:
    """Every heading of docs/site.md that has a table -> its model."""
    sections = {f"[{name}]": model for name, model in SECTIONS.items()}
    lists = {f"[[{name}]]": model for name, model in LISTS.items()}
    return sections | lists | {"[[policies.profiles]]": ProfileTable, **NESTED, **FILES}


def test_every_key_of_the_site_file_and_its_lists_is_documented_by_its_help() -> None:
    text = (DOCS / "site.md").read_text("utf-8")
    assert len(headings()) == 26
    for heading, model in headings().items():
        expected = [(key, field.description) for key, field in fields_of(model).items()]
        assert [(row[0], row[2]) for row in table(text, f"`{heading}`")] == expected, heading


def test_every_default_of_the_site_file_and_its_lists_is_the_one_of_its_model() -> None:
    text = (DOCS / "site.md").read_text("utf-8")
    for heading, model in headings().items():
        fields = fields_of(model)
        for key, default, _ in table(text, f"`{heading}`"):
            assert is_default(fields[key], default, in_list=heading in FILES), (heading, key)


def test_the_rules_give_the_default_weights_and_the_values_worth_one() -> None:
    text, indices = (DOCS / "rules.md").read_text("utf-8"), IndexPolicy()
    weights = re.search(r"complaint ([\d.]+), repeat enquiry ([\d.]+), in calls", text)
    assert weights
    assert DeductionPolicy(DeductionPolicy.mode, *map(float, weights.groups())) == DeductionPolicy()
    assert f"`{DeductionPolicy.mode}` (default)" in text
    assert f"mean evaluation / {indices.quality_target:g}." in text
    assert f"adherence / {indices.adherence_target:g} " in text
    assert f"capped at {indices.cap:.2f} (policy)" in text


def is_default(field: FieldInfo, written: str, *, in_list: bool) -> bool:
    """Whether a default of docs/site.md, which is TOML or the text of a cell, is that of the field."""
    if written == "required" or field.is_required():
        return written == "required" and field.is_required()
    if written in ("none", "empty", "as below"):
        return field.default is None or written == "as below"
    raw = written.strip('"') if in_list else tomllib.loads(f"value = {written}")["value"]
    read = TypeAdapter(Annotated[field.annotation, "as a field", *field.metadata]).validate_python(raw)
    return bool(read == field.default)
