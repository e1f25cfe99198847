"""``callfloor replay``: a file into Kafka."""

import argparse
import getpass
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

from dashboard.actions.acting_person import Refused
from dashboard.health.letter_replay import ONLY_BY_REBUILD, REASONS, ReplayRefused
from dashboard.health.replay_store import Replay
from dashboard.settings import Settings
from dashboard.wiring.commands import Command, make_topic
from dashboard.wiring.connections import Connections
from dashboard.wiring.dead_letters import letter_service, read_index
from dashboard.wiring.replay_outcome import ReplayOutcome, ReplayTotals, waiting
from dashboard.wiring.terminal import RAW, Progress, say, stop_on_signals, write_table
from streams.counting_policy import BY_REBUILD
from streams.site_time import rfc3339
from streams.sources.event_file import NOT_UTF8
from streams.sources.replay import FORMATS, Count, format_of, read_lines, send_lines
from streams.text_file import AS_TEXT

DONE, COULD_NOT, WRONG_USAGE = 0, 1, 2
_LETTER_COLUMNS = ("reason", "waiting", "refused_again", "gone", "newest", "topic", "partition", "offset", "field")
_NOT_SEEN = (
    "what was sent before cannot be seen, so a record that a producer with another partitioner has sent may count twice"
)
STOPPED = 130
"""The exit code of a shell's commands that Ctrl-C ended."""


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither max nor a number above 0")
    return speed


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the file to read; none with --dead-letters")
    parser.add_argument(
        "--format",
        choices=tuple(FORMATS),
        help="; ".join(f"{name}: {each.content}" for name, each in FORMATS.items()) + " (default: by the first line)",
    )
    order = "file: as it stands; time: by the time of each event (default %(default)s)"
    parser.add_argument("--order", choices=("file", "time"), default="file", help=order)
    speed = "max: as fast as it goes; N: N times as fast as it happened (default max)"
    parser.add_argument("--speed", type=_speed, default=None, metavar="max|N", help=speed)
    wait = "do not wait until the consumer has counted what lies in Kafka, and then what was sent"
    parser.add_argument("--no-wait", action="store_true", help=wait)
    letters = parser.add_argument_group("dead letters", "records that could not be counted, once the cause is fixed")
    letters.add_argument("--dead-letters", action="store_true", help="send them again to where they came from")
    letters.add_argument("--reason", choices=REASONS, help="those of one reason; default: all")
    letters.add_argument("--dry-run", action="store_true", help="send nothing: print what waits, by reason, as CSV")
    letters.add_argument("--raw", action="store_true", help=RAW)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    if args.dead_letters and args.file is None:
        return _replay_letters(args.reason, args.dry_run, args.raw, settings)
    if args.dead_letters or args.reason or args.dry_run or args.raw or args.file is None:
        say("callfloor replay: give FILE, or --dead-letters with --reason or --dry-run")
        return WRONG_USAGE
    return _replay_file(args, settings)


def _replay_file(args: argparse.Namespace, settings: Settings) -> int:
    stop, progress = stop_on_signals(), Progress()
    lines = read_lines(args.file, args.format or format_of(args.file), args.order)
    with closing(Connections(settings)) as connections:
        is_new = make_topic(connections)
        outcome = ReplayOutcome(connections)
        before = None if args.no_wait else outcome.now()
        if before is not None:
            before = _wait_for_the_rest(before, outcome, progress, stop)
        routes = outcome.routes()
        if routes is None and not is_new:
            say(f"{_NOT_SEEN} ({outcome.trouble})")
        with connections.producer() as producer:
            count = send_lines(
                lines,
                producer,
                partition_of=routes.partition_of if routes else _by_key,
                speed=args.speed,
                progress=lambda c: progress.show(f"{c.sent} sent"),
                stop=stop,
            )
        for text in _refused_lines(count):
            progress.done(text)
        progress.done(_summary(count))
        if count.sent and not args.no_wait and not stop.is_set():
            progress.done(outcome.wait(before, count.sent, progress.show, stop))
    if count.fault:
        say(f"callfloor replay: {count.fault}; what stands before is sent, what comes after is not")
    return STOPPED if count.left else COULD_NOT if count.fault else DONE


