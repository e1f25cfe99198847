"""Error pages in words (no such page, not your page, failed), in both languages: the reader's language is not known."""

from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard.web.errors import PAGE_STATUS, answer_fault
from layouts.shell import HTML_LANG
from layouts.wording.words import LANGUAGES, load_words

_SHEETS = ("10-tokens.css", "20-shell.css", "40-pages.css")
_WALL = "/wall/"
_AGAIN_S = 30
"""Nobody attends a wall, so its error page loads the wall again by itself."""


def error_page(request: Request, word: str, links: Mapping[str, str] | None = None, **values: str) -> Response:
    """The words ``refusal.<word>`` and ``refusal.<word>_how`` with ``values``; ``links``: address -> text of other pages.

    The status is that of the word in PAGE_STATUS. A page that failed has a link to itself, and a wall loads itself again.
    """
    status = PAGE_STATUS[word]
    wall = request.url.path.startswith(_WALL)
    path = "/" + request.url.path.lstrip("/")  # two slashes would lead to another host
    here = f"{path}?{request.url.query}" if request.url.query else path
    again = {here: in_both_languages("again")} if status >= 500 else {}
    anchors = "".join(
        f"<a href='{escape(href)}'>{escape(text)}</a>" for href, text in {**again, **(links or {})}.items()
    )
    body = "".join(_words(lang, word, values) for lang in LANGUAGES) + (f"<nav>{anchors}</nav>" if anchors else "")
    headers = {"Cache-Control": "no-store", **({"Refresh": str(_AGAIN_S)} if wall else {})}
    return HTMLResponse(_html(body, wall), status, headers)


async def answer_failure(request: Request, error: Exception) -> Response:
    """The answer to a fault of callfloor: a page for a browser, JSON for a script. The log has the error."""
    if "text/html" in request.headers.get("accept", ""):
        return error_page(request, "failed", {"/health": in_both_languages("health")})
    return answer_fault()


def in_both_languages(key: str) -> str:
    """A word of the section in both languages."""
    return " / ".join(load_words(lang)[f"refusal.{key}"] for lang in LANGUAGES)


def _words(lang: str, word: str, values: Mapping[str, str]) -> str:
    table = load_words(lang)
    what, how = (table[f"refusal.{key}"].format(**values) for key in (word, f"{word}_how"))
    lines = f"<h1>{escape(what)}</h1>" + (f"<p>{escape(how)}</p>" if how else "")
    return f"<section lang='{HTML_LANG[lang]}'>{lines}</section>"


def _html(body: str, wall: bool) -> str:
    theme, density = ("dark", "wall") if wall else ("light", "desk")
    sheets = "".join(f"<link rel='stylesheet' href='/assets/{name}'>" for name in _SHEETS)
    return (
        f"<!DOCTYPE html><html lang='zh-CN' data-theme='{theme}' data-density='{density}'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'><meta name='color-scheme' content='{theme}'>"
        f"<title>callfloor</title>{sheets}<link rel='icon' href='/_favicon.ico'></head>"
        f"<body><main class='said'>{body}</main></body></html>"
    )
