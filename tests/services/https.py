"""https with an authority of the tests: the certificate of a board, and a Chromium that trusts the authority by its own store.

With CALLFLOOR_HTTPS=1 every server that a test runs in its own process has such a certificate, and every client trusts it:
``make https`` runs all tests of the browser so.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp

import pytest

from dashboard.access.web_endpoint import WebEndpoint
from streams.security import TlsFiles
from tests.absence import absent
from tests.services.certificates import Authority

_SWITCH = "CALLFLOOR_HTTPS"


class TrustedHttps:
    """What lies in a folder: ``ca``, the authority as clients are given it; ``tls``, the files of a server of this machine."""

    def __init__(self, folder: Path) -> None:
        self.ca = folder / "Test-Authority.pem"
        self.tls = TlsFiles(cert=str(folder / "board.crt"), key=str(folder / "board.key"))
        self._home = folder / "home"

    @cached_property
    def browser_environment(self) -> Mapping[str, str]:
        """The environment of a Chromium whose user trusts the authority. The test is not run where ``certutil`` is missing."""
        certutil = shutil.which("certutil") or absent("no certutil (Debian: libnss3-tools)")
        store = self._home / ".pki" / "nssdb"
        if not store.exists():
            store.mkdir(parents=True)
            for words in (["-N", "--empty-password"], ["-A", "-n", "test", "-t", "C,,", "-i", str(self.ca)]):
                subprocess.run([certutil, "-d", f"sql:{store}", *words], check=True, capture_output=True)
        return {**os.environ, "HOME": str(self._home)}


def trusted_https(folder: Path, *names: str) -> TrustedHttps:
    """Makes the authority, and its certificate of a server of these names and of this machine."""
    Authority(folder).sign("board", ("127.0.0.1", "localhost", *names))
    return TrustedHttps(folder)


def https_of_run() -> TrustedHttps | None:
    """That of a run on https; None in every other run."""
    folder = os.environ.get(_SWITCH)
    return TrustedHttps(Path(folder)) if folder else None


def usual_endpoint() -> WebEndpoint:
    """The endpoint of a server of tests: for this machine alone, on https in a run on https."""
    https = https_of_run()
    return WebEndpoint("127.0.0.1:0", tls=https.tls if https else TlsFiles())


def pytest_configure(config: pytest.Config) -> None:
    """Makes what a run on https needs, before its workers start: they have it from the environment."""
    if os.environ.get(_SWITCH) == "1":
        folder = Path(mkdtemp(prefix="callfloor-https-"))
        config.add_cleanup(lambda: shutil.rmtree(folder))
        https = trusted_https(folder)
        os.environ |= {_SWITCH: str(folder), "SSL_CERT_FILE": str(https.ca)}
