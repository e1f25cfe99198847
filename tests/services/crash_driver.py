"""A consumer in a process of its own that dies where it is told to, and a broken one to show that dying is noticed.

``python -m tests.services.crash_driver KAFKA REDIS TOPIC ZONE [--arm sound|apart] [--die-at POINT --after N]``

Points: ``polled`` (records in memory), ``folded`` (the batch is made), ``queued`` (all commands sent in MULTI, no EXEC),
``executed`` (EXEC done, not noted), and for the broken arm ``apart`` (position written, counters not yet).
"""

import argparse
import os
import signal
import threading
from functools import partial
from typing import Any

from streams.consume.consume import consume
from streams.consume.consumer import Consumer, PartitionLoader, Rules
from streams.counting_policy import Counting, Retention
from streams.dead_letters.letters import TOPIC as LETTERS
from streams.dead_letters.letters import DeadLetterWriter
from streams.decode import Record
from streams.kafka_log import topics
from streams.kafka_log.fetch import Fetcher
from streams.kafka_log.produce import Producer
from streams.ledger.partition_state import Changes, PartitionState
from streams.site_time import DAY_MS, SiteTime
from streams.store.client import open_redis
from streams.store.identity import LogIdentity
from streams.store.loader import load
from streams.store.store import Store

BATCH = 200
POINTS = ("polled", "folded", "queued", "executed")


class Fuse:
    """Kills this process with SIGKILL when one point has been passed so often."""

    def __init__(self, point: str | None, after: int) -> None:
        self._point = point
        self._left = after

    def pass_by(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalFetcher(Fetcher):
    fuse: Fuse

    def poll(self, timeout_s: float) -> dict[int, list[Record]]:
        found = super().poll(timeout_s)
        if found:
            self.fuse.pass_by("polled")
        return found


class MortalLetters(DeadLetterWriter):
    fuse: Fuse

    def send_letters(self, partition: int, letters: Any) -> None:
        self.fuse.pass_by("folded")
        super().send_letters(partition, letters)


class MortalStore(Store):
    fuse: Fuse

    def _write(self, pipe: Any, changes: Changes, cells: Any) -> Any:
        dropped = super()._write(pipe, changes, cells)
        self.fuse.pass_by("queued")
        return dropped

    def _note(self, changes: Changes, cells: Any, dropped: Any) -> None:
        self.fuse.pass_by("executed")
        super()._note(changes, cells, dropped)


class StoreApart(MortalStore):
    """The control arm: the position is written by itself, before the counters, as many a consumer does."""

    def commit(self, changes: Changes) -> None:
        self._client.hset(self.keys.meta, mapping=self._identity._asdict() | {"position": changes.position})
        self.fuse.pass_by("apart")
        super().commit(changes)

    def _require_position(self, meta: dict[bytes, bytes], changes: Changes) -> None:
        """It guards nothing."""


def open_mortal(
    kind: type[MortalStore], fuse: Fuse, client: Any, topic: str, identity: LogIdentity, partition: int
) -> tuple[Store, PartitionState]:
    """The product's loader, its store in the hands of a mortal one."""
    found, known = load(client, topic, partition, identity)
    store = kind(client, topic, partition, identity)
    store.fuse = fuse
    store.remember(found.names, found._exist)  # noqa: SLF001
    return store, known


def consume_mortal(bootstrap: str, topic: str, client: Any, rules: Rules, fuse: Fuse, kind: type[MortalStore]) -> None:
    """The same parts as ``streams.consume.consume``, each able to die."""
    info = topics.describe(bootstrap, topic)
    identity = LogIdentity(info.cluster_id, info.topic_id, info.partitions)
    fetcher = MortalFetcher(bootstrap, topic, info.partitions, group="callfloor", instance="crash", batch=BATCH)
    fetcher.fuse = fuse
    topics.ensure_topic(bootstrap, LETTERS, 1)
    letters = MortalLetters(lambda: Producer(bootstrap, topic), topic)
    letters.fuse = fuse
    loader = PartitionLoader(lambda: None, partial(open_mortal, kind, fuse, client, topic, identity))
    Consumer(fetcher, loader, letters, rules).run(threading.Event())


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("kafka", "redis", "topic", "zone"):
        parser.add_argument(name)
    parser.add_argument("--arm", choices=("sound", "apart"), default="sound")
    parser.add_argument("--die-at", default=None)
    parser.add_argument("--after", type=int, default=0)
    args = parser.parse_args()
    rules = Rules(SiteTime(args.zone), Counting(lateness_ms=40 * DAY_MS), Retention(minutes_ms=40 * DAY_MS))
    client = open_redis(args.redis)
    if args.arm == "sound" and args.die_at is None:
        consume(args.kafka, args.topic, client, rules, instance="crash", batch=BATCH, stop=threading.Event())
    kind = MortalStore if args.arm == "sound" else StoreApart
    consume_mortal(args.kafka, args.topic, client, rules, Fuse(args.die_at, args.after), kind)


if __name__ == "__main__":
    main()
