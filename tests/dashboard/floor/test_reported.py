"""What no source has ever reported is unknown; the first fact of a kind makes it known, in whichever partition it came."""

import pytest

from dashboard.floor.reported import ALL_REPORTED, Reported, reported
from layouts.wording.words import LANGUAGES, load_words
from streams.events import TYPES


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("call.ended", "calls"),
        ("agent.state", "states"),
        ("complaint.recorded", "complaints"),
        ("evaluation.scored", "evaluations"),
        ("survey.answered", "surveys"),
        ("conduct.recorded", "conduct"),
        ("campaign.snapshot", "campaigns"),
        ("queue.snapshot", "queues"),
    ],
)
def test_the_first_fact_of_a_kind_makes_it_known(type_: str, kind: str) -> None:
    assert type_ in TYPES
    found = reported([{}, {type_: 1, "pipeline.heartbeat": 9}])
    assert found == Reported(**{name: name == kind for name in Reported._fields})
    assert [name for name, reason in found.missing.items() if reason is None] == [kind]


def test_of_counters_that_are_empty_nothing_is_known() -> None:
    nothing = reported([])
    assert nothing == reported([{"call.ended": 0}]) == Reported(*[False] * len(Reported._fields))
    assert len(nothing.reasons) == len(Reported._fields)
    assert (ALL_REPORTED.reasons, {*ALL_REPORTED.missing.values()}) == ([], {None})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_its_words(lang: str) -> None:
    words, spoken = load_words(lang), load_words(lang).for_browser()
    for reason in reported([]).reasons:
        assert words[f"missing.{reason}"] and words[f"missing_short.{reason}"]
        assert f'"missing.{reason}"' in spoken
