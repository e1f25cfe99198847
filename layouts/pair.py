"""/pair: the page of a screen that is not paired, or not any more: its code, where to type it, and how to tell screens apart.

HTML without data; assets/js/pair/pair.js fetches the code. 1920 x 1080, read at 8 m; larger and smaller screens are zoomed.
"""

from html import escape

from layouts.shell import HTML_LANG
from layouts.wording.words import load_words

_SHEETS = ("10-tokens.css", "20-shell.css", "47-pair.css")
_SCRIPTS = ("core/dom.js", "core/server.js", "pair/pair.js")


def pair_html(
    lang: str, zone: str, duty_phone: str, address: str, displays: str, sign_in: str, ended_ms: int | None
) -> str:
    """The page.

    ``address``: that of the screen; ``displays``: where an administrator types the code; ``sign_in``: where a person signs in;
    ``ended_ms``: since when the screen is no wall any more, None: it was none.
    """
    words = load_words(lang)
    why, how = ("unpaired", "open") if ended_ms is None else ("revoked", "open_again")
    spoken = {key: escape(words[f"pair.{key}"]) for key in ("refused", "unreachable", "busy", "new_code", "display")}
    data = {**{f"data-{key.replace('_', '-')}": text for key, text in spoken.items()}, "data-zone": escape(zone)}
    attributes = " ".join(f'{name}="{value}"' for name, value in data.items())
    time = f"<span class='n' data-ended='{ended_ms}'></span>" if ended_ms is not None else ""
    first = escape(words[f"pair.{why}"]).replace("{time}", time)
    second = escape(words[f"pair.{how}"]).replace("{address}", f"<b>{escape(displays)}</b>")
    phone = escape(words["page.duty_phone"].format(phone=duty_phone)) if duty_phone else ""
    sheets = "".join(f"<link rel='stylesheet' href='/assets/{name}'>" for name in _SHEETS)
    scripts = "".join(f"<script src='/assets/js/{name}' defer></script>" for name in _SCRIPTS)
    return (
        f"<!DOCTYPE html><html lang='{HTML_LANG[lang]}' data-theme='dark' data-density='wall'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'><meta name='color-scheme' content='dark'>"
        f"<title>{escape(words['pair.title'])} · callfloor</title>{sheets}<link rel='icon' href='/_favicon.ico'>{scripts}</head>"
        f"<body><main class='wall pair-page' id='pair' {attributes}>"
        f"<header><h1>callfloor</h1><span class='sp'></span><span class='clock n' data-pair='clock'></span></header>"
        f"<div class='pair-middle'><p class='pair-why' data-pair='why'>{first}</p>"
        f"<div class='pair-code n' data-pair='code'><span>—</span><span>—</span></div>"
        f"<p class='pair-how'>{second}</p><p class='pair-how n' data-pair='left'>&nbsp;</p></div>"
        f"<footer class='n'><span data-pair='id'></span><span data-pair='size'></span><span>{escape(address)}</span>"
        f"<span class='sp'></span><a href='{escape(sign_in)}'>{escape(words['pair.sign_in'])}</a><span>{phone}</span></footer>"
        f"</main></body></html>"
    )
