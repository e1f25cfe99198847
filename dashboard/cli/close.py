"""``callfloor close``: a person closes a month, or checks the sheets of closed ones."""

import argparse
import time
from io import BytesIO
from pathlib import Path

from dashboard.access.os_user import os_user
from dashboard.actions.closing_adjustments import MonthReader
from dashboard.actions.closing_rows import SealedRows
from dashboard.actions.closing_service import ClosingService, Sheet
from dashboard.actions.closing_sheets import ClosedMonth, closed_month, fault_of
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import Period, end_of, parse_month
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.auditing import record_command
from dashboard.wiring.commands import Command, counted
from dashboard.wiring.connections import Connections
from dashboard.wiring.private_files import make_private_folder, write_private_file
from dashboard.wiring.terminal import say
from streams.site_time import rfc3339


def _options(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("month", nargs="?", metavar="MONTH", help="the month, such as 2026-10; it must be over")
    which.add_argument(
        "--verify", type=Path, metavar="FOLDER", help="check the sheets (JSON) of a folder against the log instead"
    )
    approver = "who has checked the sheet, if it was not you; your account on this machine stands with it"
    parser.add_argument("--approved-by", metavar="NAME", help=approver)
    where = "where the files go (default: ./sheets-MONTH, made for you alone)"
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=where)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    return _verify(args.verify, settings) if args.verify else _close(args, settings)


def _close(args: argparse.Namespace, settings: Settings) -> int:
    user = os_user()
    with counted(settings, lambda site: _month(args.month, site)) as (connections, site, period):
        clock, reader = site.time, connections.event_counters()
        sources = connections.sources(site)
        months = MonthReader(sources.actions, sources.ledgers, reader, clock)
        closing = ClosingService(
            site,
            months,
            lambda month: _sheet(connections, site, month),
            connections.post,
            settings.actions,
            _now_ms,
            _lasting_key(settings),
        )
        record_command(settings, "close", "decided", f"close {period.label}")
        document = closing.close(period, user.account, args.approved_by)
        folder = args.out or Path(f"sheets-{period.label}")
        if not make_private_folder(folder):
            say(f"others may enter {folder}; the files in it are for {user.name} alone")
        _write(folder, period, document, SealedRows(site, months))
    by = f"{args.approved_by}, closed by {user.account}" if args.approved_by else user.account
    say(f"{period.label} is closed, approved by {by}; what is decided from now on is an adjustment")
    return 0


def _verify(folder: Path, settings: Settings) -> int:
    """0: every sheet of the folder is the one that was closed; 1: one is not, or there is none."""
    documents = {path: path.read_bytes() for path in sorted(folder.glob("sheet-*.json"))}
    if not documents:
        say(f"{folder} has no sheet-MONTH.json: name the folder that `callfloor close` wrote")
        return 1
    with counted(settings, lambda site: None) as (connections, site, _):
        log = connections.sources(site).actions
        log.refresh()
        key, faults = _lasting_key(settings), 0
        for path, document in documents.items():
            closed = closed_month(log, path.stem.removeprefix("sheet-"))
            fault = fault_of(document, closed, key)
            faults += fault is not None
            say(f"{path}: {'NOT THE SHEET: ' + fault if fault else _verdict(closed, key)}")
    return 1 if faults else 0


def _month(text: str, site: Site) -> Period:
    """Raises BadPeriod, and PersonsWithheld."""
    site.require_persons("a sheet has a line of every agent")
    return parse_month(text)


def _lasting_key(settings: Settings) -> bytes | None:
    """The key of the site; None where it has none but that of one start."""
    return None if settings.key.is_passing else settings.key.secret


def _verdict(closed: ClosedMonth | None, key: bytes | None) -> str:
    same = "the sheet that was closed, byte for byte"
    if closed is None or closed.seal is None:
        return f"{same}; it was closed without a key, so its hash in the log is all there is"
    return f"{same}; name the key-file to check its seal" if key is None else f"{same}, under the seal of this site"


def _sheet(connections: Connections, site: Site, period: Period) -> Sheet:
    reader, clock = connections.event_counters(), site.time
    board = BoardJudge(reader, site, clock).judge("month", end_of(clock.day_of(period.last), _now_ms(), clock))
    return {by: sheet.rows(board, by, site) for by in sheet.BY}


def _write(folder: Path, period: Period, document: bytes, sealed: SealedRows) -> None:
    """The document, and each tier as a workbook."""
    from dashboard.tables import write_workbook

    found = closed_month(sealed.months.log, period.label)
    assert found is not None, "it was closed just now"
    approval = {
        "approved_by": found.approved_by,
        "closed_by": found.closed_by,
        "closed_at": rfc3339(found.closed_ms),
        "sha256": found.sha256,
    }
    write_private_file(folder / f"sheet-{period.label}.json", document)
    say(f"wrote {folder / f'sheet-{period.label}.json'}")
    for by in sheet.BY:
        name, columns = f"sheet-{period.label}-{by}", sheet.columns(by) | dict.fromkeys(approval, "string")
        workbook = BytesIO()  # a failure leaves no file that looks whole
        write_workbook(columns, [{**row, **approval} for row in sealed.rows(period, by)], workbook, name)
        write_private_file(folder / f"{name}.xlsx", workbook.getvalue())
        say(f"wrote {folder / name}.xlsx")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


COMMAND = Command(
    "close",
    "close a month: its sheet is sealed and stays as it is",
    "Freezes the sheet of a month that is over: every agent's facts, policy, indices, score and grade, who approved it and "
    "when. Writes it as JSON and as Excel workbooks, for you alone, and puts the hash of the JSON file into the log. The "
    "counters stay live: what is decided later stands as an adjustment in the sheet of the month that is then open. A month "
    "is closed once. With --verify it says of each JSON sheet of a folder whether it is the one that was closed.",
    _options,
    _body,
)
