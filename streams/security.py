"""Secured connections: secrets, the files of TLS, whether a port speaks TLS, and whether a host is this machine."""

import ipaddress
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_TLS_RECORDS = (0x15, 0x16)
"""The first byte of a TLS record: an alert or a handshake."""


class BadSecret(ValueError):
    """A secret that cannot be read; the message names the file and never holds what is in it."""


class BadTls(ValueError):
    """A file that is no certificate or no key, or that cannot be read; the message names the setting and the file."""


@dataclass(frozen=True)
class Secret:
    """A password: ``file`` is read whenever it is needed, so that a new one is used without a restart; or ``value`` itself."""

    file: str = ""
    value: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.file or self.value)

    def read(self) -> str:
        """The secret, of a file the first line; "" where there is none. Raises BadSecret."""
        return self.read_lines()[0] if self.file else self.value

    def read_lines(self) -> list[str]:
        """The lines of the file, of which the first is not empty, or of the value. Raises BadSecret."""
        if not self.file:
            return self.value.splitlines()
        try:
            lines = Path(self.file).read_text("utf-8-sig").splitlines()
        except OSError as error:
            raise BadSecret(f"{self.file} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            raise BadSecret(f"{self.file} is no text: save it as UTF-8") from None
        if not lines or not lines[0]:
            raise BadSecret(f"{self.file} has no secret in its first line")
        return lines


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
        """The context of a connection: TLS 1.2 or newer, certificate and host name checked. Raises BadTls."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.ca:
            _require_readable("ca", self.ca)
            try:
                context.load_verify_locations(self.ca)
            except ssl.SSLError as error:
                raise BadTls(f"ca: {self.ca} holds no certificate in PEM form") from error
        else:
            context.load_default_certs()
        if self.cert:
            self._load_cert(context)
        return context

    def server_context(self) -> ssl.SSLContext:
        """The context of a server with this certificate: TLS 1.2 or newer. Raises BadTls."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._load_cert(context)
        return context

    def _load_cert(self, context: ssl.SSLContext) -> None:
        _require_readable("cert", self.cert)
        if self.key:
            _require_readable("key", self.key)
        try:
            # A password of "" where there is none: OpenSSL would ask for one at the terminal.
            context.load_cert_chain(self.cert, self.key or None, self.key_password.read())
        except BadSecret as error:
            raise BadTls(f"key-password-file: {error}") from error
        except ssl.SSLError as error:
            raise BadTls(self._complaint(error)) from error

    def _complaint(self, error: ssl.SSLError) -> str:
        key = self.key or self.cert
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"key: {key} does not belong to the certificate in {self.cert}"
        if not _holds_pem("CERTIFICATE", self.cert):
            return f"cert: {self.cert} holds no certificate in PEM form"
        if _holds_pem("PRIVATE KEY", key):
            return f"key: {key} cannot be opened: is the password in key-password-file right?"
        return f"key: {key} holds no private key in PEM form"


def speaks_tls(host: str, port: int, wait_s: float = 2.0) -> bool:
    """Whether a port answers a ClientHello with a TLS record."""
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(received, sent).do_handshake()
    try:
        with socket.create_connection((host, port), timeout=wait_s) as sock:
            sock.sendall(sent.read())
            first = sock.recv(1)
    except OSError:
        return False
    return bool(first) and first[0] in _TLS_RECORDS


def _require_readable(setting: str, path: str) -> None:
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise BadTls(f"{setting}: {path} cannot be read: {error.strerror}") from error


def _holds_pem(label: str, path: str) -> bool:
    lines = Path(path).read_bytes().splitlines()
    return any(line.startswith(b"-----BEGIN") and label.encode() in line for line in lines)


def is_this_machine(host: str) -> bool:
    """Whether a host (a name, or an address without brackets) is this machine and nothing that others can reach."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
