"""/team/<id>: the team's sum, then its agents, one row each; a click on one opens what his number is made of beside them."""

from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from layouts.bindings import (
    WITH_PLAN,
    live_age,
    live_bullet,
    live_clock,
    live_fresh,
    live_grid,
    live_notice,
    live_phrase,
    live_text,
    live_when,
    live_word,
)
from layouts.glyphs import glyph
from layouts.parts.agent_grid import agent_grid
from layouts.parts.drawer import drawer
from layouts.parts.states import desk_states
from layouts.shell import PageSite, PageTeam, page
from layouts.wording.words import LANGUAGES, Words, load_words

GRID_ID = "agents"


class UnknownTeam(LookupError):
    """A team that the site file does not have."""


def team(team_id: str, lang: str, theme: str, site: PageSite) -> Component:
    """The page of one team; raises UnknownTeam."""
    words = load_words(lang)
    shown = _find(team_id, site)
    grid = live_grid(agent_grid(words, GRID_ID, shown.direction), GRID_ID)
    main = html.Main([_summary(words, shown), _teams(words, theme, shown, site), grid])
    content = html.Div([_top(words, theme, shown, site), main, drawer(words)], className="desk team-page")
    return page(content, words=words, theme=theme, density="desk", topic=f"team:{team_id}", site=site)


def _find(team_id: str, site: PageSite) -> PageTeam:
    for candidate in site.teams:
        if candidate.id == team_id:
            return candidate
    raise UnknownTeam(f"there is no team {team_id!r}; there is {', '.join(t.id for t in site.teams) or 'none at all'}")


def _top(words: Words, theme: str, shown: PageTeam, site: PageSite) -> Component:
    other = next(lang for lang in LANGUAGES if lang != words.lang)
    nav = [
        html.Span("callfloor", className="brand"),
        html.A(words["page.wall"], href=f"/wall/main?lang={words.lang}"),
        html.A(words["page.team"], className="on", href=_href(shown, words.lang, theme)),
        html.Span(className="sp"),
    ]
    usual = html.Div([live_fresh(words)], className="when-live")
    language = html.A(words["page.other_language"], href=_href(shown, other, theme))
    name = html.Span(site.called(words.lang))
    right = [live_notice(words, site.duty_phone), usual, live_clock("datetime", "n"), language, name]
    return html.Header([*nav, *right], className="top")


def _href(shown: PageTeam, lang: str, theme: str) -> str:
    return f"/team/{quote(shown.id, safe='')}?lang={lang}&theme={theme}"


def _summary(words: Words, shown: PageTeam) -> Component:
    """The strip over the table: net against what is due, how it is made, the last 30 minutes, QA, states."""
    path = f"teams.{shown.id}"
    columns = [
        _net(words, shown, path),
        _made(words, path),
        _last_30(words, path),
        _qa(words, path),
        desk_states(words, path),
    ]
    return html.Section(columns, className="sum")


def _net(words: Words, shown: PageTeam, path: str) -> Component:
    title = words["metric.team_net"].format(team=shown.called(words.lang))
    paths, formats = {"due": f"{path}.due", "pace": f"{path}.pace"}, {"due": "due", "pace": "percent"}
    owed = html.Small(live_phrase(words, "metric.due_and_pace", paths, formats=formats, plan={"due"}))
    off = live_phrase(words, "metric.not_assessed", {"n": f"{path}.not_assessed_net"})
    gap = html.Span(live_text(f"{path}.gap", "gap"), className=WITH_PLAN)
    beside = [gap, live_when([off], f"{path}.not_assessed_net"), live_word(f"{path}.reason", "reason")]
    bullet = html.Div(live_bullet(f"{path}.pace", f"{path}.due"), className=f"bullet {WITH_PLAN}")
    figure = [live_text(f"{path}.net"), html.Span(owed, className=WITH_PLAN)]
    return _fact([title, live_age()], figure, [bullet, *beside])


def _made(words: Words, path: str) -> Component:
    less = html.Small(["− ", live_text(f"{path}.deducted", strong=False)])
    pending = live_phrase(words, "metric.pending", {"n": f"{path}.pending"}, strong=True)
    withdrawn = live_phrase(words, "metric.if_withdrawn", {"n": f"{path}.net_if_withdrawn"}, strong=True)
    beside = live_when([withdrawn], f"{path}.net_if_withdrawn", f"{path}.net")
    figure = [live_text(f"{path}.handled"), less]
    return _fact([words["metric.handled_less_deducted"]], figure, [pending, beside])


def _last_30(words: Words, path: str) -> Component:
    return _fact([words["metric.last_30"]], [live_text(f"{path}.last30_net")], [], "rolling")


def _qa(words: Words, path: str) -> Component:
    """QA with its trend: a shape and a word where it has left its limits, the word alone inside them."""
    scored = html.Small(live_phrase(words, "metric.scored", {"n": f"{path}.scored"}))
    trend = f"{path}.quality_trend"
    fell = live_when([glyph("behind")], trend, equals="drop")
    state = html.Span([fell, live_word(trend, "trend")], className="limits")
    return _fact([words["metric.qa"]], [live_text(f"{path}.score", "score"), scored], [state])


def _fact(
    title: list[Component | str], figure: list[Component], support: list[Component], class_name: str = ""
) -> Component:
    rows = (("k n", title), ("v n", figure), ("s n", support))
    return html.Div([html.Div(list(children), className=name) for name, children in rows], className=class_name)


def _teams(words: Words, theme: str, shown: PageTeam, site: PageSite) -> Component:
    """The other teams, one click away."""
    chips = [
        html.A(t.called(words.lang), href=_href(t, words.lang, theme), className="chip on" if t == shown else "chip")
        for t in site.teams
    ]
    return html.Nav(chips, className="chips")
