"""The words of one language, read from its TOML file beside this module.

A key is ``section.name``; a missing key is an error, never a blank on a screen.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Formatter

LANGUAGES = ("zh", "en")
_FOR_THE_BROWSER = ("live", "state", "reason", "trend", "drawer", "basis", "kind", "status", "act", "refused")


class UnknownLanguage(ValueError):
    """A language without a wording file."""


@dataclass(frozen=True)
class Words:
    """``words["metric.net"]`` -> the text in this language; KeyError where there is none."""

    lang: str
    table: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.table[key]

    def parts(self, key: str) -> list[tuple[str, str | None]]:
        """``"{n} of them"`` -> [("", "n"), (" of them", None)]: literal text and the name that follows it."""
        return [(text, name) for text, name, _, _ in Formatter().parse(self.table[key])]

    def for_browser(self) -> str:
        """JSON of the sections that the page's scripts speak: freshness, codes of the frames, the drawer."""
        return json.dumps(
            {k: v for k, v in self.table.items() if k.split(".")[0] in _FOR_THE_BROWSER}, ensure_ascii=False
        )


def load_words(lang: str) -> Words:
    """``zh`` or ``en`` -> its words; raises UnknownLanguage."""
    if lang not in LANGUAGES:
        raise UnknownLanguage(f"no wording for language {lang!r}; there is {', '.join(LANGUAGES)}")
    text = files(__package__).joinpath(f"{lang}.toml").read_text(encoding="utf-8")
    sections = tomllib.loads(text)
    return Words(
        lang, {f"{section}.{name}": value for section, names in sections.items() for name, value in names.items()}
    )
