"""A probe of one broker before any client connects: does it answer as the endpoint says (TLS, sign-in)?

A client of Kafka sees a mismatch as a connection that ends silently, and retries until its timeout. The probe reports only
certain faults. In any other case, such as a slow broker, it returns and the client tries.
"""

import socket
import ssl
import struct
from contextlib import closing, suppress
from typing import NamedTuple

from kafka.net.sasl.abc import SaslMechanism

from streams.kafka_log.kafka_endpoint import KafkaEndpoint
from streams.security import BadTls, speaks_tls

_CONNECT_S = 3.0
_ANSWER_S = 2.0
_API_VERSIONS, _SASL_HANDSHAKE, _SASL_AUTHENTICATE = 18, 17, 36
_UNSUPPORTED_MECHANISM, _NO_SASL_HERE = 33, 34
_LONGEST_ANSWER = 1024 * 1024
_CA_UNKNOWN = (2, 18, 19, 20, 21)
_EXPIRED, _NOT_YET = 10, 9
_OTHER_HOST = (62, 64)
"""OpenSSL's verify codes."""


class Silent(OSError):
    """Nothing listens at the address."""


class Mismatch(Exception):
    """The broker answers, and not as the endpoint says; the message names the setting to change."""


class _Sasl(NamedTuple):
    """The answer to a handshake of SASL."""

    code: int
    mechanisms: tuple[str, ...]


def probe(endpoint: KafkaEndpoint, address: str, sign_in: SaslMechanism | None = None) -> None:
    """Raises Silent or Mismatch; returns where the address works or nothing is certain."""
    try:
        context = endpoint.tls.context() if endpoint.uses_tls else None
    except BadTls as error:
        raise Mismatch(f"kafka-{error}") from error
    with closing(_open(address)) as plain:
        if context is None:
            _converse(endpoint, address, plain, sign_in)
            return
        try:
            with context.wrap_socket(plain, server_hostname=_split(address)[0]) as sock:
                _converse(endpoint, address, sock, sign_in)
        except ssl.SSLCertVerificationError as error:
            raise Mismatch(_distrust(endpoint, address, error)) from error
        except TimeoutError:
            return
        except OSError as error:  # SSLError too
            raise Mismatch(_no_tls(endpoint, address, error)) from error


def _converse(endpoint: KafkaEndpoint, address: str, sock: socket.socket, sign_in: SaslMechanism | None) -> None:
    """Asks a question that every broker answers, then whether it wants a sign-in, then signs in."""
    try:
        versions = _ask(sock, _API_VERSIONS, 0, b"")
    except OSError as error:
        if endpoint.uses_tls and not isinstance(error, TimeoutError):
            raise
        versions = None
    if versions is None:
        if not endpoint.uses_tls and speaks_tls(*_split(address)):
            raise Mismatch(
                f"Kafka at {address} speaks TLS: set kafka-security to SSL, or to SASL_SSL if it wants a sign-in too"
            )
        return
    if _SASL_HANDSHAKE in _api_keys(versions):
        with suppress(OSError):
            _compare(endpoint, address, _sasl(sock, endpoint.mechanism))
            if sign_in:
                _sign_in(endpoint, address, sock, sign_in)


def _compare(endpoint: KafkaEndpoint, address: str, sasl: _Sasl | None) -> None:
    if sasl is None:
        return
    means = ", ".join(sasl.mechanisms) or "none"
    tls = "_SSL" if endpoint.uses_tls else "_PLAINTEXT"
    if endpoint.signs_in and sasl.code == _NO_SASL_HERE:
        plain = "SSL" if endpoint.uses_tls else "PLAINTEXT"
        raise Mismatch(f"Kafka at {address} takes no sign-in: set kafka-security to {plain}")
    if endpoint.signs_in and sasl.code == _UNSUPPORTED_MECHANISM:
        raise Mismatch(
            f"Kafka at {address} has no sign-in by {endpoint.mechanism}: set kafka-mechanism to one it has ({means})"
        )
    if not endpoint.signs_in and sasl.code in (0, _UNSUPPORTED_MECHANISM) and sasl.mechanisms:
        raise Mismatch(
            f"Kafka at {address} wants a sign-in: set kafka-security to SASL{tls}, kafka-mechanism to one it has ({means}), "
            "and who signs in"
        )


def _sign_in(endpoint: KafkaEndpoint, address: str, sock: socket.socket, sign_in: SaslMechanism) -> None:
    while not sign_in.is_done():
        sent = sign_in.auth_bytes()
        answer = _ask(sock, _SASL_AUTHENTICATE, 0, struct.pack(">i", len(sent)) + sent)
        if answer is None:
            return
        try:
            code, words, received = _authenticated(answer)
        except struct.error:
            return
        if code:
            raise Mismatch(sign_in_refused(endpoint, address, words))
        try:
            sign_in.receive(received)
        except (ValueError, LookupError) as error:
            words = f"its answer does not prove that it knows the password: {error}"
            raise Mismatch(sign_in_refused(endpoint, address, words)) from error


