"""At a desk, an agent's own curves: as his lead sees them in the drawer, from the same charts. A phone goes without.

assets/js/me/me.js asks for them, assets/js/agent/curves.js draws them.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.chart import pace_chart, quality_chart
from layouts.wording.words import Words


def own_pace(words: Words, theme: str) -> Component:
    """How the running shift came about, against what peers would have had."""
    title: list[Component | str] = [words["curve.pace"], html.Span(className="n", **_slot("exposure"))]
    return _section(title, "pace_state", pace_chart(theme, words.lang))


def own_quality(words: Words, theme: str) -> Component:
    """The scores and their trend."""
    return _section([words["drawer.quality"]], "quality_state", quality_chart(theme, words.lang))


def _section(title: list[Component | str], state: str, chart: Component) -> Component:
    said = html.P(className="tiny", **_slot(state))
    return html.Section([html.H2(title, className="k"), said, chart], className="own-curve")


def _slot(name: str) -> dict[str, Any]:
    return {"data-slot": name}
