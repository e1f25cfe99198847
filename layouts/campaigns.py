"""/campaigns: will each list be done in time, and what do its calls come to? One row per campaign that runs today."""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_age
from layouts.parts.campaign_table import ALL, campaign_table
from layouts.parts.page_site import PageSite
from layouts.parts.top import CAMPAIGNS, desk_top
from layouts.rollup import TOPIC
from layouts.shell import page
from layouts.wording.words import load_words


def campaigns(lang: str, theme: str, site: PageSite) -> Component:
    """The page of the campaigns."""
    words = load_words(lang)
    project = site.viewer.project
    topic = TOPIC if project is None else f"project:{project}"
    head = html.Div([html.H1(words["campaign.title"]), live_age()], className="head")
    basis = html.P(words["campaign.basis"], className="basis")
    main = html.Main([head, campaign_table(words, ALL), basis], id="main")
    content = html.Div([desk_top(words, theme, site, CAMPAIGNS), main], className="desk campaigns-page")
    return page(content, words=words, theme=theme, density="desk", topic=topic, site=site)
