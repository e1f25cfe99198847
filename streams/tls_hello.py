"""Whether a port speaks TLS: the first words of a TLS client, answered or not."""

import socket
import ssl
from contextlib import suppress

_OF_TLS = (0x15, 0x16)
"""An alert and a handshake: by the first byte of a record TLS is known."""


def speaks_tls(host: str, port: int, wait_s: float = 2.0) -> bool:
    """Whether a ClientHello is answered with a record of TLS."""
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    hello.check_hostname, hello.verify_mode = False, ssl.CERT_NONE
    with suppress(ssl.SSLWantReadError):
        hello.wrap_bio(coming, going).do_handshake()
    try:
        with socket.create_connection((host, port), timeout=wait_s) as sock:
            sock.sendall(going.read())
            first = sock.recv(1)
    except OSError:
        return False
    return bool(first) and first[0] in _OF_TLS
