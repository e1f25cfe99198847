"""Files of events as people keep them: lines, arrays and indented objects, packed or not, marked or not; and what is none."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.sources import event_file
from streams.sources.event_file import BadFile, FileEntry, FileEvent, read_entries
from streams.sources.record import RefusedRecord, SkippedRecord

FIELD = Path(__file__).parents[2] / "cases/field/11-replay-of-windows-files"
MARK = b"\xef\xbb\xbf"
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


def event(number: int, **data: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": f"e{number}", "type": "call.ended", "data": data}


def written(folder: Path, raw: bytes) -> Path:
    path = folder / "events"
    path.write_bytes(raw)
    return path


def ids(found: list[FileEntry]) -> list[str]:
    return [record.event["id"] for record in found if isinstance(record, FileEvent)]


def lines(*values: object) -> bytes:
    return b"".join(value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n" for value in values)


def test_a_mark_is_passed_over() -> None:
    """tests/cases/field/11: the first event became a dead letter."""
    found = list(read_entries(FIELD / "bom.jsonl"))
    assert ids(found) == ["e-c1-1", "e-c2-1"]
    assert [record.value[:1] for record in found if isinstance(record, FileEvent)] == [b"{", b"{"]


FORMS = {
    "lines": lambda events, end: end.join(map(json.dumps, events)) + end,
    "array": lambda events, end: json.dumps(events, ensure_ascii=False),
    "indented array": lambda events, end: json.dumps(events, indent=2, ensure_ascii=False).replace("\n", end),
    "indented objects": lambda events, end: end.join(json.dumps(each, indent=2) for each in events).replace("\n", end),
    "array of lines": lambda events, end: f"[{end}" + f",{end}".join(map(json.dumps, events)) + f"{end}]{end}",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@settings(max_examples=15, deadline=None)
@given(
    data=st.lists(st.dictionaries(texts, texts, max_size=3), min_size=1, max_size=30),
    mark=st.booleans(),
    packed=st.booleans(),
    left=st.sampled_from([b"", b"\n\n", b"\0\0", b"\x1a"]),
    window=st.integers(1, 200),
)
def test_every_form_gives_the_same_events(
    tmp_path_factory: pytest.TempPathFactory,
    form: str,
    end: str,
    data: Any,
    mark: bool,
    packed: bool,
    left: bytes,
    window: int,
) -> None:
    events = [event(number, **{f"x{key}": text for key, text in each.items()}) for number, each in enumerate(data)]
    raw = (MARK if mark else b"") + FORMS[form](events, end).encode() + left
    path = written(tmp_path_factory.mktemp("e"), gzip.compress(raw) if packed else raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_file, "_WINDOW", window)
        found = [record for record in read_entries(path) if record != SkippedRecord("blank")]
    assert [record.event for record in found if isinstance(record, FileEvent)] == events
    assert [json.loads(record.value) for record in found if isinstance(record, FileEvent)] == events


def test_a_line_in_the_middle_that_is_none_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    raw = lines(event(1), b"\n", b"not this\n", b'{"half": \n', event(2), b'{"a": "\xff"}\n', b"[1]\n", event(3))
    found = list(read_entries(written(tmp_path, raw)))
    assert ids(found) == ["e1", "e2", "e3"]
    assert [record for record in found if not isinstance(record, FileEvent)] == [
        SkippedRecord("blank"),
        *(RefusedRecord("no_json_object", line) for line in (3, 4)),
        RefusedRecord("not_utf8", 6),
        RefusedRecord("no_json_object", 7),
    ]


def test_empty_lines_before_the_first_event_and_marks_of_files_put_together_are_passed_over(tmp_path: Path) -> None:
    raw = b"\r\n" * 20 + lines(event(1)) + MARK + lines(event(2))
    found = list(read_entries(written(tmp_path, raw)))
    assert ids(found) == ["e1", "e2"]
    assert found[:20] == [SkippedRecord("blank")] * 20


def test_a_broken_first_line_does_not_hide_the_events_after_it(tmp_path: Path) -> None:
    found = list(read_entries(written(tmp_path, lines(b'{"cut": \n', event(1), event(2)))))
    assert found[0] == RefusedRecord("no_json_object", 1)
    assert ids(found) == ["e1", "e2"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty: expected are CloudEvents"),
        (MARK + b"\r\n\r\n", "is empty"),
        (b"agent,team\n1042,dawn\n", "holds no events, it begins with 'agent,team'"),
        (lines({"agent": "1042", "calls": 3}), "holds no events, it begins with"),
        (b"[1, 2, 3]", "holds no events"),
        (b"[]", "holds no events"),
        (b"<html>", "it begins with '<html>'"),
        ("坐席,班组\n张伟,晨曦\n".encode("gb18030"), "which looks like GB18030"),
        (lines(event(1)).decode().encode("utf-16"), "is UTF-16"),
        (b"PK\x03\x04....", "an Excel workbook or another ZIP file"),
        (b"%PDF-1.7", "a PDF"),
        (gzip.compress(b"agent,team\n", mtime=0), "it begins with 'agent,team'"),
        (b'{"specversion": ', "is no JSON"),
        (b'[{"specversion": "1.0", "type"', "is no JSON"),
    ],
)
def test_a_file_without_events_is_refused_before_any_is_given(tmp_path: Path, raw: bytes, said: str) -> None:
    with pytest.raises(BadFile) as told:
        read_entries(written(tmp_path, raw))
    assert said in str(told.value)
    assert str(told.value).endswith("nothing was sent")


@pytest.mark.parametrize(
    ("raw", "line", "said"),
    [
        (b"[\n" + b",\n".join(json.dumps(event(n)).encode() for n in range(50)) + b",\n{broken}]", 52, "is no JSON"),
        (b"[\n" + b",\n".join(json.dumps(event(n)).encode() for n in range(50)), 51, "the array does not end"),
        (json.dumps([event(n) for n in range(50)], indent=0).encode()[:-40], None, "is no JSON"),
        (
            json.dumps([event(n) for n in range(50)]).encode() + b"\n\n{}",
            3,
            "something stands after the end of the array",
        ),
    ],
)
def test_an_array_that_breaks_off_gives_what_stands_before_and_says_where(
    tmp_path: Path, raw: bytes, line: int | None, said: str
) -> None:
    found: list[FileEntry] = []
    with pytest.raises(BadFile, match=said) as told:
        found.extend(read_entries(written(tmp_path, raw)))
    assert line is None or f"events:{line}: " in str(told.value)
    assert len(ids(found)) >= 49


def test_what_gzip_packed_and_was_cut_off_gives_what_stands_before(tmp_path: Path) -> None:
    some = random.Random(7)
    raw = gzip.compress(lines(*(event(n, x=some.random()) for n in range(5000))))
    found: list[FileEntry] = []
    with pytest.raises(BadFile, match="what gzip packed is damaged or cut off"):
        for record in read_entries(written(tmp_path, raw[: len(raw) // 2])):
            found.append(record)  # noqa: PERF402  what came before the fault is kept
    assert len(ids(found)) > 1000


def test_an_element_that_is_no_object_is_refused_with_its_line(tmp_path: Path) -> None:
    raw = b"[\n" + json.dumps(event(1)).encode() + b",\n12,\n" + json.dumps(event(2)).encode() + b"]"
    found = list(read_entries(written(tmp_path, raw)))
    assert (ids(found), found[1]) == (["e1", "e2"], RefusedRecord("no_json_object", 3))
