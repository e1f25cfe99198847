"""Tiles of the wall: a label, one figure, one line that supports it."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_age, live_bar, live_phrase, live_reported, live_text, live_when
from layouts.wording.words import Words


def label(text: str, *asides: Component, age: bool = False) -> Component:
    """A label with its asides; ``age``: while the figures are stale their age takes the asides' place."""
    ages = [live_age()] if age else []
    return html.Div([html.Span(text), *ages, *asides], className="lab fit")


def aside(child: Component | str, class_name: str = "") -> Component:
    return html.Small(child, className=f"aside n {class_name}".strip())


def equation(*terms: Component) -> Component:
    """``= a − b``: how the figure above it is made."""
    return html.Div(list(terms), className="eq fit")


def sign(text: str) -> Component:
    return html.I(text)


def word(text: str) -> Component:
    return html.Span(text, className="w")


def percent(path: str, class_name: str = "") -> Component:
    """A share as a key figure; its unit goes where the figure goes."""
    unit = html.Span("%", className="pctu")
    return html.Div([live_text(path, "share"), unit], className=f"kpi {class_name} n".replace("  ", " "))


def deducted_tile(words: Words) -> Component:
    """Complaints + repeat enquiries = deducted, and how much of it is still pending."""
    kinds = (("metric.complaint", "floor.complaints"), ("metric.repeat_enquiry", "floor.repeat_enquiries"))
    rows = [part for key, path in kinds for part in (html.Span(words[key]), live_text(path))]
    total = html.Div(live_text("floor.deducted"), className="kpi n")
    pending = html.Div(
        live_reported([live_phrase(words, "metric.pending", {"n": "floor.pending"})], "complaints"), className="sub"
    )
    head = html.Div([total, html.Div(rows, className="kv")], className="ded")
    return _tile(label(words["metric.deducted"], age=True), [head, pending])


def qa_tile(words: Words) -> Component:
    score = html.Div(live_text("floor.quality.score", "score"), className="kpi n")
    count = live_phrase(words, "wall.scored", {"n": "floor.quality.n"})
    scored = html.Div(live_reported([count], "evaluations", short=True), className="sub n fit")
    return _tile(label(words["metric.qa"]), [score, scored])


def campaign_tile(words: Words) -> Component:
    """Records done of all campaigns' lists, beside the part of their working days that is over."""
    share, plan = "floor.campaigns.share", "floor.campaigns.plan"
    text = live_phrase(words, "metric.plan", {"n": plan}, formats={"n": "percent"}, plan={"n"})
    planned = live_reported([live_when([text], plan, plan=True)], "campaigns", short=True)
    head = label(words["metric.campaign"], html.Span(planned, className="end n plain"))
    return _tile(head, [percent(share), live_bar(share, whole=1, tick=plan)], "share")


def _tile(head: Component, body: Sequence[Component], class_name: str = "") -> Component:
    return html.Div([head, *body], className=f"tile {class_name}".strip())
