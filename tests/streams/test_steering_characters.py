"""Text for a terminal is one line that shows what it is, and the quick look at JSON misses nothing."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.steering_characters import has_steering, may_have_steering, printable

ALL = [chr(point) for point in range(0x110000)]


def test_controls_separators_and_marks_of_direction_steer_and_nothing_else_does() -> None:
    wanted = {
        sign
        for sign in ALL
        if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs")
        or (unicodedata.category(sign) == "Cf" and unicodedata.bidirectional(sign) in _DIRECTIONS)
        or sign in _MARKS
    }
    assert {sign for sign in ALL if has_steering(sign)} == wanted


_DIRECTIONS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_MARKS = {unicodedata.lookup(f"{way} MARK") for way in ("LEFT-TO-RIGHT", "RIGHT-TO-LEFT", "ARABIC LETTER")}


@pytest.mark.parametrize("escaped", [True, False])
def test_the_quick_look_at_json_misses_none(escaped: bool) -> None:
    """Half a character cannot be in UTF-8."""
    for sign in filter(has_steering, ALL):
        assert (not escaped and sign >= "\ud800") or may_have_steering(json.dumps(sign, ensure_ascii=escaped).encode())


@pytest.mark.parametrize("text", ["renewal-11", "续保十一月", "晨曦\u3000一组", "Zoë"])
def test_the_quick_look_is_enough_for_usual_ids(text: str) -> None:
    assert not may_have_steering(json.dumps(text, ensure_ascii=False).encode())


@given(st.text(), st.booleans())
def test_the_quick_look_is_false_only_where_no_string_has_one(text: str, escaped: bool) -> None:
    value = json.dumps({"id": text}, ensure_ascii=escaped).encode(errors="surrogatepass")
    assert may_have_steering(value) or not has_steering(text)


@given(st.text())
def test_printable_text_has_none_and_is_otherwise_the_same(text: str) -> None:
    shown = printable(text)
    assert not has_steering(shown)
    assert shown == text or has_steering(text)
    assert printable(text, lines=True).count("\n") == text.count("\n")


def test_a_printable_text_says_what_stood_there() -> None:
    assert printable("a\x1b[31m\u202eb\n") == r"a\x1b[31m\u202eb\n"
    assert printable("a\n\tb", lines=True) == "a\n\\tb"
