"""``callfloor report``: the flags of a month, whether they were useful, and on whom they fall."""

import argparse
import time
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.actions.flag_report import COLUMNS, RAISE, Flagged, report
from dashboard.floor.periods import Period, parse_month, require_begun
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.auditing import record_command
from dashboard.wiring.commands import Command, counted, require_counted
from dashboard.wiring.connections import Connections
from dashboard.wiring.terminal import add_form, say, write_table
from streams.site_time import day_key


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", required=True, metavar="MONTH", help="the month, such as 2026-11")
    add_form(parser)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    with counted(settings, lambda site: _month(args.month, site)) as (connections, site, period):
        if not site.judges_persons:
            say(
                "[site] works_council judges no person: no flags of persons are computed, so there is none to report on"
            )
            rows = []
        else:
            flagged = _flagged(connections, site, period)
            if flagged is None:
                say(f"callfloor report: nothing is kept of {period.label}, so there is nothing to report on")
                return 1
            record_command(settings, "report", "exported", f"flags of {period.label}")
            rows = report(site, period.first, period.last, flagged)
            _say_advice(rows)
    write_table(COLUMNS, rows, args.format, f"flags-{period.label}", args.raw)
    return 0


def _month(text: str, site: Site) -> Period:
    """Raises BadPeriod, and PersonsWithheld."""
    site.require_persons("flags are of persons")
    period = parse_month(text)
    require_begun(period, site.time.day(_now_ms()).label)
    return period


def _flagged(connections: Connections, site: Site, period: Period) -> list[Flagged] | None:
    """The month's episodes; None where nothing of the month is stored. Raises NothingCounted and LedgerBusy."""
    connections.sources(site).actions.refresh()
    flags = connections.flags(site)
    flags.refresh(_now_ms())
    wanted = [each for each in flags.all() if period.first <= each.shift <= period.last]
    if not wanted and not _is_counted(connections, site, period):
        return None
    return [Flagged(each, flags.standing(each)) for each in wanted]


def _is_counted(connections: Connections, site: Site, period: Period) -> bool:
    """Whether the month has days that count, and anything of it is stored: else no flag is no good news."""
    reader = require_counted(connections)
    is_ours = site.counting_since is None or period.last >= site.counting_since
    month = day_key(period.first) // 100
    return is_ours and any(month in reader.buckets(partition, "mo") for partition in reader.partitions)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _say_advice(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        if row["advice"] == RAISE:
            said = row["useful"] + row["not_useful"]
            say(
                f"{row['group']}: {row['useful']} of {said} flags were called useful, less than half: raise the thresholds"
            )


COMMAND = Command(
    "report",
    "print the flags of a month, whether they were useful, and on whom they fall",
    "Numbers of flags of a month by rule, how many were acknowledged, contested, and called useful or not; how many agents "
    "were never flagged; and the share of agents flagged, with n and its 95 % interval, by shift pattern, kind of "
    "employment, tenure, profile and team, so that bias is seen. No agent is named. Where less than half of what was said "
    "calls them useful, it says to raise thresholds. Where works_council judges no person none of it is computed.",
    _options,
    _body,
)
