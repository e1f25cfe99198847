"""Look first (docs/rules.md 9): at most three people and three hard facts per team. A prompt, not a verdict; it leaves no record.

People are those with the lowest peer ratio of the shift, by empirical Bayes and never by the raw N / L. Who is too early,
not assessed or without a peer ratio is not among them. Facts are alerts of the team: who has not arrived, a break or
wrap-up over its limit, and who is available for too long without a call. (What is known of "without a call" is how long
the state ``available`` lasts; a call that only rings ends it.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.board.alert_kinds import IDLE, NOT_ARRIVED, STATE_OVER_LIMIT, Alert
from dashboard.floor.lines import Lines
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Whole

MOST = 3
_FACTS = (NOT_ARRIVED, STATE_OVER_LIMIT, IDLE)


@dataclass(frozen=True)
class Peers:
    """(lines,) each, of the running shift; NaN: not known."""

    peer_ratio: Numbers
    low: Numbers
    """Ends of the 90 % interval."""
    high: Numbers
    counted: Numbers
    expected: Numbers
    too_early: Flags
    assessed: Flags


class Looked(NamedTuple):
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

    people: tuple[Looked, ...] = ()
    facts: tuple[Alert, ...] = ()


def look_first(people: Sequence[tuple[Looked, ...]], teams: Sequence[Sequence[Alert]]) -> tuple[LookFirst, ...]:
    """``lowest`` of each team (empty under a works council, and before anything is known) and its alerts."""
    named = people or [()] * len(teams)
    return tuple(LookFirst(who, hard_facts(what)) for who, what in zip(named, teams, strict=True))


def of_all(teams: Sequence[LookFirst]) -> LookFirst:
    """Whom to look at first on the whole floor: the lowest of all, and the oldest facts of each kind."""
    people = sorted((one for team in teams for one in team.people), key=lambda one: (one.peer_ratio, -one.expected))
    return LookFirst(tuple(people[:MOST]), hard_facts([one for team in teams for one in team.facts]))


def lowest(lines: Lines, peers: Peers) -> tuple[tuple[Looked, ...], ...]:
    """Per team the at most three lowest, lowest first; of equal ones who has more expected, then the earlier row."""
    team = lines.team[: len(peers.peer_ratio)]  # who came since the evidence was weighed is in no team
    known = np.isfinite(peers.peer_ratio) & ~peers.too_early & peers.assessed & (team >= 0)
    rows = np.nonzero(known)[0]
    order = np.lexsort((-peers.expected[rows], peers.peer_ratio[rows], team[rows]))
    rows = _first(rows[order], lines)
    found: list[list[Looked]] = [[] for _ in lines.teams]
    for row in rows.tolist():
        found[lines.team[row]].append(_looked(lines, peers, row))
    return tuple(map(tuple, found))


def hard_facts(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Of a team's alerts at most three facts: the oldest of each kind first, so that no kind hides another."""
    if not alerts:
        return ()
    seen = dict.fromkeys(_FACTS, 0)
    ranked = []
    for each in sorted((a for a in alerts if a.kind in seen), key=lambda a: (a.since_ms, a.agent)):
        ranked.append((seen[each.kind], _FACTS.index(each.kind), each))
        seen[each.kind] += 1
    return tuple(each for _, _, each in sorted(ranked, key=lambda at: at[:2])[:MOST])


def _first(rows: Whole, lines: Lines) -> Whole:
    """Rows ordered by team -> the first three of each."""
    team = lines.team[rows]
    begins = np.searchsorted(team, team)
    return np.asarray(rows[np.arange(len(rows)) - begins < MOST], np.int64)


def _looked(lines: Lines, peers: Peers, row: int) -> Looked:
    numbers = (peers.peer_ratio, peers.low, peers.high, peers.counted, peers.expected)
    ratio, low, high, counted, expected = (float(each[row]) for each in numbers)
    return Looked(row, lines.people[row].id, ratio, low, high, counted, expected)
