"""Takes the ids of erased people out of the lines of others."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from streams.ledger.facts import ActionLine, ComplaintLine, Decision, EvaluationLine, FactLine
from streams.ledger.outcome import ERASED

_SIGNED_AS = ("", "agent:", "unverified:")
"""What stands before the id of an agent where an act on the board is recorded."""
IsErased = Callable[[str], bool]
"""Whether a text is the id of an erased person."""


def without_mentions(line: FactLine, is_erased: IsErased) -> FactLine:
    """A line of somebody else without the ids of erased people; the same object where it has none. Free text stays."""

    def names(text: str | None) -> bool:
        """Whether a name is such an id, as it is or as an act is signed."""
        return text is not None and any(is_erased(text.removeprefix(mark)) for mark in _SIGNED_AS)

    changed: dict[str, Any] = {}
    match line:
        case ComplaintLine():
            changed = {name: None for name in ("handled_by", "recorded_by") if names(getattr(line, name))}
        case ActionLine():
            changed = {"by": ERASED} if names(line.by) else {}
            record = None if line.record is None else _record_without(line.record, names)
            if record != line.record:
                changed["record"] = record
    if isinstance(line, ComplaintLine | EvaluationLine) and any(names(made.by) for made in line.decisions):
        changed["decisions"] = tuple(_unsigned(made) if names(made.by) else made for made in line.decisions)
    return msgspec.structs.replace(line, **changed) if changed else line


def _unsigned(made: Decision) -> Decision:
    return msgspec.structs.replace(made, by=None)


def _record_without(record: str, names: IsErased) -> str:
    """The JSON of a signed or decided record: ids leave its lists and are ``~erased`` elsewhere."""
    try:
        held = json.loads(record)
    except (ValueError, RecursionError):
        return record
    bare = _bare(held, names)
    return record if bare == held else json.dumps(bare, ensure_ascii=False)


def _bare(held: Any, names: IsErased) -> Any:
    match held:
        case str():
            return ERASED if names(held) else held
        case list():
            return [_bare(each, names) for each in held if not (isinstance(each, str) and names(each))]
        case dict():
            return {_bare(name, names): _bare(each, names) for name, each in held.items()}
    return held
