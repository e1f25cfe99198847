"""Teams of the wall, outbound then inbound, in the fixed order of the site file: one strip each.

A strip is status, name, bullet, net, gap and, where QA has left its limits, a shape with its word. Each bar is scaled to
what its own team owes, so the column of ticks is the pace line. While no team has a target, bars are scaled to the largest
net of the group and deductions and the last 30 minutes take the place of the rest.
"""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import (
    WITH_PLAN,
    WITHOUT_PLAN,
    live_age,
    live_bar,
    live_bullet,
    live_like,
    live_model,
    live_status,
    live_text,
    live_when,
    live_word,
)
from layouts.parts.glyphs import glyph
from layouts.parts.page_site import PageTeam, directions
from layouts.wording.words import Words

HEIGHT_PX = 662
"""What the wall leaves for heads and strips."""
_HEAD_PX = 44
NAME_EM = 4.4
"""What the column of names holds at its size; a longer name stands in two smaller lines."""
_STRIP_PX = (62, 84)
"""At least: the figures of a strip are 60 px high, or they cannot be read at 8 m."""
_STRIP, _HEAD, _NEXT_HEAD = "strip", "head", "next-head"
_HEADS = {WITH_PLAN: ("net", "gap"), WITHOUT_PLAN: ("net", "deducted", "last_30")}


def team_strips(words: Words, teams: Sequence[PageTeam]) -> Component:
    """All groups; what does not fit on one screen is on the next, all strips have the same height."""
    screens = _screens(teams)
    row = min((_row_px(screen) for screen in screens), default=_STRIP_PX[1])
    drawn = [_screen(words, screen, first=i == 0) for i, screen in enumerate(screens)]
    models = {_STRIP: _strip(words), _HEAD: _columns(words), _NEXT_HEAD: [_group()]}
    declared = [live_model(name, parts) for name, parts in models.items()]
    return html.Section([*declared, *drawn], className="teams", style={"--row": f"{row}px"})


def _screens(teams: Sequence[PageTeam]) -> list[list[PageTeam]]:
    """Teams, outbound first, as few screens as there can be and about the same number on each."""
    ordered = [team for direction in directions(teams) for team in teams if team.direction == direction]
    most = next(most for most in range(len(ordered), -1, -1) if _fits(ordered, most))
    count = -(-len(ordered) // max(most, 1))
    each = -(-len(ordered) // max(count, 1))
    return [ordered[i : i + each] for i in range(0, len(ordered), max(each, 1))]


def _fits(ordered: Sequence[PageTeam], most: int) -> bool:
    return all(_row_px(ordered[i : i + most]) >= _STRIP_PX[0] for i in range(0, len(ordered), max(most, 1)))


def _row_px(teams: Sequence[PageTeam]) -> int:
    return min(_STRIP_PX[1], (HEIGHT_PX - len(directions(teams)) * _HEAD_PX) // max(len(teams), 1))


def _screen(words: Words, shown: Sequence[PageTeam], first: bool) -> Component:
    children: list[Component] = []
    for i, direction in enumerate(directions(shown)):
        members = [team for team in shown if team.direction == direction]
        children += [_head(words, direction, first=i == 0), *(_strip_like(words, team) for team in members)]
    return html.Div(children, className="screen on" if first else "screen")


def _head(words: Words, direction: str, first: bool) -> Component:
    """What the column holds stands once, over the first group of a screen."""
    return live_like(_HEAD if first else _NEXT_HEAD, "tr th", direction=words[f"direction.{direction}"])


def _columns(words: Words) -> list[Component]:
    due = html.Span(html.Span(words["column.due"]), className=f"over {WITH_PLAN}")
    why = html.Span(live_word("floor.reason", "reason"), className=f"over {WITHOUT_PLAN}")
    heads = [
        html.Span(words[f"column.{key}"], className=f"r {variant}") for variant, keys in _HEADS.items() for key in keys
    ]
    return [_group(live_age()), due, why, *heads]


def _group(*beside: Component) -> Component:
    return html.Span([html.Span("{direction}"), *beside], className="grp")


def _strip_like(words: Words, team: PageTeam) -> Component:
    called = team.called(words.lang)
    class_name = "tr long" if is_long(called, NAME_EM) else "tr"
    return live_like(_STRIP, class_name, team=team.id, direction=team.direction, name=called)


def _strip(words: Words) -> list[Component]:
    status, bullet, *judged = _with_plan(words)
    bar, *counted = _without_plan()
    name = html.Span("{name}", className="nm")
    net = html.Span(live_text("team.net"), className="r n")
    return [status, name, bullet, bar, net, *judged, *counted]


def is_long(name: str, most_em: float) -> bool:
    """Whether a name is wider than so many Han characters; a Latin letter takes about half of one."""
    return sum(0.56 if letter.isascii() else 1 for letter in name) > most_em


def _with_plan(words: Words) -> list[Component]:
    """Status, bullet (or why there is none), gap, QA."""
    fell = live_when([glyph("behind"), words["wall.qa_fell"]], "team.quality_trend", equals="drop")
    pace, due, band = (f"team.{name}" for name in ("pace", "due", "band"))
    why = live_word("team.reason", "reason", "why")
    return [
        html.Span(live_status(pace, band), className=f"shape {WITH_PLAN}"),
        html.Div([live_bullet(pace, due, band), why], className=f"bullet {WITH_PLAN}"),
        html.Span(live_text("team.gap", "gap", strong=False), className=f"r n dim gap {WITH_PLAN}"),
        html.Span(fell, className=f"qa {WITH_PLAN}"),
    ]


def _without_plan() -> list[Component]:
    """Bar, deducted, the last 30 minutes."""
    bar = live_bar("team.net", most="most.{direction}.net")
    figures = [live_text(f"team.{name}", strong=False) for name in ("deducted", "last30_net")]
    return [
        html.Div(bar, className=WITHOUT_PLAN),
        *(html.Span(figure, className=f"r n dim {WITHOUT_PLAN}") for figure in figures),
    ]
