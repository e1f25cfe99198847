"""An address that leads to a server, and later to another: connections that are open stay where they are.

So the address of a managed Redis behaves in a failover: its name leads to the new primary, and who was connected still
talks to the old one.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Relay:
    """Listens on a port of its own and passes bytes on to ``target`` as it is when somebody connects."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                try:
                    there = socket.create_connection(self.target)
                except OSError:
                    here.close()
                    continue
                self._open += [here, there]
                for source, sink in ((here, there), (there, here)):
                    threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()

    def close(self) -> None:
        for each in (self._listening, *self._open):
            each.close()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def relayed(target: tuple[str, int]) -> Iterator[Relay]:
    """A relay as long as the block lasts."""
    relay = Relay(target)
    try:
        yield relay
    finally:
        relay.close()
