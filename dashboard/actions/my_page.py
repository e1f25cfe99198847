"""The page of one agent: today and the month, every record behind them with its deadline, and the way to the next bracket.

Everything belongs to this agent. Of their calls only the sums are read: a month has thousands of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec

from dashboard.actions.acting_person import Refused
from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_messages import Subject
from dashboard.actions.appeal_register import AppealView
from dashboard.actions.appeal_rules import AppealRules
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.closing_sheets import closed_months, sealed_line
from dashboard.actions.explain import Explanation, Row, explain
from dashboard.actions.explain_terms import TermRecord
from dashboard.actions.feedback_service import FeedbackView, feedback_of
from dashboard.actions.flag_service import FlagView
from dashboard.floor.periods import Period, day_period, month_period
from dashboard.site.load import Site
from dashboard.site.types import PolicyBlock
from streams.site_time import parse_rfc3339, rfc3339

NEWEST_SHEETS = 3
_TERMS = ("calls", "deducted", "floored", "net", "target", "target_by_now", "pace", "attainment", "score")
_CASES = ("complaint", "repeat_enquiry")


class TeamName(msgspec.Struct, frozen=True):
    """The agent's team."""

    id: str
    name: str
    name_en: str


class PolicyName(msgspec.Struct, frozen=True):
    """The policy in force: its version, its first day and the day on which it was published."""

    version: str
    since: str | None
    published: str | None


class PeriodNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a day or a month; None where there is no number.

    ``pending``: calls taken by cases that are not decided; ``appealed``: calls taken by cases under appeal.
    """

    date: str
    basis: str
    assessed: bool | None
    reasons: tuple[str, ...]
    calls: float | None
    deducted: float | None
    floored: float | None
    net: float | None
    net_low: float | None
    net_high: float | None
    target: float | None
    target_by_now: float | None
    pace: float | None
    attainment: float | None
    score: float | None
    pending: float | None
    appealed: float | None


class BracketStep(msgspec.Struct, frozen=True):
    """One bracket of the grades and the score at which it begins."""

    label: str
    lower: float


class BracketView(msgspec.Struct, frozen=True):
    """The score of the month among the brackets.

    ``calls_to_next``: net calls that lead to the next bracket as things are; -1 where calls alone do not lead there.
    """

    score: float
    grade: str
    next: str | None
    calls_to_next: int | None
    brackets: list[BracketStep]
    top: float


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """A record that takes calls or gives points.

    ``appeal_day``: the last business day on which it can be appealed; ``may_appeal``: whether POST /appeals takes it now.
    """

    id: str
    kind: str
    effect_on: str = msgspec.field(name="of")
    """``deducted`` or ``points``."""
    time: str | None
    date: str | None
    count: int | None
    status: str | None
    reason: str | None
    decided: str | None
    effect: float
    appeal_day: str | None
    may_appeal: bool


class SheetView(msgspec.Struct, frozen=True):
    """The agent's line of a sealed sheet; ``appeal_day`` and ``may_appeal`` as in RecordView."""

    month: str
    closed: str
    approved_by: str
    net: float | None
    score: float | None
    grade: str | None
    appeal_day: str
    may_appeal: bool


