"""A sheet is decided by nobody who led the agent in its month, whichever team the agent is in by now."""

from datetime import date

import pytest

from dashboard.actions.acting_person import Refused, person
from dashboard.actions.appeal_cases import sheet_case
from dashboard.actions.appeal_messages import OVERTURNED, Ruling, Subject, Topics
from dashboard.actions.appeal_rules import AppealRules
from dashboard.site.load import Site
from dashboard.site.types import Spell, Team
from streams.site_time import SiteTime, parse_rfc3339
from streams.store.ledger_reader import ActionLine

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


def decide(who: str) -> int:
    """How many records a decision on the sheet of October makes."""
    rules = AppealRules(Site(zone="Asia/Shanghai", teams=TEAMS, roster=ROSTER), Topics("events", "actions"))
    subject = Subject("a1", "2026-10", CLOSED_MS, recorded_by=frozenset({"manager"}))
    filed = ActionLine(stamp=0, gives=True, at_ms=CLOSED_MS, by=person("a1"), kind="appeal.filed", ref="2026-10")
    case = sheet_case("a1", "2026-10", CLOSED_MS, filed, None)
    return len(rules.decide(subject, case, who, Ruling(OVERTURNED, "counted twice"), NOW_MS))


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


@pytest.mark.parametrize("name", [" a1", "a1 ", "unverified:a1", "a\n1", "a\x00", "x" * 201])
def test_what_names_nobody(name: str) -> None:
    with pytest.raises(Refused, match=r"names nobody|at most"):
        person(name)
