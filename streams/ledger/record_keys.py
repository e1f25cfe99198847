"""Record keys as text, and the plain forms of a key that a serializer dressed up.

A JSON serializer puts quotes around a key, an export leaves white space or a byte order mark: such a key is the agent's key. A
record under any other key takes back what its line counted.
"""

from collections.abc import Callable
from functools import lru_cache

import msgspec

SHORT = 64
"""Keys of up to this many bytes are cached as text: those of agents are as short."""
_BOM = "\ufeff"
_UNREADABLE = "\ufffd"
_json_text = msgspec.json.Decoder(str)


def key_text(key: bytes | None) -> str:
    """A record key -> text; bytes that are no UTF-8 become U+FFFD, no key is the empty text."""
    return _short_text(key or b"") if key is None or len(key) <= SHORT else key.decode(errors="replace")


@lru_cache(maxsize=65_536)
def _short_text(key: bytes) -> str:
    return key.decode(errors="replace")


def plain_forms(key: str) -> tuple[str, ...]:
    """A key -> its plainer forms, the plainest last; none where it is plain.

    Without white space and byte order marks around it; the content of a JSON string, and that without white space around it.
    One serializer is undone, not two. A key with bytes that are no UTF-8 has no other form.
    """
    return _short_forms(key) if len(key) <= SHORT else _forms(key)


def _forms(key: str) -> tuple[str, ...]:
    if _UNREADABLE in key:
        return ()
    bare = _stripped(key)
    forms = [bare, *_contents(bare)]
    return tuple(dict.fromkeys(form for form in forms if form != key))


_short_forms = lru_cache(maxsize=65_536)(_forms)


def _contents(text: str) -> list[str]:
    """The content of a JSON string, as it is and without white space around it; none for other text."""
    if not text.startswith('"'):
        return []
    try:
        content = _json_text.decode(text)
    except msgspec.DecodeError:
        return []
    return [content, _stripped(content)]


def _stripped(text: str) -> str:
    """Without white space and byte order marks around it, in any order."""
    while (bare := text.strip().strip(_BOM)) != text:
        text = bare
    return text


def line_key(key: str, agent: str, line_of: Callable[[str], object | None]) -> str:
    """The key of the line that a record belongs to, where its key is not the agent as it stands (docs/rules.md 2).

    ``line_of`` looks a line up. The first line wins, under the key as it is or its plainer forms; without one the agent if
    any form is the agent, else the plainest form.
    """
    forms = (key, *plain_forms(key))
    found = next((form for form in forms if line_of(form) is not None), None)
    if found is not None:
        return found
    return agent if agent in forms else forms[-1]
