"""What a lead's page shows beside the table: whom to look at first, alerts, open flags; and the alerts of the floor.

Look first (docs/rules.md 9) names at most three people and three hard facts per team. It is a prompt, not a verdict, and
leaves no record. People are those with the lowest peer ratio of the shift, by empirical Bayes and never by the raw N / L;
agents who are too early, not assessed or without a peer ratio are left out. Facts are alerts of the team: not arrived, a break
or wrap-up over its limit, available for too long without a call. (The board knows how long the state ``available`` lasts; a
call that only rings ends it.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.board.agent_alerts import AGENT_KINDS
from dashboard.board.alert_kinds import Alert, AlertKind
from dashboard.board.frame_types import AlertLine, FlagCounts, LeadPanel, LookFirstLists, LowPerson
from dashboard.board.site_alerts import SITE_KINDS
from dashboard.floor.agent_table import FLAGS
from dashboard.floor.lines import NO_TEAM, LineName, Lines
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Whole

MOST = 3
_FACTS = tuple(kind.id for kind in AGENT_KINDS if kind.about in ("arrival", "state"))
_KINDS: dict[str, AlertKind] = {kind.id: kind for kind in (*SITE_KINDS, *AGENT_KINDS)}
_RATIO_DECIMALS, _CALL_DECIMALS = 2, 1


@dataclass(frozen=True)
class PeerRatios:
    """(lines,) each, of the running shift; NaN: not known."""

    peer_ratio: Numbers
    low: Numbers
    """Ends of the 90 % interval."""
    high: Numbers
    counted: Numbers
    expected: Numbers
    too_early: Flags
    assessed: Flags


class LowRatio(NamedTuple):
    """A person to look at first."""

    row: int
    agent: str
    peer_ratio: float
    low: float
    high: float
    counted: float
    """n of the interval: calls of the shift."""
    expected: float
    """Calls that the peers would have made in the same exposure."""


class LookFirst(NamedTuple):
    """What a lead's page shows first."""

    people: tuple[LowRatio, ...] = ()
    facts: tuple[Alert, ...] = ()


def look_first(people: Sequence[tuple[LowRatio, ...]], teams: Sequence[Sequence[Alert]]) -> tuple[LookFirst, ...]:
    """``lowest`` of each team (empty under a works council, and before anything is known) and its alerts."""
    named = people or [()] * len(teams)
    return tuple(LookFirst(lowest, hard_facts(alerts)) for lowest, alerts in zip(named, teams, strict=True))


def lowest(lines: Lines, peers: PeerRatios) -> tuple[tuple[LowRatio, ...], ...]:
    """Per team the at most three lowest, lowest first; of equal ones the one with more expected, then the earlier row."""
    team = lines.team[: len(peers.peer_ratio)]  # an agent who came after the evidence was weighed is in no team
    has_ratio = np.isfinite(peers.peer_ratio) & ~peers.too_early & peers.assessed & (team >= 0)
    rows = np.nonzero(has_ratio)[0]
    order = np.lexsort((-peers.expected[rows], peers.peer_ratio[rows], team[rows]))
    found: list[list[LowRatio]] = [[] for _ in lines.teams]
    for row in _first(rows[order], lines).tolist():
        found[lines.team[row]].append(_low_ratio(lines, peers, row))
    return tuple(map(tuple, found))


