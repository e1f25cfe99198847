"""/sign-in: the page on which people sign in, and what it says where they cannot. HTML without a script.

The same page confirms who somebody is before they decide. On the right it explains the three marks of every chart, without a
figure: nobody has signed in yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlencode

from layouts.shell import HTML_LANG
from layouts.wording.words import LANGUAGES, load_words

_SHEETS = ("10-tokens.css", "20-shell.css", "25-shapes.css", "40-pages.css", "42-sign-in.css")
FAULTS = frozenset({"provider_away", "closed"})
"""What it says of a failure of ours: nobody who signs in can help it."""
_BAR = '<rect y="9" width="{}" height="16" fill="var(--data)"/>'
_TICK = '<rect x="378.5" width="3" height="34" fill="var(--expect)"/>'
_BAND = '<rect x="336" y="4" width="88" height="26" fill="var(--band)"/>'
_SHORT = '<rect x="306" y="9" width="74" height="16" fill="url(#short)"/>'
_AHEAD = '<rect x="380" y="9" width="72" height="16" fill="var(--ahead)"/>'
_HATCH = (
    '<defs><pattern id="short" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="2.4" height="6" fill="var(--behind-fill)"/></pattern></defs>'
)
_LEGEND = (
    ("bar", (_BAR.format(300) + _TICK,)),
    ("band", (_BAND + _BAR.format(352) + _TICK,)),
    (
        "colour",
        (_HATCH + _BAND + _BAR.format(306) + _SHORT + _TICK, _BAND + _BAR.format(380) + _AHEAD + _TICK),
    ),
)


@dataclass(frozen=True)
class SignInPage:
    """``site``: its name in the page's language. ``onward``: the local path to which a sign-in leads.

    ``notice``: the word of what it says above the ways in, with ``values``. ``company``: the word of the button to the identity
    provider, "" without one; ``has_accounts``: whether there is a form for local accounts, with ``account`` filled in, which
    ``is_locked`` keeps from being sent. ``confirms``: the name of the person who confirms who they are, "" at a sign-in.
    """

    lang: str
    theme: str
    site: str
    onward: str
    notice: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    company: str = ""
    has_accounts: bool = False
    account: str = ""
    is_locked: bool = False
    confirms: str = ""

    @property
    def path(self) -> str:
        """The address to which the form of local accounts is sent."""
        return "/sign-in/confirm" if self.confirms else "/sign-in"

    def link(self, path: str, **more: str) -> str:
        """An address of the sign-in that looks like this page and leads to the same place."""
        return f"{path}?{urlencode({'lang': self.lang, 'theme': self.theme, 'next': self.onward, **more})}"


def sign_in_html(page: SignInPage) -> str:
    """The page."""
    words = load_words(page.lang).table
    title = words["sign_in.confirm"] if page.confirms else page.site
    about = page.confirms or words["sign_in.about"]
    left = (
        f"<h1>{escape(title)}</h1><p class='about'>{escape(about)}</p>"
        f"{_notice(words, page)}{_company(words, page)}{_form(words, page)}"
    )
    other = next(each for each in LANGUAGES if each != page.lang)
    body = (
        f"<div class='ways'><header><b>callfloor</b>{other_language(words, page.link(page.path, lang=other))}</header>"
        f"<main>{left}</main><footer>{escape(words['sign_in.recorded'])}</footer></div>{_legend(words)}"
    )
    return document(page.lang, page.theme, f"{words['sign_in.title']} · {page.site}", "sign-in", body)


def document(lang: str, theme: str, title: str, kind: str, body: str, script: str = "") -> str:
    """A whole page without Dash; ``kind``: the class of its body, ``script``: a file of the assets."""
    sheets = "".join(f"<link rel='stylesheet' href='/assets/{name}'>" for name in _SHEETS)
    scripts = f"<script src='/assets/{script}' defer></script>" if script else ""
    return (
        f"<!DOCTYPE html><html lang='{HTML_LANG[lang]}' data-theme='{theme}' data-density='desk'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'><meta name='color-scheme' content='{theme}'>"
        f"<title>{escape(title)}</title>{sheets}<link rel='icon' href='/_favicon.ico'>{scripts}</head>"
        f"<body class='{kind}'>{body}</body></html>"
    )


def other_language(words: Mapping[str, str], href: str) -> str:
    """The link to the same page in the other language."""
    return f"<a class='lang' href='{escape(href)}'>{escape(words['page.other_language'])}</a>"


def _notice(words: Mapping[str, str], page: SignInPage) -> str:
    if not page.notice:
        return ""
    what, how = (words[f"sign_in.{key}"].format(**page.values) for key in (page.notice, f"{page.notice}_how"))
    fault = " fault" if page.notice in FAULTS else ""
    return f"<div class='message{fault}' role='alert'><b>{escape(what)}</b>{escape(how)}</div>"


def _company(words: Mapping[str, str], page: SignInPage) -> str:
    if not page.company:
        return ""
    path = page.link("/sign-in/company", **({"confirm": "yes"} if page.confirms else {}))
    button = f"<a class='btn primary big' href='{escape(path)}'>{escape(words[f'sign_in.{page.company}'])}</a>"
    if page.notice != "no_role":
        return button
    other = page.link("/sign-in/company", other="yes")
    return f"{button}<a class='btn quiet big' href='{escape(other)}'>{escape(words['sign_in.other_account'])}</a>"


def _form(words: Mapping[str, str], page: SignInPage) -> str:
    if not page.has_accounts:
        return "" if page.company else f"<p class='about'>{escape(words['sign_in.by_link'])}</p>"
    emergency = page.notice == "provider_away"
    divider = f"<div class='or'>{escape(words['sign_in.emergency' if emergency else 'sign_in.or_local'])}</div>"
    account = "" if page.confirms else _field(words, "account", page.account, autofocus=not page.account)
    password = _field(words, "password", "", autofocus=bool(page.account or page.confirms))
    primary = "" if page.company else " primary"
    label = words["sign_in.confirm_do" if page.confirms else "sign_in.title"]
    state = " disabled" if page.is_locked else ""
    return (
        f"{divider if page.company else ''}<form method='post' action='{escape(page.link(page.path))}'>"
        f"<input type='hidden' name='next' value='{escape(page.onward)}'>{account}{password}"
        f"<button class='btn big{primary}'{state}>{escape(label)}</button></form>"
    )


def _field(words: Mapping[str, str], name: str, value: str, autofocus: bool) -> str:
    kind, complete = ("password", "current-password") if name == "password" else ("text", "username")
    focus = " autofocus" if autofocus else ""
    return (
        f"<label><span>{escape(words[f'sign_in.{name}'])}</span><input type='{kind}' name='{name}' value='{escape(value)}' "
        f"autocomplete='{complete}' autocapitalize='off' spellcheck='false' required{focus}></label>"
    )


def _legend(words: Mapping[str, str]) -> str:
    entries = "".join(
        f"<div>{''.join(_chart(drawn) for drawn in charts)}<p>{_bold(words[f'sign_in.legend_{name}'])}</p></div>"
        for name, charts in _LEGEND
    )
    return f"<aside><h2>{escape(words['sign_in.legend'])}</h2>{entries}</aside>"


def _chart(drawn: str) -> str:
    return f'<svg width="520" height="34" aria-hidden="true">{drawn}</svg>'


def _bold(text: str) -> str:
    """Words between asterisks in bold."""
    return "".join(f"<b>{part}</b>" if number % 2 else part for number, part in enumerate(escape(text).split("*")))
