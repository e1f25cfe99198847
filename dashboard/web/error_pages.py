"""Pages that say in words why there is no other: not found, not for you, failed. In both languages, for who asks is not known."""

from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from layouts.shell import HTML_LANG
from layouts.wording.words import LANGUAGES, load_words

_SHEETS = ("10-tokens.css", "20-shell.css", "40-pages.css")
_WALL = "/wall/"
_AGAIN_S = 30
"""Nobody attends a wall: what it could not show it asks for again by itself."""


def said(request: Request, why: str, status: int, links: Mapping[str, str] | None = None, **values: str) -> Response:
    """What ``refusal.<why>`` and ``refusal.<why>_how`` say of ``values``; ``links``: where one may go instead, address -> text.

    A page that failed can be asked for again by hand, and a wall asks by itself.
    """
    wall = request.url.path.startswith(_WALL)
    path = "/" + request.url.path.lstrip("/")  # two slashes would lead to another host
    here = f"{path}?{request.url.query}" if request.url.query else path
    again = {here: both("again")} if status >= 500 else {}
    body = "".join(_words(lang, why, values) for lang in LANGUAGES) + _list({**again, **(links or {})})
    headers = {"Cache-Control": "no-store", **({"Refresh": str(_AGAIN_S)} if wall else {})}
    return HTMLResponse(_html(body, wall), status, headers)


async def failed(request: Request, error: Exception) -> Response:
    """What nobody foresaw: a page in words for who looks, JSON for a script. The error itself goes to the log."""
    if "text/html" in request.headers.get("accept", ""):
        return said(request, "failed", 500, {"/health": both("health")})
    return JSONResponse({"error": "failed", "message": load_words("en")["refusal.failed"]}, 500)


def both(key: str) -> str:
    """A word of the section in both languages."""
    return " / ".join(load_words(lang)[f"refusal.{key}"] for lang in LANGUAGES)


def _words(lang: str, why: str, values: Mapping[str, str]) -> str:
    table = load_words(lang)
    what, how = (table[f"refusal.{key}"].format(**values) for key in (why, f"{why}_how"))
    lines = f"<h1>{escape(what)}</h1>" + (f"<p>{escape(how)}</p>" if how else "")
    return f"<section lang='{HTML_LANG[lang]}'>{lines}</section>"


def _list(links: Mapping[str, str]) -> str:
    anchors = "".join(f"<a href='{escape(href)}'>{escape(text)}</a>" for href, text in links.items())
    return f"<nav>{anchors}</nav>" if anchors else ""


def _html(body: str, wall: bool) -> str:
    theme, density = ("dark", "wall") if wall else ("light", "desk")
    sheets = "".join(f"<link rel='stylesheet' href='/assets/{name}'>" for name in _SHEETS)
    return (
        f"<!DOCTYPE html><html lang='zh-CN' data-theme='{theme}' data-density='{density}'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'><meta name='color-scheme' content='{theme}'>"
        f"<title>callfloor</title>{sheets}<link rel='icon' href='/_favicon.ico'></head>"
        f"<body><main class='said'>{body}</main></body></html>"
    )
