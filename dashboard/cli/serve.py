"""``callfloor serve``: the web server of the board."""

import argparse
from contextlib import closing

from dashboard.settings import SettingError, Settings, drop_dash_variables
from dashboard.wiring.commands import Command
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import require_served, web_services
from dashboard.wiring.terminal import log_to_terminal, say


def _body(args: argparse.Namespace, settings: Settings) -> int:
    drop_dash_variables()
    from dashboard.web.serve import ListenRefused, serve, server_of  # Dash takes a second to import

    log_to_terminal()
    with closing(Connections(settings)) as connections:
        require_served(connections)
        try:
            with web_services(connections) as services:
                serve(server_of(*services), settings.listen, _say_address)
        except ListenRefused as error:
            raise SettingError(str(error)) from error
    return 0


def _say_address(address: str) -> None:
    say(f"the board is at {address}/wall/main")
    say("there is no sign-in yet, so it listens on this machine only; Ctrl-C ends it")


COMMAND = Command(
    "serve",
    "serve the board to browsers",
    "The web server: pages, snapshots and the live stream. It keeps nothing, so there may be several on ports of their "
    "own. Until sign-in exists it listens on this machine only.",
    lambda parser: None,
    _body,
)
