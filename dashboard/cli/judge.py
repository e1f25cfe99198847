"""``callfloor judge``: what the screens show of a day or a month, now or at a past moment."""

import argparse
import time

from dashboard.actions.closing_adjustments import MonthReader
from dashboard.actions.closing_rows import SignedRows
from dashboard.cli.command import Command, away, counted_of, counted_site, redis_of, say
from dashboard.cli.output import add_form, write_table
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge, JudgedBoard
from dashboard.floor.periods import KINDS, Moment, moment_of, parse_month
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.appeals import Opening
from streams.store.errors import StoreAway
from streams.store.reader import Reader

_AT = 'a wall time of the site ("2026-11-22 14:32"), an instant, or a day or month at its end; without it, now'


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, choices=sheet.BY, help="one row for each of these")
    parser.add_argument("--period", required=True, choices=KINDS, help="the day, or the month up to its day")
    parser.add_argument("--at", metavar="INSTANT", help=_AT)
    add_form(parser)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    site = counted_site(settings)
    clock = site.time
    moment = moment_of(args.at, time.time_ns() // 1_000_000, clock)
    client = redis_of(settings)
    try:
        reader = Reader(client, settings.topic, counted_of(client, settings).partitions)
        board = BoardJudge(reader, site, clock).judge(args.period, moment)
        signed = _signed(settings, site, reader, board, args.by) if args.at is None or moment.whole else []
    except StoreAway as error:
        raise away(settings, error) from error
    finally:
        client.close()
    _say_what_is_shown(moment, board)
    found = [*sheet.shown_rows(board, args.by, site), *signed]
    write_table(sheet.columns(args.by), found, args.format, f"judge-{board.label}", args.raw)
    return 0


def _signed(settings: Settings, site: Site, reader: Reader, board: JudgedBoard, by: sheet.By) -> list[sheet.Row]:
    """Of a closed month what was signed; of an open one what has changed in closed ones."""
    if board.period != "month":
        return []
    opening = Opening(settings, lambda: site)
    try:
        sources = opening()
        sources.actions.refresh()
        books = MonthReader(sources.actions, sources.ledgers, reader, site.time)
        small = sheet.hidden(board, site) if by == "team" else frozenset()
        return [row for row in SignedRows(site, books).rows(parse_month(board.label), by) if row[by] not in small]
    finally:
        opening.close()


def _say_what_is_shown(asked: Moment, board: JudgedBoard) -> None:
    if board.moment.whole and not asked.whole:
        say(f"the minutes of {asked.day.label} are no longer kept: the day is shown whole")


COMMAND = Command(
    "judge",
    "print how agents, teams or the site stand, as CSV, JSON or Excel",
    "Prints what the screens show: every metric, then net, targets, pace, indices, score and grade by the rules in force "
    "in that month. Where there is no number the cell is empty and `reasons` says why. `assessed` is yes or no for an "
    "agent, for a team and the site it is how many are. Not for walls: reasons against assessing somebody are spelled out. "
    "Under a closed month stands its signed sheet, with the period `2026-10 signed`; under an open one what was decided "
    "of closed months since, each once, with the period `adjustment of 2026-10`. Under a works council a team of fewer than "
    "8 agents has no row, nor has the next larger one where it would leave them by themselves: they stand together as "
    "`~other-<direction>`.",
    _options,
    _body,
)
