"""Who acts: the recorded name, and the comparison of a person with a recorded name."""

import pytest

from dashboard.actions.acting_person import Actor, plain
from tests.any_ids import IDS


def test_an_agent_is_recorded_by_the_id_of_the_roster_and_others_by_their_account() -> None:
    assert Actor("oidc:2f1c", "8101").recorded == "agent:8101"
    assert Actor("local:gu.ming").recorded == "local:gu.ming"


@pytest.mark.parametrize("agent", IDS)
def test_a_recorded_agent_comes_back(agent: str) -> None:
    assert plain(Actor("oidc:2f1c", agent).recorded) == agent


def test_acts_from_before_there_was_sign_in_name_the_same_people() -> None:
    assert plain("unverified:8101") == "8101"
    assert Actor("oidc:2f1c", "8101").is_named("unverified:8101")


@pytest.mark.parametrize("recorded", ["agent:8101", "8101", "local:gu.ming", "gu.ming"])
def test_a_person_is_known_by_agent_and_account(recorded: str) -> None:
    assert Actor("local:gu.ming", "8101").is_named(recorded)


@pytest.mark.parametrize("recorded", [None, "", "8102", "agent:8102", "Gu.Ming", "gu.ming ", "local:", "agent:"])
def test_others_are_others(recorded: str | None) -> None:
    assert not Actor("local:gu.ming", "8101").is_named(recorded)


def test_spelling_makes_nobody_an_agent() -> None:
    """An account that reads like the id of an agent belongs to that agent only if it is linked."""
    assert Actor("local:8101").recorded == "local:8101"
    assert Actor("local:8101").agent is None