def hard_facts(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """At most three facts among a team's alerts: the oldest of each kind first, so that no kind hides another."""
    if not alerts:
        return ()
    count = dict.fromkeys(_FACTS, 0)
    ranked = []
    for each in sorted((a for a in alerts if a.kind in count), key=lambda a: (a.since_ms, a.agent)):
        ranked.append((count[each.kind], _FACTS.index(each.kind), each))
        count[each.kind] += 1
    return tuple(each for _, _, each in sorted(ranked, key=lambda at: at[:2])[:MOST])


def _first(rows: Whole, lines: Lines) -> Whole:
    """Rows ordered by team -> the first three of each."""
    team = lines.team[rows]
    begins = np.searchsorted(team, team)
    return np.asarray(rows[np.arange(len(rows)) - begins < MOST], np.int64)


def _low_ratio(lines: Lines, peers: PeerRatios, row: int) -> LowRatio:
    numbers = (peers.peer_ratio, peers.low, peers.high, peers.counted, peers.expected)
    ratio, low, high, counted, expected = (float(each[row]) for each in numbers)
    return LowRatio(row, lines.people[row].id, ratio, low, high, counted, expected)


class _TeamFacts(NamedTuple):
    """A team before it is written."""

    looked: LookFirst
    alerts: Sequence[Alert]
    flags: FlagCounts


class LeadPanels:
    """The panels of one day's lines. ``persons`` False: facts and alerts alone, no flags."""

    def __init__(self, lines: Lines, persons: bool) -> None:
        self._lines, self._persons = lines, persons
        self._people: dict[int, tuple[tuple[LowRatio, ...], list[LowPerson]]] = {}

    def make(
        self,
        looked: Sequence[LookFirst],
        alerts: Sequence[Sequence[Alert]],
        teamless: Sequence[Alert],
        flag: Whole,
        listed: Sequence[int],
    ) -> list[LeadPanel]:
        """One panel per team, and last that of everyone: the agents of the teams ``listed``.

        ``looked`` and ``alerts``: per team; ``flag``: (lines,) index into FLAGS, -1 where there is none.
        """
        teams = [_TeamFacts(*each) for each in zip(looked, alerts, _flags(self._lines, flag), strict=True)]
        everyone = _everyone([*teams, _TeamFacts(LookFirst(), teamless, FlagCounts(0, 0, 0, 0))], listed)
        return [self._panel(team, facts) for team, facts in enumerate([*teams, everyone])]

    def _panel(self, team: int, facts: _TeamFacts) -> LeadPanel:
        people = self._low_people(team, facts.looked.people) if self._persons else None
        return LeadPanel(
            LookFirstLists(people, [_alert_line(self._lines, each) for each in facts.looked.facts]),
            [_alert_line(self._lines, each) for each in facts.alerts],
            facts.flags if self._persons else None,
        )

    def _low_people(self, team: int, people: tuple[LowRatio, ...]) -> list[LowPerson]:
        """The same list again as long as it is about the same people with the same evidence."""
        before = self._people.get(team)
        if before is None or before[0] is not people:
            before = self._people[team] = (people, [_low_person(self._lines, each) for each in people])
        return before[1]


def _everyone(teams: Sequence[_TeamFacts], listed: Sequence[int]) -> _TeamFacts:
    """Teams, and last the agents in no team -> all who are listed, without the teams' own alerts."""
    shown = [teams[at] for at in listed]
    low = [each for team in shown for each in team.looked.people]
    facts = hard_facts([each for team in shown for each in team.looked.facts])
    people = sorted(low, key=lambda each: (each.peer_ratio, -each.expected))[:MOST]
    alerts = [each for team in shown for each in team.alerts if each.agent is not None]
    flags = FlagCounts(*(sum(getattr(each.flags, name) for each in shown) for name in FLAGS))
    return _TeamFacts(LookFirst(tuple(people), facts), alerts, flags)


def site_alert_lines(lines: Lines, alerts: Sequence[Alert]) -> list[AlertLine]:
    """The floor's alerts: about a queue, a team, a source or the line itself, never about a person."""
    teams = {team.id: team for team in lines.teams}
    found = []
    for each in alerts:
        kind, subject = _KINDS[each.kind], each.subject or ""
        named = teams.get(each.team or "") or (lines.queue(subject) if kind.about == "queue" else None)
        name, name_en = (named.name, named.name_en) if named else (each.subject, each.subject)
        id, since = each.team or each.subject, each.since_ms or None
        found.append(AlertLine(kind.id, kind.about, kind.unit, id, name, name_en, since, each.value, each.limit))
    return found


def _alert_line(lines: Lines, alert: Alert) -> AlertLine:
    if alert.agent is None:
        return site_alert_lines(lines, [alert])[0]
    kind, named, since = _KINDS[alert.kind], _named(lines, alert.agent), alert.since_ms or None
    return AlertLine(kind.id, kind.about, kind.unit, *named, since, alert.value, alert.limit, alert.subject)


def _low_person(lines: Lines, low: LowRatio) -> LowPerson:
    id, name, name_en = lines.people[low.row]
    peer, below, above = (round(value, _RATIO_DECIMALS) for value in (low.peer_ratio, low.low, low.high))
    return LowPerson(id, name, name_en, peer, below, above, int(low.counted), round(low.expected, _CALL_DECIMALS))


def _named(lines: Lines, agent: str) -> LineName:
    row = lines.find_row(agent)
    return LineName(agent, agent, agent) if row is None else lines.people[row]


def _flags(lines: Lines, flag: Whole) -> list[FlagCounts]:
    """Per team how many have each flag."""
    team = lines.team[: len(flag)]
    on = (flag >= 0) & (team != NO_TEAM)
    cells = np.bincount(team[on] * len(FLAGS) + flag[on], minlength=len(lines.teams) * len(FLAGS))
    return [FlagCounts(*counts) for counts in cells.reshape(-1, len(FLAGS)).tolist()]
