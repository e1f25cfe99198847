"""The number of an agent's own page: the month with pace and attainment side by side, today, and the formula of both."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.agent_slot import slot
from layouts.parts.bindings import UNKNOWN
from layouts.wording.words import Words


def number(words: Words) -> Component:
    """Net of the month, its two ratios by name, today beside them; under it net, due and target as marks."""
    ratios = [
        _figure(words["metric.pace"], "pace", "owed"),
        _figure(words["rollup.attainment"], "attainment", "target"),
        _figure(words["metric.net_today"], "net_today", "owed_today"),
        _figure(words["me.pace_today"], "pace_today", "calls_today"),
    ]
    head = html.Div([slot("net", "div", "big n fig gone", UNKNOWN), html.Div(ratios, className="kv n")], className="hd")
    hidden: dict[str, Any] = {"aria-hidden": "true"}
    marks = html.Div(
        [slot("bar", "div", "bar"), slot("scale", "div", "scale n")], className="marks", id="me-marks", **hidden
    )
    return html.Section([html.H2(words["me.net_month"], className="k plain"), head, marks])


def how_made(words: Words) -> Component:
    """calls − deducted = net ÷ due = pace, of the month and of today, and what is not settled of it."""
    head = html.H2([words["me.how"], slot("rules", "span", "n")], className="k")
    return html.Section([head, slot("eq", "div", "eqs n"), slot("note", "p", "note")])


def _figure(label: str, name: str, below: str) -> Component:
    return html.Div(
        [html.Span(label), slot(name, "b", "fig gone", UNKNOWN), slot(below, "span", "under")], className=f"f-{name}"
    )
