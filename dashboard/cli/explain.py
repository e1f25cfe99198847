"""``callfloor explain``: why is this number what it is?"""

import argparse
import json
import sys
import time
from typing import Any

import msgspec

from dashboard.actions.explain import explain
from dashboard.actions.explain_text import write_text
from dashboard.cli.command import Command, away, counted_of, counted_site, redis_of, say
from dashboard.floor.periods import KINDS, period_of, require_begun
from dashboard.floor.single_agent import judge_of
from dashboard.settings import Settings
from dashboard.site.load import Site
from streams.site_time import SiteTime
from streams.store.errors import StoreAway
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("agent", metavar="AGENT", help="the agent's id, as in the events")
    parser.add_argument("--period", required=True, choices=KINDS, help="which numbers")
    parser.add_argument("--date", metavar="D", help="the day, or a day of the month: 2026-11-23 (default: today)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default %(default)s")


def _body(args: argparse.Namespace, settings: Settings) -> int:
    site = counted_site(settings)
    clock = site.time
    now_ms = time.time_ns() // 1_000_000
    today = clock.day(now_ms).label
    period = period_of(args.period, args.date, today)
    require_begun(period, today)
    client = redis_of(settings)
    try:
        ledgers = ledgers_of(client, settings, clock)
        reader = Reader(client, settings.topic, len(ledgers.partitions))
        if not _is_known(args.agent, site, reader):
            say(f"callfloor explain: {args.agent!r} is unknown: neither on the roster nor in the counters")
            return 1
        judge = judge_of(reader, site, clock, lambda: now_ms)
        found = explain(ledgers, site, clock, args.agent, period, today, judge)
    except StoreAway as error:
        raise away(settings, error) from error
    finally:
        client.close()
    if found.as_of is None:
        say(f"nothing is counted of agent {args.agent} in {period.label}")
    if args.format == "json":
        print(json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=1))
    else:
        write_text(found, clock, sys.stdout)
    return 0


def ledgers_of(client: Any, settings: Settings, clock: SiteTime) -> LedgerReader:
    """The ledger of the events' topic, with as many partitions as were counted. Raises NothingCounted."""
    return LedgerReader(client, settings.topic, counted_of(client, settings).partitions, clock)


def _is_known(agent: str, site: Site, reader: Reader) -> bool:
    """Whether there is anything to say of somebody: he is on the roster, was counted, or is in a state."""
    if any(spell.agent == agent for spell in site.roster):
        return True
    return any(reader.counts_of(p, agent) or reader.state_of(p, agent) is not None for p in reader.partitions)


COMMAND = Command(
    "explain",
    "show what a number of an agent is made of",
    "Prints, for one agent and one day or month, the formula with its numbers and the records behind each: calls, "
    "complaints with their decisions, evaluations, surveys and conduct. What each term's records add makes up its value.",
    _options,
    _body,
)
