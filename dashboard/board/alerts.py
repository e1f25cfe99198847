"""One tick and the alerts before it -> the alerts now. Pure, and cheap where nothing changed.

An alert that is on goes only when its value is clearly back (docs/site.md, Alerts); ``before`` says which were on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.board.agent_alerts import AgentAlerts, agent_alerts, list_alerts
from dashboard.board.alert_facts import AlertFacts
from dashboard.board.alert_kinds import NONE_COUNTED, NONE_GIVEN, Alert
from dashboard.board.site_alerts import about_teams, site_alerts, subject_of


@dataclass(frozen=True)
class AlertsNow:
    """The alerts that are on. A list that did not change is the same object as before."""

    site: tuple[Alert, ...] = ()
    """In the order of SITE_KINDS, team and subject; never about a person."""
    teams: tuple[tuple[Alert, ...], ...] = ()
    """One per team of the lines: what is about the team itself, then its agents in the order of AGENT_KINDS, age, id."""
    teamless: tuple[Alert, ...] = ()
    """About the agents in no team."""
    agents: AgentAlerts | None = None

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
    """The alerts now. After a change of the lines (a new day, a new roster) agents are looked at again."""
    site = site_alerts(facts, {subject_of(each): each for each in before.site})
    agents = agent_alerts(facts, before.agents)
    *teams, teamless = _lists(facts, agents, site, before)
    return AlertsNow(before.site if site == before.site else site, tuple(teams), teamless, agents)


def _lists(
    facts: AlertFacts, agents: AgentAlerts, site: Sequence[Alert], before: AlertsNow
) -> tuple[tuple[Alert, ...], ...]:
    """One list per team, and last that of the agents in none."""
    again = before.agents is None or before.agents.lines is not facts.lines
    lists: list[tuple[Alert, ...]] = [()] * (len(facts.lines.teams) + 1) if again else [*before.teams, before.teamless]
    changed = agents.changed_teams(None if again else before.agents)
    listed = list_alerts(facts, agents, changed)
    own, own_before = about_teams(site), about_teams(before.site)
    for at, team in enumerate([*(team.id for team in facts.lines.teams), None]):
        if changed[at] or team in own or team in own_before:
            of_agents = listed.get(at, []) if changed[at] else [each for each in lists[at] if each.agent is not None]
            now = (*own.get(team, ()), *of_agents)
            lists[at] = lists[at] if now == lists[at] else now
    return tuple(lists)
