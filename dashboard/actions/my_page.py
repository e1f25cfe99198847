"""What one agent is told about himself: today and the month, every record behind them with its deadline, the next bracket.

Everything is of this agent alone. Of his calls only the number is read: a month has thousands of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_messages import Subject
from dashboard.actions.appeal_register import Sources
from dashboard.actions.appeal_rules import AppealRules
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.closing_of_agent import sheets
from dashboard.actions.explain import Explanation, Ledgers, Row, explain
from dashboard.actions.explain_terms import TermRecord
from dashboard.actions.feedback_service import receipts
from dashboard.floor.periods import Period, day_period, month_period
from dashboard.site.load import Site
from dashboard.site.types import PolicyBlock
from streams.site_time import parse_rfc3339, rfc3339
from streams.store.ledger_reader import Ledger, newest_of

_TERMS = ("calls", "deducted", "floored", "net", "target", "target_by_now", "pace", "attainment", "score")
_CASES = ("complaint", "repeat_enquiry")
_RECORDS = ("deducted", "evaluation_mean", "conduct_points")


@dataclass(frozen=True)
class MyPageService:
    """An agent's view over one desk."""

    desk: AppealService

    def knows(self, agent: str) -> bool:
        """Whether there is such an agent; a line of nobody (``~unattributed``) is none. Raises what Redis raises."""
        return not agent.startswith("~") and self.desk.knows(agent)

    def told(self, agent: str) -> dict[str, Any]:
        """All of it in JSON. Raises Refused where nobody knows the agent, LedgerBusy and what Redis raises."""
        if not self.knows(agent):
            raise Refused(404, "no_agent", f"there is no agent {agent!r}")
        site, sources, now_ms = self.desk.site(), self.desk.sources(), self.desk.now()
        sources.actions.refresh()
        time = site.time
        today = time.day(now_ms).label
        judged = _Judged(self.desk, site)
        ledgers = _WithoutCalls(sources.ledgers)
        found = {
            period.kind: explain(ledgers, site, time, agent, period, today, judged)
            for period in (day_period(today), month_period(today))
        }
        cases = self.desk.appeals(agent)
        rules = AppealRules(site, time, self.desk.topics)
        deadlines = _Deadlines(rules, agent, now_ms, frozenset(case["ref"] for case in cases))
        block = site.policy(today)
        month = judged.rows.get("month") or {}
        return {
            **_head(site, agent, today),
            "now": rfc3339(now_ms),
            "as_of": _instant(max(each.as_of_ms for each in found.values())),
            "policy": {"version": block.version, "since": _since(block), "published": _published(block)},
            **{kind: _numbers(each) for kind, each in found.items()},
            "bracket": _bracket(month, block),
            "records": _records(found["month"], month, deadlines),
            "appeals": cases,
            "sheets": sheets(sources.actions, rules, agent, now_ms, {each["ref"]: each["state"] for each in cases}),
            "feedback": _feedback(sources, agent),
        }


