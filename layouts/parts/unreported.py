"""Lines that say why figures are missing: what no source has ever reported, and records that no agent could be given.

They take no room where nothing is missing.
"""

from dash import html
from dash.development.base_component import Component

from layouts.bindings import live_phrase, live_when, live_word
from layouts.wording.words import Words


def unreported_line(*kinds: str, of: str = "floor") -> Component:
    """``kinds``: names of ``missing`` without a place of their own for the reason; ``of``: floor or rollup."""
    return html.P([live_word(f"{of}.missing.{kind}", "missing") for kind in kinds], className="unreported-line")


def none_given_line(words: Words, of: str = "floor") -> Component:
    """Why an empty board is empty although records came."""
    path = f"{of}.none_given"
    return html.P(live_when([live_phrase(words, "metric.none_given", {"n": path})], path), className="none-given-line")
