"""``callfloor consume``: counts the events of Kafka into Redis."""

import argparse
import socket

from dashboard.settings import Settings
from dashboard.wiring.commands import Command, above_zero, site_of, when_ready
from dashboard.wiring.connections import Connections
from dashboard.wiring.terminal import log_to_terminal, stop_on_signals
from streams.consume.consume import consume_both
from streams.consume.consumer import Rules


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until-end", action="store_true", help="stop at the end of the topic as it is now")
    parser.add_argument(
        "--instance", help="name of this process in the group, its own for each; default: the machine's"
    )
    parser.add_argument("--no-group", action="store_true", help="take all partitions; for the only consumer there is")
    parser.add_argument(
        "--batch", type=above_zero, default=20_000, help="most records counted in one go (default %(default)s)"
    )


def _body(args: argparse.Namespace, settings: Settings) -> int:
    stop = stop_on_signals()
    log_to_terminal()
    site, connections = site_of(settings), Connections(settings)
    consume_both(
        settings.kafka,
        settings.topic,
        settings.actions,
        when_ready(settings, stop, connections.redis),
        Rules(site.time, site.counting, site.retention),
        group=None if args.no_group else "callfloor",
        instance=args.instance or f"callfloor-{socket.gethostname()}",
        until_end=args.until_end,
        batch=args.batch,
        stop=stop,
    )
    return 0


COMMAND = Command(
    "consume",
    "count events from Kafka into Redis",
    "Reads events from Kafka and counts them into Redis, each exactly once, until it is told to stop. "
    "Start it several times, each with its own --instance, to share the partitions.",
    _options,
    _body,
)
