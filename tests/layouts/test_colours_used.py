"""Every colour that the pages use is a token, and every token that is used as ink, mark or ground has its row of contrast."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.layouts.test_contrast import CSS, GROUNDS, MARKS, PAIRED, PALE, ROOT, TEXT, contrast, tokens_of

COLOURS = set(tokens_of("light"))
TEXT_PROPERTIES = ("color",)
BY_CHANCE = ".fc .between"
"""Between which ends a forecast lies: pale like every band."""
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_HEX = re.compile(r"([\w-]+)\s*:[^:;{}]*?(#[0-9A-Fa-f]{3,8})\b")
_USED = re.compile(r"var\(--([a-z0-9-]+)\)")
OF_SVG_TEXT = re.compile(r"font-size|\.name|\.tick|text")


class Use(NamedTuple):
    """A token in a declaration of a stylesheet."""

    file: str
    selector: str
    name: str
    value: str
    token: str


def _uses() -> Iterator[Use]:
    for path in sorted((ROOT / "assets").glob("*.css")):
        for selector, block in _RULE.findall(re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)):
            for name, _, value in (part.partition(":") for part in block.split(";")):
                for token in set(_USED.findall(value)) & COLOURS:
                    yield Use(path.name, selector.strip(), name.strip(), value, token)


USES = [use for use in _uses() if not use.name.startswith("--")]
INKS = [use for use in USES if use.name in TEXT_PROPERTIES]
OTHERS = [use for use in USES if use.name not in TEXT_PROPERTIES]


def test_the_stylesheets_are_read() -> None:
    assert len(INKS) > 100 and len(OTHERS) > 50


def test_every_ink_has_its_row() -> None:
    known = {*TEXT, *PAIRED}
    assert [use for use in INKS if use.token not in known] == []


def test_only_a_custom_property_is_given_a_colour_outside_the_tokens() -> None:
    """A rule uses a token, so that a change of a colour is one line of assets/10-tokens.css."""
    sheets = [path for path in (ROOT / "assets").glob("*.css") if path.name != "10-tokens.css"]
    written = [each for path in sheets for each in _HEX.findall(path.read_text(encoding="utf-8"))]
    assert ("--data-line", "#74828F") in written
    assert [each for each in written if not each[0].startswith("--")] == []


def test_every_mark_and_ground_has_its_row() -> None:
    known = {*MARKS, *TEXT, *PALE, *GROUNDS, *PAIRED, *PAIRED.values()}
    assert [use for use in OTHERS if use.token not in known] == []


def test_text_of_drawings_is_ink() -> None:
    drawn = [use for use in OTHERS if use.name == "fill" and OF_SVG_TEXT.search(use.selector)]
    assert drawn and [use for use in drawn if use.token not in (*TEXT, *MARKS)] == []


def test_what_scripts_and_layouts_draw_has_its_row() -> None:
    known = {*MARKS, *TEXT, *PALE, *GROUNDS}
    scripts = [*(ROOT / "assets").rglob("*.js"), *(ROOT / "layouts").rglob("*.py")]
    found = {(path.name, token) for path in scripts for token in _USED.findall(path.read_text(encoding="utf-8"))}
    assert [one for one in sorted(found) if one[1] in COLOURS - known] == []
    assert any(token == "review" for _, token in found)


def test_no_colour_is_written_that_is_no_token() -> None:
    values = {value.upper() for theme in ("light", "dark") for value in tokens_of(theme).values()}
    sheets = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "assets").glob("*.css")}
    found = {(name, hex_) for name, text in sheets.items() for hex_ in re.findall(r"#[0-9A-Fa-f]{6}\b", text)}
    assert [one for one in sorted(found) if one[1].upper() not in values] == []
    named = [(name, text) for name, css in sheets.items() for text in re.findall(r":\s*(?:rgba?|hsla?)\([^)]*\)", css)]
    assert named == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_shines_through_keeps_the_contrast_of_a_mark(theme: str) -> None:
    """A mark with an opacity is mixed with what lies under it."""
    tokens = tokens_of(theme)
    for selector, block in _RULE.findall("".join(path.read_text() for path in (ROOT / "assets").glob("*.css"))):
        opacity, fill = (
            re.search(r"opacity:(0?\.\d+)", block),
            re.search(r"(?:fill|background):var\(--([a-z-]+)\)", block),
        )
        if opacity and fill and fill[1] not in PALE and selector.strip() != BY_CHANCE:
            mixed = _mixed(tokens[fill[1]], tokens["surface"], float(opacity[1]))
            assert contrast(mixed, tokens["surface"]) >= 3.0, selector


def _mixed(colour: str, ground: str, opacity: float) -> str:
    parts = [(int(one[at : at + 2], 16)) for at in (1, 3, 5) for one in (colour, ground)]
    mixed = [round(parts[i] * opacity + parts[i + 1] * (1 - opacity)) for i in (0, 2, 4)]
    return "#" + "".join(f"{part:02X}" for part in mixed)


def test_the_edge_of_a_field_is_seen() -> None:
    """Nothing but its edge tells where one may write."""
    edges = {use.token for use in OTHERS if use.selector == ".inp" and use.name == "border"}
    assert edges and edges <= {*MARKS, *TEXT}


def test_every_token_is_used() -> None:
    files = [*(ROOT / "assets").rglob("*"), *(ROOT / "layouts").rglob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in files if path.suffix in (".css", ".js", ".py"))
    names = set(re.findall(r"--([\w-]+)\s*:", CSS))
    assert names > COLOURS
    assert sorted(name for name in names if f"var(--{name})" not in text and f'"--{name}"' not in text) == []
    assert CSS in text
