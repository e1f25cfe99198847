"""Beside the table: one agent, what his number is made of, and what can be done about it.

The frame of the drawer and its words stand here; assets/drawer.js fills the slots (``data-slot``) from GET /explain while
it is open, and assets/appeals.js adds what may be done under a record.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.bindings import UNKNOWN
from layouts.wording.words import Words


def drawer(words: Words) -> Component:
    """The drawer, closed."""
    state: dict[str, Any] = {"aria-hidden": "true", "aria-label": words["drawer.title"]}
    return html.Aside([_head(words), html.Div(_body(words), className="db")], id="drawer", className="drawer", **state)


def _head(words: Words) -> Component:
    close: dict[str, Any] = {"aria-label": words["drawer.close"], "title": words["drawer.close"], "data-act": "close"}
    who = html.Div([_slot("name", "h2"), _slot("about", "div", "m n")], className="who")
    return html.Div([who, html.Button("×", className="btn quiet sm", type="button", **close)], className="dh")


def _body(words: Words) -> list[Component]:
    return [
        _slot("problem", "p", "problem", role="alert"),
        _title(words["drawer.how_made"], "policy"),
        _net(words),
        _pace(words),
        _slot("due_made", "p", "fxn"),
        _slot("range", "p", "fxn"),
        _title(words["drawer.cases"], "sum"),
        _slot("cases", "div", "dl"),
        _slot("hint", "p", "tiny"),
        _title(words["drawer.quality"], "quality"),
        _slot("trend", "div", "z"),
    ]


def _net(words: Words) -> Component:
    """calls − deducted (+ floored) = net."""
    floored = html.Span([html.I("+"), _number(words["drawer.floored"], "floored")], className="part off")
    terms = [
        _number(words["metric.handled"], "calls"),
        html.I("−"),
        _number(words["metric.deducted"], "deducted"),
        floored,
        html.I("="),
        _number(words["column.net"], "net"),
    ]
    return html.Div(terms, className="fx n")


def _pace(words: Words) -> Component:
    """net / due = pace, or why there is no pace."""
    terms = [
        html.I("÷"),
        _number(words["metric.due"], "target_by_now"),
        html.I("="),
        _number(words["metric.pace"], "pace"),
    ]
    return html.Div([*terms, _slot("why", "span", "dim")], className="fx n")


def _number(label: str, slot: str) -> Component:
    return html.Span([html.Small(label), _slot(slot, "b", "", UNKNOWN)], className="term")


def _title(text: str, slot: str) -> Component:
    return html.Div([html.Span(text), _slot(slot, "span", "n")], className="sec")


def _slot(name: str, tag: str, class_name: str = "", text: str = "", **props: str) -> Component:
    data: dict[str, Any] = {"data-slot": name, **props}
    makers = {"h2": html.H2, "div": html.Div, "p": html.P, "span": html.Span, "b": html.B}
    return makers[tag](text, className=class_name, **data)
