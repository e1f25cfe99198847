"""Lines that say why figures are missing: what no source has ever reported, and records that no agent could be given.

They take no room where nothing is missing.
"""

from dash import html
from dash.development.base_component import Component

from layouts.bindings import live_phrase, live_when, live_word
from layouts.wording.words import Words

KINDS = ("calls", "states", "complaints", "evaluations", "surveys")
"""What a desk page shows figures of; campaigns and queues have pages of their own."""


def unreported_line(of: str = "floor") -> Component:
    """``of``: floor or rollup, whose frames the page gets."""
    return html.P([live_word(f"{of}.missing.{kind}", "missing") for kind in KINDS], className="unreported-line")


def none_given_line(words: Words, of: str = "floor") -> Component:
    """Why an empty board is empty although records came."""
    path = f"{of}.none_given"
    return html.P(live_when([live_phrase(words, "metric.none_given", {"n": path})], path), className="none-given-line")
