"""``callfloor run``: the whole line on one machine."""

import argparse
from collections.abc import Mapping
from contextlib import closing

from dashboard.access.site_key import SiteKey
from dashboard.access.web_endpoint import WebEndpoint
from dashboard.processes.children import Child, Children
from dashboard.processes.guard import Guard
from dashboard.settings import Settings, child_environment
from dashboard.site.load import load_site
from dashboard.wiring.commands import Command, make_topic, when_ready
from dashboard.wiring.connections import Connections
from dashboard.wiring.network import refuse_open_board
from dashboard.wiring.publishing import messenger_of
from dashboard.wiring.terminal import say, stop_on_signals

ROLES = ("consume", "publish", "serve")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-group", action="store_true", help="one consumer takes all partitions, without a group")


def _body(args: argparse.Namespace, settings: Settings) -> int:
    stop = stop_on_signals()
    # A site file with errors ends here, once, and not in three children over and over.
    load_site(settings.site, settings.zone)
    refuse_open_board(settings)
    if settings.notify:
        messenger_of(settings)  # and so does a way outward that cannot be meant
    with closing(Connections(settings)) as connections:
        when_ready(settings, stop, lambda: _require_fit(connections))
        make_topic(connections)
    with Guard() as guard, Children(roles(settings.values, settings.key, no_group=args.no_group), guard, say).running():
        say(f"the board will be at {settings.web.url}/wall/main{only_here(settings.web)}; Ctrl-C ends all")
        stop.wait()
    return 0


def _require_fit(connections: Connections) -> None:
    if warning := connections.refuse_eviction():
        say(f"warning: {warning}")
    connections.refuse_schema()


def only_here(web: WebEndpoint) -> str:
    """What the message of the address says of a board that no other machine reaches."""
    return "" if web.is_open else ", on this machine only"


def roles(settings: Mapping[str, str], key: SiteKey, *, no_group: bool, demo: bool = False) -> list[Child]:
    """The three processes of the line, each with these settings. A ``serve`` that is started again has the same key."""
    extra = {"consume": ["--no-group"] if no_group else [], "serve": ["--demo"] if demo else []}
    own = {"serve": {"CALLFLOOR_KEY": key.secret.hex()} if key.is_passing else {}}
    return [
        Child(role, [role, *extra.get(role, [])], child_environment({**settings, **own.get(role, {})}))
        for role in ROLES
    ]


COMMAND = Command(
    "run",
    "run everything on this machine: consume, publish and serve",
    "Starts the three processes of the line (consume counts, publish makes what the screens show, serve is the web "
    "server), starts again what dies, and ends all of them on Ctrl-C. Makes the topic if there is none.",
    _options,
    _body,
)
