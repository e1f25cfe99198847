"""What every page stands in: the site as a page needs to know it, the root element the scripts read, the HTML around."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.bindings import live_spoken
from layouts.wording.words import Words, load_words

DEFAULT_THEME = {"wall": "dark", "desk": "light"}
HTML_LANG = {"zh": "zh-CN", "en": "en"}
_TYPE = '<link rel="preload" href="/assets/fonts/InterVariable.woff2" as="font" type="font/woff2" crossorigin>'


@dataclass(frozen=True)
class PageTeam:
    """direction: ``outbound``, ``inbound`` or ``both``; name_en empty: the name serves both languages."""

    id: str
    name: str
    name_en: str
    direction: str

    def called(self, lang: str) -> str:
        return self.name_en if lang == "en" and self.name_en else self.name


EVERYONE = PageTeam("~everyone", "全部坐席", "Everyone", "both")
"""All agents of the site, as a team: it has a page on every site."""


@dataclass(frozen=True)
class PageBoard:
    """A wall of the site file: the pages that it turns, how long each stands, in ms, and how people are named on it.

    names: ``alias``, ``full`` or ``none``.
    """

    id: str = "main"
    pages: tuple[str, ...] = ("floor",)
    rotate_ms: int = 30_000
    names: str = "alias"


@dataclass(frozen=True)
class PageSite:
    """The site's names, zone (IANA), duty telephone (empty: none) and teams in the fixed order of the site file.

    works_council: nothing that judges a person, orders persons or tells how long one has been in a state is on a page.
    """

    name: str
    name_en: str
    zone: str
    duty_phone: str
    teams: tuple[PageTeam, ...]
    works_council: bool = False
    boards: tuple[PageBoard, ...] = (PageBoard(),)
    others: tuple[PageTeam, ...] = ()
    """Lines of the walls that show together teams too small to be shown by themselves; they have no page."""
    everyone: PageTeam = EVERYONE
    has_roster: bool = True
    """Whether anybody is in a team; if not, teams have nothing to show."""

    @property
    def strips(self) -> tuple[PageTeam, ...]:
        """The lines of the walls: teams, and those shown together."""
        return (*self.teams, *self.others) if self.has_roster else ()

    def called(self, lang: str) -> str:
        return self.name_en if lang == "en" and self.name_en else self.name


def page(
    content: Component,
    *,
    words: Words,
    theme: str,
    density: str,
    topic: str,
    site: PageSite,
    evidence: str = "",
    unrated: bool = False,
) -> Component:
    """A page's content -> the root ``#callfloor``: frame topic, language, zone and the words the scripts speak.

    density: ``wall`` or ``desk``. evidence: the topic of the persons' evidence; empty: the page asks for none.
    unrated: nobody on the page can be assessed, so nobody is set apart as not assessed.
    The scripts copy language, theme and density onto <html>.
    """
    data: dict[str, Any] = {
        "data-topic": topic,
        **({"data-evidence": evidence} if evidence else {}),
        **({"data-unrated": "yes"} if unrated else {}),
        "data-lang": words.lang,
        "data-theme": theme,
        "data-density": density,
        "data-zone": site.zone,
        "data-words": words.for_browser(),
    }
    return html.Div(
        [live_spoken(), content], id="callfloor", className="page is-loading", lang=HTML_LANG[words.lang], **data
    )


def directions(teams: Sequence[PageTeam]) -> list[str]:
    """The directions that have teams, outbound first."""
    return [d for d in ("outbound", "inbound") if any(team.direction == d for team in teams)]


def index_string(lang: str, theme: str, density: str, title: str, build: str = "") -> str:
    """Dash's index template with the attributes already on <html>, so that a dark wall is dark from the first paint.

    The browser's own canvas is dark too, before any style sheet has come, and the page's type is asked for at once: lines of
    another type have other heights.

    build: which build has drawn the page; a wall compares it with the one that sends the frames. data-late: what is said where
    the page's content does not come.
    """
    words = load_words(lang)
    late = f'data-late="{escape(words["refusal.not_drawn"])}" data-again="{escape(words["refusal.again"])}"'
    attributes = f'lang="{HTML_LANG[lang]}" data-theme="{theme}" data-density="{density}" data-build="{build}" {late}'
    return f"""<!DOCTYPE html>
<html {attributes}>
<head>{{%metas%}}<meta name="color-scheme" content="{theme}"><title>{escape(title)}</title>{{%favicon%}}{_TYPE}{{%css%}}</head>
<body>{{%app_entry%}}<footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer></body>
</html>"""
