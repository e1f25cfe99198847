"""``callfloor serve``: the web server of the board."""

import argparse
from contextlib import closing

from dashboard.settings import Settings, drop_dash_variables
from dashboard.wiring.commands import Command
from dashboard.wiring.connections import Connections
from dashboard.wiring.network import refuse_open_board
from dashboard.wiring.serving import require_served, web_services
from dashboard.wiring.terminal import log_to_terminal, say


def _body(args: argparse.Namespace, settings: Settings) -> int:
    drop_dash_variables()
    from dashboard.web.serve import serve, server_of  # Dash takes a second to import

    log_to_terminal()
    refuse_open_board(settings)
    with closing(Connections(settings)) as connections:
        require_served(connections)
        with web_services(connections) as services:
            serve(server_of(*services, web=settings.web), settings.web, _say_address)
    return 0


def _say_address(address: str) -> None:
    say(f"the board is at {address}/wall/main; Ctrl-C ends it")


COMMAND = Command(
    "serve",
    "serve the board to browsers",
    "The web server: pages, snapshots and the live stream. It keeps nothing, so there may be several on ports of their "
    "own. On the network it starts only encrypted and with a sign-in: docs/operations.md.",
    lambda parser: None,
    _body,
)
