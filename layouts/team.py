"""/team/<id>: whom to look at first, the team's sums, then its agents, one row each. /team/~everyone: the same for all agents.

A click on an agent opens a drawer beside the table with the make-up of the number and the evidence; the bar over the table
opens the alerts in the same place. Where a works council says so the page judges no person, or shows none: the sums alone.
"""

from dash import html
from dash.development.base_component import Component

from layouts.parts.agent_grid import agent_grid
from layouts.parts.bindings import live_grid
from layouts.parts.drawer import drawer
from layouts.parts.page_site import PageSite, PageTeam
from layouts.parts.table_bar import alerts_bar, alerts_panel, table_bar
from layouts.parts.team_summary import look_first, team_summary
from layouts.parts.tiles import empty_line, unreported_line
from layouts.parts.top import desk_top, team_path
from layouts.shell import page
from layouts.wording.words import Words, load_words

GRID_ID = "agents"


def team(team_id: str, lang: str, theme: str, site: PageSite) -> Component:
    """The page of one team, or of everyone. Raises KeyError: the site has no such team."""
    words, shown = load_words(lang), {each.id: each for each in (*site.teams, site.everyone)}[team_id]
    judged = is_judged(shown, site)
    top = desk_top(words, theme, site, team_path(shown), shown)
    beside = [drawer(words, judged, theme, shown.direction)] if site.shows_persons else []
    content = html.Div([top, _main(words, shown, site), *beside, alerts_panel(words)], className="desk team-page")
    evidence = f"evidence:{team_id}" if judged else ""
    return page(
        content,
        words=words,
        theme=theme,
        density="desk",
        topic=f"team:{team_id}",
        site=site,
        evidence=evidence,
        unrated=is_unrated(shown, site),
    )


def is_judged(shown: PageTeam, site: PageSite) -> bool:
    """Whether the page holds persons against peers: not under a works council, nor where nobody is in a team."""
    return site.judges_persons and (shown != site.everyone or (site.has_roster and bool(site.teams)))


def is_unrated(shown: PageTeam, site: PageSite) -> bool:
    """Whether nobody on the page is assessed: everybody is in no team, or the site judges no person."""
    return not site.judges_persons or (shown == site.everyone and not site.strips)


def _main(words: Words, shown: PageTeam, site: PageSite) -> Component:
    if not site.shows_persons:
        return html.Main([*_sums(words, shown), alerts_bar(words)], id="main")
    judged = is_judged(shown, site)
    table = agent_grid(words, GRID_ID, shown.direction, judged, judges_persons=site.judges_persons)
    grid = live_grid(table, GRID_ID, shown.direction)
    first = [look_first(words)] if judged else []
    name, *sums = _sums(words, shown)
    return html.Main([name, *first, *sums, table_bar(words, judged, is_unrated(shown, site)), grid], id="main")


def _sums(words: Words, shown: PageTeam) -> list[Component]:
    name = html.H1(shown.called(words.lang), className="unseen")
    return [name, team_summary(words, shown), empty_line(words), unreported_line("calls", "surveys")]
