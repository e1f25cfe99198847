"""``callfloor roster``: a roster.csv of the agents that were seen, to fill in."""

import argparse
import os
import sys
from pathlib import Path

from dashboard.health.agent_problems import counted_agents
from dashboard.settings import Settings
from dashboard.site.roster_rows import roster_rows
from dashboard.wiring.commands import Command, connected, require_counted
from dashboard.wiring.terminal import RAW, say, write_table

FILE = "roster.csv"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--raw", action="store_true", help=RAW)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    with connected(settings) as connections:
        seen = counted_agents(require_counted(connections))
    columns, rows = roster_rows(_roster_of(settings), seen)
    write_table(dict.fromkeys(columns, "object"), rows, "csv", "roster", args.raw)
    without = sum(not row["team"] for row in rows)
    say(f"{len(rows)} rows, {without} of them without a team: fill in the column `team`, a row without one is left out")
    return 0


def _roster_of(settings: Settings) -> Path | None:
    """The roster.csv beside the site file; None where there is none, or where it is what is being written."""
    path = Path(settings.site).parent / FILE if settings.site else None
    if path is None or not path.exists():
        return None
    if _is_written(path):
        say(f"{path} is being written: the shell has emptied it, so no row of an earlier roster is in what follows")
        return None
    return path


def _is_written(path: Path) -> bool:
    """Whether stdout goes into the file."""
    try:
        return os.path.samestat(os.fstat(sys.stdout.fileno()), path.stat())
    except (OSError, ValueError):  # no file behind stdout
        return False


COMMAND = Command(
    "roster",
    "print a roster.csv of the agents that were seen",
    "Prints the rows of the roster.csv beside the site file, then a row for every other agent in the counters, with empty "
    "cells to fill in: at least the team. Where there is a roster.csv, send it to a file of another name and put that in "
    "its place: a shell empties the file that it writes to first. The site takes what is printed as it is; a row without a "
    "team is left out until it has one.",
    _options,
    _body,
)
