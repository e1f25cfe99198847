"""HTTP by hand, as no client of a library sends it: bytes on a connection, and what comes back."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.waiting import PATIENCE_S


class RawAnswer(NamedTuple):
    """``status`` 0: the connection was closed without an answer. ``headers`` have names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@contextmanager
def connecting(address: str, source: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A connection to a server; ``source``: from which address of this machine."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), PATIENCE_S, (source, 0)) as line:
        yield line


def request_bytes(method: str, path: str, *headers: str, host: str = "127.0.0.1") -> bytes:
    """The first line and the headers; ``host`` "": none is named."""
    named = [f"Host: {host}"] if host else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", *named, *headers, "", ""]).encode()


def exchange(address: str, sent: bytes) -> RawAnswer:
    """Sends bytes and reads the answer."""
    with connecting(address) as line:
        line.sendall(sent)
        return read_answer(line)


def read_answer(line: socket.socket) -> RawAnswer:
    """One answer; its body as far as Content-Length says, or, chunked, nothing of it."""
    received = b""
    while b"\r\n\r\n" not in received:
        if not (more := _receive(line)):
            return RawAnswer(0, {}, received)
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
    while len(body) < int(headers.get("content-length", "0")) and (more := _receive(line)):
        body += more
    return RawAnswer(int(first.split()[1]), headers, body)


def is_closed(line: socket.socket) -> bool:
    """Reads until the other end closes the connection."""
    while _receive(line):
        pass
    return True


def _receive(line: socket.socket) -> bytes:
    try:
        return line.recv(65_536)
    except ConnectionResetError:
        return b""
