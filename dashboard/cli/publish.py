"""``callfloor publish``: what the screens show, four times a second."""

import argparse
from typing import Any

from dashboard.build_id import build_id
from dashboard.cli.board_parts import BoardParts
from dashboard.cli.command import Command, away, log_to_terminal, redis_of, refuse_schema, stop_on_signals
from dashboard.cli.flags import telling
from dashboard.live.bus import FrameWriter, Lease
from dashboard.live.parts import Parts
from dashboard.live.publish import Publisher
from dashboard.live.read_model import ReadModel
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from streams.store import StoreAway
from streams.store_identity import stored_identity
from streams.store_reader import Reader
from streams.topics import describe


def _options(parser: argparse.ArgumentParser) -> None:
    """None beyond the settings."""


def _body(args: argparse.Namespace, settings: Settings) -> int:
    stop = stop_on_signals()
    log_to_terminal()
    client = redis_of(settings)
    partitions = _partitions(client, settings)
    reader = Reader(client, settings.topic, partitions)
    watch = SiteWatch.of(settings.site, settings.zone)
    with watch.looking() as sites, BoardParts(settings, partitions) as parts, telling(settings, lambda: watch.site):
        site = sites.site
        model = ReadModel(reader, site, _started(parts, site, settings))
        Publisher(model, FrameWriter(client), Lease(client), sites=sites, parts=parts, build=build_id()).run(stop)
    return 0


def _started(parts: BoardParts, site: Site, settings: Settings) -> Parts:
    try:
        return parts(site)
    except StoreAway as error:
        raise away(settings, error) from error


def _partitions(client: Any, settings: Settings) -> int:
    """How many partitions to follow: as counted, so that Kafka may be away; before anything is, as Kafka says."""
    try:
        refuse_schema(client, settings)
        counted = stored_identity(client, settings.topic)
    except StoreAway as error:
        raise away(settings, error) from error
    return counted.partitions if counted else describe(settings.kafka, settings.topic).partitions


COMMAND = Command(
    "publish",
    "make what the screens show from the counters",
    "Follows the counters in Redis and publishes what changed four times a second, for all web servers. One is enough: a "
    "second one is refused while the first is at work.",
    _options,
    _body,
)
