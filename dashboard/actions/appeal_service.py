"""Where people ask and act: explanations, appeals and decisions. It writes to Kafka and reads back from the counters."""

import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dashboard.actions.acting_person import Refused, person
from dashboard.actions.appeal_cases import answer_id, appeal_id
from dashboard.actions.appeal_messages import OVERTURNED, Ruling, Subject, Topics
from dashboard.actions.appeal_register import AppealRegister, Sources
from dashboard.actions.appeal_rules import AppealRules
from dashboard.actions.explain import Judge, as_object, explain, net_of, nobody
from dashboard.floor.counter_store import AgentCounterStore
from dashboard.floor.periods import day_period, month_period, period_of, require_begun
from dashboard.site.load import Site
from streams.actions import OutgoingRecord
from streams.store.ledger_reader import ComplaintLine, EvaluationLine, FactLine

SEEN_WITHIN_S = 5.0
_ASK_EVERY_S = 0.02
_FAR_MS = 2**52
"""No journal begins so late."""


def now_ms() -> int:
    """The machine's clock."""
    return clock.time_ns() // 1_000_000


def no_judge(site: Site) -> Judge:
    """Explanations of what was counted alone."""
    return nobody


def no_lines() -> AgentCounterStore:
    """A desk that has no counters of its own."""
    raise Refused(404, "no_curve", "nothing is read here minute by minute")


class Made(NamedTuple):
    """By when and whom a decision is known in the record; an evaluation keeps no name."""

    at_ms: int
    by: str


@dataclass(frozen=True)
class AppealService:
    """One site's desk. ``sources`` opens the reading side; ``judges`` makes the judge of an explanation.

    ``lines``: the counters of the events, of which one line can be asked for.
    """

    site: Callable[[], Site]
    sources: Callable[[], Sources]
    post: Callable[[list[OutgoingRecord]], None]
    topics: Topics
    judges: Callable[[Site], Judge] = no_judge
    now: Callable[[], int] = now_ms
    lines: Callable[[], AgentCounterStore] = no_lines

    def explain(self, agent: str, kind: str, day: str | None) -> dict[str, Any]:
        """The explanation of an agent's day or month in JSON. Raises BadPeriod, and Refused where there is no such agent."""
        site, ledgers = self.site(), self.sources().ledgers
        time = site.time
        today = time.day(self.now()).label
        period = period_of(kind, day, today)
        require_begun(period, today)
        if not self.knows(agent, period.keys):
            raise Refused(404, "no_agent", f"there is no agent {agent!r}")
        return as_object(explain(ledgers, site, time, agent, period, today, self.judges(site)))

    def knows(self, agent: str, days: Sequence[int] = ()) -> bool:
        """Whether there is such an agent: on the roster, or counted on one of these days or in this month."""
        site = self.site()
        if any(spell.agent == agent for spell in site.roster):
            return True
        today = site.time.day(self.now()).label
        keys = sorted({*days, *month_period(today).keys})
        return bool(agent and self.sources().ledgers.ledger(agent, _FAR_MS, keys, calls=False).cells)

    def appeals(self, agent: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
        """Open and decided appeals, newest first; of one agent, and in one state (open, granted, refused)."""
        register = self._register()
        cases = [case for case in register.cases(self.now()) if agent in (None, case.agent)]
        found = [register.as_object(case, self.now()) for case in cases]
        return sorted((each for each in found if state in (None, each["state"])), key=_newest, reverse=True)

    def file(self, who: str, ref: str, text: str) -> dict[str, Any]:
        """An appeal of ``who`` against a record of his, or against the sheet of a closed month. Raises Refused."""
        register = self._register()
        subject = register.find(ref, who).subject
        id = appeal_id(subject.key)
        filed, at_ms = register.sources.actions.get(id) is not None, self.now()
        self.post(register.rules.file(subject, who, text, filed, at_ms))
        answer = self._answer(subject, id, Made(at_ms, person(who)))
        if answer["counted"] and answer.get("text", text) != (text or None):
            raise Refused(409, "already_filed", f"an appeal against {ref} was filed at the same time, in other words")
        return answer

    def decide(self, who: str, ref: str, ruling: Ruling, agent: str | None = None) -> dict[str, Any]:
        """A decision of ``who`` on the appeal against a record (of a month: of the agent named). Raises Refused."""
        register = self._register()
        filed = register.sources.actions.get(appeal_id(ref))
        subject, case = register.find(ref, filed.agent if filed else agent)
        at_ms = self.now()
        records = register.rules.decide(subject, case, who, ruling, at_ms)
        before = self._nets(subject)
        self.post(records)
        answer = self._answer(subject, answer_id(subject.key), Made(at_ms, person(who)))
        _require_mine(answer, ruling)
        after = self._nets(subject)
        return answer | {"net": {kind: {"before": before[kind], "after": after[kind]} for kind in before}}

    def _register(self) -> AppealRegister:
        site, sources = self.site(), self.sources()
        sources.actions.refresh()
        return AppealRegister(AppealRules(site, site.time, self.topics), sources)

    def _answer(self, subject: Subject, action_id: str, made: Made) -> dict[str, Any]:
        """The case once what was sent is counted; ``counted`` is false where that takes too long."""
        until_s = clock.monotonic() + SEEN_WITHIN_S
        while not (counted := self._is_counted(subject, action_id, made)) and clock.monotonic() < until_s:
            clock.sleep(_ASK_EVERY_S)
        register = self._register()
        case = register.find(subject.ref, subject.agent).case
        shown = register.as_object(case, self.now()) if case else {}
        return {"action_id": action_id, "counted": counted, **shown}

    def _is_counted(self, subject: Subject, action_id: str, made: Made) -> bool:
        """Whether the action is known, and the record knows of it: of this one, not of another made at the same time."""
        register = self._register()
        done = register.sources.actions.get(action_id)
        if done is None or not subject.places:
            return done is not None
        lines = register.lines(subject)
        if isinstance(subject.line, ComplaintLine | EvaluationLine):
            return bool(lines) and all(_knows_of(line, made) for line in lines)
        before = [place.line for place in subject.places]
        return done.line.outcome != "granted" or not any(line in before for line in lines)

    def _nets(self, subject: Subject) -> dict[str, float]:
        """The agent's net of the record's day and month."""
        register = self._register()
        day, today = (register.rules.time.day(ms).label for ms in (subject.at_ms, self.now()))
        periods = (day_period(day), month_period(day))
        rules, ledgers = register.rules, register.sources.ledgers
        return {each.kind: net_of(ledgers, rules.site, rules.time, subject.agent, each, today) for each in periods}


def _knows_of(line: FactLine, made: Made) -> bool:
    decisions = line.decisions if isinstance(line, ComplaintLine | EvaluationLine) else ()
    return any(each.time_ms == made.at_ms and each.by in (None, made.by) for each in decisions)


def _require_mine(answer: dict[str, Any], ruling: Ruling) -> None:
    """Of two decisions at once one holds, and whoever made the other is told. Raises Refused."""
    mine = "granted" if ruling.decision == OVERTURNED else "refused"
    if answer["counted"] and answer.get("state", mine) != mine:
        raise Refused(409, "already_decided", f"{answer['decided_by']} decided at the same time: {answer['state']}")


def _newest(case: dict[str, Any]) -> str:
    return str(case["decided"] or case["filed"])
