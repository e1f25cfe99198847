"""Closing a month: what everybody had is frozen and signed by a person, once; counters go on being corrected.

The sheet goes to Kafka as actions, a line each, and then the one that closes the month. So it comes back after a restart
and after a rebuild like every other fact, byte for byte.
"""

import json
import secrets
import time as clock
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from typing import Any

from dashboard.actions.closing_adjustments import MonthReader, RecordStanding, frozen_records
from dashboard.actions.closing_sheets import (
    KIND,
    SITE,
    ClosedMonth,
    SignedLine,
    close_id,
    closed_month,
    document,
    hash_of,
    line_id,
)
from dashboard.floor.periods import Period
from dashboard.site.load import Site
from streams.actions import Action, OutgoingRecord, action
from streams.metrics import NAMES
from streams.site_time import rfc3339

Row = Mapping[str, Any]
Sheet = Mapping[str, Sequence[Row]]
"""``agent``, ``team`` and ``site`` -> the rows of a month as ``judge`` gives them, each with its name under that key."""
SEEN_WITHIN_S = 60.0
_ASK_EVERY_S = 0.05
_TRIES = 10
_CHUNK = 500


class CannotClose(RuntimeError):
    """The month stays as it is; the message says why."""


@dataclass(frozen=True)
class ClosingService:
    """One site's way to close a month. ``sheet`` judges a month as it is counted now."""

    site: Site
    books: MonthReader
    sheet: Callable[[Period], Sheet]
    post: Callable[[list[OutgoingRecord]], None]
    topic: str
    """Of actions."""
    now: Callable[[], int]

    def close(self, period: Period, approved_by: str) -> bytes:
        """Closes a month -> its document, whose hash was signed. Raises CannotClose."""
        if not approved_by.strip():
            raise CannotClose("nobody signs: say who has checked the sheet")
        self.books.log.refresh()
        self._require_over(period)
        _require_open(closed_month(self.books.log, period.label))
        lines = self._freeze(period)
        at_ms, policy = self.now(), self.site.policy(period.first).version
        found = document(period.label, policy, approved_by, rfc3339(at_ms), lines)
        head = {"sha256": hash_of(found), "token": secrets.token_hex(8), "policy": policy}
        self._send(period.label, approved_by, lines, head, at_ms)
        self._require_mine(period.label, head["token"])
        return found

    def _require_over(self, period: Period) -> None:
        end_ms = period.end_ms(self.books.time)
        if self.now() < end_ms:
            raise CannotClose(
                f"{period.label} still runs until {rfc3339(end_ms)}: only a month that is over can be closed"
            )
        first = period.last + timedelta(days=self.site.policy(period.first).close_from_day)
        if self.now() < self.books.time.day_of(first).start_ms:
            raise CannotClose(f"{period.label} can be closed from {first} on: policies.closing.from_day says so")
        beats = [meta.heartbeat_ms for meta in map(self.books.counters.meta, self.books.counters.partitions) if meta]
        counted_ms = min((beat for beat in beats if beat is not None), default=end_ms)
        if counted_ms < end_ms:
            raise CannotClose(f"{period.label} is counted up to {rfc3339(counted_ms)} only: wait until all of it is")

    def _freeze(self, period: Period) -> list[SignedLine]:
        """The sheet, its records and its counters of one moment: read again as long as the month moves meanwhile."""
        for _ in range(_TRIES):
            before = self.books.metrics(period.label)
            if not before:
                raise CannotClose(f"nothing was counted in {period.label}: there is nothing to close")
            sheet = self.sheet(period)
            records = self.books.records(period.start_ms(self.books.time), period.end_ms(self.books.time))
            if self.books.metrics(period.label) == before:
                return self._lines(sheet, records, before, period)
        raise CannotClose(f"{period.label} changed each time it was read: try again when less comes in")

    def _lines(
        self,
        sheet: Sheet,
        records: Mapping[str, Mapping[str, RecordStanding]],
        counted: Mapping[str, Any],
        period: Period,
    ) -> list[SignedLine]:
        shown: dict[str, list[dict[str, Any]]] = {}
        for each in self.books.adjustments(period.label):
            shown.setdefault(each.agent, []).append(each.as_object())
        agents = {str(row["agent"]): row for row in sheet["agent"]}
        found = [
            _line(agent, agents.get(agent, {}), counted.get(agent, {}), records.get(agent, {}), shown.get(agent, []))
            for agent in sorted(agents.keys() | counted.keys() | shown.keys())
        ]
        found += [_line(f"~team:{row['team']}", row, _metrics(row)) for row in sheet["team"]]
        return found + [_line(SITE, row, _metrics(row)) for row in sheet["site"]]

    def _send(self, month: str, by: str, lines: list[SignedLine], head: dict[str, Any], at_ms: int) -> None:
        """The lines first, and the closing when all of them have arrived."""
        for at in range(0, len(lines), _CHUNK):
            self.post([self._signed(month, by, line, head["token"], at_ms) for line in lines[at : at + _CHUNK]])
        names = {"lines": [line.line for line in lines]}
        record = json.dumps(head | names, ensure_ascii=False)
        new = Action(action_id=close_id(month), agent=SITE, by=by, kind=KIND, ref=month, record=record)
        self.post([action(self.topic, new, at_ms)])

    def _signed(self, month: str, by: str, line: SignedLine, token: str, at_ms: int) -> OutgoingRecord:
        record = json.dumps(line._asdict(), ensure_ascii=False)
        id = line_id(month, token, line.line)
        new = Action(action_id=id, agent=line.line, by=by, kind=KIND, ref=month, record=record)
        return action(self.topic, new, at_ms)

    def _require_mine(self, month: str, token: str) -> None:
        """Waits until the closing is read back. Of two at once the first in the log holds."""
        until_s = clock.monotonic() + SEEN_WITHIN_S
        while (closed := closed_month(self.books.log, month)) is None:
            if clock.monotonic() > until_s:
                raise CannotClose(
                    f"{month} was sent to Kafka and is not read back yet: is `callfloor consume` running?"
                )
            clock.sleep(_ASK_EVERY_S)
            self.books.log.refresh()
        if closed.token != token:
            _require_open(closed)


def _require_open(closed: ClosedMonth | None) -> None:
    if closed is not None:
        at = rfc3339(closed.closed_ms)
        raise CannotClose(f"{closed.month} was closed by {closed.approved_by} at {at}; a month is closed once")


def _line(
    name: str,
    row: Row,
    metrics: Mapping[str, int],
    records: Mapping[str, RecordStanding] | None = None,
    adjustments: Sequence[dict[str, Any]] = (),
) -> SignedLine:
    plain = {column: _plain(value) for column, value in row.items()}
    return SignedLine(name, plain, dict(metrics), frozen_records(records or {}), tuple(adjustments))


def _plain(value: Any) -> Any:
    """A cell as JSON has it: no number is null, whatever numpy calls it."""
    found = value.item() if hasattr(value, "item") else value
    if isinstance(found, tuple | list):
        return [_plain(each) for each in found]
    return None if isinstance(found, float) and not isfinite(found) else found


def _metrics(row: Row) -> dict[str, int]:
    return {name: int(row[name]) for name in NAMES if row.get(name)}
