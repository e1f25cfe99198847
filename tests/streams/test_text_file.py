"""Files that people saved: UTF-8 however it is marked and ended is read, of anything else it is said what it is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text_file import AS_CSV, MARK, NotText, decode_text, encoding_of, read_text

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\x1a\r\ufeff"))


@given(texts, st.booleans(), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([b"", b"\0", b"\x1a", b"\x1a\0\0"]))
def test_text_comes_back_however_a_desktop_marks_and_ends_it(text: str, mark: bool, end: str, left: bytes) -> None:
    raw = (MARK if mark else b"") + text.replace("\n", end).encode() + left
    if raw[:2] == b"BZ" or raw[:4] in (b"%PDF", b"{\\rt"):
        return
    assert decode_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("agent,team\n张伟,晨曦\n".encode("utf-16"), 'is UTF-16 (what Excel calls "Unicode Text"), not UTF-8'),
        (b"\xfe\xff" + "agent".encode("utf-16-be"), "is UTF-16, not UTF-8"),
        ("agent,team\n".encode("utf-16-le"), "is UTF-16 without a mark"),
        ("agent,team\n".encode("utf-16-be"), "is UTF-16 without a mark"),
        ("agent,team\n张伟,晨曦\n".encode("utf-16-le"), "is UTF-16 without a mark"),
        ("\n".join(["工号,班组", *["张伟王芳陈晨,晨曦"] * 99]).encode("utf-16-be"), "is UTF-16 without a mark"),
        ("agent".encode("utf-32"), "is UTF-32, not UTF-8"),
        (b"PK\x03\x04rest", "is no text, it is an Excel workbook or another ZIP file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is no text, it is a workbook of an old Excel"),
        (b"%PDF-1.7", "is no text, it is a PDF"),
        (b"\x1f\x8b\x08", "is no text, it is packed with gzip"),
        (b"a\nb\0c\n", "holds a NUL"),
    ],
)
def test_what_is_no_utf8_is_named_with_what_to_do(raw: bytes, said: str) -> None:
    with pytest.raises(NotText) as told:
        decode_text(raw, AS_CSV)
    assert said in str(told.value)
    assert str(told.value).endswith('save it as "CSV UTF-8 (comma delimited)"')


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("word", "encoding", "named"),
    [("张伟", "gb18030", "GB18030"), ("王芳", "gbk", "GB18030"), ("Jürgen", "latin-1", "Windows-1252"),
     ("Łukasz", "cp1250", "Windows-1252"), ("Ñandú", "cp1252", "Windows-1252")],
)  # fmt: skip
def test_another_encoding_is_named_with_its_line_and_byte(end: str, word: str, encoding: str, named: str) -> None:
    raw = f"agent,team{end}1,dawn{end}{word},dawn{end}".encode(encoding)
    with pytest.raises(NotText, match=rf"is not UTF-8 here \(byte 0x[0-9A-F]{{2}}\), it looks like {named}") as told:
        decode_text(raw)
    assert told.value.line == 3
    assert encoding_of(raw).startswith(named)


def test_a_file_that_cannot_be_opened_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_text(tmp_path / "none")
    with pytest.raises(IsADirectoryError):
        read_text(tmp_path)
