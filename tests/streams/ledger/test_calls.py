"""Calls: the newest version stands, whatever the order; a moved call gives under its new key alone."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.counting_policy import Counting
from streams.events import CallEnded
from streams.ledger.calls import CallLine, call_amounts, call_lines, fold_call
from streams.ledger.outcome import Difference, Outcome
from streams.site_time import minute_of
from tests.streams.ledger.adding import Sums, added
from tests.streams.making import amounts_by_name, at, call

POLICY = Counting(campaign_success={"survey-3": frozenset({"answered"})})
MINUTE = minute_of(at())


def made(**data: Any) -> CallEnded:
    return CallEnded(**call(**data))


def call_gives(line: CallLine, key: str, sign: int = 1) -> list[Difference]:
    return [Difference(name, line.minute, sign * call_amounts(line)) for name in call_lines(line, key)]


def gives(key: str = "1042", **data: Any) -> dict[str, dict[str, int]]:
    """Line -> metric -> amount of one call alone."""
    outcome, line = fold_call(None, made(**data), key, at(), 1, POLICY)
    assert outcome is Outcome.APPLIED
    assert line is not None
    return {d.line: amounts_by_name(d.amounts) for d in call_gives(line, key)}


def folded(versions: list[tuple[CallEnded, int]], key: str) -> tuple[CallLine | None, Sums, list[Outcome]]:
    known: CallLine | None = None
    differences: list[Difference] = []
    outcomes = []
    for event, at_ms in versions:
        outcome, line = fold_call(known, event, key, at_ms, 1, POLICY)
        outcomes.append(outcome)
        if line is not None:
            differences += call_gives(line, key) + (call_gives(known, key, -1) if known else [])
            known = line
    return known, added(differences), outcomes


def test_a_handled_call() -> None:
    assert gives() == {
        "1042": {
            "attempts": 1,
            "handled": 1,
            "handled_outbound": 1,
            "effective": 1,
            "converted": 1,
            "talk_s": 131,
            "wrap_s": 18,
            "talks_known": 1,
        }
    }


@pytest.mark.parametrize(
    ("data", "metrics"),
    [
        ({"talk_s": 9}, {"short": 1, "effective": 0}),
        ({"talk_s": 10}, {"short": 0, "effective": 0}),
        ({"talk_s": 29}, {"effective": 0}),
        ({"talk_s": 30}, {"effective": 1}),
        ({"talk_s": 0}, {"short": 1, "talk_s": 0, "talks_known": 1}),
        ({"talk_s": None}, {"short": 0, "effective": 0, "talk_s": 0, "handled": 1, "talks_known": 0}),
        ({"disposition": None}, {"converted": 0}),
        ({"disposition": "refused"}, {"converted": 0}),
        ({"campaign": "renewal-11"}, {"converted": 1}),
        ({"campaign": "survey-3"}, {"converted": 0}),
        ({"campaign": "survey-3", "disposition": "answered"}, {"converted": 1}),
        ({"direction": "inbound"}, {"handled_inbound": 1, "handled_outbound": 0, "in_time": 0, "waits_known": 0}),
        ({"direction": "inbound"}, {"offered": 1, "abandoned_short": 0}),
        ({"direction": "inbound", "wait_s": 0}, {"in_time": 1, "wait_s": 0, "waits_known": 1}),
        ({"direction": "inbound", "wait_s": 20}, {"in_time": 1, "wait_s": 20, "waits_known": 1}),
        ({"direction": "inbound", "wait_s": 21}, {"in_time": 0, "wait_s": 21, "waits_known": 1}),
        ({"direction": "outbound", "wait_s": 5}, {"in_time": 0, "wait_s": 5, "waits_known": 0, "offered": 0}),
        ({"hold_s": 7}, {"hold_s": 7}),
    ],
)
def test_what_a_handled_call_counts(data: dict[str, Any], metrics: dict[str, int]) -> None:
    found = gives(**data)["1042"]
    assert {name: found.get(name, 0) for name in metrics} == metrics


@pytest.mark.parametrize("outcome", ["no_answer", "busy", "failed", "voicemail"])
def test_a_call_that_was_not_handled_is_an_attempt_only(outcome: str) -> None:
    assert gives(outcome=outcome, wait_s=4, hold_s=3) == {"1042": {"attempts": 1}}


@pytest.mark.parametrize(("wait_s", "short"), [(60, {}), (5, {}), (4, {"abandoned_short": 1}), (None, {})])
def test_an_abandoned_call(wait_s: int | None, short: dict[str, int]) -> None:
    counts = {"attempts": 1, "abandoned": 1, **short}
    shape: dict[str, Any] = {"agent": None, "outcome": "abandoned", "queue": "sales", "wait_s": wait_s}
    inbound = counts | {"offered": 1}
    assert gives("", direction="inbound", **shape) == {"~unattributed": inbound, "~queue:sales": inbound}
    assert gives("", direction="outbound", **shape) == {"~unattributed": counts, "~queue:sales": counts}


def test_campaign_and_queue_see_the_same_call() -> None:
    found = gives(campaign="renewal-11", queue="sales")
    assert found["1042"] == found["~campaign:renewal-11"] == found["~queue:sales"]


@pytest.mark.parametrize(("agent", "key"), [("1042", "1043"), ("1042", ""), (None, "1042"), ("1042", "~unattributed")])
def test_a_record_whose_agent_is_not_its_key_gives_nothing(agent: str | None, key: str) -> None:
    assert gives(key, agent=agent, campaign="c", queue="q") == {}


def test_a_call_moves_to_another_agent_and_to_another_minute() -> None:
    old, new = made(), made(agent="1043", version=2, at_ms=at(90))
    _, under_old, _ = folded([(old, at()), (new, at(90))], "1042")
    _, under_new, _ = folded([(new, at(90))], "1043")
    assert under_old == {}
    assert {place: amounts_by_name(sums)["handled"] for place, sums in under_new.items()} == {("1043", MINUTE + 1): 1}


versions = st.lists(
    st.builds(
        lambda version, agent, outcome, talk_s, campaign, minute: (
            made(
                version=version,
                agent=agent,
                outcome=outcome,
                talk_s=talk_s,
                campaign=campaign,
                at_ms=at(60 * minute),
            ),
            at(60 * minute),
        ),
        st.integers(0, 9),
        st.sampled_from(["1042", "1043", None]),
        st.sampled_from(["handled", "abandoned", "busy"]),
        st.none() | st.integers(0, 600),
        st.sampled_from([None, "c", "survey-3"]),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda made: made[0].version,
)


@given(versions, st.randoms())
def test_the_order_of_versions_does_not_matter_and_duplicates_change_nothing(
    sent: list[tuple[CallEnded, int]], dice: random.Random
) -> None:
    newest = max(sent, key=lambda made: made[0].version)
    line, sums, _ = folded([newest], "1042")
    shuffled = sent + dice.choices(sent, k=3)
    dice.shuffle(shuffled)
    again, again_sums, outcomes = folded(shuffled, "1042")
    assert (again, again_sums) == (line, sums)
    assert outcomes.count(Outcome.DUPLICATE) + outcomes.count(Outcome.SUPERSEDED) >= 3


@given(versions)
def test_taking_back_is_giving_with_the_other_sign(sent: list[tuple[CallEnded, int]]) -> None:
    for event, at_ms in sent:
        _, line = fold_call(None, event, "1042", at_ms, 1, POLICY)
        assert line is not None
        assert added(call_gives(line, "1042") + call_gives(line, "1042", -1)) == {}


def test_equal_version_is_a_duplicate_whatever_it_says_and_lower_is_superseded() -> None:
    sent = [
        (made(version=3), at()),
        (made(version=3, talk_s=1), at()),
        (made(version=2), at()),
        (made(version=4), at()),
    ]
    _, _, outcomes = folded(sent, "1042")
    assert outcomes == [Outcome.APPLIED, Outcome.DUPLICATE, Outcome.SUPERSEDED, Outcome.APPLIED]
