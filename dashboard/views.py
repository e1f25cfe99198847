"""Facts of one tick -> what the screens show: the rules applied, sums for floor and teams, one line per agent.

Volumes add up over all rows; nets are floored per agent first and then added; ratios are pooled, never averaged.
Numbers and codes only: words and formats are the page's.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.lines import Lines
from dashboard.ring import Minutes
from dashboard.rules.deduction import Numbers, Outcome, Policy, outcome, weigh
from streams.known import Snapshot
from streams.metrics import INDEX, Rows

STATES = ("available", "talk", "hold", "wrap", "break", "training", "meeting", "other")
"""The states of someone signed in."""
STATE_CODES = (*STATES, "ringing", "offline")
NO_STATE = -1
SIGNED_IN = len(STATES) + 1
HALF_HOUR_MS = 1_800_000

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class HalfHours:
    """Floor sums per half hour of the day, from the first with a call up to the running one, which is the last."""

    start_ms: int
    handled: list[int]
    net: list[float]


@dataclass(frozen=True)
class Facts:
    """What is known at one tick; arrays have one row per line of ``lines``."""

    now_ms: int
    age_s: float | None
    tz_offset_min: int
    lines: Lines
    day: Rows
    """int64 (lines x metrics): today."""
    last30: Rows
    """int64 (lines x ring.COLUMNS): the last 30 whole minutes and the running one."""
    half_hours: HalfHours
    quarters: Minutes
    """(lines x quarter hours): handled, from the day's start up to the running one."""
    state: Whole
    """Index into STATE_CODES, NO_STATE where nothing is known."""
    since_ms: Whole
    campaigns: tuple[Snapshot, ...]
    """Newest snapshots of the campaigns that run today."""


@dataclass(frozen=True)
class AgentTable:
    """Per line of ``lines``; -1 stands for "not known" (none of these is ever negative)."""

    whole: Whole
    """(lines x len(WHOLE))."""
    real: Numbers
    """(lines x len(REAL))."""
    quarters: Minutes
    spark_from: list[int]
    """Per team: the quarter hour in which its first call of today lies."""


WHOLE = ("state", "since", "handled", "pending", "converted", "score", "scored", "satisfied", "answered", "short")
REAL = ("deducted", "net", "aht_s")


@dataclass(frozen=True)
class View:
    """One tick as shown."""

    now_ms: int
    age_s: float | None
    tz_offset_min: int
    lines: Lines
    floor: dict[str, Any]
    teams: list[dict[str, Any]]
    agents: AgentTable


@dataclass(frozen=True)
class _Judged:
    """Per line, what floor and teams add up."""

    handled: Rows
    complaints: Rows
    repeat_enquiries: Rows
    pending: Rows
    today: Outcome
    last30: Outcome


def view(facts: Facts, policy: Policy) -> View:
    """Facts of one tick -> what is shown."""
    judged = _judge(facts, policy)
    return View(
        facts.now_ms,
        facts.age_s,
        facts.tz_offset_min,
        facts.lines,
        _floor(facts, judged),
        _teams(facts, judged),
        _agents(facts, judged),
    )


def net_of(policy: Policy, columns: Rows) -> Outcome:
    """int64 (lines x ring.COLUMNS), sums of one period -> its deduction."""
    handled, complaints, complaints_confirmed, repeats, repeats_confirmed = columns.T
    pending = weigh(policy, complaints, repeats)
    return outcome(policy, handled, pending, weigh(policy, complaints_confirmed, repeats_confirmed))


def _judge(facts: Facts, policy: Policy) -> _Judged:
    column = _columns(facts.day)
    complaints, repeats = column["complaints_pending"], column["repeat_enquiries_pending"]
    confirmed = weigh(policy, column["complaints_confirmed"], column["repeat_enquiries_confirmed"])
    return _Judged(
        handled=column["handled"],
        complaints=complaints + column["complaints_confirmed"],
        repeat_enquiries=repeats + column["repeat_enquiries_confirmed"],
        pending=complaints + repeats,
        today=outcome(policy, column["handled"], weigh(policy, complaints, repeats), confirmed),
        last30=net_of(policy, facts.last30),
    )


def _columns(rows: Rows) -> dict[str, Rows]:
    return {name: rows[:, at] for name, at in INDEX.items()}


def _floor(facts: Facts, judged: _Judged) -> dict[str, Any]:
    sums = {name: int(total) for name, total in zip(INDEX, facts.day.sum(axis=0), strict=True)}
    return {
        **{name: plain(values.sum()) for name, values in _volumes(judged).items()},
        "floored": plain(judged.today.shown.floored.sum()),
        "attempts": sums["attempts"],
        "converted": sums["converted"],
        "abandoned": sums["abandoned"],
        "last30": {
            "handled": int(facts.last30[:, 0].sum()),
            "deducted": plain(judged.last30.shown.deducted.sum()),
            "net": plain(judged.last30.shown.net.sum()),
        },
        "half_hours": _half_hours(facts.half_hours),
        "states": {**_states(facts.state), "total": facts.lines.agents()},
        "quality": {"score": _score(sums["evaluation_points"], sums["evaluations"]), "n": sums["evaluations"]},
        "surveys": {"satisfied": sums["surveys_satisfied"], "answered": sums["surveys_answered"]},
        "campaigns": _campaigns(facts.campaigns),
        "empty": not facts.day.any(),
    }


