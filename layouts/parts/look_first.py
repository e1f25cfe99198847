"""Look first (docs/rules.md 9): at most three agents and three hard facts of the running shift. A prompt, not a verdict.

The strip has no colour and always the same height: three places a row, which assets/js/team/table_bar.js fills from
``desk.look_first`` of the frame. Who is named opens his drawer.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.wording.words import Words

PLACES = 3


def look_first(words: Words) -> Component:
    """The strip, with nobody in it."""
    head = html.Div(
        [
            html.H2(words["look.title"]),
            html.Span(words["look.prompt"]),
            html.Span(words["look.key"], className="end"),
        ],
        className="h",
    )
    places = [_place(f"{row}.{at}") for row in ("people", "facts") for at in range(PLACES)]
    label: dict[str, Any] = {"aria-label": words["look.title"]}
    return html.Section([head, *places], className="first", id="look-first", **label)


def _place(name: str) -> Component:
    data: dict[str, Any] = {"data-look": name}
    return html.Div(className="i n", **data)
