"""The panel of a lead beside the table: whom to look at first, alerts, open flags; and the alerts of the floor.

Look first (docs/rules.md 9) names at most three people and three hard facts per team. It is a prompt, not a verdict, and
leaves no record. People are those with the lowest peer ratio of the shift, by empirical Bayes and never by the raw N / L;
agents who are too early, not assessed or without a peer ratio are left out. Facts are alerts of the team: not arrived, a break
or wrap-up over its limit, available for too long without a call. (The board knows how long the state ``available`` lasts; a
call that only rings ends it.)
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dashboard.board.agent_alerts import AGENT_KINDS
from dashboard.board.alert_kinds import Alert, AlertKind
from dashboard.board.alerts import AlertsNow
from dashboard.board.frame_types import AlertLine, FlagCounts, LeadPanel, LookFirstLists, LowPerson
from dashboard.board.site_alerts import SITE_KINDS
from dashboard.floor.agent_table import FLAGS
from dashboard.floor.lines import LineName, Lines
from dashboard.people.evidence import EvidenceNow
from dashboard.rules.figures import Whole

MOST = 3
_FACTS = tuple(kind.id for kind in AGENT_KINDS if kind.about in ("arrival", "state"))
_KINDS: dict[str, AlertKind] = {kind.id: kind for kind in (*SITE_KINDS, *AGENT_KINDS)}
_RATIO_DECIMALS, _CALL_DECIMALS = 2, 1


class LowRatio(NamedTuple):
    """A person to look at first, and the numbers that order such persons."""

    peer_ratio: float
    expected: float
    """Calls that the peers would have made in the same exposure."""
    person: LowPerson


def lowest(lines: Lines, evidence: EvidenceNow) -> tuple[tuple[LowRatio, ...], ...]:
    """Per team the at most three lowest, lowest first; of equal ones the one with more expected, then the earlier row.

    ``evidence``: of the assessed (``agent_marks.evidence_of_assessed``).
    """
    team = lines.team[: len(evidence.peer_ratio)]  # an agent who came after the evidence was weighed is in no team
    rows = np.nonzero(np.isfinite(evidence.peer_ratio) & ~evidence.too_early & (team >= 0))[0]
    order = np.lexsort((-evidence.expected[rows], evidence.peer_ratio[rows], team[rows]))
    found: list[list[LowRatio]] = [[] for _ in lines.teams]
    for row in _first(rows[order], lines).tolist():
        found[lines.team[row]].append(_low_ratio(lines, evidence, row))
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


def _low_ratio(lines: Lines, evidence: EvidenceNow, row: int) -> LowRatio:
    id, name, name_en = lines.people[row]
    numbers = (evidence.peer_ratio, evidence.low, evidence.high, evidence.counted, evidence.expected)
    ratio, low, high, counted, expected = (float(each[row]) for each in numbers)
    peer, below, above = (round(value, _RATIO_DECIMALS) for value in (ratio, low, high))
    person = LowPerson(id, name, name_en, peer, below, above, int(counted), round(expected, _CALL_DECIMALS))
    return LowRatio(ratio, expected, person)


class _TeamFacts(NamedTuple):
    """A team before it is written."""

    people: Sequence[LowRatio]
    facts: Sequence[Alert]
    alerts: Sequence[Alert]
    flags: FlagCounts


def lead_panels(
    lines: Lines,
    people: Sequence[Sequence[LowRatio]],
    assessed: Sequence[Sequence[Alert]],
    on: AlertsNow,
    flag: Whole,
    listed: Sequence[int],
    persons: bool = True,
) -> list[LeadPanel]:
    """One panel per team, and last that of everyone: the agents of the teams ``listed``.

    Per team ``people``, the ``lowest`` (none before anything is known), and ``assessed``, the alerts about assessed agents.
    ``flag``: (lines,) index into FLAGS, -1 without a flag. ``persons`` False: only facts and alerts.
    """
    count = len(lines.teams) + 1
    low, facts = [*(people or [()] * (count - 1)), ()], [*map(hard_facts, assessed), ()]
    flags = count_flags(lines.team % count, flag, count)
    teams = [_TeamFacts(*each) for each in zip(low, facts, (*on.teams, on.teamless), flags, strict=True)]
    return [_panel(lines, facts, persons) for facts in (*teams[:-1], _everyone(teams, listed))]


def _panel(lines: Lines, team: _TeamFacts, persons: bool) -> LeadPanel:
    facts, alerts = ([_alert_line(lines, each) for each in alerts] for alerts in (team.facts, team.alerts))
    people = [each.person for each in team.people] if persons else None
    return LeadPanel(LookFirstLists(people, facts), alerts, team.flags if persons else None)


def _everyone(teams: Sequence[_TeamFacts], listed: Sequence[int]) -> _TeamFacts:
    """Teams, and last the agents in no team -> all who are listed, without the teams' own alerts."""
    shown = [teams[at] for at in listed]
    low = [each for team in shown for each in team.people]
    facts = hard_facts([each for team in shown for each in team.facts])
    people = sorted(low, key=lambda each: (each.peer_ratio, -each.expected))[:MOST]
    alerts = [each for team in shown for each in team.alerts if each.agent is not None]
    flags = FlagCounts(*(sum(getattr(each.flags, name) for each in shown) for name in FLAGS))
    return _TeamFacts(people, facts, alerts, flags)


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


def _named(lines: Lines, agent: str) -> LineName:
    row = lines.find_row(agent)
    return LineName(agent, agent, agent) if row is None else lines.people[row]


def count_flags(group: Whole, flag: Whole, count: int) -> list[FlagCounts]:
    """(lines,) the group of each, 0..count-1, and its flag -> how many of each group have each flag."""
    on = flag >= 0
    cells = np.bincount(group[: len(flag)][on] * len(FLAGS) + flag[on], minlength=count * len(FLAGS))
    return [FlagCounts(*counts) for counts in cells.reshape(-1, len(FLAGS)).tolist()]
