"""A sheet is decided by nobody who led the agent in its month, whichever team the agent is in by now."""

from contextlib import nullcontext
from datetime import date

import pytest

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_cases import sheet_case
from dashboard.actions.appeal_messages import OVERTURNED, Ruling, Subject, Topics
from dashboard.actions.appeal_rules import AppealRules
from dashboard.site.load import Site
from dashboard.site.types import Spell, Team
from streams.site_time import SiteTime, parse_rfc3339
from streams.store.ledger_reader import ActionLine
from tests.actors import actor

TIME = SiteTime("Asia/Shanghai")
CLOSED_MS, NOW_MS = (parse_rfc3339(f"2026-11-{day}T04:00:00Z") for day in ("05", "06"))
TEAMS = tuple(Team(id, id, id, "outbound", lead=f"lead-{id}") for id in ("dawn", "pine", "sail"))


def spell(team: str, first: date | None, last: date | None) -> Spell:
    return Spell("a1", "A", "A", None, team, first, last)


ROSTER = (
    spell("sail", None, date(2026, 9, 30)),
    spell("dawn", date(2026, 10, 1), date(2026, 10, 31)),
    spell("pine", date(2026, 11, 1), None),
)


def decide(who: str, *leads: str) -> int:
    """How many records a decision on the sheet of October makes."""
    rules = AppealRules(Site(zone="Asia/Shanghai", teams=TEAMS, roster=ROSTER), Topics("events", "actions"))
    subject = Subject("a1", "2026-10", CLOSED_MS, recorded_by=frozenset({"manager"}))
    filed = ActionLine(stamp=0, gives=True, at_ms=CLOSED_MS, by="agent:a1", kind="appeal.filed", ref="2026-10")
    case = sheet_case("a1", "2026-10", CLOSED_MS, filed, None)
    return len(rules.decide(subject, case, actor(who, *leads), Ruling(OVERTURNED, "counted twice"), NOW_MS))


@pytest.mark.parametrize(
    ("who", "word"),
    [("lead-dawn", "own_lead"), ("lead-pine", "own_lead"), ("a1", "own_case"), ("manager", "recorded_it")],
)
def test_who_may_not_decide_on_a_sheet(who: str, word: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(who)
    assert refused.value.word == word


def test_a_lead_of_before_the_month_may() -> None:
    assert decide("lead-sail") == 1


def test_a_lead_by_a_grant_may_not() -> None:
    assert decide("nobody") == 1
    for team, bars in {"dawn": True, "pine": True, "sail": False}.items():
        with pytest.raises(Refused) if bars else nullcontext() as refused:
            decide("nobody", team)
        assert not bars or refused.value.word == "own_lead"
