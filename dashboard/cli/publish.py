"""``callfloor publish``: what the screens show, four times a second."""

import argparse
from contextlib import closing

from dashboard.settings import Settings
from dashboard.web.build_id import build_id
from dashboard.wiring.commands import Command
from dashboard.wiring.connections import Connections
from dashboard.wiring.publishing import publish_board
from dashboard.wiring.terminal import log_to_terminal, stop_on_signals


def _body(args: argparse.Namespace, settings: Settings) -> int:
    stop = stop_on_signals()
    log_to_terminal()
    with closing(Connections(settings)) as connections:
        publish_board(connections, build_id(), stop)
    return 0


COMMAND = Command(
    "publish",
    "make what the screens show from the counters",
    "Follows the counters in Redis and publishes what changed four times a second, for all web servers. One is enough: a "
    "second one is refused while the first is at work.",
    lambda parser: None,
    _body,
)
