"""/sign-in of the demo: the people whose eyes one can see with. The keys 1 to 8 choose (assets/js/demo/demo_keys.js)."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Protocol

from layouts.sign_in import SignInPage, document, other_language
from layouts.wording.words import LANGUAGES, load_words

_ARROW = "<span class='g g-open' aria-hidden='true'></span>"


class Person(Protocol):
    """A person of the demo."""

    @property
    def role(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def team(self) -> str | None: ...

    @property
    def team_name(self) -> str: ...

    @property
    def team_name_en(self) -> str: ...

    @property
    def members(self) -> int: ...

    @property
    def agent(self) -> str | None: ...


def demo_html(page: SignInPage, people: Sequence[Person]) -> str:
    """The list of ``people``, under a strip that says what the demo is. ``page``: its look, and where a choice leads."""
    words = load_words(page.lang).table
    other = next(each for each in LANGUAGES if each != page.lang)
    rows = "".join(_row(words, page, number, person) for number, person in enumerate(people, 1))
    body = (
        f"<header class='strip'><b>{escape(words['demo.title'])}</b><span>{escape(words['demo.strip'])}</span>"
        f"{other_language(words, page.link(page.path, lang=other))}</header>"
        f"<main><h1>{escape(words['demo.as_whom'])}</h1><p class='about'>{escape(words['demo.as_whom_how'])}</p>"
        f"<ol>{rows}</ol><p class='never'>{escape(words['demo.never'])}</p></main>"
    )
    return document(page.lang, page.theme, f"{words['demo.title']} · {page.site}", "demo", body, "js/demo/demo_keys.js")


def _row(words: Mapping[str, str], page: SignInPage, number: int, person: Person) -> str:
    fields = {"role": person.role, "team": person.team, "agent": person.agent, "next": page.onward}
    hidden = "".join(
        f"<input type='hidden' name='{name}' value='{escape(value)}'>" for name, value in fields.items() if value
    )
    team = person.team_name_en if page.lang == "en" and person.team_name_en else person.team_name
    values = {"team": team, "n": str(person.members)}
    name = person.name or words["demo.wall"]
    role, sees, where = (words[f"{key}.{person.role}"].format(**values) for key in ("role", "demo_sees", "demo_page"))
    label = (
        f"<kbd>{number}</kbd><b>{escape(name)}</b><span>{escape(role)}</span><span class='dim'>{escape(sees)}</span>"
        f"<span class='where'>{escape(where)}{_ARROW}</span>"
    )
    return f"<li><form method='post' action='/demo/sign-in'>{hidden}<button>{label}</button></form></li>"
