"""The register of appeals: what can be appealed, what was, and how it stands, from the ledger and from what people did."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

from dashboard.actions.acting_person import Refused, plain
from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_cases import AppealCase, answer_id, appeal_id, as_object, case_of, record_key, sheet_case
from dashboard.actions.appeal_messages import LedgerPlace, Subject
from dashboard.actions.appeal_records import AppealableRecord, RecordFollower
from dashboard.actions.appeal_rules import AppealRules, subject_of
from dashboard.actions.closing_sheets import ClosedMonth, closed_month, signed_line
from dashboard.rules.months import month_label
from dashboard.site.types import Spell
from streams.site_time import DAY_MS, HOUR_MS
from streams.store.ledger_reader import ActionLine, FactLine, LedgerReader

LISTED_MS = 40 * DAY_MS
"""Appeals filed in other systems are listed so long after something last happened to them."""
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


class Sources(NamedTuple):
    """The reading side: the ledger of events, what people did, and the records that can be appealed."""

    ledgers: LedgerReader
    actions: ActionFollower
    records: RecordFollower


class SubjectCase(NamedTuple):
    """A record that can be appealed, and its case if somebody has."""

    subject: Subject
    case: AppealCase | None


@dataclass(frozen=True)
class AppealRegister:
    """The register at one moment: the actions must be fresh."""

    rules: AppealRules
    sources: Sources

    def find(self, ref: str, agent: str | None) -> SubjectCase:
        """A record by its id, looked for with one agent first; a month is that agent's sheet. Raises Refused: none."""
        if _MONTH.fullmatch(ref):
            return self._sheet(ref, agent)
        found = self._record(ref, agent) or self._record(ref)
        if found is None:
            raise Refused(404, "no_record", f"there is no complaint, evaluation or conduct record {ref!r}")
        places, key = self._places(ref, found.agent), self._key(found)
        return SubjectCase(subject_of(found.agent, ref, places, key), self._case(found))

    def lines(self, subject: Subject) -> list[FactLine]:
        """The lines of the record as they stand now."""
        self.sources.records.refresh()
        return [place.line for place in self._places(subject.ref, subject.agent)]

    def _places(self, ref: str, agent: str) -> list[LedgerPlace]:
        return [LedgerPlace(each.partition, each.line) for each in self.sources.records.lines(ref, agent)]

    def cases(self, now_ms: int) -> Iterator[AppealCase]:
        """Every appeal there is: against records that are still in the ledger, and against sheets."""
        self.sources.records.refresh()
        since_ms, filed = max(0, now_ms - LISTED_MS), list(self.sources.actions.all("appeal.filed"))
        appealed = self.sources.records.appealed(since_ms // HOUR_MS)
        entries = {each.id: self.sources.records.get(each.id, each.agent) or each for each in appealed}
        for done in (done for done in filed if done.line.at_ms >= since_ms and done.line.ref not in entries):
            if entry := self.sources.records.get(done.line.ref or ""):
                entries[entry.id] = entry
        yield from (case for entry in entries.values() if (case := self._case(entry)))
        for done in filed:
            if _MONTH.fullmatch(done.line.ref or "") and (case := self._sheet(done.line.ref or "", done.agent).case):
                yield case

    def as_object(self, case: AppealCase, now_ms: int) -> dict[str, Any]:
        """A case in JSON, with the period in which the number moves."""
        day = self.rules.time.day(case.at_ms).label
        month = case.ref if case.kind == "sheet" else month_label(day)
        period = {"month": month} if case.kind == "sheet" else {"day": str(day), "month": month}
        found = as_object(case, self.rules.decide_until(case), now_ms, period)
        return found | {"name": self._name(case.agent, day), "month_closed": self._closed(month) is not None}

    def _record(self, ref: str, agent: str | None = None) -> AppealableRecord | None:
        self.sources.records.refresh()
        return self.sources.records.get(ref, agent)

    def _said(self, key: str) -> tuple[ActionLine | None, ActionLine | None]:
        """The appeal and the answer."""
        done = (self.sources.actions.get(id) for id in (appeal_id(key), answer_id(key)))
        filed, answer = (each.line if each else None for each in done)
        return filed, answer

    def _case(self, entry: AppealableRecord) -> AppealCase | None:
        day = self.rules.time.day(entry.line.at_ms).label
        policy = self.rules.site.policy(day).deduction
        return case_of(entry.agent, entry.id, entry.line, policy, *self._said(self._key(entry)))

    def _key(self, entry: AppealableRecord) -> str:
        return record_key(entry.id, entry.agent, self.sources.actions.get)

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
        if agent is None or signed_line(self.sources.actions, closed, agent) is None:
            raise Refused(
                404, "no_record", f"the sheet of {month} has no line of {agent or 'an agent that was not named'}"
            )
        subject = Subject(agent, month, closed.closed_ms, recorded_by=frozenset({plain(closed.approved_by)}))
        filed, answer = self._said(subject.key)
        return SubjectCase(subject, sheet_case(agent, month, closed.closed_ms, filed, answer) if filed else None)
