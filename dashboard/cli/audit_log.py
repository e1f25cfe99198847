"""``callfloor audit-log``: shows who looked at whom, checks that no row was changed, and prints heads to keep elsewhere."""

import argparse
import re
import time
from datetime import date
from pathlib import Path

from dashboard.access.audit_chain import ChainCheck, Head
from dashboard.access.audit_follower import KEPT_MS
from dashboard.access.audit_rows import KINDS, AuditRow
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.auditing import audit_rows, check_chains
from dashboard.wiring.commands import UNREACHABLE_ERRORS, Command, site_of
from dashboard.wiring.terminal import Progress, add_form, results, say, write_table
from streams.site_time import DAY_MS, rfc3339

INTACT, BROKEN, UNREACHABLE = 0, 1, 2
_COLUMNS = dict.fromkeys(
    ("time", "account", "name", "agent", "kind", "whom", "team", "what", "where", "address"), "string"
)
_MOST_FAULTS = 20
_HEAD = re.compile(r"([0-9a-f]{16}) ([1-9]\d{0,17}) ([0-9a-f]{64})(?: \S+)?")


class BadHeads(ValueError):
    """The file is not what ``head`` printed; the message says the line."""


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=("show", "verify", "head"), help="print rows, check all of them, or print the heads"
    )
    parser.add_argument("--person", metavar="AGENT", help="show: rows about this agent")
    parser.add_argument("--account", metavar="TEXT", help="show: rows of accounts or names with this text")
    parser.add_argument("--kind", choices=KINDS, help="show: rows of this kind")
    parser.add_argument(
        "--day", metavar="D", type=date.fromisoformat, help="show: rows of this business day (default: today)"
    )
    kept = "verify: compare with heads that `callfloor audit-log head` printed earlier and that were kept elsewhere"
    parser.add_argument("--head", type=Path, metavar="FILE", help=kept)
    add_form(parser)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    try:
        if args.what == "show":
            return _show(args, settings)
        kept = _read_heads(args.head) if args.head else []
        progress = Progress()
        check = check_chains(settings, kept, lambda done, all: progress.show(f"{done:,} of {all:,} rows", 10_000))
        progress.done(f"{check.rows:,} rows of {settings.audit}")
    except (*UNREACHABLE_ERRORS, BadHeads) as error:
        say(f"callfloor audit-log: {error}")
        return UNREACHABLE
    if args.what == "head":
        _print_heads(check)
    else:
        _print_verdict(check, len(kept))
    return BROKEN if check.faults else INTACT


def _show(args: argparse.Namespace, settings: Settings) -> int:
    site, now_ms = site_of(settings), _now_ms()
    from_ms, to_ms = _bounds(args, site, now_ms)
    wanted = (row for row in audit_rows(settings, from_ms) if from_ms <= row.time_ms < to_ms and _is_wanted(row, args))
    write_table(_COLUMNS, map(_cells, wanted), args.format, "audit", args.raw)
    return INTACT


def _bounds(args: argparse.Namespace, site: Site, now_ms: int) -> tuple[int, int]:
    """The day that was asked for; without one today, or three months of one person or account."""
    if args.day is None and (args.person or args.account):
        return now_ms - KEPT_MS, now_ms + DAY_MS
    day = site.time.day(now_ms) if args.day is None else site.time.day_of(args.day)
    return day.start_ms, day.end_ms


def _is_wanted(row: AuditRow, args: argparse.Namespace) -> bool:
    text = (args.account or "").casefold()
    return (
        args.person in (None, row.whom)
        and args.kind in (None, row.kind)
        and (text in row.account.casefold() or text in row.name.casefold())
    )


def _cells(row: AuditRow) -> dict[str, str | None]:
    return {name: rfc3339(row.time_ms) if name == "time" else getattr(row, name) for name in _COLUMNS}


def _print_heads(check: ChainCheck) -> None:
    """A line for each writer of the last month."""
    results().writelines(f"{head.line}\n" for head in check.recent_heads(_now_ms()))


def _read_heads(path: Path) -> list[Head]:
    """The lines that ``head`` printed. Raises BadHeads."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        match = _HEAD.fullmatch(line.strip())
        if match is None:
            raise BadHeads(f"{path}:{number}: no line of `callfloor audit-log head`: writer, number, hash and time")
        found.append(Head(match[1], int(match[2]), match[3]))
    if not found:
        raise BadHeads(f"{path} is empty: it must have the lines that `callfloor audit-log head` printed")
    return found


def _print_verdict(check: ChainCheck, kept: int) -> None:
    out = results()
    for fault in check.faults[:_MOST_FAULTS]:
        where = f"writer {fault.writer}, row {fault.seq}" if fault.seq is not None else f"offset {fault.offset}"
        out.write(f"BROKEN: {where}: {fault.reason}\n")
    if len(check.faults) > _MOST_FAULTS:
        out.write(f"BROKEN: {len(check.faults) - _MOST_FAULTS} more\n")
    against = f", also against {kept} kept heads" if kept else ""
    verdict = "broken" if check.faults else "intact"
    out.write(
        f"{verdict}: {check.intact:,} of {check.rows:,} rows of {len(check.heads)} writers are as written{against}\n"
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


COMMAND = Command(
    "audit-log",
    "show who looked at whom, and check that no row was changed",
    "`show` prints rows of the audit log: of a day, or of the last three months of one person or account. `verify` reads the "
    "whole log and follows the chain of each writer; exit code 0: intact, 1: broken, 2: Kafka cannot be reached. `head` prints "
    "the newest row of each writer of the last month: keep that outside of this system, and give it to `verify --head`, which "
    "then finds rows that were cut off, and a log that was written anew.",
    _options,
    _body,
)
