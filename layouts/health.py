"""/health: the state of the line. assets/js/health fills the page from /health.json every three seconds.

First come the things to look after, in sentences; then the figures, the dead letters by reason with their replay, and the
tables. The page carries its own words for the script: no other page speaks them.
"""

import json
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.glyphs import attributes
from layouts.parts.page_site import PageSite
from layouts.parts.top import HEALTH, desk_top
from layouts.shell import page
from layouts.wording.words import Words, load_words

TOTALS = (
    *("records", "applied", "misrouted", "duplicates", "conflicts"),
    *("superseded", "ignored", "heartbeats", "dead_lettered"),
)
PARTITIONS = ("partition", "position", "lag", "records", "dead_lettered", "newest", "heartbeat_age_s")
LETTERS = ("reason", "waiting", "again", "lost", "newest", "wrong", "shape", "replay")
SURROUNDINGS = {
    "publisher": ("build", "tick", "process"),
    "redis": ("memory", "policy"),
    "kafka": ("append_time", "retention"),
    "site": ("loaded_at", "file"),
    "unreported": ("kinds",),
}
_OF_THE_SCRIPT = ("health", "todo", "letters")


def health(lang: str, theme: str, site: PageSite) -> Component:
    """The page of the line's health."""
    words = load_words(lang)
    tables = [
        html.Div(
            [_table(words, "partitions", PARTITIONS), _table(words, "forgotten", ("agent", "state", "since", "source"))]
        ),
        html.Div([_table(words, "sources", ("source", "newest", "silent_s")), _surroundings(words)]),
    ]
    name = html.H1(words["health.title"], className="unseen")
    inside = [name, _to_do(words), _sums(words), _letters(words), html.Div(tables, className="health-tables")]
    body = html.Div(inside, id="health", **attributes(data_words=_words(words)))
    main = html.Main(body, id="main", tabIndex="0")
    content = html.Div([desk_top(words, theme, site, HEALTH), main], className="desk health-page")
    return page(content, words=words, theme=theme, density="desk", topic="line", site=site)


def _words(words: Words) -> str:
    """The words of assets/js/health."""
    spoken = {key: text for key, text in words.table.items() if key.partition(".")[0] in _OF_THE_SCRIPT}
    return json.dumps(spoken, ensure_ascii=False)


def _to_do(words: Words) -> Component:
    """The things to look after, and the mistakes of the newest change of the site file, line by line."""
    head = html.H2([words["health.to_do"], html.Span(className="n seen-at", id="health-seen")])
    listed = html.Ul(html.Li("—"), id="health-todo", className="todo")
    problems = html.Div(_table(words, "site.problems", ("file", "line", "message")), className="site-problems")
    return html.Section([head, listed, problems])


def _sums(words: Words) -> Component:
    """The age of the data, the lag, and the outcome of every record."""
    figures = [(words["health.age_s"], _value("age_s")), (words["health.lag"], _value("lag"))]
    figures += [(words[f"health.{name}"], _value(f"totals.{name}")) for name in TOTALS]
    return html.Section([_figure(title, value) for title, value in figures], className="health-sums")


def _figure(title: str, value: Component) -> Component:
    return html.Div([html.Div(title, className="k n"), html.Div(value, className="v n")])


def _value(path: str) -> Component:
    return html.Span("—", **attributes(data_health=path))


def _letters(words: Words) -> Component:
    """Dead letters by reason, and the course of their replay."""
    head = html.Thead(html.Tr([html.Th(_column(words, name), className=name) for name in LETTERS]))
    table = html.Table([head, html.Tbody(id="letters")], className="n letters")
    run = html.P(id="letters-run", className="run n", role="status")
    problem = html.P(id="letters-problem", className="problem", role="alert")
    return html.Section(
        [html.H2(words["health.dead_letters"]), table, html.P(id="letters-none", className="none"), run, problem]
    )


def _column(words: Words, name: str) -> Component | str:
    if name == "replay":
        return html.Span(words["letters.replay"], className="unseen")
    return words[f"letters.{name}"]


def _surroundings(words: Words) -> Component:
    """A line each for the publisher, Redis, the topic and the site file."""
    rows = [
        html.Tr([html.Th(words[f"health.{part}"], scope="row"), html.Td(_value(f"{part}.{name}"))])
        if at == 0
        else html.Tr([html.Td(), html.Td(_value(f"{part}.{name}"), className="dim")])
        for part, names in SURROUNDINGS.items()
        for at, name in enumerate(names)
    ]
    return html.Section([html.H2(words["health.around"]), html.Table(html.Tbody(rows), className="n around")])


def _table(words: Words, path: str, columns: Sequence[str]) -> Component:
    head = html.Thead(html.Tr([html.Th(words[f"health.{name}"], className=name) for name in columns]))
    body = html.Tbody(**attributes(data_health_rows=path, data_columns=" ".join(columns)))
    title = html.H2(words[f"health.{path.rpartition('.')[2]}"])
    return html.Section([title, html.Table([head, body], className="n")])
