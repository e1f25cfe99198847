"""The page scripts: whatever they share is defined once and used, and one script asks the server."""

import re
from collections import Counter
from pathlib import Path

from tests.golden import ROOT
from tests.house.words import FEELINGS, RIDDLES, male_words

SCRIPTS = {path.relative_to(ROOT / "assets/js").as_posix(): path.read_text() for path in ROOT.glob("assets/js/*/*.js")}
ASKS_BY_ITSELF = "live/stream_line.js"
"""Runs in a worker too, passes JSON on as bytes, and ends its questions sooner."""
_DEFINED = re.compile(r"(?:\bfunction |\bapp\.|\bconst )(\w+)(?=\(| = (?:async )?(?:function\b|\([^=]*?\) =>|\w+ =>))")


def test_what_is_shared_is_defined_once_and_used() -> None:
    text = "".join(re.sub(r"/\*.*?\*/", "", script, flags=re.S) for script in SCRIPTS.values())
    defined = Counter(re.findall(r"\bapp\.(\w+) = (?!=)", text))
    used = set(re.findall(r"\bapp\.(\w+)\b(?! = (?!=))", text))
    assert [name for name, count in defined.items() if count > 1] == []
    assert (used - set(defined), set(defined) - used) == (set(), set())


def test_one_script_asks_the_server() -> None:
    assert {name for name, text in SCRIPTS.items() if "fetch(" in text} == {"core/server.js", ASKS_BY_ITSELF}
    assert [name for name, text in SCRIPTS.items() if 'get("as")' in text and name != "core/server.js"] == []


def test_every_script_lies_in_a_folder_of_one_page_or_of_all() -> None:
    assert sorted(Path(ROOT, "assets").glob("*.js")) == [] and len(SCRIPTS) > 20


def test_names_say_what_a_script_or_function_does() -> None:
    names = {name for text in SCRIPTS.values() for name in _DEFINED.findall(text)} | {
        Path(name).stem for name in SCRIPTS
    }
    words = {name: set(re.sub("([A-Z])", r" \1", name).lower().replace("_", " ").split()) for name in names}
    assert len(names) > 300
    assert [name for name in sorted(names) if name.lower() in RIDDLES or words[name] & FEELINGS] == []


def test_nobody_is_called_he() -> None:
    assert male_words(ROOT, ("assets",), (".js", ".css")) == []
