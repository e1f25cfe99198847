"""The topics of one web worker: the last frames as ready SSE bytes, and the position of each stream among them.

Every event names its topic, for a stream may carry several: ``id: <epoch>-<seq> <topic>``, or ``id: - <topic>`` where the
event is no frame.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from dashboard.board.frame_types import Stamp
from dashboard.board.topics import stamp_of

RING = 64
MOST_BEHIND = 8


class TopicEvent(NamedTuple):
    """Bytes for every stream; ``stamp`` None: an event that is no frame."""

    stamp: Stamp | None
    chunk: bytes


def encode_event(topic: str, event: str, data: bytes, stamp: Stamp | None = None) -> bytes:
    """One server-sent event of a topic; neither ``topic`` nor ``data`` has line breaks."""
    name = "-" if stamp is None else f"{stamp.epoch}-{stamp.seq}"
    return f"id: {name} {topic}\nevent: {event}\ndata: ".encode() + data + b"\n\n"


def outage_event(topic: str, source: str) -> TopicEvent:
    """The numbers of a topic stand still, by the fault of ``redis`` or ``publisher``."""
    return TopicEvent(None, encode_event(topic, "outage", orjson.dumps({"source": source})))


def pulse_event(topic: str) -> TopicEvent:
    """The stream works though nothing is new; an SSE comment would not reach a page's script."""
    return TopicEvent(None, encode_event(topic, "pulse", b"{}"))


class Channel:
    """The events of a topic. ``head`` counts all that ever came; the ring keeps the newest."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.head = 0
        self.listeners: set[asyncio.Event] = set()
        """One of each stream that carries the topic; set at every event."""
        self.subscribed = asyncio.Event()
        self.heard_s: float | None = None
        self._ring: deque[TopicEvent] = deque(maxlen=RING)

    def add_event(self, event: TopicEvent) -> None:
        """Adds an event and wakes every stream."""
        self._ring.append(event)
        self.head += 1
        for news in self.listeners:
            news.set()

    def add_frame(self, raw: bytes, now_s: float) -> None:
        """Adds a frame, encoded once for all streams. Raises ValueError: it is no frame."""
        stamp = stamp_of(raw)
        if b"\n" in raw or b"\r" in raw:
            raise ValueError(f"a frame has no line breaks: {raw[:60]!r}")
        self.heard_s = now_s
        self.add_event(TopicEvent(stamp, encode_event(self.topic, "frame", raw, stamp)))

    def events_after(self, position: int) -> list[TopicEvent]:
        """The events from a position on, without those that left the ring."""
        count = min(self.head - position, len(self._ring))
        return [self._ring[at] for at in range(len(self._ring) - count, len(self._ring))]


@dataclass
class TopicCursor:
    """The position of one stream in one topic: ``at`` is the tick it has, None while it needs a snapshot."""

    channel: Channel
    position: int
    at: Stamp | None = None

    def is_behind(self) -> bool:
        """Whether only a snapshot brings it up to date."""
        return self.at is None or self.channel.head - self.position > MOST_BEHIND

    def restart(self, raw: bytes, position: int) -> bytes:
        """Takes a snapshot that was read when the channel's head was ``position`` -> its event."""
        self.at, self.position = stamp_of(raw), position
        return encode_event(self.channel.topic, "snapshot", raw, self.at)

    def advance(self) -> bytes:
        """Moves to the head -> the bytes of the events that are new. A gap among the frames makes a snapshot necessary."""
        events, self.position = self.channel.events_after(self.position), self.channel.head
        return b"".join([event.chunk for event in events if event.stamp is None or self._follows(event.stamp)])

    def _follows(self, stamp: Stamp) -> bool:
        if self.at is None or (stamp.epoch == self.at.epoch and stamp.seq <= self.at.seq):
            return False
        follows = stamp.epoch == self.at.epoch and stamp.seq == self.at.seq + 1
        self.at = stamp if follows else None
        return follows