def _volumes(judged: _Judged) -> dict[str, Rows | Numbers]:
    """What floor and teams both show, per line; all of it adds up."""
    return {
        "handled": judged.handled,
        "complaints": judged.complaints,
        "repeat_enquiries": judged.repeat_enquiries,
        "deducted": judged.today.shown.deducted,
        "pending": judged.pending,
        "net": judged.today.shown.net,
        "net_if_withdrawn": judged.today.if_withdrawn.net,
    }


def _half_hours(half: HalfHours) -> dict[str, Any]:
    return {
        "start": half.start_ms,
        "step_ms": HALF_HOUR_MS,
        "handled": half.handled,
        "net": [plain(value) for value in half.net],
        "running": len(half.handled) - 1,
    }


def _states(state: Whole) -> dict[str, int]:
    counted = np.bincount(state[state != NO_STATE], minlength=len(STATE_CODES)).tolist()
    return _shown_states(counted)


def _shown_states(counted: list[int]) -> dict[str, int]:
    shown = dict(zip(STATES, counted, strict=False))
    shown["available"] += counted[STATE_CODES.index("ringing")]
    return {**shown, "signed_in": sum(counted[:SIGNED_IN])}


def _campaigns(snapshots: tuple[Snapshot, ...]) -> dict[str, Any]:
    if not snapshots:
        return {"done": None, "list_size": None, "share": None}
    done, size = (sum(snapshot.figures[name] or 0 for snapshot in snapshots) for name in ("done", "list_size"))
    return {"done": done, "list_size": size, "share": round(done / size, 4) if size else None}


def _teams(facts: Facts, judged: _Judged) -> list[dict[str, Any]]:
    by_team = _TeamSums(facts.lines)
    column = _columns(facts.day)
    sums = {
        **{name: by_team(values) for name, values in _volumes(judged).items()},
        "last30_net": by_team(judged.last30.shown.net),
        "points": by_team(column["evaluation_points"]),
        "scored": by_team(column["evaluations"]),
    }
    states = by_team.states(facts.state)
    return [
        _team(facts.lines, at, {name: values[at] for name, values in sums.items()}, states[at])
        for at in range(len(facts.lines.teams))
    ]


def _team(lines: Lines, at: int, sums: dict[str, Any], states: list[int]) -> dict[str, Any]:
    team = lines.teams[at]
    shown = _shown_states(states)
    points, scored = sums.pop("points"), sums["scored"]
    return {
        **team._asdict(),
        **sums,
        "score": _score(points, scored),
        "signed_in": shown["signed_in"],
        "agents": len(lines.members[at]),
        "states": shown,
    }


class _TeamSums:
    """Adds a column up per team. In float64: exact for counts far beyond any floor's."""

    def __init__(self, lines: Lines) -> None:
        # One group more than there are teams: who has none (-1) falls into group 0.
        self._group = lines.team + 1
        self._groups = len(lines.teams) + 1

    def __call__(self, values: Rows | Numbers) -> list[int | float]:
        sums = np.round(np.bincount(self._group, weights=values, minlength=self._groups)[1:], 4)
        whole = sums.astype(np.int64)
        found: list[int | float] = whole.tolist() if (whole == sums).all() else [plain(value) for value in sums]
        return found

    def states(self, state: Whole) -> list[list[int]]:
        """Per team, how many agents are in each of STATE_CODES."""
        width = len(STATE_CODES)
        known = state != NO_STATE
        cells = np.bincount(self._group[known] * width + state[known], minlength=self._groups * width)
        found: list[list[int]] = cells.reshape(-1, width)[1:].tolist()
        return found


def _agents(facts: Facts, judged: _Judged) -> AgentTable:
    column = _columns(facts.day)
    busy = column["talk_s"] + column["hold_s"] + column["wrap_s"]
    score = _quotient(column["evaluation_points"], column["evaluations"], 0).astype(np.int64)
    whole = np.column_stack(
        [facts.state, facts.since_ms, judged.handled, judged.pending, column["converted"], score]
        + [column[name] for name in ("evaluations", "surveys_satisfied", "surveys_answered", "short")]
    )
    shown = judged.today.shown
    real = np.column_stack([shown.deducted, shown.net, _quotient(busy, column["handled"], 1)])
    return AgentTable(whole, real, facts.quarters, _first_quarters(facts))


def _first_quarters(facts: Facts) -> list[int]:
    """Per team the first quarter hour with a call; past the last one where there is none."""
    called = facts.quarters > 0
    none = called.shape[1]
    of_agent = np.where(called.any(axis=1), called.argmax(axis=1), none)
    of_team = np.full(len(facts.lines.teams) + 1, none)
    np.minimum.at(of_team, facts.lines.team + 1, of_agent)
    first: list[int] = of_team[1:].tolist()
    return first


def _quotient(part: Rows, whole: Rows, decimals: int) -> Numbers:
    """part / whole; -1 where whole is 0."""
    return np.where(whole > 0, np.round(part / np.maximum(whole, 1), decimals), -1.0)


def _score(points: float, scored: float) -> float | None:
    """Hundredths of points -> mean score to two decimals."""
    return round(points / scored / 100, 2) if scored else None


def plain(value: float) -> int | float:
    """A sum of weighted calls as JSON shall carry it: whole where it is whole, else to four decimals."""
    rounded = round(float(value), 4)
    return int(rounded) if rounded.is_integer() else rounded
