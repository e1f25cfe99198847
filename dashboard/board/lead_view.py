"""Alerts, whom to look at first and how many flags are open -> what a lead's page and the floor show of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.board.alert_kinds import OF_PEOPLE, QUEUE_IN_TIME, QUEUE_WAITING, Alert
from dashboard.board.look_first import Looked, LookFirst, of_all
from dashboard.board.people_now import Told
from dashboard.floor.agent_table import FLAGS
from dashboard.floor.lines import NO_TEAM, LineName, Lines
from dashboard.rules.figures import Whole

OF_QUEUES = (QUEUE_WAITING, QUEUE_IN_TIME)
_RATIO, _CALLS = 2, 1


Desk = tuple[LookFirst, Sequence[Alert], dict[str, int]]
"""Whom to look at first, what is on, and how many have each flag."""


class DeskView:
    """The desks of one day's lines. ``persons`` False: nothing but alerts and facts, and no flags, is said."""

    def __init__(self, lines: Lines, persons: bool) -> None:
        self._lines, self._persons = lines, persons
        self._people: dict[int, tuple[tuple[Looked, ...], list[dict[str, Any]]]] = {}

    def of(self, told: Told, listed: Sequence[int]) -> list[dict[str, Any]]:
        """One per team, and last that of everyone, who are the agents of the teams ``listed``."""
        flags = _flags(self._lines, told.flag)
        teams = list(zip(told.look_first, told.alerts.teams, flags, strict=True))
        everyone = _of_everyone([*teams, (LookFirst(), told.alerts.teamless, dict.fromkeys(FLAGS, 0))], listed)
        return [self._desk(team, *found) for team, found in enumerate([*teams, everyone])]

    def _desk(self, team: int, looked: LookFirst, alerts: Sequence[Alert], flags: dict[str, int]) -> dict[str, Any]:
        return {
            "look_first": {
                "people": self._first(team, looked.people) if self._persons else None,
                "facts": [_fact(self._lines, one) for one in looked.facts],
            },
            "alerts": [_alert(self._lines, one) for one in alerts],
            "flags": flags if self._persons else None,
        }

    def _first(self, team: int, people: tuple[Looked, ...]) -> list[dict[str, Any]]:
        """The same again as long as they are the same people with the same evidence."""
        known = self._people.get(team)
        if known is None or known[0] is not people:
            known = self._people[team] = (people, [_person(self._lines, one) for one in people])
        return known[1]


def _of_everyone(teams: Sequence[Desk], listed: Sequence[int]) -> Desk:
    """The desks of the teams, and last that of those in no team -> that of all who are listed, without a team's own alerts."""
    shown = [teams[at] for at in listed]
    people = [one for _, alerts, _ in shown for one in alerts if one.kind in OF_PEOPLE]
    flags = {name: sum(each[name] for _, _, each in shown) for name in FLAGS}
    return of_all([looked for looked, _, _ in shown]), people, flags


def site_alerts(lines: Lines, alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """Those of the floor: about a queue, a team, a source or the line itself, never about a person."""
    teams = {team.id: team for team in lines.teams}
    found = []
    for one in alerts:
        subject = one.subject or ""
        named = teams.get(one.team or "") or (lines.queue(subject) if one.kind in OF_QUEUES else None)
        name, name_en = (named.name, named.name_en) if named else (one.subject, one.subject)
        found.append(_shown(one, one.team or one.subject, name, name_en))
    return found


def _alert(lines: Lines, one: Alert) -> dict[str, Any]:
    if one.agent is None:
        return site_alerts(lines, [one])[0]
    return {**_shown(one, *_named(lines, one.agent)), "state": one.subject}


def _shown(one: Alert, id: str | None, name: str | None, name_en: str | None) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": id,
        "name": name,
        "name_en": name_en,
        "since": one.since_ms or None,
        "value": one.value,
        "limit": one.limit,
    }


def _fact(lines: Lines, one: Alert) -> dict[str, Any]:
    id, name, name_en = _named(lines, one.agent or "")
    said = {"kind": one.kind, "state": one.subject, "since": one.since_ms, "limit_ms": one.limit}
    return {"id": id, "name": name, "name_en": name_en, **said}


def _person(lines: Lines, one: Looked) -> dict[str, Any]:
    id, name, name_en = lines.people[one.row]
    ends = {"peer": one.peer_ratio, "low": one.low, "high": one.high}
    ratios = {key: round(value, _RATIO) for key, value in ends.items()}
    counts = {"counted": int(one.counted), "expected": round(one.expected, _CALLS)}
    return {"id": id, "name": name, "name_en": name_en, **ratios, **counts}


def _named(lines: Lines, agent: str) -> LineName:
    row = lines.find_row(agent)
    return LineName(agent, agent, agent) if row is None else lines.people[row]


def _flags(lines: Lines, flag: Whole) -> list[dict[str, int]]:
    """Per team how many have each flag."""
    team = lines.team[: len(flag)]
    on = (flag >= 0) & (team != NO_TEAM)
    cells = np.bincount(team[on] * len(FLAGS) + flag[on], minlength=len(lines.teams) * len(FLAGS))
    return [dict(zip(FLAGS, counts, strict=True)) for counts in cells.reshape(-1, len(FLAGS)).tolist()]
