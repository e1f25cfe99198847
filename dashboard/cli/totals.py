"""``callfloor totals``: the counters as CSV, JSON, Excel or Parquet."""

import argparse

from dashboard.floor import totals
from dashboard.floor.day_ring import UNATTRIBUTED
from dashboard.floor.sheet import NO_TEAM
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.auditing import record_command
from dashboard.wiring.commands import Command, counted
from dashboard.wiring.terminal import add_form, say, write_table

_BOUND = "a day (2026-11-23), a month (2026-11) or an instant (2026-11-23T06:32Z)"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, choices=totals.BY, help="one row for each of these")
    parser.add_argument("--period", required=True, choices=totals.PERIODS, help="and for each of these")
    parser.add_argument("--from", dest="from_", metavar="A", help=f"periods that start at or after {_BOUND}")
    parser.add_argument("--to", metavar="B", help="periods that start before this; the same forms")
    add_form(parser)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    with counted(settings, lambda site: _bounds(args, site)) as (connections, site, bounds):
        reader = connections.event_counters()
        if not reader.partitions:
            say(f"nothing counted yet of topic {settings.topic}: `callfloor consume` counts")
        if args.by == "agent":
            record_command(settings, "totals", "exported", f"agents by {args.period}")
        rows = totals.totals(reader, site, args.by, args.period, *bounds)
        write_table(totals.columns(args.by, args.period), rows, args.format, "totals", args.raw)
    return 0


def _bounds(args: argparse.Namespace, site: Site) -> tuple[int | None, int | None]:
    """Raises BadBound, and PersonsWithheld."""
    if args.by == "agent":
        site.require_persons("--by agent")
    from_, to = args.from_, args.to
    from_ms, to_ms = (totals.parse_bound(text, site.time) if text else None for text in (from_, to))
    if from_ms is not None and to_ms is not None and from_ms >= to_ms:
        raise totals.BadBound(f"--from {from_} must be before --to {to}")
    return from_ms, to_ms


COMMAND = Command(
    "totals",
    "print what was counted, as CSV, JSON, Excel or Parquet",
    "Prints the counters of Redis: one row per period and agent, team, campaign, queue or project, or for the whole site. "
    f"Calls without an agent are the line {UNATTRIBUTED}, agents in no team of the roster the team "
    f"{NO_TEAM}. Days and months are those of the site file.",
    _options,
    _body,
)
