"""Letters and notes in words of headers, the index of them, and the shape of a payload."""

import pytest

from streams.dead_letters.letters import DeadLetterIndex, Letter, Note, note_headers, read_entry, shape_of


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (b'{"specversion":"1.0","type":"call.ended","data":{"talk_s":"131","name":"\xe7\x8e\x8b"}}',
         '{"specversion":"0.0","type":"call.ended","data":{"talk_s":"000","aaaa":"a"}}'),
        (b'call ended 13800138000', "aaaa aaaaa 00000000000"),
        (b'{"agent":"call.ended', '{"agent":"aaaa.aaaaa'),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (None, ""),
        (b"x" * 5000, "a" * 200),
    ],
)  # fmt: skip
def test_the_shape_of_a_payload_has_nothing_of_its_content(value: bytes | None, shape: str) -> None:
    assert shape_of(value) == shape


def letter(offset: int, topic: str = "t", sha256: str = "a") -> Letter:
    return Letter(topic, 0, offset, sha256, "future", "", 1000 + offset)


def test_a_letter_is_one_however_often_it_was_written_and_a_note_ends_it() -> None:
    index = DeadLetterIndex(["t"])
    index.add_entries([letter(1), letter(1), letter(2), letter(3, topic="another"), None])
    assert index.waiting() == [letter(1), letter(2)]
    index.add_entries([Note(letter(1), "sent"), letter(1), Note(letter(1), "sent"), letter(7)])
    assert index.waiting() == [letter(2), letter(7)]
    assert [(each.waiting, each.again, each.gone) for each in index.by_reason()] == [(2, 2, 0)]
    index.add_entries([Note(letter(2), "gone"), Note(letter(7), "same"), letter(2, sha256="b")])
    assert index.waiting() == [letter(2, sha256="b")], "the place of another record by now"
    assert [(each.waiting, each.again, each.gone) for each in index.by_reason()] == [(1, 0, 1)]


def test_a_note_is_read_as_it_was_written_and_nonsense_is_nothing() -> None:
    assert read_entry(note_headers(letter(5), "sent", "me"), 1005) == Note(letter(5), "sent")
    assert read_entry(note_headers(letter(5), "sent", "me")[:-2], 1005) == letter(5)
    assert read_entry([("reason", b"future")], 1) is read_entry([("partition", b"x")], 1) is None
