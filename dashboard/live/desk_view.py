"""Alerts, whom to look at first and how many flags are open -> what a lead's page and the floor show of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.alerts.kinds import Alert
from dashboard.alerts.look_first import Looked
from dashboard.counts.lines import NO_TEAM, Lines, Person
from dashboard.judging.agent_table import FLAGS
from dashboard.live.watch import Told
from dashboard.rules.figures import Whole

_RATIO, _CALLS = 2, 1


def desks(lines: Lines, told: Told, persons: bool) -> list[dict[str, Any]]:
    """One per team; ``persons`` False: nothing but alerts and facts, and no flags, is said."""
    flags = _flags(lines, told.flag)
    return [
        {
            "look_first": {
                "people": [_person(lines, one) for one in looked.people] if persons else None,
                "facts": [_fact(lines, one) for one in looked.facts],
            },
            "alerts": [_alert(lines, one) for one in alerts],
            "flags": counts if persons else None,
        }
        for looked, alerts, counts in zip(told.look_first, told.alerts.teams, flags, strict=True)
    ]


def site_alerts(lines: Lines, alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """Those of the floor: about a queue, a team, a source or the line itself, never about a person."""
    teams = {team.id: team for team in lines.teams}
    found = []
    for one in alerts:
        team = teams.get(one.team or "")
        name, name_en = (team.name, team.name_en) if team else (one.subject, one.subject)
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


def _named(lines: Lines, agent: str) -> Person:
    row = lines.known(agent)
    return Person(agent, agent, agent) if row is None else lines.people[row]


def _flags(lines: Lines, flag: Whole) -> list[dict[str, int]]:
    """Per team how many have each flag."""
    team = lines.team[: len(flag)]
    on = (flag >= 0) & (team != NO_TEAM)
    cells = np.bincount(team[on] * len(FLAGS) + flag[on], minlength=len(lines.teams) * len(FLAGS))
    return [dict(zip(FLAGS, counts, strict=True)) for counts in cells.reshape(-1, len(FLAGS)).tolist()]
