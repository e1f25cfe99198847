"""One topic within one web worker: the last frames as ready SSE bytes, and each viewer's place among them.

Every event names its topic, for a stream may carry several: ``id: <epoch>-<seq> <topic>``, or ``id: - <topic>`` where the
event is no frame.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from dashboard.board.topics import Stamp, stamp_of

RING = 64
MOST_BEHIND = 8


class Item(NamedTuple):
    """Bytes for every viewer; ``stamp`` None: a notice that is no frame."""

    stamp: Stamp | None
    chunk: bytes


def sse(topic: str, event: str, data: bytes, stamp: Stamp | None = None) -> bytes:
    """One server-sent event of a topic; neither ``topic`` nor ``data`` has line breaks."""
    name = "-" if stamp is None else f"{stamp.epoch}-{stamp.seq}"
    return f"id: {name} {topic}\nevent: {event}\ndata: ".encode() + data + b"\n\n"


def notice(topic: str, source: str) -> Item:
    """The notice that the numbers of a topic stand still, and by whose fault: ``redis`` or ``publisher``."""
    return Item(None, sse(topic, "outage", orjson.dumps({"source": source})))


def pulse(topic: str) -> Item:
    """The sign that the stream works though there is nothing new; a comment would not reach a page's script."""
    return Item(None, sse(topic, "pulse", b"{}"))


class Channel:
    """The items of a topic. ``head`` counts all that ever came; the ring keeps the newest."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.head = 0
        self.listeners: set[asyncio.Event] = set()
        """One of each stream that carries the topic; set at every item."""
        self.subscribed = asyncio.Event()
        self.heard_s: float | None = None
        self._ring: deque[Item] = deque(maxlen=RING)

    def put(self, item: Item) -> None:
        """Adds an item and wakes every viewer."""
        self._ring.append(item)
        self.head += 1
        for news in self.listeners:
            news.set()

    def put_frame(self, raw: bytes, now_s: float) -> None:
        """Adds a frame: made into an event once, for all viewers."""
        stamp = stamp_of(raw)
        self.heard_s = now_s
        self.put(Item(stamp, sse(self.topic, "frame", raw, stamp)))

    def after(self, place: int) -> list[Item]:
        """The items from a place on; of those that left the ring nothing is given."""
        count = min(self.head - place, len(self._ring))
        return [self._ring[at] for at in range(len(self._ring) - count, len(self._ring))]


@dataclass
class Viewer:
    """How far one stream is in one topic: ``at`` is the tick it has, None while it needs a snapshot."""

    channel: Channel
    place: int
    at: Stamp | None = None

    def is_behind(self) -> bool:
        """Whether only a snapshot brings it up to date."""
        return self.at is None or self.channel.head - self.place > MOST_BEHIND

    def restart(self, raw: bytes, place: int) -> bytes:
        """Takes a snapshot that was read when the channel stood at ``place``; gives its event."""
        self.at, self.place = stamp_of(raw), place
        return sse(self.channel.topic, "snapshot", raw, self.at)

    def advance(self) -> bytes:
        """What to send of the items that are new to it. A gap among the frames makes it need a snapshot."""
        items, self.place = self.channel.after(self.place), self.channel.head
        return b"".join([item.chunk for item in items if item.stamp is None or self._takes(item.stamp)])

    def _takes(self, stamp: Stamp) -> bool:
        if self.at is None or (stamp.epoch == self.at.epoch and stamp.seq <= self.at.seq):
            return False
        follows = stamp.epoch == self.at.epoch and stamp.seq == self.at.seq + 1
        self.at = stamp if follows else None
        return follows
