"""Teams of the wall, outbound then inbound, in the fixed order of the site file: one strip each.

Bars start at zero and are scaled to the largest net of the team's group.
"""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.bindings import live_age, live_bar, live_text
from layouts.shell import PageTeam, directions
from layouts.wording.words import Words

HEIGHT_PX = 666
"""What the wall leaves for heads and strips."""
_HEAD_PX = 44
_STRIP_PX = (24, 64)
_COLUMNS = ("column.net", "column.deducted", "column.last_30")


def team_strips(words: Words, teams: Sequence[PageTeam]) -> Component:
    """All groups; the strips share the height, at most 64 px each."""
    groups = directions(teams)
    children: list[Component] = []
    for i, direction in enumerate(groups):
        members = [team for team in teams if team.direction == direction]
        children += [_head(words, direction, first=i == 0), *(_strip(words.lang, team, members) for team in members)]
    return html.Section(children, className="teams", style={"--row": f"{_row_px(len(teams), len(groups))}px"})


def _row_px(teams: int, groups: int) -> int:
    low, high = _STRIP_PX
    return max(low, min(high, (HEIGHT_PX - groups * _HEAD_PX) // max(teams, 1)))


def _head(words: Words, direction: str, first: bool) -> Component:
    name = html.Span([html.Span(words[f"direction.{direction}"]), *([live_age()] if first else [])], className="grp")
    columns = [html.Span(words[key], className="r") for key in _COLUMNS] if first else []
    return html.Div([name, *columns], className="tr th")


def _strip(lang: str, team: PageTeam, members: Sequence[PageTeam]) -> Component:
    path = f"teams.{team.id}"
    return html.Div(
        [
            html.Span(team.called(lang), className="nm"),
            live_bar(f"{path}.net", peers=[f"teams.{peer.id}.net" for peer in members]),
            html.Span(live_text(f"{path}.net"), className="r n"),
            html.Span(live_text(f"{path}.deducted", strong=False), className="r n dim"),
            html.Span(live_text(f"{path}.last30_net", strong=False), className="r n dim"),
        ],
        className="tr",
    )
