"""The bar over every desk page: the way to the other pages, the age of the figures, the time, the language."""

from collections.abc import Sequence
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_clock, live_fresh, live_notice
from layouts.parts.page_site import PageProject, PageSite, PageTeam, PageViewer
from layouts.wording.words import LANGUAGES, Words

ROLLUP, CAMPAIGNS, ME, DISPLAYS, HEALTH, AUDIT = "/rollup", "/campaigns", "/me", "/displays", "/health", "/audit"


def desk_top(words: Words, theme: str, site: PageSite, here: str, team: PageTeam | None = None) -> Component:
    """``here``: the path of the page itself; ``team``: the team that it shows, None: it shows none."""
    other = next(lang for lang in LANGUAGES if lang != words.lang)
    usual = html.Div([live_fresh(words)], className="when-live")
    language = html.A(words["page.other_language"], href=page_href(here, other, theme))
    right = [live_notice(words, site.duty_phone), usual, live_clock("datetime", "n"), language]
    wall = html.A(words["page.wall"], href=f"/wall/main?lang={words.lang}")
    teams = [each for each in (site.everyone, *site.teams) if site.viewer.opens_team(each.id)]
    nav = [
        skip_link(words),
        html.Span("callfloor", className="brand"),
        *([wall] if site.viewer.opens("/wall/main") else []),
        *([_teams(words, theme, teams, team)] if teams else []),
        *_pages(words, theme, here, site.viewer),
        html.Span(className="sp"),
    ]
    name = site.called(words.lang)
    named = html.Span(name, className="site", title=name)
    return html.Header([*nav, *right, named, *account(words, site)], className="top")


def account(words: Words, site: PageSite) -> list[Component]:
    """The person who is signed in, with their roles, and the way out; nothing where nobody in particular looks."""
    viewer = site.viewer
    if not viewer.name:
        return []
    out: Component = html.Button(words["sign_in.out"], className="quiet", id="sign-out", type="button")
    if site.is_demo:
        out = html.A(words["demo.change"], href=f"/sign-in?lang={words.lang}")
    roles = words["account.and"].join(_roles(words, site))
    shown = words["account.shown"].format(name=viewer.name, roles=roles) if roles else viewer.name
    head = html.Summary([html.Span(shown, title=shown), html.Span(className="g g-open")])
    return [html.Details([head, html.Nav([out])], className="menu account")]


def _roles(words: Words, site: PageSite) -> list[str]:
    """The roles in words; of a lead with the team, where it is one."""
    led = [team.called(words.lang) for team in site.teams if site.viewer.opens_team(team.id)]
    role = {role: words[f"role.{role}"] for role in site.viewer.roles}
    if "lead" in role and "supervisor" not in role and len(led) == 1:
        role["lead"] = words["account.lead"].format(team=led[0])
    return list(role.values())


def skip_link(words: Words) -> Component:
    """First on every page that the keyboard goes through: past the bar, to the content. assets/js/core/focus.js follows it."""
    return html.A(words["page.skip"], href="#main", className="skip")


def _pages(words: Words, theme: str, here: str, viewer: PageViewer) -> list[Component]:
    """The pages of the whole site that the viewer may open; the one that is shown is marked."""
    every = (
        *(("rollup", ROLLUP), ("campaign", CAMPAIGNS), ("me", ME), ("displays", DISPLAYS), ("health", HEALTH)),
        ("audit", AUDIT),
    )
    pages = [(name, path) for name, path in every if viewer.opens(path) and (path != ME or viewer.agent)]
    return [
        html.A(
            words[f"{name}.title"],
            href=page_href(path, words.lang, theme),
            className="on" if here == path or here.startswith(f"{path}/") else "",
        )
        for name, path in pages
    ]


def _teams(words: Words, theme: str, teams: Sequence[PageTeam], team: PageTeam | None) -> Component:
    """The team that is shown, or the word for all; open, a list of everyone and all of them."""
    links = [
        html.A(
            each.called(words.lang),
            href=page_href(team_path(each), words.lang, theme),
            className="on" if each == team else "",
        )
        for each in teams
    ]
    title = team.called(words.lang) if team else words["page.teams"]
    head = html.Summary(
        [html.Span(title, title=title), html.Span(className="g g-open")], className="on" if team else ""
    )
    return html.Details([head, html.Nav(links, className="n")], className="menu")


def team_path(team: PageTeam) -> str:
    """The path of a team's page."""
    return f"/team/{quote(team.id, safe='')}"


def project_path(project: PageProject) -> str:
    """The path of the campaigns of a client's project."""
    return f"{CAMPAIGNS}/{quote(project.id, safe='')}"


def page_href(path: str, lang: str, theme: str) -> str:
    """The address of a page in a language and a theme."""
    return f"{path}?lang={lang}&theme={theme}"
