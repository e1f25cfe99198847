"""The vocabulary of live pages: what a page shows is bound by name and filled by assets/js/live/live.js.

A *path* names a value of the snapshot: ``floor.net``, ``team.net``, ``a+b`` and ``a/b`` (sum and ratio, unknown if one part
is). It holds names of ours alone, never an id: the attribute ``data-team`` of the element around it names
the team (``of_team``). A *format* is one of FORMATS; the browser writes the figure in the page's language. Until
the first snapshot, and whenever a value is unknown, a figure is —. ``plan=True``: the value comes from the plan, so it
stays while the calls are stale.

WITH_PLAN and WITHOUT_PLAN mark what is shown while some team has a target, and what takes its place while none has.

| binding     | fills                                                                    |
|-------------|--------------------------------------------------------------------------|
| live_text   | one figure                                                               |
| live_phrase | a sentence with figures in it                                            |
| live_word   | the word of a code; nothing while there is none                          |
| live_when   | shows its children only while a value is unlike another (or unlike zero) |
| live_reported | its children, or why nothing is known of them: no source reports it    |
| live_bar    | a bar from zero, scaled to the largest of its kind or to a whole         |
| live_bullet | the same three marks everywhere: what happened, is due, chance allows    |
| live_status | the shape of a team inside or outside of its band                        |
| live_chart  | the half-hour trend                                                      |
| live_grid   | the agent table                                                          |
| live_age    | the age of stale figures, beside a label                                 |
| live_clock  | the site's time or date                                                  |
| live_fresh  | the word Live, or the age from 5 s on                                    |
| live_notice | the banner of stale and hidden figures                                   |
| live_spoken | the same for a screen reader                                             |
| live_model  | nothing itself: children for many places, with words of each place       |
| live_like   | one of these places                                                      |
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.glyphs import glyph
from layouts.wording.words import Words

FORMATS = ("count", "due", "gap", "score", "percent", "share", "whole_share", "chance")
"""count: 15,319; due: whole calls; gap: +176, −235, ±0; score: 88.5; percent: 0.622 as 62.2%; share: as 62.2,
whole_share: as 62, their % sign stands in the layout; chance: 33%, <1%, >99%, never 0% or 100%."""
UNKNOWN = "—"
WITH_PLAN, WITHOUT_PLAN = "with-plan", "without-plan"
DUE_AT = 0.872
"""Where on a bullet the tick of what is due stands: past it there is room for a pace of 114 %."""

Children = Sequence[Component | str]


def live_text(path: str, fmt: str = "count", strong: bool = True, plan: bool = False) -> Component:
    """One figure; strong ones are bold until they are stale."""
    tag = html.B if strong else html.Span
    classes = "n fig kept" if plan else "n fig"
    return tag(UNKNOWN, className=classes, **_live("text", path=path, format=fmt, **_of_the_plan(plan)))


def live_phrase(
    words: Words,
    key: str,
    paths: dict[str, str],
    strong: bool = False,
    formats: Mapping[str, str] | None = None,
    plan: Collection[str] = (),
) -> Component:
    """The wording ``key`` with each {name} bound to ``paths[name]``: a count, unless ``formats`` says otherwise.

    ``plan``: the names of figures that come from the plan.
    """
    children: list[Any] = []
    for text, name in words.split(key):
        fmt = (formats or {}).get(name or "", "count")
        children += [text] if text else []
        children += [live_text(paths[name], fmt, strong, name in plan)] if name else []
    return html.Span(children, className="phrase")


def live_word(path: str, group: str, class_name: str = "") -> Component:
    """The word ``group.code`` of the code at ``path``, which also stands in the attribute data-code."""
    return html.Span("", className=f"code {class_name}".strip(), **_live("word", code=path, group=group))


def live_when(children: Children, path: str, differs_from: str = "", equals: str = "", plan: bool = False) -> Component:
    """Children that take part only while ``path`` is known and unlike ``differs_from`` or the code ``equals``.

    With neither: while it is not 0, or yes.
    """
    data = _live("when", path=path, differs=differs_from, equals=equals, **_of_the_plan(plan))
    return html.Span(list(children), className="when off", **data)


def live_reported(children: Children, kind: str, of: str = "floor", short: bool = False) -> list[Component]:
    """Children; while no source has ever reported anything of their kind the reason stands in their place.

    kind: a name of ``missing`` in ``of`` (floor or rollup); short: where there is no room for what kind of source it is.
    """
    code = f"{of}.missing.{kind}"
    shown = html.Span(list(children), className="when", **_live("when", absent=code))
    return [shown, live_word(code, "missing_short" if short else "missing", "unreported")]


def live_bar(path: str, most: str = "", whole: float | None = None, tick: str = "") -> Component:
    """A bar of ``path`` from zero; full length is ``most`` (a path) or ``whole``; ``tick``: a path of the plan."""
    scale = {"whole": str(whole)} if whole is not None else {"most": most}
    return _bar(path, **scale, **({"tick": tick} if tick else {}))


def live_bullet(pace: str, due: str, band: str) -> Component:
    """A bar of ``pace`` and, while ``due`` is known, the tick of what is due: at the same place in every row.

    ``band``: {low, high} around 1, what chance allows; while it is null no bar is outside it.
    """
    return _bar(pace, whole=f"{1 / DUE_AT:.4f}", tick=due, at="1", band=band)


def live_status(pace: str, band: str) -> Component:
    """The shape of a team: ahead or behind outside its band, on pace inside it or without one, nothing without a pace."""
    return html.Span(html.Span(className="g g-pace"), className="when off", **_live("status", path=pace, band=band))


def _bar(path: str, **data: str) -> Component:
    names = [*(["band off"] if "band" in data else []), "fill", *(["beyond off"] if "band" in data else [])]
    marks = [html.Div(className=name) for name in [*names, *(["due-tick off"] if "tick" in data else [])]]
    return html.Div(marks, className="bar", **_live("bar", path=path, **data))


def live_chart(path: str, width: int, height: int, figure: str = "net") -> Component:
    """Bars per half hour, ticks of what is due: {start, step_ms, net, handled, running, due, due_by_now}; in px of the layout.

    figure: ``net``, or ``handled``, of which nothing is due and each bar says how many.
    """
    return html.Div(className="trend", **_live("chart", path=path, width=str(width), height=str(height), figure=figure))


def live_grid(grid: Component, grid_id: str, direction: str) -> Component:
    """The table ``grid`` (an AgGrid with ``id=grid_id``), filled through its API with the rows of ``agents``.

    What a reader chose of its columns is kept for each direction of a team.
    """
    return html.Div(grid, className="roster", **_live("grid", grid=grid_id, direction=direction))


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
    )


def live_spoken() -> Component:
    """The line for a screen reader: spoken once when it is cut and once when it is whole again, not every second."""
    return html.Span(className="unseen", role="status", **_live("spoken"))


def live_model(model: str, children: Children) -> Component:
    """Children for many places, declared once: ``{name}`` in them is a word of the place, see ``live_like``."""
    return html.Template(list(children), **_live("model", model=model))


def live_like(model: str, class_name: str, **words: str) -> Component:
    """A place filled with the children of ``live_model(model)``, each ``{key}`` of theirs replaced by ``words[key]``."""
    return html.Div(className=class_name, **_live("like", model=model, **words))


def of_team(team_id: str) -> dict[str, Any]:
    """The attribute of an element in which paths that begin with ``team`` are those of this team."""
    return {"data-team": team_id}


def _of_the_plan(plan: bool) -> dict[str, str]:
    return {"plan": "yes"} if plan else {}


def _live(kind: str, **data: str) -> dict[str, Any]:
    return {"data-live": kind} | {f"data-{name}": value for name, value in data.items()}
