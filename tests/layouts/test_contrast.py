"""Every pair of ink and ground keeps its contrast, in both themes, as computed from the tokens themselves."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = (ROOT / "assets" / "10-tokens.css").read_text(encoding="utf-8")
GROUNDS = ("bg", "surface", "sunken")
TEXT = ("ink-1", "ink-2", "ink-3", "ahead", "behind", "review", "fault", "glyph-live", "age", "notice-text")
MARKS = ("data", "data-line", "expect", "behind-fill", "ahead", "review", "focus")
ON_WALL = ("ink-1", "ink-2", "ink-3", "ahead", "behind", "age", "notice-text")
PAIRED = {"action-ink": "action", "notice-ink": "notice-bg"}
"""Ink that stands on one ground alone."""
PALE = {
    "band": "what chance allows is pale so that what happened stands out; its ends are told in figures",
    "line": "a hairline parts what white space parts already",
    "line-strong": "the edge of a button that has a word, an axis, the line at 1.00: figures or words say the same",
}
"""Tokens that need no contrast, and why."""


def tokens_of(theme: str) -> dict[str, str]:
    """Name -> #RRGGBB of every token that is a colour."""
    light, dark = (
        re.search(pattern, CSS, re.S) for pattern in (r":root\{(.*?)\n\}", r'\[data-theme="dark"\]\{(.*?)\n\}')
    )
    assert light and dark
    blocks = [light[1]] + ([dark[1]] if theme == "dark" else [])
    return {name: value for block in blocks for name, value in re.findall(r"--([a-z0-9-]+):(#[0-9A-Fa-f]{6})", block)}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two #RRGGBB colours."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


PAIRS = [
    *((theme, ink, ground, 4.5) for theme in ("light", "dark") for ink in TEXT for ground in GROUNDS),
    *((theme, mark, ground, 3.0) for theme in ("light", "dark") for mark in MARKS for ground in GROUNDS),
    *((theme, ink, ground, 4.5) for theme in ("light", "dark") for ink, ground in PAIRED.items()),
    *(("dark", ink, "bg", 7.0) for ink in ON_WALL),
]


@pytest.mark.parametrize(("theme", "ink", "ground", "floor"), PAIRS)
def test_contrast(theme: str, ink: str, ground: str, floor: float) -> None:
    tokens = tokens_of(theme)
    assert contrast(tokens[ink], tokens[ground]) >= floor


def test_the_arithmetic_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#14181C", "#F6F7F8") == pytest.approx(16.6, abs=0.05)
