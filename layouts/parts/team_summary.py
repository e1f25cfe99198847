"""The strips over the agent table: the team's sums (net against due, the last 30 minutes, QA, states), and look first."""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import (
    WITH_PLAN,
    live_age,
    live_bullet,
    live_phrase,
    live_reported,
    live_text,
    live_when,
    live_word,
    of_team,
)
from layouts.parts.glyphs import attributes, glyph
from layouts.parts.page_site import PageTeam
from layouts.parts.tiles import desk_states, fact
from layouts.wording.words import Words

LOOK_FIRST_PLACES = 3


def team_summary(words: Words, shown: PageTeam) -> Component:
    """The figures of one team."""
    columns = [_net(words, shown), _made(words), _last_30(words), _qa(words), desk_states(words)]
    return html.Section(columns, className="sum", **of_team(shown.id))


def _net(words: Words, shown: PageTeam) -> Component:
    title = words["metric.team_net"].format(team=shown.called(words.lang))
    paths, formats = {"due": "team.due", "pace": "team.pace"}, {"due": "due", "pace": "percent"}
    owed = html.Small(live_phrase(words, "metric.due_and_pace", paths, formats=formats, plan={"due"}))
    off = live_phrase(words, "metric.not_assessed", {"n": "team.not_assessed_net"})
    gap = html.Span(live_text("team.gap", "gap"), className=WITH_PLAN)
    unassessed = html.Span(live_when([off], "team.not_assessed_net"), className=WITH_PLAN)
    beside = [gap, unassessed, live_word("team.reason", "reason")]
    bullet = html.Div(live_bullet("team.pace", "team.due", "team.band"), className=f"bullet {WITH_PLAN}")
    figure = [live_text("team.net"), html.Span(owed, className=WITH_PLAN)]
    return fact([title, live_age()], figure, [bullet, *beside])


def _made(words: Words) -> Component:
    less = html.Small(["− ", live_text("team.deducted", strong=False)])
    pending = live_reported([live_phrase(words, "metric.pending", {"n": "team.pending"}, strong=True)], "complaints")
    withdrawn = live_phrase(words, "metric.if_withdrawn", {"n": "team.net_if_withdrawn"}, strong=True)
    beside = live_when([withdrawn], "team.net_if_withdrawn", "team.net")
    figure = [live_text("team.handled"), less]
    return fact([words["metric.handled_less_deducted"]], figure, [*pending, beside])


def _last_30(words: Words) -> Component:
    return fact([words["metric.last_30"]], [live_text("team.last30_net")], [], "rolling")


def _qa(words: Words) -> Component:
    """QA with its trend: a shape and a word where it has left its limits, the word alone inside them."""
    scored = html.Small(live_phrase(words, "metric.scored", {"n": "team.scored"}))
    trend = "team.quality_trend"
    fell = live_when([glyph("behind")], trend, equals="drop")
    state = html.Span([fell, live_word(trend, "trend")], className="limits")
    count, _ = live_reported([scored], "evaluations")  # the reason why there are none stands under the figure
    figure = [live_text("team.score", "score"), html.Span(count)]
    return fact([words["metric.qa"]], figure, live_reported([state], "evaluations"))


def look_first(words: Words) -> Component:
    """At most three agents and three hard facts of the running shift (docs/rules.md 9): a prompt, not a verdict.

    The strip has no colour and always the same height. assets/js/team/table_bar.js fills its places from ``desk.look_first`` of
    the frame; a click on an agent opens their drawer.
    """
    said = [html.Span(words["look.prompt"]), html.Span(words["look.key"], className="end")]
    head = html.Div([html.H2(words["look.title"]), *said], className="h")
    names = [f"{row}.{at}" for row in ("people", "facts") for at in range(LOOK_FIRST_PLACES)]
    places = [html.Div(className="i n", **attributes(data_look=name)) for name in names]
    label = attributes(aria_label=words["look.title"])
    return html.Section([head, *places], className="first", id="look-first", **label)
