"""/displays: the screens that wait, the walls, and the approval of a screen by the code that it shows.

assets/js/displays fills the page from /displays.json every three seconds, and makes the form beside the list. Boards are drawn
as wireframes, without a figure: an administrator manages screens and sees no performance.
"""

import json
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.glyphs import attributes
from layouts.parts.page_site import PageBoard, PageSite
from layouts.parts.top import DISPLAYS, desk_top
from layouts.shell import page
from layouts.wall import pages_of
from layouts.wording.words import Words, load_words

FACTS = ("on", "off", "waiting", "soon")
COLUMNS = ("display", "board", "people", "seen", "size", "paired", "expires")


def displays(lang: str, theme: str, site: PageSite) -> Component:
    """The page of the displays."""
    words = load_words(lang)
    boards = {board.id: _board(words, board, site) for board in site.boards}
    data = attributes(data_words=_words(words), data_boards=json.dumps(boards, ensure_ascii=False))
    main = html.Main([_head(words), _facts(words), _table(words), *_recent(words)], id="main", tabIndex="0")
    panel = html.Aside(id="displays-panel", className="displays-panel")
    content = html.Div(
        [desk_top(words, theme, site, DISPLAYS), main, panel], id="displays", className="desk displays-page", **data
    )
    return page(content, words=words, theme=theme, density="desk", topic="line", site=site)


def _board(words: Words, board: PageBoard, site: PageSite) -> dict[str, object]:
    """What the page says about a board: its pages as they may be shown, how long each stands, and how people are named."""
    pages = pages_of(board, site)
    name = words["displays.main"] if board.id == PageBoard.id else board.id
    return {"name": name, "pages": pages, "rotate_s": board.rotate_ms // 1000, "names": board.names}


def _words(words: Words) -> str:
    """The words of assets/js/displays."""
    return json.dumps(
        {key: text for key, text in words.table.items() if key.startswith("displays.")}, ensure_ascii=False
    )


def _head(words: Words) -> Component:
    note = html.Span(words["displays.note"], className="small")
    return html.Div([html.H1(words["displays.title"]), note], className="displays-head")


def _facts(words: Words) -> Component:
    facts = [
        html.Div(
            [
                html.Div(words[f"displays.{name}"], className="k"),
                html.Div("—", className="v", **attributes(data_fact=name)),
            ]
        )
        for name in FACTS
    ]
    return html.Div(facts, className="displays-facts n")


def _table(words: Words) -> Component:
    head = html.Thead(html.Tr([html.Th(words[f"displays.{name}"], className=name) for name in COLUMNS]))
    return html.Table([head, html.Tbody(id="displays-rows")], className="displays-table")


def _recent(words: Words) -> Sequence[Component]:
    head = html.H2([words["displays.recent"], html.Span(words["displays.in_audit"])])
    return head, html.Ul(id="displays-recent", className="n")
