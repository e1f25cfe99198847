"""A table of raw values -> a model, with every fault named. Faulty values are left out, so that the rest is checked too."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from dashboard.site.problems import unknown

T = TypeVar("T")
_SHAPES = {"model_type": "a table of keys", "tuple_type": "a list", "list_type": "a list"}


class Model(BaseModel):
    """A table whose keys are all known. Its fields are what it may hold; their descriptions are the documentation."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    COLUMNS_NEEDED: ClassVar[tuple[str, ...]] = ()
    """Columns that a list must have, though their cells may be empty."""

    @classmethod
    def read(cls, raw: object, say: "Callable[[Fault], object]") -> Self | None:
        """The table as this model, without what is faulty (``say`` gets each fault); None if nothing is left."""
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            faults = list(_faults(cls, error))
        for fault in faults:
            say(fault)
        return cls._without(raw, {fault.loc[0] for fault in faults if fault.loc})

    @classmethod
    def _without(cls, raw: object, faulty: set[str | int]) -> Self | None:
        try:
            return cls.model_validate(
                {key: raw[key] for key in raw if key not in faulty} if isinstance(raw, dict) else {}
            )
        except ValidationError:
            return None


def key(meaning: str, default: T = ..., alias: str | None = None) -> T:  # type: ignore[assignment]
    """A key of a table, with its meaning as the documentation says it; without a default it must be given."""
    return Field(default, description=meaning, alias=alias)


class Fault(NamedTuple):
    """A mistake at ``loc``, below the table that was read. ``wrong`` says what is allowed; ``allowed``: the keys that exist."""

    loc: tuple[str | int, ...]
    kind: str
    wrong: str = ""
    allowed: tuple[str, ...] = ()

    def message(self, name: str) -> str:
        """The message about the key as the reader of the message knows it."""
        match self.kind:
            case "unknown":
                return unknown("key", name, self.allowed)
            case "missing":
                return f"{name} is missing: {self.wrong}"
        return f"{name} must be {self.wrong}"


def fields_of(model: type[Model]) -> dict[str, FieldInfo]:
    """A table's keys as they are written, with what pydantic knows of each."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _faults(model: type[Model], error: ValidationError) -> Iterator[Fault]:
    for each in error.errors():
        loc = each["loc"]
        match each["type"]:
            case "extra_forbidden":
                yield Fault(loc, "unknown", allowed=tuple(fields_of(_model_at(model, loc[:-1]))))
            case "missing":
                field = fields_of(_model_at(model, loc[:-1]))[str(loc[-1])]
                yield Fault(loc, "missing", field.description or str(loc[-1]))
            case kind:
                yield Fault(loc, "wrong", _SHAPES.get(kind) or _reason(each))


def _reason(each: ErrorDetails) -> str:
    """A reader's own words; pydantic's where it has none."""
    context: Mapping[str, Any] = each.get("ctx", {})
    return str(context.get("error") or context.get("expected") or each["msg"])


def _model_at(model: type[Model], loc: tuple[str | int, ...]) -> type[Model]:
    for part in loc:
        if isinstance(part, str):
            model = next(models_in(fields_of(model)[part].annotation))
    return model


def models_in(annotation: Any) -> Iterator[type[Model]]:
    """The models in an annotation such as ``tuple[Profile, ...]`` or ``Weights | None``."""
    if isinstance(annotation, type) and not get_args(annotation) and issubclass(annotation, Model):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)
