"""The words of one language, read from its TOML files beside this module: ``zh.toml``, and one per page such as ``zh_wall.toml``.

A key is ``section.name``; a missing key is an error, never a blank on a screen.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Formatter

LANGUAGES = ("zh", "en")
_FILES = tuple(
    "{lang}" + name
    for name in (
        *(".toml", "_desk.toml", "_wall.toml", "_rollup.toml", "_agent.toml", "_health.toml", "_access.toml"),
        "_audit.toml",
    )
)
_FOR_THE_BROWSER = (
    *("live", "state", "reason", "trend", "drawer", "basis", "kind", "status", "cause", "act", "refused"),
    *("look", "flag", "said", "judge", "curve", "alert", "episode", "did", "do", "snooze", "useful", "wall"),
    *("rollup", "campaign", "unsure", "moment", "me", "missing", "missing_short", "session", "role"),
)


class UnknownLanguage(ValueError):
    """A language without a wording file."""


@dataclass(frozen=True)
class Words:
    """``words["metric.net"]`` -> the text in this language; KeyError where there is none."""

    lang: str
    table: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.table[key]

    def split(self, key: str) -> list[tuple[str, str | None]]:
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
    folder = files(__package__)
    texts = [folder.joinpath(name.format(lang=lang)).read_text(encoding="utf-8") for name in _FILES]
    return Words(lang, {key: text for one in texts for key, text in _flat(one)})


def _flat(text: str) -> Iterator[tuple[str, str]]:
    """``[metric] net = "…"`` -> ("metric.net", "…")."""
    for section, names in tomllib.loads(text).items():
        yield from ((f"{section}.{name}", value) for name, value in names.items())
