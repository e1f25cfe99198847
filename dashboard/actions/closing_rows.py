"""Rows of a closed month for ``judge``: its sealed sheet, and below an open month the adjustments of closed ones.

A sealed row has the period ``2026-10 sealed``. An adjustment has ``adjustment of 2026-10``, the amounts by which the month's
own figures moved, and in ``reasons`` the deciding record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.actions.closing_adjustments import LATE, MonthReader
from dashboard.actions.closing_sheets import SITE, Adjustment, SealedLine, closed_month, sealed_line, sealed_sheet
from dashboard.floor.periods import Period, parse_month
from dashboard.floor.sheet import NO_TEAM, By, columns, without_judgement
from dashboard.rules.deduction import case_weights
from dashboard.site.load import Site
from streams.metrics import NAMES

Row = Mapping[str, Any]
_TEAM = "~team:"
_ADJUSTMENT = "adjustment of "


@dataclass(frozen=True)
class SealedRows:
    """The sealed rows of one site; the log must be fresh."""

    site: Site
    months: MonthReader

    def rows(self, period: Period, by: By) -> list[Row]:
        """The rows below the live rows of a month: its sealed sheet if it is closed, and its adjustments.

        Where no person is judged those of agents have counts alone, and teams and site no adjustments: each is of one person.
        """
        found = self._rows(period, by)
        if self.site.judges_persons:
            return found
        if by == "agent":
            return [without_judgement(row) for row in found]
        return [row for row in found if not str(row["period"]).startswith(_ADJUSTMENT)]

    def _rows(self, period: Period, by: By) -> list[Row]:
        if period.kind != "month":
            return []
        closed = closed_month(self.months.log, period.label)
        if closed is None:
            return [self._change(change, by) for change in self.months.adjustments(period.label)]
        lines = sealed_sheet(self.months.log, closed)
        sealed = [(f"{period.label} sealed", line) for line in lines if _tier(line) == by]
        changes = [change for line in lines for change in line.adjustments]
        return [_row(line, label, by) for label, line in sealed] + [self._change(change, by) for change in changes]

    def _change(self, change: Adjustment, by: By) -> Row:
        """One adjustment: the amounts it changed and the deciding record."""
        month = parse_month(change.month)
        name = self._name(change.agent, by, month.last)
        basis, policy = self._basis(change.month, change.agent), self.site.policy(month.first)
        deducted = sum(n * case_weights(policy.deduction).get(name, 0.0) for name, n in change.change.items())
        row: dict[str, Any] = {**dict.fromkeys(columns(by)), **dict.fromkeys(NAMES, 0), **change.change}
        return row | {
            "period": f"{_ADJUSTMENT}{change.month}",
            by: name,
            "volume_basis": basis,
            "deducted": deducted,
            "net": change.change.get(basis, 0) - deducted,
            "reasons": [_because(change)],
            "policy": policy.version,
        }

    def _basis(self, month: str, agent: str) -> str:
        """The metric that counted as volume in the sealed sheet."""
        closed = closed_month(self.months.log, month)
        line = sealed_line(self.months.log, closed, agent) if closed else None
        return str((line.row.get("volume_basis") if line else None) or "handled")

    def _name(self, agent: str, by: By, day: date) -> str:
        if by == "agent":
            return agent
        spell = self.site.spell(agent, day.replace(day=1), day)
        return self.site.name if by == "site" else spell.team if spell else NO_TEAM


def _tier(line: SealedLine) -> str:
    if line.line == SITE:
        return "site"
    return "team" if line.line.startswith(_TEAM) else "agent"


def _row(line: SealedLine, label: str, by: By) -> Row:
    """A sealed line with the columns of today; a line without a judged row has the metrics alone."""
    name = line.row.get(by, line.line)
    return {
        **dict.fromkeys(columns(by)),
        **dict.fromkeys(NAMES, 0),
        **line.metrics,
        **line.row,
        by: name,
        "period": label,
    }


def _because(change: Adjustment) -> str:
    """The deciding record in words."""
    if change.kind == LATE:
        return "counted after the closing"
    before, after = (standing.status or "unknown" for standing in (change.before, change.after))
    words = f"{change.kind} {change.id}: {before} -> {after}"
    made = change.decision
    return f"{words}, {made['decision']} by {made['by'] or 'nobody named'} on {made['time']}" if made else words
