"""A place of an agent's own page that assets/js/me/me.js fills."""

from typing import Any

from dash import html
from dash.development.base_component import Component

_TAGS = {"div": html.Div, "p": html.P, "span": html.Span, "b": html.B, "ul": html.Ul}


def slot(name: str, tag: str, class_name: str = "", text: str = "", **props: str) -> Component:
    """An empty element by its name; ``props``: further attributes."""
    data: dict[str, Any] = {"data-me": name, **props}
    return _TAGS[tag](text, className=class_name, **data)
