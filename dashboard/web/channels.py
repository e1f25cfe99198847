"""One topic within one web worker: the last frames as ready SSE bytes, and each viewer's place among them."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.live.frames import Stamp, stamp_of

RING = 64
MOST_BEHIND = 8
KEEP_ALIVE = b": keep-alive\n\n"


class Item(NamedTuple):
    """Bytes for every viewer; ``stamp`` None: a notice that is no frame."""

    stamp: Stamp | None
    chunk: bytes


def sse(event: str, data: bytes, stamp: Stamp | None = None) -> bytes:
    """One server-sent event; ``data`` has no line breaks."""
    name = b"" if stamp is None else f"id: {stamp.epoch}-{stamp.seq}\n".encode()
    return name + b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"


class Channel:
    """The items of a topic. ``head`` counts all that ever came; the ring keeps the newest."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.head = 0
        self.viewers = 0
        self.subscribed = asyncio.Event()
        self.heard_s: float | None = None
        self._ring: deque[Item] = deque(maxlen=RING)
        self._news = asyncio.Event()

    def put(self, item: Item) -> None:
        """Adds an item and wakes every viewer."""
        self._ring.append(item)
        self.head += 1
        self._news.set()
        self._news = asyncio.Event()

    def put_frame(self, raw: bytes, now_s: float) -> None:
        """Adds a frame: made into an event once, for all viewers."""
        stamp = stamp_of(raw)
        self.heard_s = now_s
        self.put(Item(stamp, sse("frame", raw, stamp)))

    def after(self, place: int) -> list[Item]:
        """The items from a place on; of those that left the ring nothing is given."""
        count = min(self.head - place, len(self._ring))
        return [self._ring[at] for at in range(len(self._ring) - count, len(self._ring))]

    async def news(self, place: int) -> None:
        """Returns as soon as there is something after this place."""
        if self.head == place:
            await self._news.wait()


@dataclass
class Viewer:
    """How far one stream is: ``at`` is the tick it has, None while it needs a snapshot."""

    place: int
    at: Stamp | None = None

    def is_behind(self, channel: Channel) -> bool:
        """Whether only a snapshot brings it up to date."""
        return self.at is None or channel.head - self.place > MOST_BEHIND

    def restart(self, raw: bytes, place: int) -> bytes:
        """Takes a snapshot that was read when the channel stood at ``place``; gives its event."""
        self.at, self.place = stamp_of(raw), place
        return sse("snapshot", raw, self.at)

    def advance(self, channel: Channel) -> bytes:
        """What to send of the items that are new to it. A gap among the frames makes it need a snapshot."""
        items, self.place = channel.after(self.place), channel.head
        return b"".join([item.chunk for item in items if item.stamp is None or self._takes(item.stamp)])

    def _takes(self, stamp: Stamp) -> bool:
        if self.at is None or (stamp.epoch == self.at.epoch and stamp.seq <= self.at.seq):
            return False
        follows = stamp.epoch == self.at.epoch and stamp.seq == self.at.seq + 1
        self.at = stamp if follows else None
        return follows
