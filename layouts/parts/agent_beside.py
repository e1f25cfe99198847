"""Beside an agent's number: the next bracket for his own eyes, how he stands among peers in words, feedback and its receipt."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.agent_slot import slot
from layouts.wording.words import Words


def bracket(words: Words) -> Component:
    """How many net calls lead to the next bracket, as things are."""
    hidden: dict[str, Any] = {"aria-hidden": "true"}
    lock = html.Span(className="g g-lock", **hidden)
    head = html.H2([html.Span([lock, words["me.bracket_title"]], className="lock")], className="k")
    body = [slot("next", "p", "next n"), slot("as_is", "p", "note"), slot("steps", "div", "brackets n")]
    return html.Section([head, *body, html.P(words["me.estimate"], className="est")], className="panel")


def compared(words: Words) -> Component:
    """What his lead sees too: the verdict, the sentence that can be read aloud, the flags and what was done about each."""
    head = html.H2([words["me.peers_title"], html.Span(words["me.peers_seen"])], className="k")
    said = [slot("verdict", "p", "verdict"), slot("said", "p", "quote"), slot("exact", "p", "tiny n")]
    return html.Section([head, *said, slot("episodes", "div", "episodes")], className="panel")


def feedback(words: Words) -> Component:
    """What was said to him, and whether he has seen it."""
    head = html.H2(words["me.feedback_title"], className="k")
    return html.Section([head, slot("feedback", "div", "feedback")], className="panel")