class _WithoutCalls:
    """The ledger without the single calls, which stay in its sums."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers

    def ledger(self, agent: str, first_ms: int, days: Any, calls: bool = True) -> Ledger:
        """As ``Ledgers.ledger``."""
        return self._ledgers.ledger(agent, first_ms, days, calls=False)


class _Judged:
    """The judge of an explanation, which keeps what it said."""

    def __init__(self, desk: AppealService, site: Site) -> None:
        self._judge = desk.judges(site)
        self.rows: dict[str, Row] = {}

    def __call__(self, agent: str, period: Period) -> Row | None:
        row = self._judge(agent, period)
        self.rows[period.kind] = row or {}
        return row


@dataclass(frozen=True)
class _Deadlines:
    """Until when a record can be appealed, and whether it still can."""

    rules: AppealRules
    agent: str
    now_ms: int
    appealed: frozenset[str]

    def of(self, record: TermRecord) -> dict[str, Any]:
        """appeal_day: the last business day on which it can be; may_appeal: whether POST /appeals would take it now."""
        if record.kind == "day" or record.time is None:
            return {"appeal_day": None, "may_appeal": False}
        subject = Subject(self.agent, record.id, parse_rfc3339(record.time))
        until_ms = self.rules.file_until(subject)
        open_ = record.status != "reversed" and record.id not in self.appealed
        last = self.rules.time.day(until_ms - 1).label
        return {"appeal_day": str(last), "may_appeal": open_ and self.now_ms < until_ms}


def _instant(ms: int) -> str | None:
    return rfc3339(ms) if ms else None


def _since(block: PolicyBlock) -> str | None:
    return None if block.effective_from == date.min else str(block.effective_from)


def _published(block: PolicyBlock) -> str | None:
    return str(block.published_on) if block.published_on else None


def _head(site: Site, agent: str, today: date) -> dict[str, Any]:
    spell = site.spell(agent, today, today) or site.spell(agent, date.min, date.max)
    team = next((team for team in site.teams if spell and team.id == spell.team), None)
    names = {"name": spell.name, "name_en": spell.name_en} if spell else {"name": agent, "name_en": agent}
    of_team = {"id": team.id, "name": team.name, "name_en": team.name_en} if team else None
    return {"agent": agent, **names, "team": of_team}


def _numbers(found: Explanation) -> dict[str, Any]:
    """The numbers of a period; None where there is none."""
    values = {term.name: term.value for term in found.terms}
    deducted = found.term("deducted").records
    return {
        "date": found.period.label,
        "basis": found.volume_basis,
        "assessed": found.assessed,
        "reasons": list(found.reasons),
        "net_low": found.net_low,
        "net_high": found.net_high,
        **{name: values.get(name) for name in _TERMS},
        **(_UNREPORTED if found.term("deducted").value is None else _open(deducted)),
    }


_UNREPORTED = {"pending": None, "appealed": None, "net_low": None, "net_high": None}


def _open(deducted: Iterable[TermRecord]) -> dict[str, Any]:
    """What is not settled of the deduction."""
    return {
        "pending": sum(record.effect for record in deducted if record.status == "pending"),
        "appealed": sum(record.effect for record in deducted if _last(record) == "appealed"),
    }


def _last(record: TermRecord) -> str | None:
    """The newest decision of a record."""
    newest = newest_of(record.decisions)
    return newest.decision if newest else None


def _bracket(row: Row, block: PolicyBlock) -> dict[str, Any] | None:
    """Where the score of the month stands, and how many net calls lead to the next bracket as things are; None: no score.

    ``calls_to_next`` is -1 where calls alone do not lead there (rules.scoring.NEVER).
    """
    if row.get("score") is None or not row.get("grade"):
        return None
    steps = [{"label": each.label, "lower": each.lower} for each in block.grades.brackets]
    at = next(place for place, each in enumerate(steps) if each["label"] == row["grade"])
    return {
        "score": row["score"],
        "grade": row["grade"],
        "next": steps[at + 1]["label"] if at + 1 < len(steps) else None,
        "calls_to_next": row.get("calls_to_next"),
        "brackets": steps,
        "top": block.indices.cap,
    }


def _records(found: Explanation, row: Row, deadlines: _Deadlines) -> list[dict[str, Any]]:
    """Every record that takes calls or gives points, newest first."""
    scored = float(row.get("evaluations") or 0)
    weights: Mapping[str, float] = {"deducted": -1.0, "evaluation_mean": scored, "conduct_points": 1.0}
    listed = [
        _record(record, name, weights[name], deadlines) for name in _RECORDS for record in found.term(name).records
    ]
    return sorted(listed, key=lambda each: (each["time"] or "", each["id"]), reverse=True)


def _record(record: TermRecord, term: str, weight: float, deadlines: _Deadlines) -> dict[str, Any]:
    decided = newest_of(record.decisions)
    return {
        "id": record.id,
        "kind": record.kind,
        "of": "deducted" if term == "deducted" else "points",
        "time": record.time,
        "date": record.date,
        "count": record.count,
        "status": decided.decision if decided and record.kind in _CASES else record.status,
        "reason": decided.reason if decided else None,
        "decided": rfc3339(decided.time_ms) if decided else None,
        "effect": round(record.effect * weight, 4) + 0.0,
        **deadlines.of(record),
    }


def _feedback(sources: Sources, agent: str) -> list[dict[str, Any]]:
    return list(_newest_first(receipts(sources.actions, agent)))


def _newest_first(found: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield from sorted(found, key=lambda each: str(each["at"]), reverse=True)
