"""The files of a TLS client: whom it trusts, and its own certificate."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from streams.secret import BadSecret, Secret


class BadTls(ValueError):
    """A file that is no certificate or no key, or that cannot be read; the message names the part and the file."""


@dataclass(frozen=True)
class TlsFiles:
    """PEM files. Without ``ca`` the certificates of this machine are trusted; ``cert`` and ``key`` may be one file."""

    ca: str = ""
    cert: str = ""
    key: str = ""
    key_password: Secret = Secret()

    def __bool__(self) -> bool:
        return bool(self.ca or self.cert or self.key)

    def context(self) -> ssl.SSLContext:
        """What a connection is opened with: TLS 1.2 or newer, certificate and host name checked. Raises BadTls."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.ca:
            self._trust(made)
        else:
            made.load_default_certs()
        if self.cert:
            self._present(made)
        return made

    def _trust(self, made: ssl.SSLContext) -> None:
        _require_readable("ca", self.ca)
        try:
            made.load_verify_locations(self.ca)
        except ssl.SSLError as error:
            raise BadTls(f"ca: {self.ca} holds no certificate in PEM form") from error

    def _present(self, made: ssl.SSLContext) -> None:
        _require_readable("cert", self.cert)
        if self.key:
            _require_readable("key", self.key)
        try:
            # A password of "" where there is none: OpenSSL would ask for one at the terminal.
            made.load_cert_chain(self.cert, self.key or None, self.key_password.read())
        except BadSecret as error:
            raise BadTls(f"key-password-file: {error}") from error
        except ssl.SSLError as error:
            raise BadTls(self._complaint(error)) from error

    def _complaint(self, error: ssl.SSLError) -> str:
        key = self.key or self.cert
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"key: {key} does not belong to the certificate in {self.cert}"
        if not _has("CERTIFICATE", self.cert):
            return f"cert: {self.cert} holds no certificate in PEM form"
        if _has("PRIVATE KEY", key):
            return f"key: {key} cannot be opened: is the password in key-password-file right?"
        return f"key: {key} holds no private key in PEM form"


def _require_readable(part: str, path: str) -> None:
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise BadTls(f"{part}: {path} cannot be read: {error.strerror}") from error


def _has(what: str, path: str) -> bool:
    text = Path(path).read_bytes()
    return any(line.startswith(b"-----BEGIN") and what.encode() in line for line in text.splitlines())
