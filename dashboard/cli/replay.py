"""``callfloor replay``: a file into Kafka."""

import argparse
from pathlib import Path

from dashboard.cli.command import Command, Progress, say, stop_on_signals
from dashboard.cli.output import RAW
from dashboard.cli.replay_letters import replay_dead_letters
from dashboard.letters.desk import REASONS
from dashboard.settings import Settings
from streams.produce import Producer
from streams.replay import Count, read, send
from streams.topics import ensure_topic

WRONG_USAGE = 2
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
        help="events: one CloudEvent per line, with the partition and key of a log.csv beside it if there is one; "
        "anonymous_bank: a month of the Technion bank's call log",
    )
    order = "file: as it stands; time: by the time of each event (default %(default)s)"
    parser.add_argument("--order", choices=("file", "time"), default="file", help=order)
    speed = "max: as fast as it goes; N: N times as fast as it happened (default max)"
    parser.add_argument("--speed", type=_speed, default=None, metavar="max|N", help=speed)
    letters = parser.add_argument_group("dead letters", "records that could not be counted, once the cause is fixed")
    letters.add_argument("--dead-letters", action="store_true", help="send them again to where they came from")
    letters.add_argument("--reason", choices=REASONS, help="those of one reason; default: all")
    letters.add_argument("--dry-run", action="store_true", help="send nothing: print what waits, by reason, as CSV")
    letters.add_argument("--raw", action="store_true", help=RAW)


def _body(args: argparse.Namespace, settings: Settings) -> int:
    if args.dead_letters and args.file is None:
        return replay_dead_letters(args.reason, args.dry_run, args.raw, settings)
    if args.dead_letters or args.reason or args.dry_run or args.file is None or args.format is None:
        say("callfloor replay: give FILE and --format, or --dead-letters with --reason or --dry-run")
        return WRONG_USAGE
    return _replay_file(args, settings)


def _replay_file(args: argparse.Namespace, settings: Settings) -> int:
    stop, progress = stop_on_signals(), Progress()
    lines = read(args.file, args.format, args.order)
    if ensure_topic(settings.kafka, settings.topic):
        say(f"made topic {settings.topic}: 4 partitions, LogAppendTime, kept for 40 days")
    with Producer(settings.kafka, settings.topic) as producer:
        count = send(lines, producer, speed=args.speed, progress=lambda c: progress.show(f"{c.sent} sent"), stop=stop)
    progress.done(_summary(count))
    return STOPPED if count.left else 0


def _summary(count: Count) -> str:
    parts = [f"{count.sent} sent"]
    parts += [f"{n} skipped ({reason})" for reason, n in sorted(count.skipped.items())]
    parts += [f"{n} refused ({reason})" for reason, n in sorted(count.refused.items())]
    stopped = f"; stopped: {count.left} lines were to come and are not sent" if count.left else ""
    return f"{count.lines} lines: " + ", ".join(parts) + stopped


COMMAND = Command(
    "replay",
    "send a file of events to Kafka",
    "Reads a file and sends what is in it to Kafka; makes the topic if there is none. What cannot be counted is refused "
    "by name, and every line is in the summary.",
    _options,
    _body,
)
