"""Certificates for servers and clients of tests, made on the spot: an authority, and what it signs."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


class Signed(NamedTuple):
    """A certificate and its key as PEM files; ``both`` holds the two (PKCS 8, as Kafka reads it)."""

    cert: Path
    key: Path
    both: Path


class Authority:
    """An authority of its own. ``ca``: the PEM file that those who trust it are given."""

    def __init__(self, folder: Path, name: str = "Test Authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        may = x509.BasicConstraints(ca=True, path_length=None)
        self._cert = (
            self._build(self._name, self._key, _DAY).add_extension(may, critical=True).sign(self._key, hashes.SHA256())
        )
        self.ca = folder / f"{name.replace(' ', '-')}.pem"
        self.ca.write_bytes(_pem(self._cert))

    def sign(
        self,
        name: str,
        hosts: tuple[str, ...] = ("localhost",),
        *,
        lasts: timedelta = _DAY,
        password: str = "",
    ) -> Signed:
        """A certificate for a server of these hosts, or for the client ``name``. ``lasts`` below 0: it is over already."""
        key = ec.generate_private_key(ec.SECP256R1())
        hosts_of = x509.SubjectAlternativeName([_host(host) for host in hosts])
        builder = self._build(_name(name), key, lasts).add_extension(hosts_of, critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        cert = builder.add_extension(issuer, critical=False).sign(self._key, hashes.SHA256())
        lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
        found = Signed(*(self._folder / f"{name}.{end}" for end in ("crt", "key", "pem")))
        found.cert.write_bytes(_pem(cert))
        found.key.write_bytes(secret)
        found.both.write_bytes(secret + _pem(cert) + _pem(self._cert))
        return found

    def _build(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * _DAY)
            .not_valid_after(now + lasts)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(cert: x509.Certificate) -> bytes:
    return cert.public_bytes(serialization.Encoding.PEM)