class MyPage(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of GET /me.json without the evidence of the running shift. Times as in RFC 3339, newest first."""

    agent: str
    name: str
    name_en: str
    team: TeamName | None
    now: str
    as_of: str | None
    policy: PolicyName
    day: PeriodNumbers
    month: PeriodNumbers
    bracket: BracketView | None
    records: list[RecordView]
    appeals: list[AppealView]
    sheets: list[SheetView]
    feedback: list[FeedbackView]
    flags: list[FlagView]


@dataclass(frozen=True)
class MyPageService:
    """Pages of agents, from the sources of the appeals."""

    appeals: AppealService

    def has_agent(self, agent: str) -> bool:
        """Whether there is such an agent; lines such as ``~unattributed`` are none. Raises what Redis raises."""
        return not agent.startswith("~") and self.appeals.has_agent(agent)

    def read_page(self, agent: str, flags: Iterable[FlagView] = ()) -> MyPage:
        """The page of an agent. Raises Refused where there is no such agent, LedgerBusy and what Redis raises."""
        if not self.has_agent(agent):
            raise Refused(404, "no_agent", f"there is no agent {agent!r}")
        site, sources, now_ms = self.appeals.site(), self.appeals.sources(), self.appeals.now()
        sources.actions.refresh()
        today = site.time.day(now_ms).label
        rows: dict[str, Row] = {}
        judge = self.appeals.judges(site)

        def judge_once(agent: str, period: Period) -> Row | None:
            row = judge(agent, period)
            rows[period.kind] = row or {}
            return row

        day, month = (
            explain(sources.ledgers, site, agent, period, today, judge_once, calls=False)
            for period in (day_period(today), month_period(today))
        )
        appeals = self.appeals.list_appeals(agent)
        deadlines = _Deadlines(AppealRules(site, self.appeals.topics), agent, now_ms, {each.ref for each in appeals})
        block, month_row = site.policy(today), rows.get("month") or {}
        name, name_en, team = _names(site, agent, today)
        return MyPage(
            agent=agent,
            name=name,
            name_en=name_en,
            team=team,
            now=rfc3339(now_ms),
            as_of=max((each.as_of for each in (day, month) if each.as_of), default=None),
            policy=_policy(block),
            day=_numbers(day),
            month=_numbers(month),
            bracket=_bracket(month_row, block) if site.judges_persons else None,
            records=_records(month, month_row, deadlines),
            appeals=appeals,
            sheets=_sheets(sources.actions, deadlines),
            feedback=feedback_of(sources.actions, agent),
            flags=list(flags),
        )


@dataclass(frozen=True)
class _Deadlines:
    """Until when a record or a sheet can be appealed."""

    rules: AppealRules
    agent: str
    now_ms: int
    appealed: set[str]

    def appeal(self, ref: str, at_ms: int) -> tuple[str, bool]:
        """The last business day on which it can be appealed, and whether it is in time and there is no appeal yet."""
        until_ms = self.rules.file_until(Subject(self.agent, ref, at_ms))
        last = self.rules.site.time.day(until_ms - 1).label
        return str(last), ref not in self.appealed and self.now_ms < until_ms


def _policy(block: PolicyBlock) -> PolicyName:
    since = None if block.effective_from == date.min else str(block.effective_from)
    return PolicyName(block.version, since, str(block.published_on) if block.published_on else None)


def _names(site: Site, agent: str, today: date) -> tuple[str, str, TeamName | None]:
    """Name, English name and team of an agent: of today, else of their newest spell."""
    spell = site.spell(agent, today, today) or site.spell(agent, date.min, date.max)
    if spell is None:
        return agent, agent, None
    team = next((TeamName(team.id, team.name, team.name_en) for team in site.teams if team.id == spell.team), None)
    return spell.name, spell.name_en, team


def _numbers(explanation: Explanation) -> PeriodNumbers:
    values = {term.name: term.value for term in explanation.terms}
    cases = explanation.term("deducted").records
    is_reported = values["deducted"] is not None
    pending = sum(record.effect for record in cases if record.status == "pending")
    appealed = sum(
        record.effect for record in cases if record.decisions and record.decisions[-1].decision == "appealed"
    )
    return PeriodNumbers(
        date=explanation.date,
        basis=explanation.volume_basis,
        assessed=explanation.assessed,
        reasons=explanation.reasons,
        net_low=explanation.net_low if is_reported else None,
        net_high=explanation.net_high if is_reported else None,
        pending=pending if is_reported else None,
        appealed=appealed if is_reported else None,
        **{name: values.get(name) for name in _TERMS},
    )


def _bracket(row: Row, block: PolicyBlock) -> BracketView | None:
    """None where there is no score."""
    if row.get("score") is None or not row.get("grade"):
        return None
    steps = [BracketStep(each.label, each.lower) for each in block.grades.brackets]
    at = next(number for number, step in enumerate(steps) if step.label == row["grade"])
    following = steps[at + 1].label if at + 1 < len(steps) else None
    return BracketView(row["score"], row["grade"], following, row.get("calls_to_next"), steps, block.indices.cap)


def _records(explanation: Explanation, row: Row, deadlines: _Deadlines) -> list[RecordView]:
    """Every record that takes calls or gives points, newest first."""
    # The records of the mean add up to it; times the number of evaluations each gives its points.
    weights = {"deducted": -1.0, "evaluation_mean": float(row.get("evaluations") or 0), "conduct_points": 1.0}
    views = [
        _record(record, "deducted" if name == "deducted" else "points", record.effect * weight, deadlines)
        for name, weight in weights.items()
        for record in explanation.term(name).records
    ]
    return sorted(views, key=lambda view: (view.time or "", view.id), reverse=True)


def _record(record: TermRecord, effect_on: str, effect: float, deadlines: _Deadlines) -> RecordView:
    decided = record.decisions[-1] if record.decisions else None
    appeal_day, may_appeal = None, False
    if record.kind != "day" and record.time is not None:
        appeal_day, may_appeal = deadlines.appeal(record.id, parse_rfc3339(record.time))
    return RecordView(
        id=record.id,
        kind=record.kind,
        effect_on=effect_on,
        time=record.time,
        date=record.date,
        count=record.count,
        status=decided.decision if decided and record.kind in _CASES else record.status,
        reason=decided.reason if decided else None,
        decided=decided.time if decided else None,
        effect=round(effect, 4) + 0.0,
        appeal_day=appeal_day,
        may_appeal=may_appeal and record.status != "reversed",
    )


def _sheets(log: ActionFollower, deadlines: _Deadlines) -> list[SheetView]:
    """The newest months whose sheet has a line of the agent, newest first."""
    views: list[SheetView] = []
    for closed in sorted(closed_months(log), key=lambda each: each.month, reverse=True):
        line = sealed_line(log, closed, deadlines.agent) if len(views) < NEWEST_SHEETS else None
        if line is not None:
            closed_at, by = rfc3339(closed.closed_ms), closed.approved_by
            net, score, grade = (line.row.get(name) for name in ("net", "score", "grade"))
            if not deadlines.rules.site.judges_persons:
                score = grade = None
            day, may_appeal = deadlines.appeal(closed.month, closed.closed_ms)
            views.append(SheetView(closed.month, closed_at, by, net, score, grade, day, may_appeal))
    return views
