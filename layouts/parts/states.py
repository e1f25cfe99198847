"""Agents by state: talking (with calls on hold), available (with ringing), wrap-up, break; the rest in one word."""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_phrase, live_reported, live_text, live_when
from layouts.parts.glyphs import glyph
from layouts.parts.tile import aside, label
from layouts.wording.words import Words

SHOWN = (("talk", ("talk", "hold")), ("available", ("available",)), ("wrap", ("wrap",)), ("break", ("break",)))
"""State as shown -> the states of the frame that make it up. Shown and OTHERS add up to the signed-in."""
OTHERS = ("training", "meeting", "other")


def wall_states(words: Words) -> Component:
    """The tile of the wall."""
    base = "floor.states"
    signed_in = live_phrase(words, "states.signed_in", {"n": f"{base}.signed_in", "of": f"{base}.total"})
    others = live_when([live_phrase(words, "states.others", {"n": _sum(base, OTHERS)})], _sum(base, OTHERS))
    columns = [_column(words, base, name, parts, "kpi n", "sub") for name, parts in SHOWN]
    here = html.Small(live_reported([signed_in], "states"), className="aside n")
    head = label(words["states.title"], here, aside(others, "end"), age=True)
    return html.Div([head, html.Div(columns, className="states")], className="tile")


def desk_states(words: Words) -> Component:
    """The last column of a team's summary strip."""
    signed_in = live_phrase(words, "states.desk_title", {"n": "team.signed_in", "of": "team.agents"})
    known, why = live_reported([signed_in], "states")
    title = [known, html.Span(words["states.title"], className="untold-title"), why]
    columns = [_column(words, "team.states", name, parts, "v n", "s") for name, parts in SHOWN]
    return html.Div([html.Div(title, className="k n"), html.Div(columns, className="sts")], className="sts-col")


def _column(words: Words, base: str, name: str, parts: tuple[str, ...], figure: str, caption: str) -> Component:
    value = html.Div(live_text(_sum(base, parts)), className=figure)
    return html.Div(
        [value, html.Div([glyph(name), html.Span(words[f"state.{name}"], className="cap")], className=caption)]
    )


def _sum(base: str, names: tuple[str, ...]) -> str:
    return "+".join(f"{base}.{name}" for name in names)
