"""/team/<id>: whom to look at first, the team's sum, then its agents, one row each.

A click on an agent opens beside the table what his number is made of and what the evidence says; the bar over the table
opens the alerts in the same place. In works-council mode there is no judgement of persons on the page.
"""

from dash import html
from dash.development.base_component import Component

from layouts.bindings import live_grid
from layouts.parts.agent_grid import agent_grid
from layouts.parts.desk_bar import alerts_panel, desk_bar
from layouts.parts.drawer import drawer
from layouts.parts.look_first import look_first
from layouts.parts.team_summary import team_summary
from layouts.parts.top import desk_top, team_href
from layouts.shell import PageSite, PageTeam, page
from layouts.wording.words import Words, load_words

GRID_ID = "agents"


class UnknownTeam(LookupError):
    """A team that the site file does not have."""


def team(team_id: str, lang: str, theme: str, site: PageSite) -> Component:
    """The page of one team; raises UnknownTeam."""
    words, shown = load_words(lang), _find(team_id, site)
    top = desk_top(words, theme, site, lambda lang, theme: team_href(shown, lang, theme), shown)
    beside = [drawer(words, not site.works_council, theme, shown.direction), alerts_panel(words)]
    content = html.Div([top, _main(words, shown, site), *beside], className="desk team-page")
    evidence = "" if site.works_council else f"evidence:{team_id}"
    return page(
        content, words=words, theme=theme, density="desk", topic=f"team:{team_id}", site=site, evidence=evidence
    )


def _main(words: Words, shown: PageTeam, site: PageSite) -> Component:
    judged = not site.works_council
    grid = live_grid(agent_grid(words, GRID_ID, shown.direction, judged), GRID_ID, shown.direction)
    first = [look_first(words)] if judged else []
    name = html.H1(shown.called(words.lang), className="unseen")
    return html.Main([name, *first, team_summary(words, shown), desk_bar(words, site.works_council), grid], id="main")


def _find(team_id: str, site: PageSite) -> PageTeam:
    for candidate in site.teams:
        if candidate.id == team_id:
            return candidate
    raise UnknownTeam(f"there is no team {team_id!r}; there is {', '.join(t.id for t in site.teams) or 'none at all'}")
