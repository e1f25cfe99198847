"""Complaints, evaluations and surveys counted once more, by plain loops that share no code with the product (docs/rules.md 2).

Of every fact the newest version under its key counts, on the lines of its agent, its campaign and its queue.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

STAGES = {"confirmed": 1, "withdrawn": 1, "appealed": 2, "upheld": 3, "overturned": 3}
STATUS = {"confirmed": "confirmed", "upheld": "confirmed", "withdrawn": "reversed", "overturned": "reversed"}
PLURAL = {"complaint": "complaints", "repeat_enquiry": "repeat_enquiries"}


class Sent(NamedTuple):
    """A fact as it was sent: under which key, and when it happened."""

    kind: str
    key: str
    at_ms: int
    data: dict[str, Any]


def recount(sent: Sequence[Sent]) -> Counter[tuple[str, str]]:
    """(line, metric) -> amount over all time."""
    found: Counter[tuple[str, str]] = Counter()
    for (kind, key, _), (newest, decision) in _standing(sent).items():
        if newest is None or newest.data["agent"] != key:
            continue
        if kind == "complaint" and decision and decision.data["agent"] != key:
            continue
        named = [f"~{name}:{newest.data[name]}" for name in ("campaign", "queue") if newest.data.get(name)]
        for line in [key, *named]:
            for metric, amount in _amounts(kind, newest.data, decision).items():
                found[line, metric] += amount
    return +found


def _standing(sent: Sequence[Sent]) -> dict[tuple[str, str, str], tuple[Sent | None, Sent | None]]:
    """(kind, key, id) -> its newest version and the decision in force."""
    records: dict[tuple[str, str, str], Sent] = {}
    made: dict[tuple[str, str, str], Sent] = {}
    for each in sent:
        kind = each.kind.partition(".")[0]
        place = kind, each.key, each.data[f"{kind}_id"]
        if each.kind == "complaint.decided":
            if place not in made or decision_rank(each) >= decision_rank(made[place]):
                made[place] = each
        elif each.kind == "evaluation.decided":
            if each.data["decision"] == "revised" and (place not in made or each.at_ms > made[place].at_ms):
                made[place] = each
        elif place not in records or rank_of(each) > rank_of(records[place]):
            records[place] = each
    return {place: (records.get(place), made.get(place)) for place in records.keys() | made.keys()}


def rank_of(each: Sent) -> tuple[int, bool]:
    """What decides between two versions of a record."""
    return each.data.get("version") or 0, each.kind == "survey.answered" and each.data["score"] is not None


def decision_rank(each: Sent) -> tuple[int, int]:
    """What decides between two decisions on a complaint."""
    return each.at_ms, STAGES[each.data["decision"]]


def _amounts(kind: str, data: dict[str, Any], decision: Sent | None) -> dict[str, int]:
    if kind == "complaint":
        status = STATUS.get(decision.data["decision"], "pending") if decision else "pending"
        return {f"{PLURAL[data['kind']]}_{status}": 1}
    if kind == "evaluation":
        score = (decision.data if decision else data)["score"]
        points = {"evaluations": 1, "evaluation_points": int(100 * Decimal(str(score)))}
        return points | {"critical_fails": int(bool(data.get("critical_fail")))}
    if data["score"] is None:
        return {"surveys_offered": 1}
    points_of_100 = 2500 * (data["score"] - 1)
    answered = {"surveys_offered": 1, "surveys_answered": 1, "survey_points": points_of_100}
    return answered | {"surveys_satisfied": int(points_of_100 >= 7500)}
