"""Debian's nginx in front of a board, with the block of docs/operations.md on ports and files of the test."""

import os
import re
import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from streams.simulator.embedded import ServerProcess, started
from tests.absence import absent
from tests.golden import ROOT
from tests.services.certificates import Authority
from tests.services.guarded import guarded
from tests.waiting import PATIENCE_S

NAME = "board.example.com"
"""The host name in the block."""
_AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/errors.log warn;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    gzip on;
    {temporary}
    {block}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def block_of_docs() -> str:
    """The block of docs/operations.md as it stands there."""
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "docs" / "operations.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


class Nginx:
    """``port``: where it speaks TLS. ``trusting``: a context of TLS that trusts its certificate."""

    def __init__(self, port: int, authority: Authority) -> None:
        self.port = port
        self.url = f"https://127.0.0.1:{port}"
        self.trusting = ssl.create_default_context(cafile=str(authority.ca))

    def client(self, local_address: str = "127.0.0.1") -> httpx.Client:
        """A client that comes from an address of this machine and asks for the name of the board."""
        return httpx.Client(
            transport=httpx.HTTPTransport(verify=self.trusting, local_address=local_address),
            base_url=self.url,
            headers={"Host": NAME},
            timeout=PATIENCE_S,
        )

    def get(self, client: httpx.Client, path: str, **headers: str) -> httpx.Response:
        """Asks by the name that the certificate has."""
        return client.get(path, headers=headers, extensions={"sni_hostname": NAME})


@contextmanager
def proxying(folder: Path, upstream: str, block: str) -> Iterator[Nginx]:
    """nginx with a block whose upstream, ports and files are replaced, until the end of this block."""
    authority = Authority(folder)
    signed = authority.sign("board", (NAME,))
    own = block.replace("/etc/callfloor/board.crt", str(signed.cert)).replace(
        "/etc/callfloor/board.key", str(signed.key)
    )
    own = own.replace("http://127.0.0.1:8050", upstream)

    def start(port: int) -> ServerProcess:
        at_port = own.replace("listen 443 ", f"listen 127.0.0.1:{port} ").replace(
            "listen 80;", f"listen unix:{folder}/plain;"
        )
        temporary = "".join(f"{name}_temp_path {folder}/{name}; " for name in _TEMPORARY)
        (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, temporary=temporary, block=at_port))
        command = [_program(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors.log")]
        return guarded(str(port), command, folder)

    running = started(start, lambda one: _is_ours(folder, one), folder)
    try:
        yield Nginx(int(running.address), authority)
    finally:
        running.stop()


def _is_ours(folder: Path, running: ServerProcess) -> bool:
    """nginx writes its process number once it listens."""
    written = folder / "nginx.pid"
    return written.exists() and written.read_text().strip() == str(running.pid)


def _program() -> str:
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    return found or absent("no nginx (apt-get install nginx-light)")
