"""What stays on the wall while its pages turn: net today, pace, and the last 30 minutes against what is due."""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import WITH_PLAN, live_status, live_text
from layouts.parts.tile import label, percent
from layouts.wording.words import Words


def pinned(words: Words) -> Component:
    """One line over a page that is not the floor's own."""
    last = "floor.last30"
    due = html.Span(["/ ", live_text(f"{last}.due", "due", strong=False, plan=True)], className="n dim of")
    status = html.Span(live_status(f"{last}.pace", f"{last}.band"), className="shape")
    rolling = [status, html.Span(live_text(f"{last}.assessed_net"), className="kpi n"), due]
    return html.Div(
        [
            _pin(words["metric.net_today"], html.Span(live_text("floor.net"), className="kpi n"), age=True),
            _pin(words["metric.pace"], percent("floor.pace"), class_name=WITH_PLAN),
            _pin(words["metric.last_30"], *rolling),
        ],
        className="pinned",
    )


def _pin(text: str, *figures: Component, class_name: str = "", age: bool = False) -> Component:
    return html.Div(
        [label(text, age=age), html.Div(list(figures), className="fit row")], className=f"pin {class_name}".strip()
    )
