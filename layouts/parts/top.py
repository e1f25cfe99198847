"""The bar over every desk page: where one is, where else to go, how fresh the figures are, the time, the language."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_clock, live_fresh, live_notice
from layouts.parts.page_site import PageSite, PageTeam
from layouts.wording.words import LANGUAGES, Words

Href = Callable[[str, str], str]
"""Language and theme -> the address of a page."""


def desk_top(words: Words, theme: str, site: PageSite, here: Href, team: PageTeam | None = None) -> Component:
    """``here``: the page itself; ``team``: the team that it shows, None: it shows none."""
    other = next(lang for lang in LANGUAGES if lang != words.lang)
    usual = html.Div([live_fresh(words)], className="when-live")
    language = html.A(words["page.other_language"], href=here(other, theme))
    right = [live_notice(words, site.duty_phone), usual, live_clock("datetime", "n"), language]
    nav = [skip_link(words), *_nav(words, theme, site, here, team)]
    return html.Header([*nav, *right, html.Span(site.called(words.lang))], className="top")


def skip_link(words: Words) -> Component:
    """First on every page that the keyboard goes through: past the bar, to the content. assets/js/core/focus.js follows it."""
    return html.A(words["page.skip"], href="#main", className="skip")


def _nav(words: Words, theme: str, site: PageSite, here: Href, team: PageTeam | None) -> Sequence[Component]:
    return [
        html.Span("callfloor", className="brand"),
        html.A(words["page.wall"], href=f"/wall/main?lang={words.lang}"),
        _teams(words, theme, (site.everyone, *site.teams), team),
        *_pages(words, theme, here),
        html.Span(className="sp"),
    ]


def _pages(words: Words, theme: str, here: Href) -> list[Component]:
    """The pages of the whole site; the one that is shown is marked."""
    pages = (("rollup", rollup_href), ("campaign", campaigns_href), ("health", health_href))
    return [
        html.A(words[f"{name}.title"], href=href(words.lang, theme), className="on" if here is href else "")
        for name, href in pages
    ]


def _teams(words: Words, theme: str, teams: Sequence[PageTeam], team: PageTeam | None) -> Component:
    """The team that is shown, or the word for all; open, a list of everyone and all of them."""
    links = [
        html.A(one.called(words.lang), href=team_href(one, words.lang, theme), className="on" if one == team else "")
        for one in teams
    ]
    title = team.called(words.lang) if team else words["page.teams"]
    head = html.Summary([html.Span(title), html.Span(className="g g-open")], className="on" if team else "")
    return html.Details([head, html.Nav(links, className="n")], className="menu")


def team_href(team: PageTeam, lang: str, theme: str) -> str:
    """The address of a team's page."""
    return f"/team/{quote(team.id, safe='')}?lang={lang}&theme={theme}"


def health_href(lang: str, theme: str) -> str:
    """The address of the health page."""
    return f"/health?lang={lang}&theme={theme}"


def rollup_href(lang: str, theme: str) -> str:
    """The address of the roll-up."""
    return f"/rollup?lang={lang}&theme={theme}"


def campaigns_href(lang: str, theme: str) -> str:
    """The address of the campaigns."""
    return f"/campaigns?lang={lang}&theme={theme}"
