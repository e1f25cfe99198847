"""``callfloor totals``: the counters as CSV, JSON or Excel."""

import argparse

from dashboard.cli.command import Command, away, counted_site, redis_of, say
from dashboard.cli.output import add_form, write_table
from dashboard.floor import totals
from dashboard.settings import Settings
from streams.store.errors import StoreAway
from streams.store.identity import stored_identity
from streams.store.reader import Reader

_BOUND = "a day (2026-11-23), a month (2026-11) or an instant (2026-11-23T06:32Z)"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, choices=totals.BY, help="one row for each of these")
    parser.add_argument("--period", required=True, choices=totals.PERIODS, help="and for each of these")
    parser.add_argument("--from", dest="from_", metavar="A", help=f"periods that start at or after {_BOUND}")
    parser.add_argument("--to", metavar="B", help="periods that start before this; the same forms")
    add_form(parser)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    site = counted_site(settings)
    from_ms, to_ms = (totals.parse_bound(text, site.time) if text else None for text in (args.from_, args.to))
    if from_ms is not None and to_ms is not None and from_ms >= to_ms:
        raise totals.BadBound(f"--from {args.from_} must be before --to {args.to}")
    client = redis_of(settings)
    try:
        identity = stored_identity(client, settings.topic)
        if identity is None:
            say(f"nothing counted yet of topic {settings.topic}: `callfloor consume` counts")
        partitions = identity.partitions if identity else 0
        reader = Reader(client, settings.topic, partitions)
        rows = totals.totals(reader, partitions, site, args.by, args.period, from_ms, to_ms)
        found = (totals.as_dict(row, args.by) for row in rows)
        write_table(totals.columns(args.by), found, args.format, "totals", args.raw)
    except StoreAway as error:
        raise away(settings, error) from error
    finally:
        client.close()
    return 0


COMMAND = Command(
    "totals",
    "print what was counted, as CSV, JSON or Excel",
    "Prints the counters of Redis: one row per period and agent, team, campaign or queue, or for the whole site. "
    f"Calls without an agent are the line {totals.UNATTRIBUTED}, agents in no team of the roster the team "
    f"{totals.NO_TEAM}. Days and months are those of the site file.",
    _options,
    _body,
)