def _by_key(key: bytes, value: bytes) -> None:
    """The key of a record decides where it goes."""


def _wait_for_the_rest(before: ReplayTotals, outcome: ReplayOutcome, progress: Progress, stop: Event) -> ReplayTotals:
    """What lies in Kafka is counted first: only so it shows where the lines lie. -> what is counted then."""
    ends = outcome.ends()
    now = outcome.wait_for_positions(before, ends, lambda left: progress.show(f"{left} wait to be counted first"), stop)
    if (left := waiting(now, ends)) and not stop.is_set():
        say(f"{_NOT_SEEN} ({left} records in Kafka are not counted yet)")
    return now


def _summary(count: Count) -> str:
    parts = [f"{count.sent} sent"]
    parts += [f"{n} skipped ({reason})" for reason, n in sorted(count.skipped.items())]
    parts += [f"{n} refused ({reason})" for reason, n in sorted(count.refused.items())]
    stopped = f"; stopped: {count.left} lines were to come and are not sent" if count.left else ""
    return f"{count.lines} lines: " + ", ".join(parts) + stopped


def _refused_lines(count: Count) -> Iterator[str]:
    """Where what was refused stands: the first few lines of each reason."""
    for reason, lines in sorted(count.refused_lines.items()):
        more = ", ..." if len(lines) < count.refused[reason] else ""
        todo = f"; {AS_TEXT}" if reason == NOT_UTF8 else ""
        if lines:
            yield f"refused as {reason}: line {', '.join(map(str, lines))}{more}{todo}"


def _replay_letters(reason: str | None, dry_run: bool, raw: bool, settings: Settings) -> int:
    """Replays what waits, or lists it. Raises Unreachable and ReplayStoreAway."""
    if dry_run:
        _list_letters(reason, raw, settings)
        return DONE
    progress = Progress()
    with closing(Connections(settings)) as connections, letter_service(connections) as desk:
        try:
            run = desk.run(reason, f"os:{getpass.getuser()}", lambda now: progress.show(_progress_text(now)))
        except (Refused, ReplayRefused) as refused:
            say(f"callfloor replay: {refused}")
            return COULD_NOT
    progress.done(_end_text(run))
    return COULD_NOT if run.error else DONE


def _list_letters(reason: str | None, raw: bool, settings: Settings) -> None:
    rows = []
    for each in read_index(settings).by_reason():
        newest = each.newest
        place = (
            (rfc3339(newest.at_ms), newest.topic, newest.partition, newest.offset, newest.field)
            if newest
            else ("",) * 5
        )
        if reason in (None, each.reason):
            rows.append(
                dict(zip(_LETTER_COLUMNS, (each.reason, each.waiting, each.again, each.gone, *place), strict=True))
            )
    write_table(dict.fromkeys(_LETTER_COLUMNS, "object"), rows, "csv", "dead-letters", raw)
    for row in rows:
        if row["reason"] in BY_REBUILD and row["waiting"]:
            say(f"callfloor replay: {row['reason']}: {ONLY_BY_REBUILD}")


def _progress_text(run: Replay) -> str:
    return f"{run.sent + run.same + run.gone} of {run.total} letters"


def _end_text(run: Replay) -> str:
    if run.total == 0 and not run.error:
        return "no letter waits"
    same = f", {run.same} like one that was sent" if run.same else ""
    gone = f", {run.gone} that Kafka no longer has" if run.gone else ""
    ended = f"{_progress_text(run)}: {run.sent} sent again{same}{gone}"
    if run.error:
        return f"{ended}; ended early ({run.error}): the rest still waits, begin again"
    return f"{ended}; what is refused again is a new letter"


COMMAND = Command(
    "replay",
    "send a file of events to Kafka",
    "Reads a file and sends what is in it to Kafka; makes the topic if there is none. A file whose first records are no events "
    "is refused and nothing of it is sent. A line that is no JSON object is refused with its number and the others go on; an "
    "object that cannot be counted becomes a dead letter. Waits first until the consumer has passed what lies in Kafka, and at "
    "the end until it has passed what was sent, as long as it moves on, and says what was counted. The exit code tells whether "
    "the file was sent to its end.",
    _options,
    _body,
)
