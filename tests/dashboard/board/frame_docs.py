"""The structs of the frames as docs/frames.md lists them: name, first sentence, base, whether an array, fields and types."""

import types
import typing
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Raw, Struct, UnsetType

from dashboard.actions.curve_service import PublishedCurve
from dashboard.board import evidence_bytes, frame_types, rollup_types
from dashboard.board.frame_types import FrameHead, FramePiece, Stamp

_WORDS = {int: "integer", float: "number", str: "text", bool: "true or false", types.NoneType: "null"}


class StructTable(NamedTuple):
    """One section of the document; ``fields``: those that the base does not have."""

    name: str
    doc: str
    base: str | None
    is_array: bool
    fields: list[tuple[str, str]]


def tables() -> Iterator[StructTable]:
    """Every struct in the order of the sources."""
    modules = (frame_types, evidence_bytes, rollup_types)
    found = [each for module in modules for each in vars(module).values() if _is_own(each, module.__name__)]
    for struct in [*found, PublishedCurve]:
        base = struct.__base__ if struct.__base__ not in (FramePiece, Stamp, FrameHead, Struct) else None
        inherited = len(struct.__base__.__struct_fields__) if struct is not FrameHead else 0
        names = zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True)
        hints = typing.get_type_hints(struct)
        fields = [(written, type_words(hints[name])) for name, written in list(names)[inherited:]]
        doc = (struct.__doc__ or "").partition("\n\n")[0].replace("\n    ", " ").replace("``", "`")
        yield StructTable(
            struct.__name__, doc, base.__name__ if base else None, struct.__struct_config__.array_like, fields
        )


def type_words(hint: typing.Any) -> str:
    """A type as the document writes it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return "text"
    if origin in (types.UnionType, typing.Union):
        words = [type_words(each) for each in arguments if each not in (Raw, UnsetType)]
        return " or ".join(words) + (", may be left out" if UnsetType in arguments else "")
    if origin in (list, tuple):
        inner = dict.fromkeys(type_words(each) for each in arguments if each is not Ellipsis)
        return f"list of {' or '.join(inner)}"
    if origin is dict:
        return f"object of {type_words(arguments[1])}"
    return _WORDS.get(hint) or hint.__name__


def _is_own(each: object, module: str) -> bool:
    return (
        isinstance(each, type)
        and issubclass(each, Struct)
        and each.__module__ == module
        and each not in (FramePiece, Stamp)
    )
