"""/sign-in: the page on which people sign in; in the demo they choose whose eyes to see with. HTML without a script."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Protocol
from urllib.parse import quote

from layouts.shell import HTML_LANG
from layouts.wording.words import LANGUAGES, load_words

_SHEETS = ("10-tokens.css", "20-shell.css", "40-pages.css", "42-sign-in.css")


class Person(Protocol):
    """A person of the demo."""

    @property
    def role(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def team(self) -> str | None: ...

    @property
    def agent(self) -> str | None: ...


def sign_in_html(lang: str, theme: str, site: str, onward: str, people: Sequence[Person]) -> str:
    """``onward``: where a sign-in leads; ``people``: those of the demo, none elsewhere."""
    words = load_words(lang)
    other = next(each for each in LANGUAGES if each != lang)
    there = f"/sign-in?lang={other}&theme={theme}&next={quote(onward, safe='')}"
    rows = "".join(_choice(words.table, onward, number, person) for number, person in enumerate(people, 1))
    body = (
        f"<h1>{escape(words['sign_in.as_whom'])}</h1><ol class='people'>{rows}</ol>" if people else _closed(words.table)
    )
    sheets = "".join(f"<link rel='stylesheet' href='/assets/{name}'>" for name in _SHEETS)
    return (
        f"<!DOCTYPE html><html lang='{HTML_LANG[lang]}' data-theme='{theme}' data-density='desk'><head>"
        f"<meta charset='utf-8'><meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{escape(words['sign_in.title'])} · {escape(site)}</title>{sheets}<link rel='icon' href='/_favicon.ico'></head>"
        f"<body class='sign-in'><header><b>callfloor</b> {escape(site)}"
        f"<a href='{escape(there)}'>{escape(words['page.other_language'])}</a></header><main>{body}</main></body></html>"
    )


def _choice(words: Mapping[str, str], onward: str, number: int, person: Person) -> str:
    fields = {"role": person.role, "team": person.team, "agent": person.agent, "next": onward}
    inputs = "".join(
        f"<input type='hidden' name='{name}' value='{escape(value)}'>" for name, value in fields.items() if value
    )
    role = words.get(f"role.{person.role}", person.role)
    label = f"<kbd>{number}</kbd> <b>{escape(person.name)}</b> <span>{escape(role)}</span>"
    return f"<li><form method='post' action='/demo/sign-in'>{inputs}<button>{label}</button></form></li>"


def _closed(words: Mapping[str, str]) -> str:
    return f"<h1>{escape(words['sign_in.title'])}</h1><p>{escape(words['sign_in.by_link'])}</p>"
