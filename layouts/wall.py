"""/wall/<board>: are we falling behind now? 1920 x 1080, read at 8 m; larger screens are zoomed.

assets/js/wall/kiosk.js turns the pages of a board. Net, pace, the last 30 minutes and the freshness are on every page. All pages
are drawn at once, so that a turn only changes which one is visible.
"""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_clock, live_fresh, live_notice
from layouts.parts.glyphs import attributes, glyph
from layouts.parts.page_site import PageBoard, PageSite, directions
from layouts.parts.project_page import project_line, project_page
from layouts.parts.wall_pages import floor_page, pinned, shows_agents
from layouts.shell import page
from layouts.wording.words import Words, load_words

FLOOR, QUEUES, AGENTS, PROJECT = "floor", "queues", "agents", "project"
_LEGEND = ("talk", "available", "wrap", "break", "other")
DEFAULT = PageBoard()


def wall(lang: str, theme: str, site: PageSite, board: PageBoard = DEFAULT) -> Component:
    """A board of the site; lang ``zh`` or ``en``, theme ``dark`` or ``light``."""
    words, pages = load_words(lang), pages_of(board, site)
    turning = attributes(data_pages=" ".join(pages), data_rotate=str(board.rotate_ms))
    drawn = [_page(name, words, site, board, first=name == pages[0]) for name in pages]
    content = html.Main([_header(words, site, board, pages), *drawn], className="wall", **turning)
    return page(content, words=words, theme=theme, density="wall", topic=topic_of(board, site), site=site)


def pages_of(board: PageBoard, site: PageSite) -> tuple[str, ...]:
    """The pages that a board may show: none with agents under a works council, or where the board names nobody."""
    if board.project:
        return (PROJECT, QUEUES) if QUEUES in board.pages else (PROJECT,)
    hidden = {AGENTS} if not site.judges_persons or board.names == "none" else set()
    return tuple(name for name in board.pages if name not in hidden) or (FLOOR,)


def topic_of(board: PageBoard, site: PageSite) -> str:
    """The topic of its frames: the board's, with people where a page shows them."""
    pages = pages_of(board, site)
    if AGENTS not in pages and not (FLOOR in pages and shows_agents(board, site)):
        return f"wall:{board.id}"
    return f"wall:{board.id}/people"


def _page(name: str, words: Words, site: PageSite, board: PageBoard, first: bool) -> Component:
    if name == PROJECT:
        parts = project_page(words)
    elif name == FLOOR:
        parts = floor_page(words, site, board)
    else:
        parts = [project_line(words) if board.project else pinned(words), _drawn(name, words)]
    return html.Section(parts, className="wpage on" if first else "wpage", **attributes(data_page=name))


def _drawn(name: str, words: Words) -> Component:
    """A page without a layout of its own: assets/js/wall/queues.js and seats.js draw queues and seats from the frames."""
    heads = {key: words[f"queue.{key}"] for key in ("name", "waiting", "longest", "in_time", "abandoned", "ready")}
    data = {f"data_{key}": text for key, text in heads.items()} if name == QUEUES else {}
    return html.Div(className=f"wall-{name}", **attributes(data_wall=name, **data))


def _header(words: Words, site: PageSite, board: PageBoard, pages: tuple[str, ...]) -> Component:
    called = (board.project_en if words.lang == "en" else board.project) or site.called(words.lang)
    titles = [_title(words, site, name, first=name == pages[0]) for name in pages]
    name = [
        html.H1(called, title=called),
        *titles,
        html.Span(className="told n", **attributes(data_wall="told")),
        html.Span(className="sp"),
    ]
    usual = html.Div([*name, live_fresh(words), live_clock("date", "dim n")], className="when-live")
    return html.Header([usual, live_notice(words, site.duty_phone), live_clock("time", "clock n")])


def _title(words: Words, site: PageSite, name: str, first: bool) -> Component:
    kinds = directions(site.strips)
    work = words["direction.both"] if len(kinds) > 1 else " ".join(words[f"direction.{kind}"] for kind in kinds)
    text = work if name == FLOOR else words[f"wall.{name}"]
    legend = [html.Span([glyph(state), words[f"state.{state}"]]) for state in _LEGEND] if name == AGENTS else []
    explained = [html.Div(legend, className="legend")] if legend else []
    parts = [html.Span(text), html.Span(className="n", **attributes(data_wall="more")), *explained]
    return html.Div(parts, className="title dim on" if first else "title dim", **attributes(data_title=name))
