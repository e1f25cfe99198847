"""Shapes beside words, drawn by assets/25-shapes.css in the ink of their text, and attributes of HTML.

Shape first, colour never alone.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

GLYPHS = (
    *("dot", "clock", "talk", "available", "wrap", "hold", "break", "other", "away", "open"),
    *("pace", "ahead", "behind", "review", "watch", "drop", "early"),
)
_TAGS = {"h2": html.H2, "div": html.Div, "p": html.P, "span": html.Span, "b": html.B, "ul": html.Ul}


def glyph(name: str) -> Component:
    """One of GLYPHS; hidden from screen readers, for a word always stands beside it."""
    return html.Span(className=f"g g-{name}", **attributes(aria_hidden="true"))


def attributes(**named: str) -> dict[str, Any]:
    """Attributes whose names are no names of Python: ``data_bar`` -> ``data-bar``."""
    return {name.replace("_", "-"): text for name, text in named.items()}


def empty(tag: str, class_name: str, text: str, **named: str) -> Component:
    """An element that a script fills, as ``attributes`` name it; ``text`` stands in it until then."""
    return _TAGS[tag](text, className=class_name, **attributes(**named))
