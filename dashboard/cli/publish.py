"""``callfloor publish``: what the screens show, four times a second."""

import argparse
import threading
from typing import Any

from dashboard.board.bus import FrameWriter, Lease
from dashboard.board.publish import Publisher
from dashboard.board.read_model import ReadModel
from dashboard.cli.command import Command, log_to_terminal, refuse_schema, stop_on_signals, when_ready
from dashboard.settings import Settings
from dashboard.site.watch import SiteWatch
from dashboard.web.build_id import build_id
from dashboard.wiring.board_parts import BoardParts
from dashboard.wiring.flags import notifying
from streams.kafka_log.topics import describe
from streams.store.client import open_redis
from streams.store.identity import Identity, stored_identity
from streams.store.reader import CountedClock, Reader


def _options(parser: argparse.ArgumentParser) -> None:
    """None beyond the settings."""


def _body(args: argparse.Namespace, settings: Settings) -> int:
    stop = stop_on_signals()
    log_to_terminal()
    client = when_ready(settings, stop, lambda: open_redis(settings.redis))
    partitions = _partitions(client, settings, stop)
    reader = Reader(client, settings.topic, partitions)
    watch = SiteWatch.read(settings.site, settings.zone, CountedClock(lambda: reader))
    with watch.looking() as sites, BoardParts(settings, partitions) as parts, notifying(settings, lambda: watch.site):
        site = sites.site
        model = ReadModel(reader, site, when_ready(settings, stop, lambda: parts(site)))
        Publisher(model, FrameWriter(client), Lease(client), sites=sites, side_jobs=parts, build=build_id()).run(stop)
    return 0


def _partitions(client: Any, settings: Settings, stop: threading.Event) -> int:
    """How many partitions to follow: as counted, so that Kafka may be away; before anything is, as Kafka says."""

    def ask() -> Identity | None:
        refuse_schema(client, settings)
        return stored_identity(client, settings.topic)

    counted = when_ready(settings, stop, ask)
    return counted.partitions if counted else describe(settings.kafka, settings.topic).partitions


COMMAND = Command(
    "publish",
    "make what the screens show from the counters",
    "Follows the counters in Redis and publishes what changed four times a second, for all web servers. One is enough: a "
    "second one is refused while the first is at work.",
    _options,
    _body,
)
