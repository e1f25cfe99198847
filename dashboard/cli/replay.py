"""``callfloor replay``: a file into Kafka."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

from dashboard.cli.command import Command, Progress, say, stop_on_signals
from dashboard.cli.output import RAW
from dashboard.cli.replay_letters import replay_dead_letters
from dashboard.cli.replay_outcome import ReplayOutcome, Totals, waiting
from dashboard.health.letter_replay import REASONS
from dashboard.settings import Settings
from streams.kafka_log import topics
from streams.kafka_log.produce import Producer
from streams.kafka_log.topics import ensure_topic
from streams.sources.event_file import NOT_UTF8
from streams.sources.replay import Count, format_of, read_lines, send_lines
from streams.store.record_routes import RecordRoutes
from streams.text_file import AS_TEXT

COULD_NOT, WRONG_USAGE = 1, 2
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
        choices=("events", "anonymous_bank"),
        help="events: CloudEvents, one JSON object per line or one JSON array, packed with gzip or not; with a log.csv beside "
        "it, the partition and key of each line; anonymous_bank: a month of the Technion bank's call log (default: by the first "
        "line)",
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
        return replay_dead_letters(args.reason, args.dry_run, args.raw, settings)
    if args.dead_letters or args.reason or args.dry_run or args.raw or args.file is None:
        say("callfloor replay: give FILE, or --dead-letters with --reason or --dry-run")
        return WRONG_USAGE
    return _replay_file(args, settings)


def _replay_file(args: argparse.Namespace, settings: Settings) -> int:
    stop, progress = stop_on_signals(), Progress()
    lines = read_lines(args.file, args.format or format_of(args.file), args.order)
    is_new = ensure_topic(settings.kafka, settings.topic)
    if is_new:
        say(f"made topic {settings.topic}: 4 partitions, LogAppendTime, kept for 40 days")
    with closing(ReplayOutcome(settings)) as outcome:
        before = None if args.no_wait else outcome.now()
        if before is not None:
            before = _wait_for_the_rest(before, outcome, settings, progress, stop)
        routes = outcome.routes(topics.describe(settings.kafka, settings.topic))
        if routes is None and not is_new:
            say(f"{_NOT_SEEN} ({outcome.trouble})")
        partition_of = (routes or RecordRoutes()).partition_of
        with Producer(settings.kafka, settings.topic) as producer:
            count = send_lines(
                lines,
                producer,
                partition_of=partition_of,
                speed=args.speed,
                progress=lambda c: progress.show(f"{c.sent} sent"),
                stop=stop,
            )
        for text in _refused_lines(count):
            progress.done(text)
        progress.done(_summary(count))
        if count.sent and not args.no_wait and not stop.is_set():
            progress.done(outcome.wait(before, count.sent, _ends(settings), progress.show, stop))
    if count.fault:
        say(f"callfloor replay: {count.fault}; what stands before is sent, what comes after is not")
    return STOPPED if count.left else COULD_NOT if count.fault else 0


def _wait_for_the_rest(
    before: Totals, outcome: ReplayOutcome, settings: Settings, progress: Progress, stop: Event
) -> Totals:
    """What lies in Kafka is counted first: only so it shows where the lines lie. -> what is counted then."""
    ends = _ends(settings)
    now = outcome.wait_until_counted(before, ends, lambda left: progress.show(f"{left} wait to be counted first"), stop)
    if (left := waiting(now, ends)) and not stop.is_set():
        say(f"{_NOT_SEEN} ({left} records in Kafka are not counted yet)")
    return now


def _ends(settings: Settings) -> dict[int, int]:
    return {number: end for number, (_, end) in topics.ends(settings.kafka, settings.topic).items()}


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
