"""``callfloor serve``: the web server of the board."""

import argparse
import getpass
from contextlib import closing

from dashboard.access.sign_in import SignInService
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
    refuse_open_board(settings, args.demo)
    with closing(Connections(settings)) as connections:
        require_served(connections)
        with web_services(connections, args.demo) as (services, sign_in):
            server = server_of(services, sign_in, web=settings.web)
            serve(server, settings.web, lambda address: _say_address(address, sign_in, settings.web.is_open))
    return 0


def _say_address(address: str, sign_in: SignInService, is_open: bool) -> None:
    say(f"the board is at {address}/wall/main (Ctrl-C ends it)")
    if sign_in.is_demo:
        say(f"choose whose eyes to see with: {address}/sign-in")
    elif not is_open:
        link = f"{address}/sign-in/link?code={sign_in.make_link(getpass.getuser())}"
        say(f"sign in as supervisor and admin, once and within ten minutes: {link}")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="whoever opens the board chooses a role; this machine only")


COMMAND = Command(
    "serve",
    "serve the board to browsers",
    "The web server: pages, snapshots and the live stream. It keeps nothing, so there may be several on ports of their "
    "own. On the network it starts only encrypted and with a sign-in: docs/operations.md.",
    _options,
    _body,
)
