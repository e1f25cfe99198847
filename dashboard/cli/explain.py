"""``callfloor explain``: the formula behind an agent's numbers, and the records behind each term."""

import argparse
import json
import time

import msgspec

from dashboard.actions.explain import explain
from dashboard.actions.explain_text import write_text
from dashboard.floor.periods import KINDS, Period, period_of, require_begun
from dashboard.floor.single_agent import judge_of
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.auditing import record_command
from dashboard.wiring.commands import Command, counted, require_counted
from dashboard.wiring.connections import Connections
from dashboard.wiring.terminal import results, say


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("agent", metavar="AGENT", help="the agent's id, as in the events")
    parser.add_argument("--period", required=True, choices=KINDS, help="which numbers")
    parser.add_argument("--date", metavar="D", help="the day, or a day of the month: 2026-11-23 (default: today)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default %(default)s")


def _body(args: argparse.Namespace, settings: Settings) -> int:
    now_ms = time.time_ns() // 1_000_000

    def read_options(site: Site) -> Period:
        site.require_persons(f"agent {args.agent}")
        today = site.time.day(now_ms).label
        period = period_of(args.period, args.date, today)
        require_begun(period, today)
        return period

    with counted(settings, read_options) as (connections, site, period):
        clock = site.time
        reader = require_counted(connections)
        if not _is_known(connections, args.agent, site):
            say(f"callfloor explain: {args.agent!r} is unknown: neither on the roster nor in the counters")
            return 1
        judge = judge_of(reader, site, clock, lambda: now_ms)
        found = explain(connections.event_ledgers(site), site, args.agent, period, clock.day(now_ms).label, judge)
    record_command(settings, "explain", "viewed_person", f"{args.period} {found.date}", args.agent)
    if found.as_of is None:
        say(f"nothing is counted of agent {args.agent} in {period.label}")
    if args.format == "json":
        results().write(json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=1) + "\n")
    else:
        write_text(found, clock, results())
    return 0


def _is_known(connections: Connections, agent: str, site: Site) -> bool:
    """Whether the agent is on the roster, was counted, or is in a state."""
    if any(spell.agent == agent for spell in site.roster):
        return True
    reader = connections.event_counters()
    return any(reader.counts_of(p, agent) or reader.state_of(p, agent) is not None for p in reader.partitions)


COMMAND = Command(
    "explain",
    "show what a number of an agent is made of",
    "Prints, for one agent and one day or month, the formula with its numbers and the records behind each: calls, "
    "complaints with their decisions, evaluations, surveys and conduct. What each term's records add makes up its value.",
    _options,
    _body,
)
