"""/me: an agent's own number and its make-up, deadlines for appeals, the next bracket, verdict, flags and feedback.

The layout knows no agent; assets/js/me/me.js fills the slots (``data-me``) from GET /me.json?as=<id>. The topic ``line`` brings
the freshness of the counters and the clock. On a phone everything stands in one column, without charts.
"""

from dash import html
from dash.development.base_component import Component

from layouts.parts.agent_page import bracket, compared, feedback, how_made, lookers, number, own_pace, own_quality, slot
from layouts.parts.bindings import live_clock, live_fresh, live_notice
from layouts.parts.page_site import PageSite
from layouts.parts.top import account, page_href, skip_link
from layouts.shell import page
from layouts.wording.words import LANGUAGES, Words, load_words

TOPIC = "line"


def me(lang: str, theme: str, site: PageSite) -> Component:
    """The page of whoever opens it."""
    words = load_words(lang)
    peers = [compared(words)] if site.judges_persons else []
    pace, quality = ([own_pace(words, theme)], [own_quality(words, theme)]) if site.judges_persons else ([], [])
    left = html.Div([number(words), how_made(words), *pace, _records(words), _sheets(words)], className="own")
    beside = html.Div([bracket(words), *peers, feedback(words), lookers(words), *quality], className="beside")
    said = [slot("problem", "p", "problem", role="alert"), slot("done", "p", "done", role="status")]
    main = html.Main([html.H1(words["me.title"], className="unseen"), *said, left, beside], id="main")
    content = html.Div([_top(words, theme, site), main], className="me-page")
    return page(content, words=words, theme=theme, density="desk", topic=TOPIC, site=site)


def _top(words: Words, theme: str, site: PageSite) -> Component:
    other = next(lang for lang in LANGUAGES if lang != words.lang)
    usual = html.Div([live_fresh(words)], className="when-live")
    # Without the person: assets/js/me/me.js adds who it is.
    language = html.A(words["page.other_language"], href=page_href("/me", other, theme), className="lang")
    where = [html.Span("callfloor", className="brand"), html.Span(words["me.title"], className="wide")]
    right = [
        live_notice(words, site.duty_phone),
        usual,
        live_clock("datetime", "n wide"),
        language,
        slot("name", "span"),
        *account(words, site),
    ]
    return html.Header([skip_link(words), *where, html.Span(className="sp"), *right], className="top")


def _records(words: Words) -> Component:
    """Every deduction and every other record, with what may still be done about it."""
    head = html.H2([words["me.records"], slot("sum", "span", "n")], className="k")
    return html.Section([head, slot("records", "ul", "dl"), slot("all", "div", "all")])


def _sheets(words: Words) -> Component:
    """Months that are signed: what was signed, and until when it can be appealed. Not there while there is none."""
    head = html.H2([words["me.sheets"], html.Span(words["me.sheets_note"])], className="k")
    return html.Section([head, slot("sheets", "ul", "dl")], className="sheets off")
