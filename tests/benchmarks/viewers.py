"""Viewers that only read and throw away, as many as wanted, in a process of their own.

``python -m tests.benchmarks.viewers host port "topic cookie"...`` opens one stream per argument; for every line on its
standard input it says what has come so far, as JSON; it ends with its input.
"""

import json
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

_FRAME, _SNAPSHOT = b"event: frame\n", b"event: snapshot\n"
_KEPT = len(_SNAPSHOT) - 1
_READ = 1 << 18


class Read(NamedTuple):
    """What came to all of them."""

    bytes: int
    frames: int
    snapshots: int
    alive: int


@dataclass
class Viewer:
    """One stream; the end of what was read last is kept, for a word may be cut in two."""

    line: socket.socket
    bytes: int = 0
    frames: int = 0
    snapshots: int = 0
    tail: bytes = b""

    def read(self) -> bool:
        """Takes what is there; whether there is more to come."""
        found = self.line.recv(_READ)
        self.bytes += len(found)
        self.frames += _new(self.tail, found, _FRAME)
        self.snapshots += _new(self.tail, found, _SNAPSHOT)
        self.tail = (self.tail + found)[-_KEPT:]
        return bool(found)


def _new(tail: bytes, found: bytes, word: bytes) -> int:
    """How often a word ends in what was found."""
    return (tail[len(tail) - len(word) + 1 :] + found).count(word)


class Reading:
    """The parent's side: the process, and what it says."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid = process.pid

    def told(self) -> Read:
        """What has come until now."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Read(*json.loads(self._process.stdout.readline()))


@contextmanager
def viewing(address: str, topics: Sequence[str], cookies: Sequence[str] = ()) -> Iterator[Reading]:
    """A viewer of each topic until the block ends; ``address``: http://host:port; ``cookies``: of each viewer, or none."""
    host, port = address.removeprefix("http://").split(":")
    streams = [f"{topic} {cookie}" for topic, cookie in zip(topics, cookies or [""] * len(topics), strict=True)]
    command = [sys.executable, "-m", "tests.benchmarks.viewers", host, port, *streams]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Reading(process)
        assert process.stdin
        process.stdin.close()
        process.wait(30)


def main(host: str, port: int, streams: Sequence[str]) -> None:
    """Reads until its input ends."""
    waiting, viewers = selectors.DefaultSelector(), [_open(host, port, *stream.split(" ", 1)) for stream in streams]
    for viewer in viewers:
        waiting.register(viewer.line, selectors.EVENT_READ, viewer)
    waiting.register(sys.stdin, selectors.EVENT_READ)
    ended = 0
    while True:
        for key, _ in waiting.select():
            if key.data is None:
                if not sys.stdin.readline():
                    return
                sums = [sum(getattr(each, name) for each in viewers) for name in ("bytes", "frames", "snapshots")]
                print(json.dumps([*sums, len(viewers) - ended]), flush=True)
            elif not key.data.read():
                waiting.unregister(key.fileobj)
                ended += 1


def _open(host: str, port: int, topic: str, cookie: str) -> Viewer:
    line = socket.create_connection((host, port))
    line.sendall(f"GET /stream?topic={topic} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
    return Viewer(line)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
