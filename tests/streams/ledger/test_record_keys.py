"""A key in other clothes is the key beneath them; everything else stays what it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ledger.record_keys import key_text, plain_forms

AROUND = st.text(alphabet=" \t\r\n\u3000\xa0\ufeff", max_size=4)


@pytest.mark.parametrize(
    ("key", "forms"),
    [
        ("1042", ()),
        ("", ()),
        ('"1042"', ("1042",)),
        (" 1042\r\n", ("1042",)),
        ("\ufeff1042", ("1042",)),
        ('" 1042 "', (" 1042 ", "1042")),
        ('\ufeff "1042" ', ('"1042"', "1042")),
        (r'"\u5f20\u4f1f"', ("张伟",)),
        (r'"say \"hi\""', ('say "hi"',)),
        ('""', ("",)),
        ("\u3000", ("",)),
        ('"1042', ()),
        ("1042\"", ()),
        (r'"\ud800"', ()),
        ("'1042'", ()),
        ('{"agent":"1042"}', ()),
        ("null", ()),
        (r'"\"1042\""', ('"1042"',)),
        ('"' + "7" * 300 + '"', ("7" * 300,)),
    ],
)  # fmt: skip
def test_forms_of_a_key(key: str, forms: tuple[str, ...]) -> None:
    assert plain_forms(key) == forms


@given(st.text(max_size=80), AROUND, AROUND, st.booleans(), st.booleans())
def test_every_agent_is_found_beneath_a_serializer_and_white_space(
    agent: str, left: str, right: str, as_json: bool, as_ascii: bool
) -> None:
    if "\ufffd" in agent:
        return
    key = left + (json.dumps(agent, ensure_ascii=as_ascii) if as_json else agent) + right
    bare = agent.strip(" \t\r\n\u3000\xa0\ufeff")
    forms = (key, *plain_forms(key))
    if as_json:
        assert agent in forms
    else:
        assert any(form.strip() == bare.strip() for form in forms)


@pytest.mark.parametrize("key", [b"\xff1042", b" 1042\xff ", b'"1042\xff"', b"\xfe\xff\x001\x000"])
def test_bytes_that_are_no_text_stay_what_they_are(key: bytes) -> None:
    assert plain_forms(key_text(key)) == ()


@given(st.text(max_size=80))
def test_forms_are_a_function_of_the_key_alone_and_hold_no_key_twice(key: str) -> None:
    forms = plain_forms(key)
    assert forms == plain_forms(str(key))
    assert len({key, *forms}) == 1 + len(forms)
