"""The frame of every page: the root element with the data that scripts read, and the HTML around it."""

from html import escape
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_spoken
from layouts.parts.page_site import PageSite
from layouts.wording.words import Words, load_words

DEFAULT_THEME = {"wall": "dark", "desk": "light"}
HTML_LANG = {"zh": "zh-CN", "en": "en"}
_TYPE = '<link rel="preload" href="/assets/fonts/InterVariable.woff2" as="font" type="font/woff2" crossorigin>'


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
        "data-roles": " ".join(site.viewer.roles),
        **({"data-agent": site.viewer.agent} if site.viewer.agent else {}),
        **({"data-account": site.viewer.name} if site.viewer.name else {}),
    }
    return html.Div(
        [live_spoken(), content], id="callfloor", className="page is-loading", lang=HTML_LANG[words.lang], **data
    )


def index_string(lang: str, theme: str, density: str, title: str, build: str = "", *, is_demo: bool = False) -> str:
    """Dash's index template with the attributes already on <html>, so that a dark wall is dark from the first paint.

    The browser's own canvas is dark too, before any style sheet has come, and the page's type is asked for at once: lines of
    another type have other heights.

    build: which build has drawn the page; a wall compares it with the one that sends the frames. data-late: what is said where
    the page's content does not come. data-demo: the strip of the demo.
    """
    words = load_words(lang)
    late = f'data-late="{escape(words["refusal.not_drawn"])}" data-again="{escape(words["refusal.again"])}"'
    name = escape(title).replace("{%", "{&#37;")  # else Dash fills in what the name of a team spells
    demo = f' data-demo="{escape(words["demo.banner"])}"' if is_demo else ""
    attributes = (
        f'lang="{HTML_LANG[lang]}" data-theme="{theme}" data-density="{density}" data-build="{build}" {late}{demo}'
    )
    return f"""<!DOCTYPE html>
<html {attributes}>
<head>{{%metas%}}<meta name="color-scheme" content="{theme}"><title>{name}</title>{{%favicon%}}{_TYPE}{{%css%}}</head>
<body>{{%app_entry%}}<footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer></body>
</html>"""
