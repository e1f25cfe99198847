"""Characters that steer where a text is shown: they end its line, colour a terminal or turn the order of its letters.

An id with one could show as another id, or as a line that nobody wrote: ``decode`` refuses it. Text for a terminal goes
through ``printable``. Joiners of Persian, Hindi and emoji steer nothing, nor do wide spaces.
"""

import re

_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls, line ends among them
    "\u2028\u2029"  # line and paragraph separator
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of direction
    "\ud800-\udfff]"  # half a character, which no terminal can be sent
)

_BACKSLASH, _DEL = 0x5C, 0x7F
_C2, _D8, _E2 = 0xC2, 0xD8, 0xE2
"""The first byte in UTF-8 of every such character that is not ASCII; no Chinese one has it."""


def has_steering(text: str) -> bool:
    """Whether a text has such a character."""
    return _STEERING.search(text) is not None


def may_have_steering(json: bytes) -> bool:
    """False where no string of a JSON text has one: JSON allows control characters only as escapes, all but DEL.

    Numbers, because ``in`` takes them ten times as fast as bytes.
    """
    if _BACKSLASH in json or _DEL in json:
        return True
    return not json.isascii() and (_C2 in json or _D8 in json or _E2 in json)


def printable(text: str, lines: bool = False) -> str:
    """The text with steering characters as escapes, so that it is one line; ``lines``: line feeds stay."""
    return _STEERING.sub(lambda found: _escaped(found[0], lines), text)


def _escaped(sign: str, lines: bool) -> str:
    return sign if lines and sign == "\n" else sign.encode("unicode_escape").decode()
