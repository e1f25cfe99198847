"""One tick and the alerts before it -> the alerts now. Pure, and cheap where nothing changed.

An alert that is on goes only when its value is clearly back (docs/site.md, Alerts); which was on is known by ``before``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.board.agent_alerts import PeopleOn, people_on, told
from dashboard.board.alert_facts import AlertFacts
from dashboard.board.alert_kinds import NONE_COUNTED, NONE_GIVEN, TEAM_BEHIND, Alert
from dashboard.board.site_alerts import place, site_alerts


@dataclass(frozen=True)
class AlertsNow:
    """What is on. A list that says the same as before is the same object."""

    site: tuple[Alert, ...] = ()
    """In the order of OF_SITE, team and subject; never about a person."""
    teams: tuple[tuple[Alert, ...], ...] = ()
    """One per team of the lines: whether the team itself is behind, then its people in the order of OF_PEOPLE, age, id."""
    teamless: tuple[Alert, ...] = ()
    """Of the agents in no team."""
    people: PeopleOn | None = None

    @property
    def none_given(self) -> int:
        """How many records came, where not one could be given to an agent; else 0."""
        return self._value(NONE_GIVEN)

    @property
    def none_counted(self) -> int:
        """How many records came, where not one was ever counted, or none on a day that is empty; else 0."""
        return self._value(NONE_COUNTED)

    def _value(self, kind: str) -> int:
        return next((int(each.value or 0) for each in self.site if each.kind == kind), 0)


NOTHING = AlertsNow()
"""Before the first tick."""


def alerts(facts: AlertFacts, before: AlertsNow = NOTHING) -> AlertsNow:
    """What is on now. After a change of the lines (a new day, a new roster) people are looked at anew."""
    site = site_alerts(facts, {place(each): each for each in before.site})
    people = people_on(facts, before.people)
    *teams, teamless = _lists(facts, people, site, before)
    return AlertsNow(before.site if site == before.site else site, tuple(teams), teamless, people)


def _lists(
    facts: AlertFacts, people: PeopleOn, site: Sequence[Alert], before: AlertsNow
) -> tuple[tuple[Alert, ...], ...]:
    """Of each team, and last of those in no team."""
    anew = before.people is None or before.people.lines is not facts.lines
    lists: list[tuple[Alert, ...]] = [()] * (len(facts.lines.teams) + 1) if anew else [*before.teams, before.teamless]
    stirred = people.changed(None if anew else before.people)
    found = told(facts, people, stirred)
    behind = {each.team: each for each in site if each.kind == TEAM_BEHIND}
    was_behind = {each.team for each in before.site if each.kind == TEAM_BEHIND}
    for at, team in enumerate([*(team.id for team in facts.lines.teams), None]):
        if stirred[at] or team in behind or team in was_behind:
            lists[at] = _list(behind.get(team), found.get(at, []) if stirred[at] else None, lists[at])
    return tuple(lists)


def _list(behind: Alert | None, people: list[Alert] | None, known: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """``people`` None: as known."""
    rest = people if people is not None else [each for each in known if each.kind != TEAM_BEHIND]
    found = (behind, *rest) if behind is not None else tuple(rest)
    return known if found == known else found