def sign_in_refused(endpoint: KafkaEndpoint, address: str, words: str) -> str:
    """A refused sign-in in words. ``words``: those of the broker."""
    if endpoint.tokens:
        advice = "does it trust the issuer of the token, and the audience that kafka-oauth-scope gives it?"
    else:
        advice = "is the password in kafka-password-file that of kafka-user, for this mechanism?"
    return f"Kafka at {address} refuses the sign-in of {endpoint.principal} by {endpoint.mechanism}: {advice} ({words})"


def _authenticated(answer: bytes) -> tuple[int, str, bytes]:
    """(error code, the broker's words, the bytes of the mechanism) of an answer to SaslAuthenticate, version 0."""
    code, length = struct.unpack_from(">hh", answer)
    at = 4 + max(0, length)
    (size,) = struct.unpack_from(">i", answer, at)
    return code, answer[4:at].decode("utf-8", "replace"), answer[at + 4 : at + 4 + size]


def _distrust(endpoint: KafkaEndpoint, address: str, error: ssl.SSLCertVerificationError) -> str:
    code, words = error.verify_code, error.verify_message
    if code in _CA_UNKNOWN:
        trusted = f"the certificates in {endpoint.tls.ca}" if endpoint.tls.ca else "the certificates of this machine"
        advice = f"it is signed by none of {trusted}: set kafka-ca to the file with the certificate of its authority"
    elif code in _OTHER_HOST:
        advice = "it was made for another host name: put a name of the certificate in the setting kafka"
    elif code == _EXPIRED:
        advice = "it has expired: the broker needs a new one"
    elif code == _NOT_YET:
        advice = "it is not valid yet: is the clock of this machine right?"
    else:
        advice = "it cannot be trusted"
    return f"the certificate of Kafka at {address} is refused, {advice} ({words})"


def _no_tls(endpoint: KafkaEndpoint, address: str, error: OSError) -> str:
    """A TLS connection that ended, in words: the port speaks no TLS, or there was an alert about our certificate."""
    with suppress(OSError), closing(_open(address)) as plain:
        if _ask(plain, _API_VERSIONS, 0, b"") is not None:
            sasl = _sasl(plain, endpoint.mechanism)
            signs_in = endpoint.signs_in if sasl is None else bool(sasl.mechanisms) and sasl.code != _NO_SASL_HERE
            security = "SASL_PLAINTEXT" if signs_in else "PLAINTEXT"
            return f"Kafka at {address} speaks no TLS: set kafka-security to {security}, or name its TLS port"
    reason = getattr(error, "reason", None) or error
    ended = f"Kafka at {address} ended the TLS connection ({reason})"
    if endpoint.tls.cert:
        cert = endpoint.tls.cert
        return f"{ended}: is the certificate in {cert} still valid, and of an authority that Kafka trusts (kafka-cert)?"
    return f"{ended}: does it want a certificate of the client (kafka-cert and kafka-key), and is this its TLS port?"


def _open(address: str) -> socket.socket:
    host, port = _split(address)
    try:
        sock = socket.create_connection((host, port), timeout=_CONNECT_S)
    except OSError as error:
        raise Silent(str(error)) from error
    sock.settimeout(_ANSWER_S)
    return sock


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.strip().rpartition(":")
    try:
        return host.strip("[]"), int(port)
    except ValueError as error:
        raise Silent(str(error)) from error


def _ask(sock: socket.socket, api: int, version: int, body: bytes) -> bytes | None:
    """The body of the answer; None where the connection ends or the bytes are no answer of Kafka. Raises OSError."""
    header = struct.pack(">hhih", api, version, 7, 9) + b"callfloor"
    sock.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
    size = _receive(sock, 4)
    if size is None or not 4 <= (length := struct.unpack(">i", size)[0]) <= _LONGEST_ANSWER:
        return None
    answer = _receive(sock, length)
    return answer[4:] if answer is not None and answer[:4] == struct.pack(">i", 7) else None


def _receive(sock: socket.socket, count: int) -> bytes | None:
    received = b""
    while len(received) < count:
        more = sock.recv(count - len(received))
        if not more:
            return None
        received += more
    return received


def _api_keys(answer: bytes) -> set[int]:
    """The kinds of request that the broker accepts, from its answer to ApiVersions, version 0."""
    try:
        code, count = struct.unpack_from(">hi", answer)
        return set() if code else {struct.unpack_from(">h", answer, 6 + 6 * n)[0] for n in range(count)}
    except struct.error:
        return set()


def _sasl(sock: socket.socket, mechanism: str) -> _Sasl | None:
    name = mechanism.encode()
    answer = _ask(sock, _SASL_HANDSHAKE, 1, struct.pack(">h", len(name)) + name)
    if answer is None:
        return None
    try:
        code, count = struct.unpack_from(">hi", answer)
        at, names = 6, []
        for _ in range(count):
            (length,) = struct.unpack_from(">h", answer, at)
            names.append(answer[at + 2 : at + 2 + length].decode("utf-8", "replace"))
            at += 2 + length
    except struct.error:
        return None
    return _Sasl(code, tuple(filter(None, names)))  # the demo's broker has one without a name, and wants no sign-in
