"""/campaigns: will each list be done in time, and what do its calls come to? One row per campaign that runs today."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_age
from layouts.parts.campaign_table import ALL, campaign_table
from layouts.parts.glyphs import attributes
from layouts.parts.page_site import PageProject, PageSite
from layouts.parts.top import CAMPAIGNS, desk_top, page_href, project_path
from layouts.shell import page
from layouts.wording.words import Words, load_words

TOPIC = "campaigns"


def campaigns(lang: str, theme: str, site: PageSite, project: str | None = None) -> Component:
    """The page of the campaigns; of a client those of a project of theirs, None: of the first."""
    words, theirs = load_words(lang), site.viewer.projects
    shown = next((each for each in theirs if project in (None, each.id)), None)
    topic, here = (f"project:{shown.id}", project_path(shown)) if shown else (TOPIC, CAMPAIGNS)
    title = html.H1(words["campaign.title"])
    head = html.Div([title, *_choice(words, theme, theirs, shown), live_age()], className="head")
    basis = html.P(words["campaign.basis"], className="basis")
    main = html.Main([head, campaign_table(words, ALL), basis], id="main")
    content = html.Div([desk_top(words, theme, site, here), main], className="desk campaigns-page")
    return page(content, words=words, theme=theme, density="desk", topic=topic, site=site)


def _choice(words: Words, theme: str, projects: Sequence[PageProject], shown: PageProject | None) -> list[Component]:
    """The name of a client's project; of several all, each a link."""
    if len(projects) < 2:
        return [html.Span(each.called(words.lang), className="project") for each in projects]
    links = [
        html.A(
            each.called(words.lang),
            href=page_href(project_path(each), words.lang, theme),
            className="chip",
            **(attributes(aria_current="page") if each == shown else {}),
        )
        for each in projects
    ]
    return [html.Nav(links, className="chips")]
