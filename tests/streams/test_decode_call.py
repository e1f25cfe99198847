"""A call is decoded in one go where it is right; whatever stands in it, the outcome is that of the general way."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams import decode as module
from streams.decode import EVENTS, Event, Ignored, decode
from streams.events import BadEvent
from tests.streams.making import call

DATA = call(campaign="renewal-11", queue="care", started_at="2026-11-23T06:29:41.250Z", wait_s=5, hold_s=0)
ENVELOPE = {"specversion": "1.0", "id": "i", "source": "/acd", "type": "call.ended", "time": "2026-11-23T06:32:10Z"}
Members = list[tuple[str, str]]
"""Names with their values as JSON."""
values = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 90_000), st.integers(), st.floats(allow_nan=False), st.text(max_size=3),
    st.sampled_from(["", "~floor", "1042", "handled", "abandoned", "inbound", "1.0", "call.ended", "agent.state"]),
    st.sampled_from(["2026-11-23T06:32:10Z", "2026-11-23t14:32:10.9999+08:00", "2026-11-23T06:32:10", "yesterday"]),
    st.sampled_from(["a\tb", "\u202eb", "\x7f", "晨曦"]), st.just({"a": [1]}),
).map(json.dumps)  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> bytes:
    """Calls of which a few members are other ones, missing, unknown or there twice, in any order."""
    data = draw(changed([(name, json.dumps(value)) for name, value in DATA.items()]))
    members = [(name, json.dumps(value)) for name, value in ENVELOPE.items()] + [("data", written(data))]
    return written(draw(changed(members))).encode()


@st.composite
def changed(draw: st.DrawFn, members: Members) -> Members:
    names = st.sampled_from([*(name for name, _ in members), "else"])
    for name, value in draw(st.lists(st.tuples(names, values), max_size=2)):
        twice = draw(st.booleans())
        members = [one for one in members if twice or one[0] != name] + [(name, value)]
    gone = draw(st.one_of(st.none(), names))
    return draw(st.permutations([one for one in members if one[0] != gone]))


def written(members: Members) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in members) + "}"


def outcome(value: bytes, way: Any) -> Event | Ignored | tuple[str, str]:
    try:
        found: Event | Ignored = way(value, EVENTS)
    except BadEvent as bad:
        return bad.reason, bad.field
    return found


@given(calls())
def test_one_go_comes_to_what_the_general_way_comes_to(value: bytes) -> None:
    assert outcome(value, decode) == outcome(value, module._decode_any)  # noqa: SLF001


def test_a_right_call_does_not_need_the_general_way(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "_decode_any", None)
    found = decode(json.dumps(ENVELOPE | {"data": DATA}).encode())
    assert isinstance(found, Event)
    assert found.data == module.CallEnded(**DATA)
