"""``callfloor judge``: what the screens show of a day or a month, now or at a past moment."""

import argparse
import time

from dashboard.actions.closing_adjustments import MonthReader
from dashboard.actions.closing_rows import SealedRows
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge, JudgedBoard
from dashboard.floor.periods import KINDS, Moment, moment_of, parse_month
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.auditing import record_command
from dashboard.wiring.commands import Command, counted, require_counted
from dashboard.wiring.connections import Connections
from dashboard.wiring.terminal import add_form, say, write_table

_AT = 'a wall time of the site ("2026-11-22 14:32"), an instant, or a day or month at its end; without it, now'


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, choices=sheet.BY, help="one row for each of these")
    parser.add_argument("--period", required=True, choices=KINDS, help="the day, or the month up to its day")
    parser.add_argument("--at", metavar="INSTANT", help=_AT)
    add_form(parser)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    now_ms = time.time_ns() // 1_000_000
    with counted(settings, lambda site: _moment(args, now_ms, site)) as (connections, site, moment):
        board = BoardJudge(require_counted(connections), site, site.time).judge(args.period, moment)
        sealed = _sealed(connections, site, board, args.by) if args.at is None or moment.whole else []
    if board.moment.whole and not moment.whole:
        say(f"the minutes of {moment.day.label} are no longer kept: the day is shown whole")
    if args.by == "agent":
        record_command(settings, "judge", "exported", f"agents of {board.label}")
    found = [*sheet.shown_rows(board, args.by, site), *sealed]
    write_table(sheet.columns(args.by), found, args.format, f"judge-{board.label}", args.raw)
    return 0


def _moment(args: argparse.Namespace, now_ms: int, site: Site) -> Moment:
    """Raises BadMoment, and PersonsWithheld."""
    if args.by == "agent":
        site.require_persons("--by agent")
    return moment_of(args.at, now_ms, site.time)


def _sealed(connections: Connections, site: Site, board: JudgedBoard, by: sheet.By) -> list[sheet.Row]:
    """The sealed rows of a closed month; of an open month the later changes to closed ones."""
    if board.period != "month":
        return []
    sources = connections.sources(site)
    sources.actions.refresh()
    books = MonthReader(sources.actions, sources.ledgers, connections.event_counters(), site.time)
    small = sheet.hidden(board, site) if by == "team" else frozenset()
    return [row for row in SealedRows(site, books).rows(parse_month(board.label), by) if row[by] not in small]


COMMAND = Command(
    "judge",
    "print how agents, teams or the site stand, as CSV, JSON, Excel or Parquet",
    "Prints what the screens show: every metric, then net, targets, pace, indices, score and grade by the rules in force "
    "in that month. Where there is no number the cell is empty and `reasons` says why. `assessed` is yes or no for an "
    "agent, for a team and the site it is how many are. Not for walls: reasons against assessing somebody are spelled out. "
    "Under a closed month stands its sealed sheet, with the period `2026-10 sealed`; under an open one what was decided "
    "of closed months since, each once, with the period `adjustment of 2026-10`. Under a works council a team of fewer than "
    "8 agents has no row, nor has the next larger one where it would leave them by themselves: they stand together as "
    "`~other-<direction>`.",
    _options,
    _body,
)
