"""Files of events as people keep them: lines, indented objects, arrays, packed or not, and files that hold none."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode import encode
from streams.event_file import BadFile, Found, records
from streams.sources.record import Refused
from tests.field import FOLDER

EVENTS = [json.loads(encode("agent.state", f"s-{n}", "/t", 1_795_968_000_000, {"agent": f"张{n}"})) for n in range(4)]
LINES = [json.dumps(event, ensure_ascii=False).encode() for event in EVENTS]


def written(folder: Path, raw: bytes) -> Path:
    path = folder / "events.jsonl"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    "raw",
    [
        b"\n".join(LINES),
        b"\r\n".join(LINES) + b"\r\n\x1a",
        json.dumps(EVENTS).encode(),
        json.dumps(EVENTS, indent=2, ensure_ascii=False).encode(),
        b"\n".join(json.dumps(event, indent=2).encode() for event in EVENTS),
    ],
)
def test_every_form_gives_the_same_events(tmp_path: Path, raw: bytes, mark: bytes, pack: type) -> None:
    found = list(records(written(tmp_path, pack(mark + raw))))
    assert [one.event for one in found if isinstance(one, Found)] == EVENTS
    assert [one for one in found if isinstance(one, Refused)] == []


def test_the_field_file_with_a_byte_order_mark_has_two_events() -> None:
    found = list(records(FOLDER / "11-replay-of-windows-files" / "bom.jsonl"))
    assert len(found) == 2
    assert all(isinstance(one, Found) and one.value.startswith(b"{") for one in found)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n \r\n",
        b"agent,calls\n1042,7\n",
        b"PK\x03\x04 a spreadsheet",
        b"[1, 2, 3]",
        b'{"agents": 3}\n{"agents": 4}\n',
        "坐席,话务\n".encode("gb18030"),
        "\ufeff{}".encode("utf-16-le"),
        gzip.compress(b"no events either\n"),
        gzip.compress(LINES[0])[:20],
    ],
)
def test_a_file_that_holds_no_events_is_refused_before_any_is_given(tmp_path: Path, raw: bytes) -> None:
    path = written(tmp_path, raw)
    with pytest.raises(BadFile) as refused:
        next(records(path))
    assert str(path) in str(refused.value)


def test_a_bad_line_is_refused_with_its_number_and_the_others_go_on(tmp_path: Path) -> None:
    found = list(records(written(tmp_path, b"\n".join([LINES[0], b"oops", LINES[1], b"[]", LINES[2]]))))
    assert [one.line for one in found] == [1, 2, 3, 4, 5]  # type: ignore[union-attr]
    assert [one.line for one in found if isinstance(one, Refused)] == [2, 4]


def test_an_array_that_breaks_off_gives_what_stands_before_and_names_the_line(tmp_path: Path) -> None:
    raw = json.dumps(EVENTS, indent=1).encode()
    found = []
    with pytest.raises(BadFile, match=r"events\.jsonl:\d+: "):
        for one in records(written(tmp_path, raw[:-10])):
            found.append(one)
    assert [one.event for one in found if isinstance(one, Found)] == EVENTS[:3]


@given(texts=st.lists(st.text(), min_size=1, max_size=5), indent=st.sampled_from([None, 1]))
def test_whatever_a_text_holds_an_array_gives_it_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], indent: int | None
) -> None:
    events = [{"specversion": "1.0", "type": "t", "text": text} for text in texts]
    raw = json.dumps(events, indent=indent).encode()
    found = list(records(written(tmp_path_factory.mktemp("array"), raw)))
    assert [one.event for one in found if isinstance(one, Found)] == events
