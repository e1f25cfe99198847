"""The rules of an appeal (docs/rules.md 10): who may file what and until when, and who may decide it.

Nothing is sent here: the answer is what to send to Kafka, from where it comes back like every other fact. Deadlines are in
working days of the site's calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.actions.acting_person import Actor, Refused, plain
from dashboard.actions.appeal_cases import APPEALED, AppealCase
from dashboard.actions.appeal_messages import OVERTURNED, UPHELD, AppealMessages, Ruling, Subject, Topics
from dashboard.actions.appeal_records import AppealableRecord
from dashboard.floor.periods import parse_month
from dashboard.site.load import Site
from dashboard.site.types import Calendar
from streams.actions import OutgoingRecord
from streams.counting_policy import fact_lateness
from streams.site_time import SiteTime, rfc3339
from streams.store.ledger_reader import ComplaintLine, EvaluationLine, complaint_status

_MOST_DAYS = 3_660


def last_day(start: date, working_days: int, calendar: Calendar) -> date:
    """The last day of a deadline of so many working days from ``start`` on.

    The day itself does not count: it may be over when the agent sees the record. A calendar without working days ends the
    search.
    """
    day, left = start, working_days
    for _ in range(_MOST_DAYS):
        if left <= 0:
            break
        day += timedelta(days=1)
        left -= calendar.is_workday(day)
    return day


def deadline_ms(start_ms: int, working_days: int, calendar: Calendar, time: SiteTime) -> int:
    """The instant from which it is too late: the end of the last business day."""
    return time.day_of(last_day(time.day(start_ms).label, working_days, calendar)).end_ms


def subject_of(agent: str, ref: str, lines: Sequence[AppealableRecord], key: str = "") -> Subject:
    """The lines of a record in the ledger, the shown one first -> the subject; ``key``: ``appeal_cases.record_key``."""
    names: set[str | None] = set()
    for line in (each.line for each in lines):
        if isinstance(line, ComplaintLine):
            names |= {line.handled_by, line.recorded_by}
            names |= {made.by for made in line.decisions if made.decision != APPEALED}
    return Subject(agent, ref, lines[0].line.at_ms, tuple(lines), frozenset(plain(name) for name in names if name), key)


@dataclass(frozen=True)
class AppealRules:
    """The rules of one site. Instants are ms."""

    site: Site
    topics: Topics

    def file_until(self, subject: Subject) -> int:
        """The instant from which it is too late to appeal."""
        days = self.site.policy(self._day(subject.at_ms)).file_within_days
        return deadline_ms(subject.at_ms, days, self.site.calendar, self.site.time)

    def decide_until(self, case: AppealCase) -> int:
        """The instant from which the decision is overdue."""
        days = self.site.policy(self._day(case.filed_ms)).decide_within_days
        return deadline_ms(case.filed_ms, days, self.site.calendar, self.site.time)

    def is_overdue(self, case: AppealCase, now_ms: int) -> bool:
        """Whether an appeal is open after the instant by which it had to be decided."""
        return case.decision is None and now_ms >= self.decide_until(case)

    def file(self, subject: Subject, who: Actor, text: str, filed: bool, now_ms: int) -> list[OutgoingRecord]:
        """An appeal by ``who`` -> what to send. Raises Refused: another's record, filed before, nothing to appeal, too late."""
        if subject.agent != who.agent:
            raise Refused(403, "wrong_person", f"{subject.ref} is a record of somebody else: only its agent may appeal")
        if filed:
            raise Refused(409, "already_filed", f"there is an appeal against {subject.ref} already")
        line = subject.line
        if isinstance(line, ComplaintLine) and complaint_status(line.decision) == "reversed":
            raise Refused(409, "nothing_to_appeal", f"{subject.ref} was {line.decision}: it takes no call")
        if now_ms >= (until_ms := self.file_until(subject)):
            raise Refused(409, "too_late", f"{subject.ref} could be appealed until {rfc3339(until_ms)}")
        return AppealMessages(subject, who.recorded, now_ms, self.topics).file(text)

    def decide(
        self, subject: Subject, case: AppealCase | None, who: Actor, ruling: Ruling, now_ms: int
    ) -> list[OutgoingRecord]:
        """A decision by ``who`` -> what to send. Raises Refused: no open appeal, may not decide, no sense."""
        if case is None:
            raise Refused(404, "no_appeal", f"nobody has appealed {subject.ref}")
        if case.decision is not None:
            raise Refused(409, "already_decided", f"the appeal against {subject.ref} is decided")
        self._require_other(subject, case, who, now_ms)
        _require_sense(subject, ruling)
        policy = self.site.policy(self._day(subject.at_ms)).deduction
        oldest_ms = now_ms - fact_lateness(self.site.counting, self.site.retention)
        return AppealMessages(subject, who.recorded, now_ms, self.topics).decide(ruling, policy, oldest_ms)

    def _require_other(self, subject: Subject, case: AppealCase, who: Actor, now_ms: int) -> None:
        teams = self._teams(subject, self._day(now_ms))
        leads = [team.lead for team in self.site.teams if team.id in teams]
        for word, is_barred, what in (
            ("own_case", who.agent == subject.agent or who.is_named(case.filed_by), "appealed yourself"),
            ("own_lead", bool(who.leads & teams) or any(map(who.is_named, leads)), "lead the agent's own team"),
            ("recorded_it", any(map(who.is_named, subject.recorded_by)), "recorded, confirmed or approved it"),
        ):
            if is_barred:
                raise Refused(403, word, f"you may not decide this appeal: you {what}")

    def _teams(self, subject: Subject, today: date) -> set[str]:
        """The agent's teams now and at the time of the record; a sheet is of a whole month."""
        if subject.line is None:
            month = parse_month(subject.ref)
            spans = [(month.first, month.last), (today, today)]
        else:
            spans = [(day, day) for day in (self._day(subject.at_ms), today)]
        spells = [spell for spell in self.site.roster if spell.agent == subject.agent]
        return {spell.team for spell in spells if any(spell.touches(*span) for span in spans)}

    def _day(self, ms: int) -> date:
        return self.site.time.day(ms).label


def _require_sense(subject: Subject, ruling: Ruling) -> None:
    if ruling.decision not in (UPHELD, OVERTURNED):
        raise Refused(422, "bad_decision", "decision must be upheld (it stands) or overturned (the appeal is granted)")
    needs_score = isinstance(subject.line, EvaluationLine) and ruling.is_granted
    if needs_score and (ruling.score is None or not 0 <= ruling.score <= 100):
        raise Refused(422, "no_score", "an evaluation that is overturned needs its new score, from 0 to 100")
