"""The vocabulary of live pages: what a page shows is bound by name and filled by assets/live.js.

A *path* names a value of the snapshot: ``floor.net``, ``teams.dawn.net`` (a team by its id), ``a+b`` (a sum, unknown if
one part is). A *format* is one of FORMATS; the browser writes the figure in the page's language. Until the first
snapshot, and whenever a value is unknown, a figure is —.

| binding     | fills                                                                    |
|-------------|--------------------------------------------------------------------------|
| live_text   | one figure                                                               |
| live_phrase | a sentence with figures in it                                            |
| live_when   | shows its children only while a value is unlike another (or unlike zero) |
| live_bar    | a bar from zero, scaled to the largest of its peers or to a whole        |
| live_chart  | the half-hour trend                                                      |
| live_grid   | the agent table                                                          |
| live_age    | the age of stale figures, beside a label                                 |
| live_clock  | the site's time or date                                                  |
| live_fresh  | the word Live, or the age from 5 s on                                    |
| live_notice | the banner of stale and hidden figures                                   |
"""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.glyphs import glyph
from layouts.wording.words import Words

FORMATS = ("count", "score", "share")
"""count: 15,319; score: 88.5; share: 0.622 as 62.2, its % sign stands in the layout."""
UNKNOWN = "—"

Children = Sequence[Component | str]


def live_text(path: str, fmt: str = "count", strong: bool = True) -> Component:
    """One figure; strong ones are bold until they are stale."""
    tag = html.B if strong else html.Span
    return tag(UNKNOWN, className="n fig", **_live("text", path=path, format=fmt))


def live_phrase(words: Words, key: str, paths: dict[str, str], strong: bool = False) -> Component:
    """The wording ``key`` with each {name} bound to ``paths[name]``."""
    children: list[Any] = []
    for text, name in words.parts(key):
        children += [text] if text else []
        children += [live_text(paths[name], strong=strong)] if name else []
    return html.Span(children, className="phrase")


def live_when(children: Children, path: str, differs_from: str = "") -> Component:
    """Children that take part only while ``path`` is known and unlike ``differs_from`` (none given: not 0, or yes)."""
    return html.Span(list(children), className="when off", **_live("when", path=path, differs=differs_from))


def live_bar(path: str, peers: Sequence[str] = (), whole: float | None = None) -> Component:
    """A bar of ``path`` from zero; full length is the largest of ``peers`` (paths) or ``whole``."""
    scale = {"whole": str(whole)} if whole is not None else {"peers": " ".join(peers)}
    return html.Div(html.Div(className="fill"), className="bar", **_live("bar", path=path, **scale))


def live_chart(path: str, width: int, height: int) -> Component:
    """Bars per half hour from {start, step_ms, net, running}; ``width`` x ``height`` in px of the layout."""
    return html.Div(className="trend", **_live("chart", path=path, width=str(width), height=str(height)))


def live_grid(grid: Component, grid_id: str) -> Component:
    """The table ``grid`` (an AgGrid with ``id=grid_id``), filled through its API with the rows of ``agents``."""
    return html.Div(grid, className="roster", **_live("grid", grid=grid_id))


def live_age() -> Component:
    """How old stale figures are, beside the label of what is stale; takes no room while they are fresh."""
    return html.Span([glyph("clock"), html.Span(**_live("age"))], className="age n")


def live_clock(fmt: str, class_name: str) -> Component:
    """``time`` 14:32, ``date`` 11月23日 周一, ``datetime`` both: in the site's zone."""
    return html.Span(UNKNOWN, className=class_name, **_live("clock", format=fmt))


def live_fresh(words: Words) -> Component:
    return html.Span([glyph("dot"), html.Span(words["live.connecting"], **_live("fresh"))], className="fresh n")


def live_notice(words: Words, duty_phone: str) -> Component:
    """The banner; it takes the place of whatever stands in ``when-live``, never of a figure."""
    duty = words["page.duty_phone"].format(phone=duty_phone) if duty_phone else ""
    return html.Div(
        [glyph("clock"), html.Span(**_live("notice")), html.Span(duty, className="duty n")],
        className="notice n",
        role="status",
    )


def _live(kind: str, **data: str) -> dict[str, Any]:
    return {"data-live": kind} | {f"data-{name}": value for name, value in data.items()}
