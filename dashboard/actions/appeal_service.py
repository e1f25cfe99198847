"""Explanations, appeals and decisions of one site. What people do goes to Kafka and is read back from the counters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dashboard.actions.acting_person import Actor, Refused
from dashboard.actions.action_follower import wait_until_counted
from dashboard.actions.appeal_cases import answer_id, appeal_id
from dashboard.actions.appeal_messages import Ruling, Subject, Topics
from dashboard.actions.appeal_register import AppealRegister, AppealView, Sources
from dashboard.actions.appeal_rules import AppealRules
from dashboard.actions.explain import Explanation, Judge, explain, net_of
from dashboard.floor.counter_store import AgentCounterStore
from dashboard.floor.periods import day_period, month_period, period_of, require_begun
from dashboard.site.load import Site
from streams.actions import OutgoingRecord
from streams.store.ledger_reader import ComplaintLine, EvaluationLine, FactLine

_FAR_MS = 2**52
"""No journal begins so late."""


@dataclass(frozen=True)
class AppealService:
    """One site's service.

    ``sources`` opens the reading side, ``post`` sends to Kafka, ``judges`` makes the judge of an explanation, ``lines``
    opens the counters of the events, of which one line can be read.
    """

    site: Callable[[], Site]
    sources: Callable[[], Sources]
    post: Callable[[list[OutgoingRecord]], None]
    topics: Topics
    judges: Callable[[Site], Judge]
    now: Callable[[], int]
    lines: Callable[[], AgentCounterStore]

    def explain(self, agent: str, kind: str, day: str | None, reader: str | None = None) -> Explanation:
        """The explanation of an agent's day or month, read by the agent ``reader``; None: by somebody else.

        Raises BadPeriod, and Refused where there is no such agent, or where a person's numbers are for that person alone.
        """
        site, ledgers = self.site(), self.sources().ledgers
        if not site.shows_persons and reader != agent:
            raise Refused(404, "works_council", "on this site the numbers of a person are for that person alone")
        today = site.time.day(self.now()).label
        period = period_of(kind, day, today)
        require_begun(period, today)
        if not self.has_agent(agent, period.keys):
            raise Refused(404, "no_agent", f"there is no agent {agent!r}")
        return explain(ledgers, site, agent, period, today, self.judges(site))

    def has_agent(self, agent: str, days: Sequence[int] = ()) -> bool:
        """Whether there is such an agent: on the roster, or counted on one of these days or in this month."""
        site = self.site()
        if any(spell.agent == agent for spell in site.roster):
            return True
        today = site.time.day(self.now()).label
        keys = sorted({*days, *month_period(today).keys})
        return bool(agent and self.sources().ledgers.ledger(agent, _FAR_MS, keys, calls=False).cells)

    def list_appeals(self, agent: str | None = None, state: str | None = None) -> list[AppealView]:
        """Open and decided appeals, newest first; of one agent, and in one state (open, granted, refused)."""
        register = self._register()
        cases = [case for case in register.cases(self.now()) if agent in (None, case.agent)]
        views = [register.view(case, self.now()) for case in cases]
        wanted = (view for view in views if state in (None, view.state))
        return sorted(wanted, key=lambda view: view.decided or view.filed, reverse=True)

    def count_overdue(self) -> int:
        """How many appeals wait for a decision that is overdue. Raises what Redis raises."""
        register, now_ms = self._register(), self.now()
        return sum(register.rules.is_overdue(case, now_ms) for case in register.cases(now_ms))

    def file(self, who: Actor, ref: str, text: str) -> dict[str, Any]:
        """Files an appeal of ``who`` against their record or their sheet of a closed month -> its receipt. Raises Refused."""
        register = self._register()
        subject = register.find(ref, who.agent).subject
        id = appeal_id(subject.key)
        filed, at_ms = register.sources.actions.get(id) is not None, self.now()
        self.post(register.rules.file(subject, who, text, filed, at_ms))
        counted, view = self._wait(subject, id, at_ms, who.recorded)
        if counted and view and view.text != (text or None):
            raise Refused(409, "already_filed", f"an appeal against {ref} was filed at the same time, in other words")
        return _receipt(id, counted, view)

    def decide(self, who: Actor, ref: str, ruling: Ruling, agent: str | None = None) -> dict[str, Any]:
        """Decides the appeal against a record (against a sheet: of ``agent``) -> its receipt with the net. Raises Refused."""
        register = self._register()
        filed = register.sources.actions.get(appeal_id(ref))
        subject, case = register.find(ref, filed.agent if filed else agent)
        id, at_ms = answer_id(subject.key), self.now()
        records = register.rules.decide(subject, case, who, ruling, at_ms)
        before = self._nets(subject)
        self.post(records)
        counted, view = self._wait(subject, id, at_ms, who.recorded)
        # Of two decisions at once one counts: the other person learns it here.
        if counted and view and view.state != ("granted" if ruling.is_granted else "refused"):
            raise Refused(409, "already_decided", f"{view.decided_by} decided at the same time: {view.state}")
        after = self._nets(subject)
        nets = {kind: {"before": before[kind], "after": after[kind]} for kind in before}
        return _receipt(id, counted, view) | {"net": nets if self.site().shows_persons else None}

    def _register(self) -> AppealRegister:
        sources = self.sources()
        sources.actions.refresh()
        return AppealRegister(AppealRules(self.site(), self.topics), sources)

    def _wait(self, subject: Subject, action_id: str, at_ms: int, by: str) -> tuple[bool, AppealView | None]:
        """Whether what was sent is counted within a few seconds, and the appeal then."""
        counted = wait_until_counted(lambda: self._is_counted(subject, action_id, at_ms, by))
        register = self._register()
        case = register.find(subject.ref, subject.agent).case
        return counted, register.view(case, self.now()) if case else None

    def _is_counted(self, subject: Subject, action_id: str, at_ms: int, by: str) -> bool:
        """Whether the action is read back and the record has this decision, not one that was made at the same time."""
        register = self._register()
        done = register.sources.actions.get(action_id)
        if done is None or not subject.lines:
            return done is not None
        lines = register.lines(subject)
        if isinstance(subject.line, ComplaintLine | EvaluationLine):
            return bool(lines) and all(_has_decision(line, at_ms, by) for line in lines)
        before = [each.line for each in subject.lines]
        return done.line.outcome != "granted" or not any(line in before for line in lines)

    def _nets(self, subject: Subject) -> dict[str, float]:
        """The agent's net of the record's day and month."""
        site, ledgers = self.site(), self.sources().ledgers
        day, today = (site.time.day(ms).label for ms in (subject.at_ms, self.now()))
        periods = (day_period(day), month_period(day))
        return {each.kind: net_of(ledgers, site, subject.agent, each, today) for each in periods}


def _receipt(action_id: str, counted: bool, view: AppealView | None) -> dict[str, Any]:
    """The answer to POST: the appeal as it is listed, and whether the action is counted."""
    return {"action_id": action_id, "counted": counted, **(msgspec.to_builtins(view) if view else {})}


def _has_decision(line: FactLine, at_ms: int, by: str) -> bool:
    """Whether a record has the decision of a time and a person; an evaluation keeps no name."""
    decisions = line.decisions if isinstance(line, ComplaintLine | EvaluationLine) else ()
    return any(each.time_ms == at_ms and each.by in (None, by) for each in decisions)
