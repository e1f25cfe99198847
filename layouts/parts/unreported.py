"""One line that names what no source has ever reported. It takes no room where everything is."""

from dash import html
from dash.development.base_component import Component

from layouts.bindings import live_word

KINDS = ("calls", "states", "complaints", "evaluations", "surveys")
"""What a desk page shows figures of; campaigns and queues have pages of their own."""


def unreported_line(of: str = "floor") -> Component:
    """``of``: floor or rollup, whose frames the page gets."""
    return html.P([live_word(f"{of}.missing.{kind}", "missing") for kind in KINDS], className="unreported-line")
