"""The register of appeals: what can be appealed, what was, and how it stands, from the ledger and from what people did."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from dashboard.actions.acting import Refused, plain
from dashboard.actions.closed import closed_month, frozen
from dashboard.actions.log import ActionLog
from dashboard.appeals.answers import Appeals, subject_of
from dashboard.appeals.cases import Case, answer_id, appeal_id, as_object, case_of, sheet_case
from dashboard.appeals.records import Subject
from streams.counting import DAY_MS
from streams.ledger_reader import ActionLine, ComplaintLine, ConductLine, EvaluationLine, FactLine, LedgerReader

LISTED_MS = 40 * DAY_MS
"""Appeals filed in other systems are listed so long after something last happened to them."""
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


class Sources(NamedTuple):
    """The reading side: the ledger of events, and what people did."""

    ledgers: LedgerReader
    actions: ActionLog


class Known(NamedTuple):
    """A record that can be appealed, and its case if somebody has."""

    subject: Subject
    case: Case | None


@dataclass(frozen=True)
class Register:
    """The register at one moment: the actions must be fresh."""

    rules: Appeals
    sources: Sources

    def find(self, ref: str, agent: str | None) -> Known:
        """A record by its id, looked for with one agent first; a month is that agent's sheet. Raises Refused: none."""
        if _MONTH.fullmatch(ref):
            return self._sheet(ref, agent)
        own = self.sources.ledgers.facts(agent) if agent else []
        found = next(((agent or "", e.line) for e in own if e.id == ref and _may_be(e.line)), None)
        found = found or self._anywhere(ref)
        if found is None:
            raise Refused(404, "no_record", f"there is no complaint, evaluation or conduct record {ref!r}")
        of, line = found
        return Known(subject_of(of, ref, line), self._case(of, line, ref))

    def line(self, subject: Subject) -> FactLine | None:
        """The record as it stands now."""
        own = self.sources.ledgers.facts(subject.agent)
        return next((entry.line for entry in own if entry.id == subject.ref and _may_be(entry.line)), None)

    def cases(self, now_ms: int) -> Iterator[Case]:
        """Every appeal there is: against records that are still in the ledger, and against sheets."""
        for ref, (agent, line) in self._lines(max(0, now_ms - LISTED_MS)).items():
            if case := self._case(agent, line, ref):
                yield case
        for done in self.sources.actions.all("appeal.filed"):
            if _MONTH.fullmatch(done.line.ref or "") and (case := self._sheet(done.line.ref or "", done.agent).case):
                yield case

    def as_object(self, case: Case, now_ms: int) -> dict[str, Any]:
        """A case in JSON, with the period in which the number moves."""
        day = self.rules.time.day(case.at_ms).label
        month = case.ref if case.kind == "sheet" else f"{day:%Y-%m}"
        period = {"month": month} if case.kind == "sheet" else {"day": str(day), "month": month}
        spell = self.rules.site.spell(case.agent, day, day)
        found = as_object(case, self.rules.decide_until(case), now_ms, period)
        closed = closed_month(self.sources.actions, month)
        return found | {"name": spell.name if spell else case.agent, "month_closed": closed is not None}

    def _lines(self, since_ms: int) -> dict[str, tuple[str, FactLine]]:
        ledgers = self.sources.ledgers
        found = (ledgers.all_facts(partition, since_ms) for partition in ledgers.partitions)
        return {id: (key, line) for facts in found for (_, key, id), line in facts.items() if _may_be(line)}

    def _anywhere(self, ref: str) -> tuple[str, FactLine] | None:
        """Whose record it is, whoever he be."""
        return self._lines(0).get(ref)

    def _said(self, key: str) -> tuple[ActionLine | None, ActionLine | None]:
        """The appeal and the answer."""
        done = (self.sources.actions.get(id) for id in (appeal_id(key), answer_id(key)))
        filed, answer = (each.line if each else None for each in done)
        return filed, answer

    def _case(self, agent: str, line: FactLine, ref: str) -> Case | None:
        day = self.rules.time.day(getattr(line, "at_ms", 0)).label
        return case_of(agent, ref, line, self.rules.site.policy(day).deduction, *self._said(ref))

    def _sheet(self, month: str, agent: str | None) -> Known:
        closed = closed_month(self.sources.actions, month)
        if closed is None:
            raise Refused(404, "not_closed", f"{month} is not closed: there is no sheet to appeal")
        if agent is None or frozen(self.sources.actions, closed, agent) is None:
            raise Refused(
                404, "no_record", f"the sheet of {month} has no line of {agent or 'an agent that was not named'}"
            )
        subject = Subject(agent, month, closed.closed_ms, None, frozenset({plain(closed.approved_by)}))
        filed, answer = self._said(subject.key)
        return Known(subject, sheet_case(agent, month, closed.closed_ms, filed, answer) if filed else None)


def _may_be(line: FactLine) -> bool:
    """Whether it is of a kind that can be appealed, and the agent's own."""
    moved = isinstance(line, ComplaintLine) and line.moved
    return isinstance(line, ComplaintLine | EvaluationLine | ConductLine) and line.gives and not moved
