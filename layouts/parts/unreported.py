"""Lines that say why figures are missing: what no source has ever reported, and records that no agent could be given.

They take no room where nothing is missing.
"""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_phrase, live_when, live_word
from layouts.wording.words import Words


def unreported_line(*kinds: str, of: str = "floor") -> Component:
    """``kinds``: names of ``missing`` without a place of their own for the reason; ``of``: floor or rollup."""
    return html.P([live_word(f"{of}.missing.{kind}", "missing") for kind in kinds], className="unreported-line")


def empty_line(words: Words, of: str = "floor") -> Component:
    """Why an empty board is empty although records came."""
    return html.P(why_empty(words, of), className="why-empty")


def why_empty(words: Words, of: str = "floor", group: str = "metric") -> list[Component]:
    """A sentence for each reason, of which one at most is seen; the words of ``group``, which are short for a wall."""
    paths = {f"{of}.{name}": f"{group}.{name}" for name in ("none_given", "none_counted")}
    return [live_when([live_phrase(words, key, {"n": path})], path) for path, key in paths.items()]
