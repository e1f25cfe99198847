"""A warning is logged at once, then once a minute with how many were left out; each word has a minute of its own."""

import logging

import pytest

from dashboard.access.rare_warnings import EVERY_S, RareWarnings


def test_a_word_has_a_line_a_minute_which_counts_those_left_out(caplog: pytest.LogCaptureFixture) -> None:
    now_s = [0.0]
    warnings = RareWarnings(logging.getLogger("test"), lambda: now_s[0])

    def lines(word: str) -> list[str]:
        caplog.clear()
        warnings.note(word, f"{word} is wrong")
        return caplog.messages

    assert [lines("state"), lines("state"), lines("aud"), lines("state")] == [
        ["state is wrong"],
        [],
        ["aud is wrong"],
        [],
    ]
    now_s[0] += EVERY_S - 0.001
    assert lines("state") == []
    now_s[0] += 0.001
    assert lines("state") == ["state is wrong (and 3 times before)"]
    assert lines("state") == []
