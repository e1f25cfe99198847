"""The rules of an appeal (docs/rules.md 10): who may file what and until when, and who may decide it.

Nothing is written here: the answer is what to send to Kafka, from where it comes back like every other fact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.actions.acting_person import Refused, person, plain
from dashboard.actions.appeal_cases import APPEALED, AppealCase
from dashboard.actions.appeal_deadlines import deadline_ms
from dashboard.actions.appeal_messages import OVERTURNED, UPHELD, LedgerPlace, Ruling, Subject, Topics, deciding, filing
from dashboard.floor.periods import parse_month
from dashboard.site.load import Site
from streams.actions import OutgoingRecord
from streams.counting_policy import fact_lateness
from streams.site_time import SiteTime, rfc3339
from streams.store.ledger_reader import ComplaintLine, EvaluationLine, complaint_status


def subject_of(agent: str, ref: str, places: Sequence[LedgerPlace], key: str = "") -> Subject:
    """The lines of a record in the ledger, the one that is shown first -> what is appealed; ``key``: ``cases.record_key``."""
    known: set[str | None] = set()
    for _, line in places:
        if isinstance(line, ComplaintLine):
            known |= {
                line.handled_by,
                line.recorded_by,
                *(made.by for made in line.decisions if made.decision != APPEALED),
            }
    at_ms = getattr(places[0].line, "at_ms", 0)
    return Subject(agent, ref, at_ms, tuple(places), frozenset(plain(name) for name in known if name), key)


@dataclass(frozen=True)
class AppealRules:
    """The rules of one site. Instants are ms."""

    site: Site
    time: SiteTime
    topics: Topics

    def file_until(self, subject: Subject) -> int:
        """The instant from which it is too late to appeal."""
        days = self.site.policy(self._day(subject.at_ms)).file_within_days
        return deadline_ms(subject.at_ms, days, self.site.calendar, self.time)

    def decide_until(self, case: AppealCase) -> int:
        """The instant from which the decision is overdue."""
        days = self.site.policy(self._day(case.filed_ms)).decide_within_days
        return deadline_ms(case.filed_ms, days, self.site.calendar, self.time)

    def file(self, subject: Subject, who: str, text: str, filed: bool, now_ms: int) -> list[OutgoingRecord]:
        """An appeal by ``who`` -> what to send. Raises Refused: not his own, filed before, nothing to appeal, too late."""
        if subject.agent != who:
            raise Refused(403, "wrong_person", f"{subject.ref} is a record of somebody else: only its agent may appeal")
        if filed:
            raise Refused(409, "already_filed", f"there is an appeal against {subject.ref} already")
        line = subject.line
        if isinstance(line, ComplaintLine) and complaint_status(line.decision) == "reversed":
            raise Refused(409, "nothing_to_appeal", f"{subject.ref} was {line.decision}: it takes no call")
        if now_ms >= (until_ms := self.file_until(subject)):
            raise Refused(409, "too_late", f"{subject.ref} could be appealed until {rfc3339(until_ms)}")
        return filing(subject, person(who), text, now_ms, self.topics)

    def decide(
        self, subject: Subject, case: AppealCase | None, who: str, ruling: Ruling, now_ms: int
    ) -> list[OutgoingRecord]:
        """A decision by ``who`` -> what to send. Raises Refused: no open appeal, may not decide, no sense."""
        if case is None:
            raise Refused(404, "no_appeal", f"nobody has appealed {subject.ref}")
        if not case.is_open:
            raise Refused(409, "already_decided", f"the appeal against {subject.ref} is decided")
        self._require_other(subject, case, who, now_ms)
        _require_sense(subject, ruling)
        policy = self.site.policy(self._day(subject.at_ms)).deduction
        oldest_ms = now_ms - fact_lateness(self.site.counting, self.site.retention)
        return deciding(subject, person(who), ruling, now_ms, self.topics, policy, oldest_ms)

    def _require_other(self, subject: Subject, case: AppealCase, who: str, now_ms: int) -> None:
        teams = self._teams(subject, self._day(now_ms))
        for word, names, what in (
            ("own_case", {subject.agent, plain(case.filed_by)}, "is the one who appeals"),
            ("own_lead", {team.lead for team in self.site.teams if team.id in teams}, "leads the agent's own team"),
            ("recorded_it", subject.recorded_by, "recorded, confirmed or signed it"),
        ):
            if who in names:
                raise Refused(403, word, f"{who} may not decide this appeal: {who} {what}")

    def _teams(self, subject: Subject, today: date) -> set[str]:
        """The teams in which the agent is now, and was when what is appealed happened; a sheet is of a whole month."""
        if subject.line is None:
            month = parse_month(subject.ref)
            spans = [(month.first, month.last), (today, today)]
        else:
            spans = [(day, day) for day in (self._day(subject.at_ms), today)]
        mine = [spell for spell in self.site.roster if spell.agent == subject.agent]
        return {spell.team for spell in mine if any(spell.touches(*span) for span in spans)}

    def _day(self, ms: int) -> date:
        return self.time.day(ms).label


def _require_sense(subject: Subject, ruling: Ruling) -> None:
    if ruling.decision not in (UPHELD, OVERTURNED):
        raise Refused(422, "bad_decision", "decision must be upheld (it stands) or overturned (the appeal is granted)")
    needs_score = isinstance(subject.line, EvaluationLine) and ruling.decision == OVERTURNED
    if needs_score and (ruling.score is None or not 0 <= ruling.score <= 100):
        raise Refused(422, "no_score", "an evaluation that is overturned needs its new score, from 0 to 100")
