"""``callfloor close``: a person signs a month."""

import argparse
import time
from io import BytesIO
from pathlib import Path

from dashboard.actions.closing_adjustments import MonthReader
from dashboard.actions.closing_rows import SignedRows
from dashboard.actions.closing_service import ClosingService, Sheet
from dashboard.actions.closing_sheets import closed_month
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import Period, end_of, parse_month
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.commands import Command, counted
from dashboard.wiring.connections import Connections
from dashboard.wiring.terminal import say
from streams.site_time import rfc3339


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", metavar="MONTH", help="the month, such as 2026-10; it must be over")
    parser.add_argument("--approved-by", required=True, metavar="NAME", help="who has checked the sheet and signs it")
    parser.add_argument(
        "--out", type=Path, default=Path("."), metavar="FOLDER", help="where the files go (default: here)"
    )


def _body(args: argparse.Namespace, settings: Settings) -> int:
    with counted(settings, lambda site: parse_month(args.month)) as (connections, site, period):
        clock, reader = site.time, connections.event_counters()
        sources = connections.sources(site)
        months = MonthReader(sources.actions, sources.ledgers, reader, clock)
        closing = ClosingService(
            site, months, lambda month: _sheet(connections, site, month), connections.post, settings.actions, _now_ms
        )
        document = closing.close(period, args.approved_by)
        args.out.mkdir(parents=True, exist_ok=True)
        _write(args.out, period, document, SignedRows(site, months))
    say(f"{period.label} is closed, approved by {args.approved_by}; what is decided from now on is an adjustment")
    return 0


def _sheet(connections: Connections, site: Site, period: Period) -> Sheet:
    reader, clock = connections.event_counters(), site.time
    board = BoardJudge(reader, site, clock).judge("month", end_of(clock.day_of(period.last), _now_ms(), clock))
    return {by: sheet.rows(board, by, site) for by in sheet.BY}


def _write(folder: Path, period: Period, document: bytes, signed: SignedRows) -> None:
    """The signed document, and each tier as a workbook."""
    from dashboard.tables import write_workbook

    found = closed_month(signed.months.log, period.label)
    assert found is not None, "it was closed just now"
    approval = {"approved_by": found.approved_by, "closed_at": rfc3339(found.closed_ms), "sha256": found.sha256}
    (folder / f"sheet-{period.label}.json").write_bytes(document)
    say(f"wrote {folder / f'sheet-{period.label}.json'}")
    for by in sheet.BY:
        name, columns = f"sheet-{period.label}-{by}", sheet.columns(by) | dict.fromkeys(approval, "string")
        workbook = BytesIO()  # a failure leaves no file that looks whole
        write_workbook(columns, [{**row, **approval} for row in signed.rows(period, by)], workbook, name)
        (folder / f"{name}.xlsx").write_bytes(workbook.getvalue())
        say(f"wrote {folder / name}.xlsx")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


COMMAND = Command(
    "close",
    "close a month: its sheet is signed and stays as it is",
    "Freezes the sheet of a month that is over: every agent's facts, policy, indices, score and grade, who approved it and "
    "when. Writes it as JSON and as Excel workbooks, and signs it with the hash of the JSON file. The counters stay live: "
    "what is decided later stands as an adjustment in the sheet of the month that is then open. A month is closed once.",
    _options,
    _body,
)
