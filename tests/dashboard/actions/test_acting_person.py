"""Who acts: names as they are kept while there is no sign-in."""

import pytest

from dashboard.actions.acting_person import LONGEST_NAME, Refused, person, plain


def test_a_name_comes_back_as_it_was_given() -> None:
    assert plain(person("qa-9")) == "qa-9"
    assert plain("王敏") == "王敏"


def test_what_no_event_could_hold_is_refused_at_once() -> None:
    assert person("x" * LONGEST_NAME)
    with pytest.raises(Refused, match="at most"):
        person("x" * (LONGEST_NAME + 1))
