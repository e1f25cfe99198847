"""The shape of a payload: its punctuation and the names that are ours, without anything that somebody wrote into it.

A refused record may hold whatever a vendor put there: names, telephone numbers, free text. What helps to find the mistake
is its form, so letters become ``a``, digits ``0``, and only words of the contract of events stay.
"""

import re

from streams.events import ACTION_TYPES, TYPES

LONGEST = 200
_ENVELOPE = ("specversion", "id", "source", "time", "type", "data", "datacontenttype", "subject")
_STRUCTS = {**TYPES, **ACTION_TYPES}
OURS = frozenset([*_ENVELOPE, *_STRUCTS, *(name for struct in _STRUCTS.values() for name in struct.__struct_fields__)])
_STRING = re.compile(r'"([^"\\]{1,40})"')
_WORD = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")


def shape_of(value: bytes | None) -> str:
    """A record's value -> at most LONGEST characters of its shape; "" for none."""
    head = (value or b"")[: 4 * LONGEST].decode(errors="replace")
    text = "".join(_masked(part, at % 2 == 1) for at, part in enumerate(_STRING.split(head)))
    return " ".join(text.split())[:LONGEST]


def _masked(part: str, is_string: bool) -> str:
    if is_string and part in OURS:
        return f'"{part}"'
    masked = _DIGIT.sub("0", _WORD.sub("a", part))
    return f'"{masked}"' if is_string else masked
