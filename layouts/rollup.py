"""/rollup: will we get there? Site, teams and, of one opened team, its agents by id: the month, its forecast, today's spread.

assets/js/rollup fills the table and the spread; flags are counts alone, and no person is named.
"""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import (
    UNKNOWN,
    WITH_PLAN,
    live_age,
    live_phrase,
    live_reported,
    live_text,
    live_when,
    live_word,
)
from layouts.parts.campaign_table import campaign_section
from layouts.parts.glyphs import attributes
from layouts.parts.page_site import PageSite
from layouts.parts.rollup_charts import month_line, spread
from layouts.parts.tiles import empty_line, fact, unreported_line
from layouts.parts.top import ROLLUP, desk_top
from layouts.shell import page
from layouts.wording.words import Words, load_words

TOPIC = "rollup"
_SITE = "rollup.site"
COLUMNS = ("net", "due", "bar", "pace", "today", "attainment", "forecast", "chance", "score", "deducted_share", "flags")
_HEADS = {
    "net": "column.net", "due": "metric.due", "bar": "rollup.bar", "pace": "metric.pace", "today": "rollup.today",
    "attainment": "rollup.attainment", "forecast": "rollup.forecast", "chance": "rollup.chance", "score": "rollup.score",
    "deducted_share": "rollup.deducted_share", "flags": "rollup.flags",
}  # fmt: skip
_SEEN_AT_FIRST = 40
"""Rows, more than a desk's screen holds: with those below it the page of 250 teams would weigh three times as much."""
_FIGURES = tuple(name for name in COLUMNS if name not in ("bar", "forecast", "flags"))


def rollup(lang: str, theme: str, site: PageSite) -> Component:
    """The page of all tiers."""
    words = load_words(lang)
    campaigns = campaign_section(words, theme)
    untold = unreported_line("calls", "evaluations", of="rollup")
    left = html.Div([empty_line(words, "rollup"), _table(words, site), untold, campaigns], className="tiers")
    right = html.Div([spread(words, site.judges_persons), month_line(words)], className="drawn")
    main = html.Main([_summary(words, site), left, right], id="main")
    content = html.Div([desk_top(words, theme, site, ROLLUP), main], className="desk rollup-page")
    return page(content, words=words, theme=theme, density="desk", topic=TOPIC, site=site)


def _summary(words: Words, site: PageSite) -> Component:
    facts = [_net(words, site), _pace(words), _attainment(words), _month_end(words), _chance(words)]
    return html.Section([html.H1(words["rollup.title"], className="unseen"), *facts], className="sum")


def _net(words: Words, site: PageSite) -> Component:
    made = {"volume": f"{_SITE}.volume", "deducted": f"{_SITE}.deducted"}
    pending = live_phrase(words, "metric.pending", {"n": f"{_SITE}.pending"})
    withdrawn = live_phrase(words, "metric.if_withdrawn", {"n": f"{_SITE}.net_if_withdrawn"})
    floored = live_phrase(words, "metric.floored", {"n": f"{_SITE}.floored"})
    off = live_phrase(words, "metric.not_assessed", {"n": f"{_SITE}.not_assessed_net"})
    beside = [
        live_reported([pending], "complaints", "rollup")[0],
        live_when([withdrawn], f"{_SITE}.net_if_withdrawn", f"{_SITE}.net"),
        live_when([floored], f"{_SITE}.floored"),
        html.Span(live_when([off], f"{_SITE}.not_assessed_net"), className=WITH_PLAN),
    ]
    title = words["rollup.net_month"].format(site=site.called(words.lang))
    less = html.Small(live_reported([live_phrase(words, "rollup.less", made)], "complaints", "rollup"))
    figure = [live_text(f"{_SITE}.net"), less]
    return fact([title, live_age()], figure, beside)


def _pace(words: Words) -> Component:
    paths = {"due": f"{_SITE}.due", "day": "rollup.day", "days": "rollup.days"}
    owed = live_phrase(words, "rollup.due_day", paths, formats={"due": "due"}, plan=tuple(paths))
    why = live_word(f"{_SITE}.reason", "reason")
    return fact([words["metric.pace"]], [live_text(f"{_SITE}.pace", "percent")], [owed, why])


def _attainment(words: Words) -> Component:
    target = live_phrase(words, "rollup.month_target", {"n": f"{_SITE}.target"}, formats={"n": "due"}, plan=("n",))
    return fact([words["rollup.attainment"]], [live_text(f"{_SITE}.attainment", "percent")], [target])


def _month_end(words: Words) -> Component:
    base = f"{_SITE}.forecast"
    ends = {"low": f"{base}.low", "high": f"{base}.high"}
    needs = live_phrase(words, "rollup.needs", {"n": f"{base}.needs"}, formats={"n": "whole_share"})
    off = html.Span(words["rollup.assessed_only"])
    figure = [live_text(f"{base}.expected"), html.Small(live_phrase(words, "rollup.between", ends))]
    title: list[Component | str] = [words["rollup.month_end"], live_when([off], f"{_SITE}.not_assessed_net")]
    return fact(title, figure, [live_when([needs], f"{base}.needs")])


def _chance(words: Words) -> Component:
    figure = live_text(f"{_SITE}.forecast.chance", "chance")
    return fact([words["rollup.chance_of_target"]], [figure], [html.Span(words["rollup.sharper"])])


def _table(words: Words, site: PageSite) -> Component:
    """Head and, until figures come, a row for the site and each team that has one to itself, as many as are seen.

    The others are counted in one row.
    """
    names = [
        site.called(words.lang),
        *([team.called(words.lang) for team in site.teams] if site.judges_persons else []),
    ]
    heads = [html.Th(words["rollup.who"], scope="col", className="nm"), *(_head(words, name) for name in COLUMNS)]
    opens = attributes(data_opens="yes") if site.judges_persons else {}
    rest = [words["rollup.more_teams"].format(n=len(names) - _SEEN_AT_FIRST)] if len(names) > _SEEN_AT_FIRST else []
    shown = [*names[:_SEEN_AT_FIRST], *rest]
    rows = [_unknown_row(name, "t2" if at else "t1") for at, name in enumerate(shown)]
    caption = html.Caption(words["rollup.caption"], className="unseen")
    return html.Table(
        [caption, html.Thead(html.Tr(heads)), html.Tbody(rows, **attributes(data_rollup="rows"))],
        className="ru n",
        **opens,
    )


def _head(words: Words, name: str) -> Component:
    text = words[_HEADS[name]]
    shown: Component | str = html.Span(text, className="unseen") if name == "bar" else text
    return html.Th(shown, scope="col", className=f"c-{name}")


def _unknown_row(name: str, class_name: str) -> Component:
    cells = [html.Td(UNKNOWN if column in _FIGURES else "", className=f"c-{column} gone") for column in COLUMNS]
    return html.Tr([html.Th(name, scope="row", className="nm"), *cells], className=class_name)
