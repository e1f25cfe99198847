"""The register of appeals: every record that can be appealed, every appeal, and the deadline and state of each.

It is made of the ledger of events and of the actions of people, both followed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from typing import NamedTuple

import msgspec

from dashboard.actions.acting_person import Refused, plain
from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_cases import AppealCase, CaseState, answer_id, appeal_id, case_of, record_key, sheet_case
from dashboard.actions.appeal_messages import Subject
from dashboard.actions.appeal_records import AppealableRecord, RecordFollower
from dashboard.actions.appeal_rules import AppealRules, subject_of
from dashboard.actions.closing_sheets import ClosedMonth, closed_month, sealed_line
from dashboard.rules.months import month_label
from dashboard.site.types import Spell
from streams.site_time import DAY_MS, HOUR_MS, rfc3339
from streams.store.ledger_reader import ActionLine, FactLine, LedgerReader

LISTED_MS = 40 * DAY_MS
"""Appeals filed in other systems are listed so long after the last change of their record."""
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


class Sources(NamedTuple):
    """The reading side: the ledger of events, the actions, and the records that can be appealed."""

    ledgers: LedgerReader
    actions: ActionFollower
    records: RecordFollower


class SubjectCase(NamedTuple):
    """A record that can be appealed, and its case if there is an appeal."""

    subject: Subject
    case: AppealCase | None


class AppealView(msgspec.Struct, frozen=True, kw_only=True):
    """One appeal as GET /appeals lists it; times as in RFC 3339.

    ``period``: the day and month in which the number moves, of a sheet the month alone. ``state``: open, granted or refused.
    """

    agent: str
    name: str
    kind: str
    ref: str
    record_time: str
    period: dict[str, str]
    month_closed: bool
    filed: str
    filed_by: str
    text: str | None
    decide_by: str
    state: str
    overdue: bool
    before: CaseState
    after: CaseState | None
    decided: str | None
    decided_by: str | None
    reason: str | None


@dataclass(frozen=True)
class AppealRegister:
    """The register at one moment: the actions must be fresh."""

    rules: AppealRules
    sources: Sources

    def find(self, ref: str, agent: str | None) -> SubjectCase:
        """A record by its id, looked for with one agent first; a month is that agent's sheet. Raises Refused: none."""
        if _MONTH.fullmatch(ref):
            return self._sheet(ref, agent)
        self.sources.records.refresh()
        record = self.sources.records.get(ref, agent) or self.sources.records.get(ref)
        if record is None:
            raise Refused(404, "no_record", f"there is no complaint, evaluation or conduct record {ref!r}")
        lines = self.sources.records.lines(ref, record.agent)
        return SubjectCase(subject_of(record.agent, ref, lines, self._key(record)), self._case(record))

    def lines(self, subject: Subject) -> list[FactLine]:
        """The lines of the record as they stand now."""
        self.sources.records.refresh()
        return [each.line for each in self.sources.records.lines(subject.ref, subject.agent)]

    def cases(self, now_ms: int) -> Iterator[AppealCase]:
        """Every appeal there is: against records that are still in the ledger, and against sheets."""
        self.sources.records.refresh()
        since_ms, filed = max(0, now_ms - LISTED_MS), list(self.sources.actions.all("appeal.filed"))
        appealed = self.sources.records.appealed(since_ms // HOUR_MS)
        records = {each.id: self.sources.records.get(each.id, each.agent) or each for each in appealed}
        for done in (done for done in filed if done.line.at_ms >= since_ms and done.line.ref not in records):
            if record := self.sources.records.get(done.line.ref or ""):
                records[record.id] = record
        yield from (case for record in records.values() if (case := self._case(record)))
        for done in filed:
            if _MONTH.fullmatch(done.line.ref or "") and (case := self._sheet(done.line.ref or "", done.agent).case):
                yield case

    def view(self, case: AppealCase, now_ms: int) -> AppealView:
        """An appeal with its deadline, and the name of the agent on the day of the record."""
        day = self.rules.site.time.day(case.at_ms).label
        month = case.ref if case.kind == "sheet" else month_label(day)
        decision = case.decision
        return AppealView(
            agent=case.agent,
            name=self._name(case.agent, day),
            kind=case.kind,
            ref=case.ref,
            record_time=rfc3339(case.at_ms),
            period={"month": month} if case.kind == "sheet" else {"day": str(day), "month": month},
            month_closed=self._closed(month) is not None,
            filed=rfc3339(case.filed_ms),
            filed_by=case.filed_by,
            text=case.text,
            decide_by=rfc3339(self.rules.decide_until(case)),
            state=decision.outcome if decision else "open",
            overdue=self.rules.is_overdue(case, now_ms),
            before=decision.before if decision else case.standing,
            after=decision.after if decision else None,
            decided=rfc3339(decision.at_ms) if decision else None,
            decided_by=decision.by if decision else None,
            reason=decision.reason if decision else None,
        )

    def _actions(self, key: str) -> tuple[ActionLine | None, ActionLine | None]:
        """The appeal and the answer."""
        done = (self.sources.actions.get(id) for id in (appeal_id(key), answer_id(key)))
        filed, answer = (each.line if each else None for each in done)
        return filed, answer

    def _case(self, record: AppealableRecord) -> AppealCase | None:
        day = self.rules.site.time.day(record.line.at_ms).label
        policy = self.rules.site.policy(day).deduction
        return case_of(record.agent, record.id, record.line, policy, *self._actions(self._key(record)))

    def _key(self, record: AppealableRecord) -> str:
        return record_key(record.id, record.agent, self.sources.actions.get)

    @cached_property
    def _closed(self) -> Callable[[str], ClosedMonth | None]:
        """A month that is closed, looked up once."""
        return cache(partial(closed_month, self.sources.actions))

    def _name(self, agent: str, day: date) -> str:
        spells = [spell for spell in self._spells.get(agent, ()) if spell.touches(day, day)]
        return max(spells, key=lambda spell: spell.from_ or date.min).name if spells else agent

    @cached_property
    def _spells(self) -> dict[str, list[Spell]]:
        spells: dict[str, list[Spell]] = {}
        for spell in self.rules.site.roster:
            spells.setdefault(spell.agent, []).append(spell)
        return spells

    def _sheet(self, month: str, agent: str | None) -> SubjectCase:
        closed = self._closed(month)
        if closed is None:
            raise Refused(404, "not_closed", f"{month} is not closed: there is no sheet to appeal")
        if agent is None or sealed_line(self.sources.actions, closed, agent) is None:
            raise Refused(
                404, "no_record", f"the sheet of {month} has no line of {agent or 'an agent that was not named'}"
            )
        approved_by = frozenset(plain(name) for name in (closed.approved_by, closed.closed_by) if name)
        subject = Subject(agent, month, closed.closed_ms, recorded_by=approved_by)
        filed, answer = self._actions(subject.key)
        return SubjectCase(subject, sheet_case(agent, month, closed.closed_ms, filed, answer) if filed else None)
