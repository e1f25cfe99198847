"""Closing a month: a person approves the figures of everybody, once; the counters go on being corrected.

The sheet goes to Kafka as actions, one per line, and then the one that closes the month. So it comes back after a restart and
after a rebuild like every other fact, byte for byte.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from typing import Any

import msgspec

from dashboard.actions.action_follower import wait_until_counted
from dashboard.actions.closing_adjustments import MonthReader
from dashboard.actions.closing_sheets import (
    KIND,
    SITE,
    Adjustment,
    ClosedMonth,
    RecordStanding,
    SealedLine,
    close_id,
    closed_month,
    document,
    hash_of,
    line_id,
    seal_of,
)
from dashboard.floor.periods import Period
from dashboard.site.load import Site
from streams.actions import OutgoingRecord, action
from streams.events import Action
from streams.metrics import NAMES
from streams.site_time import rfc3339

Row = Mapping[str, Any]
Sheet = Mapping[str, Sequence[Row]]
"""``agent``, ``team`` and ``site`` -> the rows of a month as ``judge`` gives them, each with its name under that key."""
COUNTED_WITHIN_S = 60.0
_TRIES = 10
_CHUNK = 500


class CannotClose(RuntimeError):
    """The month stays open; the message says why."""


@dataclass(frozen=True)
class ClosingService:
    """Closes months of one site. ``sheet`` judges a month as it is counted now; ``topic`` is that of actions.

    ``key``: that of the site, by which sheets are sealed; None: they have their hash alone.
    """

    site: Site
    months: MonthReader
    sheet: Callable[[Period], Sheet]
    post: Callable[[list[OutgoingRecord]], None]
    topic: str
    now: Callable[[], int]
    key: bytes | None = None

    def close(self, period: Period, closed_by: str, approved_by: str | None = None) -> bytes:
        """Closes a month -> its document, whose hash goes into the log. Raises CannotClose.

        ``closed_by``: the account that closes it; ``approved_by``: whoever has checked the sheet, as a person names them.
        """
        if approved_by is not None and not approved_by.strip():
            raise CannotClose("nobody approves: say who has checked the sheet, or leave it out for your own account")
        approved_by = approved_by or closed_by
        self.months.log.refresh()
        self._require_over(period)
        _require_open(closed_month(self.months.log, period.label))
        lines = self._freeze(period)
        at_ms, policy = self.now(), self.site.policy(period.first).version
        content = document(period.label, policy, approved_by, closed_by, rfc3339(at_ms), lines)
        head = {"sha256": hash_of(content), "token": secrets.token_hex(8), "policy": policy, "approved_by": approved_by}
        if self.key is not None:
            head["seal"] = seal_of(content, self.key)
        self._send(period.label, closed_by, lines, head, at_ms)
        self._require_first(period.label, head["token"])
        return content

    def _require_over(self, period: Period) -> None:
        end_ms = period.end_ms(self.months.time)
        if self.now() < end_ms:
            raise CannotClose(
                f"{period.label} still runs until {rfc3339(end_ms)}: only a month that is over can be closed"
            )
        first = period.last + timedelta(days=self.site.policy(period.first).close_from_day)
        if self.now() < self.months.time.day_of(first).start_ms:
            raise CannotClose(f"{period.label} can be closed from {first} on: policies.closing.from_day says so")
        beats = [meta.heartbeat_ms for meta in map(self.months.counters.meta, self.months.counters.partitions) if meta]
        counted_ms = min((beat for beat in beats if beat is not None), default=end_ms)
        if counted_ms < end_ms:
            raise CannotClose(f"{period.label} is counted up to {rfc3339(counted_ms)} only: wait until all of it is")

    def _freeze(self, period: Period) -> list[SealedLine]:
        """Sheet, records and counters of one moment: read again while the month moves."""
        for _ in range(_TRIES):
            before = self.months.metrics(period.label)
            if not before:
                raise CannotClose(f"nothing was counted in {period.label}: there is nothing to close")
            sheet = self.sheet(period)
            records = self.months.records(period.start_ms(self.months.time), period.end_ms(self.months.time))
            if self.months.metrics(period.label) == before:
                return self._lines(sheet, records, before, period)
        raise CannotClose(f"{period.label} changed each time it was read: try again when less comes in")

    def _lines(
        self,
        sheet: Sheet,
        records: Mapping[str, Mapping[str, RecordStanding]],
        counted: Mapping[str, Any],
        period: Period,
    ) -> list[SealedLine]:
        shown: dict[str, list[Adjustment]] = {}
        for each in self.months.adjustments(period.label):
            shown.setdefault(each.agent, []).append(each)
        agents = {str(row["agent"]): row for row in sheet["agent"]}
        found = [
            _line(agent, agents.get(agent, {}), counted.get(agent, {}), records.get(agent, {}), shown.get(agent, []))
            for agent in sorted(agents.keys() | counted.keys() | shown.keys())
        ]
        found += [_line(f"~team:{row['team']}", row, _metrics(row)) for row in sheet["team"]]
        return found + [_line(SITE, row, _metrics(row)) for row in sheet["site"]]

    def _send(self, month: str, by: str, lines: list[SealedLine], head: dict[str, Any], at_ms: int) -> None:
        """Sends the lines, and the closing once all of them have arrived."""
        for at in range(0, len(lines), _CHUNK):
            self.post([self._sealed(month, by, line, head["token"], at_ms) for line in lines[at : at + _CHUNK]])
        names = {"lines": [line.line for line in lines]}
        record = json.dumps(head | names, ensure_ascii=False)
        new = Action(action_id=close_id(month), agent=SITE, by=by, kind=KIND, ref=month, record=record)
        self.post([action(self.topic, new, at_ms)])

    def _sealed(self, month: str, by: str, line: SealedLine, token: str, at_ms: int) -> OutgoingRecord:
        record = json.dumps(msgspec.to_builtins(line), ensure_ascii=False)
        id = line_id(month, token, line.line)
        new = Action(action_id=id, agent=line.line, by=by, kind=KIND, ref=month, record=record)
        return action(self.topic, new, at_ms)

    def _require_first(self, month: str, token: str) -> None:
        """Waits until the closing is read back. Of two at once the first in the log closes the month."""

        def is_closed() -> bool:
            self.months.log.refresh()
            return closed_month(self.months.log, month) is not None

        if not wait_until_counted(is_closed, COUNTED_WITHIN_S):
            raise CannotClose(f"{month} was sent to Kafka and is not read back yet: is `callfloor consume` running?")
        closed = closed_month(self.months.log, month)
        if closed is not None and closed.token != token:
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
    adjustments: Sequence[Adjustment] = (),
) -> SealedLine:
    plain = {column: _plain(value) for column, value in row.items()}
    return SealedLine(name, plain, dict(metrics), dict(sorted((records or {}).items())), tuple(adjustments))


def _plain(value: Any) -> Any:
    """A cell as JSON has it: numbers leave numpy, and null stands for no number."""
    cell = value.item() if hasattr(value, "item") else value
    if isinstance(cell, tuple | list):
        return [_plain(each) for each in cell]
    return None if isinstance(cell, float) and not isfinite(cell) else cell


def _metrics(row: Row) -> dict[str, int]:
    return {name: int(row[name]) for name in NAMES if row.get(name)}
