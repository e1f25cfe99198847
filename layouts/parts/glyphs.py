"""Shapes beside words: drawn by assets/25-shapes.css in the ink of their text. Shape first, colour never alone."""

from typing import Any

from dash import html
from dash.development.base_component import Component

GLYPHS = (
    *("dot", "clock", "talk", "available", "wrap", "hold", "break", "other", "away", "open"),
    *("pace", "ahead", "behind", "review", "watch", "drop", "early"),
)


def glyph(name: str) -> Component:
    """One of GLYPHS; hidden from screen readers, for a word always stands beside it."""
    hidden: dict[str, Any] = {"aria-hidden": "true"}
    return html.Span(className=f"g g-{name}", **hidden)
