"""``callfloor report``: the flags of a month, whether they were of use, and on whom they fall."""

import argparse
import time
from collections.abc import Sequence
from typing import Any

from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.flag_report import COLUMNS, RAISE, Flagged, report
from dashboard.board.bus_flags import RedisFlags
from dashboard.cli.command import Command, away, counted_of, counted_site, redis_of, say
from dashboard.cli.output import add_form, write_table
from dashboard.floor import writers as tables
from dashboard.floor.periods import Period, parse_month, require_begun
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.appeals import Opening
from streams.site_time import day_key
from streams.store.errors import StoreAway
from streams.store.reader import Reader


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", required=True, metavar="MONTH", help="the month, such as 2026-11")
    add_form(parser)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    site, period = counted_site(settings), parse_month(args.month)
    require_begun(period, site.time.day(_now_ms()).label)
    if site.works_council:
        say("works-council mode: no flags of persons are computed, so there is none to report on")
        rows = []
    else:
        flagged = _flagged(settings, site, period)
        if flagged is None:
            say(f"callfloor report: nothing is kept of {period.label}, so there is nothing to report on")
            return 1
        rows = report(site, period.first, period.last, flagged)
        _say_advice(rows)
    write_table(COLUMNS, rows, args.format, f"flags-{period.label}", args.raw)
    return 0


def _flagged(settings: Settings, site: Site, period: Period) -> list[Flagged] | None:
    """The month's episodes; None where nothing is known of the month. Raises RedisAway, NothingCounted, LedgerBusy."""
    client = redis_of(settings)
    opening = Opening(settings, lambda: site)
    try:
        actions = opening().actions
        actions.refresh()
        book = FlagRegister(RedisFlags(client), actions, site.time)
        book.refresh(_now_ms())
        wanted = [each for each in book.all() if period.first <= each.shift <= period.last]
        if not wanted and not _is_counted(client, settings, site, period):
            return None
        return [Flagged(each, book.standing(each)) for each in wanted]
    except StoreAway as error:
        raise away(settings, error) from error
    finally:
        opening.close()
        client.close()


def _is_counted(client: Any, settings: Settings, site: Site, period: Period) -> bool:
    """Whether the month has days that count, and anything is kept of it: else no flag is no good news."""
    reader = Reader(client, settings.topic, counted_of(client, settings).partitions)
    is_ours = site.counting_since is None or period.last >= site.counting_since
    month = day_key(period.first) // 100
    return is_ours and any(month in reader.buckets(partition, "mo") for partition in reader.partitions)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _say_advice(rows: Sequence[tables.Row]) -> None:
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
    "calls them useful, it says to raise thresholds. In works-council mode none of it is computed.",
    _options,
    _body,
)
