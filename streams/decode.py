"""Decodes the bytes of a Kafka record into an event, or raises BadEvent with its reason; ``encode`` is the mirror.

msgspec checks and decodes a usual record in one pass. What fails there is checked again step by step, so that the reason is
the first one of tests/cases/README.md (fold, 1 to 4) that applies.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple, get_args, get_type_hints

import msgspec

from streams.events import (
    ACTION_TYPES,
    TYPES,
    Action,
    Agent,
    BadEvent,
    CallEnded,
    ConductRecorded,
    Data,
    EvaluationDecided,
    EvaluationScored,
    Heartbeat,
    SurveyAnswered,
    Text,
)
from streams.site_time import parse_rfc3339, rfc3339
from streams.steering_characters import has_steering, may_have_steering


class Event(msgspec.Struct, frozen=True, gc=False):
    """One valid fact: when it happened, its source, its data, and of a call the start where it has one."""

    time_ms: int
    source: str
    data: Data
    started_ms: int | None = None


class Ignored(msgspec.Struct, frozen=True):
    """A record of an unknown type: counted, never fatal."""

    type: str


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    specversion: Literal["1.0"]
    id: Text
    source: Text
    time: Text
    type: str
    data: msgspec.Raw = msgspec.Raw()


class _Call(msgspec.Struct, frozen=True, gc=False):
    """The commonest event, envelope and data in one."""

    specversion: Literal["1.0"]
    id: Text
    source: Text
    time: Text
    type: Literal["call.ended"]
    data: CallEnded


class _Loose(msgspec.Struct, frozen=True):
    type: Any = None


def _as_written(text: str) -> Decimal:
    # A number of a few million digits, or 1e-999999999, would be exact arithmetic without end.
    if len(text) > _MOST_DIGITS or len(text.lower().partition("e")[2]) > 4:
        raise ValueError("a number with too many digits")
    return Decimal(text)


_MOST_DIGITS = 400
_MOST_POINTS = Decimal("1e9")
_STEERS = "must have no control characters, line separators or marks of direction"
_CALL_ENDED = "call.ended"
_CALL = f'"{_CALL_ENDED}"'.encode()
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_envelope = msgspec.json.Decoder(_Envelope)
_call = msgspec.json.Decoder(_Call)
_loose = msgspec.json.Decoder(_Loose)
_syntax = msgspec.json.Decoder(msgspec.Raw)
_IDS: dict[type, tuple[str, ...]] = {
    struct: tuple(
        name
        for name, hint in get_type_hints(struct, include_extras=True).items()
        if hint in (Text, Agent) or Text in get_args(hint)
    )
    for struct in {*TYPES.values(), *ACTION_TYPES.values()}
}
"""Struct -> its fields that hold ids. Its instants are among them, which are checked anyway."""
Decoders = Mapping[str, msgspec.json.Decoder[Any]]
"""Type -> decoder of its data; every other type is unknown."""
EVENTS: Decoders = {name: msgspec.json.Decoder(struct, float_hook=_as_written) for name, struct in TYPES.items()}
ACTIONS: Decoders = {name: msgspec.json.Decoder(struct) for name, struct in ACTION_TYPES.items()}


def decode(value: bytes | None, types: Decoders = EVENTS) -> Event | Ignored:
    """A record value of a topic with these types -> Event or Ignored.

    Raises BadEvent: ``not_json``, ``not_cloudevent`` or ``bad_field``.
    """
    if value is None:
        raise BadEvent("not_json", "no value")
    if _CALL in value and _CALL_ENDED in types:
        try:
            return _decode_call(value)
        except (msgspec.DecodeError, ValueError, RecursionError):
            pass  # decoded again below, for the reason
    return _decode_any(value, types)


def _decode_call(value: bytes) -> Event:
    """Decodes a faultless call in two thirds of the time. Raises the first error of any other."""
    value.decode()
    envelope = _call.decode(value)
    call = envelope.data
    at_ms = parse_rfc3339(call.ended_at)
    if envelope.time != call.ended_at:
        parse_rfc3339(envelope.time)
    started_ms = None if call.started_at is None else parse_rfc3339(call.started_at)
    if call.agent is not None and call.agent.startswith("~"):
        raise ValueError("agent")
    if may_have_steering(value):
        ids = f"{envelope.source}{call.call_id}{call.agent}{call.campaign}{call.queue}{call.recording_id}"
        if not ids.isprintable():
            raise ValueError("steering characters, or wide spaces")
    return Event(at_ms, envelope.source, call, started_ms)


def _decode_any(value: bytes, types: Decoders) -> Event | Ignored:
    try:
        value.decode()
        envelope = _envelope.decode(value)
        decoder = types.get(envelope.type)
        if decoder is None:
            return Ignored(envelope.type)
        time_ms = parse_rfc3339(envelope.time)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return _second_look(value, error, types)
    if (odd := may_have_steering(value)) and has_steering(envelope.source):
        raise BadEvent("not_cloudevent", f"source {_STEERS}")
    data = _fields(decoder, envelope.data)
    if isinstance(data, Action) and data.kind != envelope.type:
        raise BadEvent("bad_field", "kind must be the type of the event")
    if odd:
        _refuse_steering(data)
    return Event(*_checked(data, time_ms, envelope.source))


def encode(type: str, id: str, source: str, time_ms: int, data: Mapping[str, Any]) -> bytes:
    """One CloudEvent in structured mode as UTF-8 JSON; ``time_ms`` is ms since 1970."""
    event = {"specversion": "1.0", "id": id, "source": source, "type": type, "time": rfc3339(time_ms), "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _second_look(value: bytes, error: Exception, types: Decoders) -> Ignored:
    """Looks why an envelope failed -> Ignored for an unknown type, whatever else is wrong. Raises the first BadEvent."""
    try:
        value.decode()
        _syntax.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadEvent("not_json", _first_line(fault)) from None
    try:
        kind = _loose.decode(value).type
    except msgspec.ValidationError:
        raise BadEvent("not_cloudevent", "not an object") from None
    if not isinstance(kind, str):
        raise BadEvent("not_cloudevent", "type")
    if kind not in types:
        return Ignored(kind)
    raise BadEvent("not_cloudevent", "time" if type(error) is ValueError else _first_line(error))


def _fields(decoder: msgspec.json.Decoder[Any], raw: msgspec.Raw) -> Any:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadEvent("bad_field", _first_line(error) if bytes(raw) else "data is missing") from None


def _checked(data: Any, time_ms: int, source: str) -> tuple[int, str, Data, int | None]:
    """Makes the checks that need several fields or a number as written -> the fields of Event, its time after docs/rules.md 1."""
    if isinstance(data, CallEnded):
        if data.agent is not None and data.agent.startswith("~"):
            raise BadEvent("bad_field", "agent must not begin with ~")
        started_ms = None if data.started_at is None else _instant(data.started_at, "started_at")
        return _instant(data.ended_at, "ended_at"), source, data, started_ms
    if isinstance(data, Heartbeat):
        return _instant(data.sent_at, "sent_at"), source, data, None
    if isinstance(data, Action):
        _check_dates(data)
    check = _NUMBERS.get(type(data))
    if check is not None:
        check(data)
    return time_ms, source, data, None


def _refuse_steering(data: Data) -> None:
    """Raises BadEvent where an id has a character that steers the place where it is shown."""
    for name in _IDS[type(data)]:
        id = getattr(data, name)
        if id is not None and has_steering(id):
            raise BadEvent("bad_field", f"{name} {_STEERS}")


def _instant(text: str, name: str) -> int:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise BadEvent("bad_field", f"{name} must be an RFC 3339 instant with an offset") from None


def _check_dates(data: Action) -> None:
    for name, text in (("due", data.due), ("until", data.until)):
        if text is not None and not _DATE.fullmatch(text):
            _instant(text, name)


def _number(value: Any, name: str, low: Any, high: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not low <= value <= high:
        raise BadEvent("bad_field", f"{name} must be a number from {low} to {high}")


def _check_scored(data: EvaluationScored) -> None:
    _number(data.score, "score", 0, 100)
    for item in data.items or ():
        if item.points is not None:
            _number(item.points, "items.points", -_MOST_POINTS, _MOST_POINTS)


def _check_decided(data: EvaluationDecided) -> None:
    if data.score is not None or data.decision == "revised":
        _number(data.score, "score", 0, 100)


def _check_conduct(data: ConductRecorded) -> None:
    _number(data.points, "points", -100, 100)


def _check_survey(data: SurveyAnswered) -> None:
    low, high = data.scale
    _number(low, "scale", -_MOST_POINTS, _MOST_POINTS)
    _number(high, "scale", -_MOST_POINTS, _MOST_POINTS)
    if not low < high:
        raise BadEvent("bad_field", "scale must be [min, max] with min < max")
    if data.score is not None:
        _number(data.score, "score", low, high)


_NUMBERS: dict[type, Any] = {
    EvaluationScored: _check_scored,
    EvaluationDecided: _check_decided,
    ConductRecorded: _check_conduct,
    SurveyAnswered: _check_survey,
}


def _first_line(error: Exception) -> str:
    # Leaves out the content of the field: it may be a name or a number that must not be stored.
    text = re.sub(r"(Invalid enum value) .*( - at `)", r"\1\2", str(error), flags=re.DOTALL)
    return text.splitlines()[0][:200] if text else type(error).__name__


class Record(msgspec.Struct, frozen=True, gc=False):
    """A Kafka record for the fold; ``append_ms`` is the broker's append time."""

    offset: int
    append_ms: int
    key: bytes | None
    value: bytes | None


class DeadLetter(NamedTuple):
    """A record that could not be counted."""

    offset: int
    reason: str
    field: str
    value: bytes | None
