"""The audit log for people: its page for auditors with the state of the chains, exports, and who looked at one agent.

The log is followed in a thread of its own, at most once a second and only while somebody asks: a page waits for it a few seconds,
an agent's own page never does.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from dashboard.access.audit_chain import ChainCheck
from dashboard.access.audit_follower import KEPT_MS, MOST_ROWS, AuditFilter, AuditFollower, AuditLine, Looker
from dashboard.access.audit_names import MOST_FOUND, AuditNames, PersonName
from dashboard.access.audit_page import (
    AuditExport,
    AuditPage,
    AuditQuestion,
    LineView,
    LookerView,
    OwnLooks,
    PersonLooks,
)
from dashboard.access.audit_rows import KINDS, AuditRow, encode_row
from dashboard.access.audit_verification import ChainState, ChainVerifier
from dashboard.access.refusals import Refused
from dashboard.access.thread_job import ThreadJob
from dashboard.floor.periods import BadPeriod
from dashboard.site.load import Site
from streams.site_time import DAY_MS, HOUR_MS, rfc3339

MOST_EXPORTED = 200_000
LOOK_DAYS = 30
"""So many days back agents see who looked at them."""
_FRESH_S = 1.0
_WAIT_S = 8.0
"""A page gives up a question after 10 s."""
_CHECK_WAIT_S = 300.0
_NEWEST = 3


class AuditUnread(Refused):
    """The log cannot be read now: try again, and see whether Kafka is up."""

    def __init__(self, message: str) -> None:
        super().__init__(503, "audit_unread", message)


@dataclass(frozen=True)
class _Days:
    first: date
    last: date
    from_ms: int
    to_ms: int


class AuditService:
    """``read_rows`` gives the rows that were appended since a moment. What is in ``away`` is raised while Kafka is away."""

    def __init__(
        self,
        follower: AuditFollower,
        check_chains: Callable[[], ChainCheck],
        read_rows: Callable[[int], Iterator[AuditRow]],
        site: Callable[[], Site],
        clock_ms: Callable[[], int],
        away: tuple[type[Exception], ...],
    ) -> None:
        self._follower, self._read_rows, self._away = follower, read_rows, away
        self._site, self._clock_ms = site, clock_ms
        self._verifier = ChainVerifier(check_chains, away, clock_ms)
        self._refresh = ThreadJob("audit-follower", self._read_new)
        self._fresh_s: float | None = None
        self._is_read = False
        self._names: AuditNames | None = None

    # ---- the page

    def read_page(self, asked: AuditQuestion) -> AuditPage:
        """What an auditor sees. Raises AuditUnread, BadPeriod, Refused."""
        names = self._current_names()
        days, wanted = self._filter(asked, names)
        self._wait_for_news()
        self._verifier.begin_where_due()
        found = names.find_people(asked.agent) if asked.agent else []
        rows = self._lines(wanted)
        counts = self._follower.counts(wanted)
        period = self._follower.counts(AuditFilter(from_ms=days.from_ms, to_ms=days.to_ms))
        shown = counts[wanted.kind] if wanted.kind else sum(counts.values())
        exports = self._lines(AuditFilter("exported", from_ms=days.from_ms, to_ms=days.to_ms), _NEWEST)
        ids = (id for row in (*rows, *exports) for id in (row.whom, row.agent))
        return AuditPage(
            now_ms=self._clock_ms(),
            today=names.today,
            first_day=days.first,
            last_day=days.last,
            number=self._follower.total,
            period_rows=sum(period.values()),
            counts=counts,
            rows=rows,
            more=max(0, shown - len(rows)),
            chain=self._verifier.state,
            people=names.people_of(ids),
            teams=names.teams,
            candidates=found[:MOST_FOUND],
            looks=self._looks(found[0], days, names) if len(found) == 1 else None,
            exports=exports,
            exported=period["exported"],
        )

    def verify(self) -> ChainState:
        """Begins a check of the chains, unless one runs."""
        self._verifier.begin()
        return self._verifier.state

    def find_newest(self, kind: str, limit: int) -> list[AuditLine] | None:
        """The newest rows of a kind, without waiting for newer ones; None while the log cannot be read."""
        return self._follower.rows(AuditFilter(kind), limit) if self._can_read() else None

    def _lines(self, wanted: AuditFilter, limit: int = MOST_ROWS) -> list[LineView]:
        names = self._current_names()
        return [
            LineView(**msgspec.structs.asdict(line), roles=names.roles(line.account, line.agent, line.time_ms))
            for line in self._follower.rows(wanted, limit)
        ]

    def _filter(self, asked: AuditQuestion, names: AuditNames) -> tuple[_Days, AuditFilter]:
        if asked.kind is not None and asked.kind not in KINDS:
            raise Refused(400, "bad_kind", f"kind is one of {', '.join(KINDS)}")
        days = self._days(asked)
        people = frozenset(each.id for each in names.find_people(asked.person)) if asked.person else None
        return days, AuditFilter(asked.kind, asked.account or None, people, days.from_ms, days.to_ms)

    def _days(self, asked: AuditQuestion) -> _Days:
        time = self._site().time
        now_ms = self._clock_ms()
        today = time.day(now_ms).label
        if asked.date is not None and asked.since is not None:
            raise Refused(400, "bad_period", "ask for one day by date, or for all since a day by from")
        first = _day(asked.date or asked.since, today)
        earliest = time.day(now_ms - KEPT_MS).label
        if not earliest <= first <= today:
            raise BadPeriod(f"the page shows {earliest} to {today}; older rows: `callfloor audit-log show --day`")
        last = today if asked.since is not None else first
        return _Days(first, last, time.day_of(first).start_ms, time.day_of(last).end_ms)

    # ---- one person

    def find_lookers(self, agent: str) -> OwnLooks | None:
        """The people who looked at an agent in the last month. It waits for nothing; None while the log cannot be read."""
        if not self._can_read():
            return None
        now_ms = self._clock_ms()
        names = self._current_names()
        first = names.today - timedelta(days=LOOK_DAYS - 1)
        days = _Days(first, names.today, names.site.time.day_of(first).start_ms, now_ms + DAY_MS)
        found = self._looks(names.person(agent), days, names)
        return OwnLooks(found.lookers, sum(each.looks for each in found.refused))

    def _looks(self, person: PersonName, days: _Days, names: AuditNames) -> PersonLooks:
        found = self._follower.lookers_at(person.id, days.from_ms, days.to_ms)
        looked = _merged(looker for looker in found if looker.kind != "denied")
        refused = _merged(looker for looker in found if looker.kind == "denied")
        view = [[_looker_view(each, person, names) for each in each_of] for each_of in (looked, refused)]
        return PersonLooks(person, *view)

    # ---- exports

    def require_question(self, asked: AuditQuestion) -> None:
        """Raises BadPeriod, Refused where it can have no answer."""
        self._filter(asked, self._current_names())

    def export_rows(self, asked: AuditQuestion) -> AuditExport:
        """The rows of a filter as the log has them, and the heads of its chains. Raises AuditUnread, BadPeriod, Refused."""
        days, wanted = self._filter(asked, self._current_names())
        away: tuple[type[Exception], ...] = (TimeoutError, *self._away)
        try:
            rows = list(self._wanted_rows(wanted))
            check = self._verifier.begin().result(_CHECK_WAIT_S)
        except away as error:
            raise AuditUnread(f"the audit log cannot be read, so nothing is exported: {error}") from error
        heads = [head.line for head in check.recent_heads(self._clock_ms())]
        end = {
            "checked": rfc3339(self._verifier.state.checked_ms or 0),
            "exported_rows": len(rows),
            "faults": self._verifier.state.faults,
            "first_day": days.first,
            "heads": heads,
            "intact_rows": check.intact,
            "last_day": days.last,
            "log_rows": check.rows,
            "only": {"account": wanted.account, "kind": wanted.kind, "people": sorted(wanted.people or ()) or None},
        }
        content = b"\n".join([*rows, msgspec.json.encode(end, order="sorted"), b""])
        span = str(days.first) if days.first == days.last else f"{days.first}-{days.last}"
        return AuditExport(f"audit-{span}.jsonl", content)

    def _wanted_rows(self, wanted: AuditFilter) -> Iterator[bytes]:
        count = 0
        # Kafka finds by its own time of arrival: that of a row comes after it, and clocks may differ.
        for row in self._read_rows(max(0, (wanted.from_ms or 0) - HOUR_MS)):
            if wanted.has(row):
                count += 1
                if count > MOST_EXPORTED:
                    raise Refused(
                        422, "too_many_rows", f"an export has at most {MOST_EXPORTED:,} rows: ask for fewer days"
                    )
                yield encode_row(row)

    # ---- reading

    def begin_reading(self) -> Future[None]:
        """Takes up new rows, in a thread."""
        return self._refresh.begin()

    def close(self) -> None:
        """Closes the connection."""
        self._follower.close()

    def _is_fresh(self) -> bool:
        return self._fresh_s is not None and time.monotonic() - self._fresh_s < _FRESH_S

    def _wait_for_news(self) -> None:
        if self._is_fresh():
            return
        try:
            self.begin_reading().result(_WAIT_S)
        except TimeoutError as error:
            raise AuditUnread("the audit log is still being read: ask again in a moment") from error
        except self._away as error:
            raise AuditUnread(f"the audit log cannot be read: {error}") from error

    def _can_read(self) -> bool:
        """Whether the last reading went well; a new one begins where it is due."""
        if not self._is_fresh():
            self.begin_reading()
        return self._is_read

    def _read_new(self) -> None:
        try:
            self._follower.refresh()
        except Exception:
            self._is_read = False
            raise
        self._is_read, self._fresh_s = True, time.monotonic()

    def _current_names(self) -> AuditNames:
        site = self._site()
        today = site.time.day(self._clock_ms()).label
        names = self._names
        if names is None or names.site is not site or names.today != today:
            names = self._names = AuditNames(site, today)
        return names


def _day(text: str | None, today: date) -> date:
    try:
        return today if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise BadPeriod(f"{text!r} is no day: write it as {today}") from error


def _merged(lookers: Iterator[Looker]) -> list[Looker]:
    """One entry for each account."""
    found: dict[str, Looker] = {}
    for each in lookers:
        first = found.get(each.account)
        found[each.account] = each if first is None else first._replace(looks=first.looks + each.looks)
    return list(found.values())


def _looker_view(looker: Looker, person: PersonName, names: AuditNames) -> LookerView:
    roles = names.roles(looker.account, looker.agent, looker.last_ms)
    is_lead = names.leads(looker.account, person.team, looker.last_ms)
    return LookerView(looker.name, roles, looker.looks, looker.last_ms, looker.agent == person.id, is_lead)
