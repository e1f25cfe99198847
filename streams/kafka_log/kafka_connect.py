"""Connected clients of kafka-python, signed in; where that fails, an error that says which setting is wrong.

The brokers are probed first, because kafka-python reports a wrong setting as a timeout.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import (
    AuthorizationError,
    GroupAuthorizationFailedError,
    KafkaError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
)
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.sasl import get_sasl_mechanism
from kafka.net.sasl.oauth import AbstractTokenProvider
from kafka.net.selector import NetworkSelector

from streams.kafka_log.kafka_endpoint import Kafka, KafkaEndpoint, endpoint_of
from streams.kafka_log.kafka_probe import Mismatch, Silent, probe, sign_in_refused
from streams.kafka_log.oauth_tokens import NoToken, OAuthTokens
from streams.security import BadSecret

Client = TypeVar("Client")


class Unreachable(ConnectionError):
    """No broker of the list answered; the message says what to do."""


class KafkaRefuses(Unreachable):
    """Kafka answers and refuses the client; this lasts until a setting or a right is changed."""


def connect(make: Callable[..., Client], kafka: Kafka, **configs: Any) -> Client:
    """A kafka-python client of class `make`, connected to one broker of `kafka`.

    Raises Unreachable, at once where nothing listens, and KafkaRefuses. It leaves no thread and no socket behind: a client
    whose constructor fails does not close what it opened, and these are made again and again while Kafka is away.
    """
    endpoint = endpoint_of(kafka)
    settings = _settings(endpoint)
    _probe_all(endpoint, settings)
    opened: list[tuple[KafkaNetClient, NetworkSelector]] = []

    def net_client(**settings: Any) -> KafkaNetClient:
        net = NetworkSelector(**settings)
        opened.append((KafkaNetClient(net=net, manager=_Manager(endpoint, net, **settings)), net))
        return opened[-1][0]

    try:
        return make(bootstrap_servers=endpoint.servers.split(","), kafka_client=net_client, **settings, **configs)
    except KafkaError as error:
        for client, net in opened:
            net.stop()
            client.close()
        raise failure(endpoint, error) from error


def connect_consumer(kafka: Kafka, **configs: Any) -> KafkaConsumer:
    """A consumer that gives what is committed, stores no position, and never makes a topic. Raises as ``connect``."""
    return connect(
        KafkaConsumer,
        kafka,
        enable_auto_commit=False,
        auto_offset_reset="none",
        allow_auto_create_topics=False,
        isolation_level="read_committed",
        reconnect_backoff_max_ms=1_000,
        bootstrap_timeout_ms=10_000,
        **configs,
    )


def refusal_of(client: Any) -> Unreachable | None:
    """Why a broker refuses a client of ``connect`` that it accepted before; None while it accepts it, or is silent."""
    manager = _manager_of(client)
    return failure(manager.endpoint, manager.refusal) if manager.refusal else None


def _manager_of(client: Any) -> "_Manager":
    inner = client._sender if isinstance(client, KafkaProducer) else client  # noqa: SLF001
    manager: _Manager = inner._client._manager  # noqa: SLF001
    return manager


def failure(kafka: Kafka, error: Exception, operation: str = "", client: Any = None) -> Unreachable:
    """The error that a client raised, in words. ``operation``: the right that it needs, as ACLs name it ("Read").

    ``client``: the client of ``connect`` that raised it; then unreachable brokers that only Kafka's own list names are named.
    """
    endpoint = endpoint_of(kafka)
    if isinstance(error, SaslAuthenticationFailedError):
        return KafkaRefuses(sign_in_refused(endpoint, endpoint.servers, str(error)))
    if isinstance(error, AuthorizationError):
        name = type(error).__name__.removesuffix("Error")
        return no_right(endpoint, _right(error, operation), name)
    if client is not None and (elsewhere := _manager_of(client).elsewhere()):
        return Unreachable(
            f"Kafka at {endpoint} answers and names brokers that cannot be reached from here, {', '.join(elsewhere)}: are they "
            f"running, and do their advertised.listeners name an address that this machine can reach? ({error})"
        )
    return Unreachable(
        f"no answer from Kafka at {endpoint}: is it running, and is the setting `kafka` right? ({error})"
    )


def no_right(kafka: Kafka, right: str, reason: str = "ACL") -> KafkaRefuses:
    """The refusal for a missing right, such as "Read on topic 'x'"."""
    endpoint = endpoint_of(kafka)
    return KafkaRefuses(f"Kafka at {endpoint}: {endpoint.principal} has not the right {right} ({reason})")


def _right(error: AuthorizationError, operation: str) -> str:
    named = error.args[0] if error.args else ""
    what = ", ".join(repr(name) for name in sorted(named)) if isinstance(named, set | frozenset | list) else repr(named)
    if isinstance(error, TopicAuthorizationFailedError):
        return f"{operation or 'Read or Write'} on topic {what}"
    if isinstance(error, GroupAuthorizationFailedError):
        return f"Read on group {what}"
    return f"{operation or 'IdempotentWrite'} on the cluster"


def _probe_all(endpoint: KafkaEndpoint, settings: dict[str, Any]) -> None:
    """Raises Unreachable unless one address of the list may be used."""
    silent: list[Silent] = []
    refused: list[Mismatch] = []
    for address in endpoint.servers.split(","):
        try:
            sign_in = get_sasl_mechanism(endpoint.mechanism)(**settings) if endpoint.signs_in else None
            probe(endpoint, address.strip(), sign_in)
            return
        except Silent as error:
            silent.append(error)
        except Mismatch as error:
            refused.append(error)
    if refused:
        raise KafkaRefuses(str(refused[0])) from refused[0]
    raise failure(endpoint, silent[-1]) from silent[-1]


class _Manager(KafkaConnectionManager):  # type: ignore[misc]
    """Connections that are made with the secrets of the moment, and whose refusals are remembered."""

    def __init__(self, endpoint: KafkaEndpoint, net: NetworkSelector, **settings: Any) -> None:
        super().__init__(net, **settings)
        self.endpoint = endpoint
        self.refusal: Exception | None = None
        self._unreached: set[Any] = set()

    def elsewhere(self) -> list[str]:
        """Addresses that Kafka names, not the endpoint, and under which no broker was reached."""
        named = [f"{each.host}:{each.port}" for each in self.cluster.brokers() if each.node_id in self._unreached]
        given = {server.strip() for server in self.endpoint.servers.split(",")}
        return sorted(set(named) - given)

    def get_connection(self, node_id: Any, **how: Any) -> Any:
        if isinstance(self.refusal, SaslAuthenticationFailedError) and not self.bootstrapped:
            raise self.refusal  # kafka-python would retry until its timeout
        if node_id in self._conns:
            return super().get_connection(node_id, **how)
        with suppress(BadSecret):  # a file that is being written now: the previous secret may still do
            self.config |= _passwords(self.endpoint)
        connection = super().get_connection(node_id, **how)
        connection.init_future.add_both(partial(self._note, node_id))
        return connection

    def _note(self, node_id: Any, outcome: Any) -> None:
        if not isinstance(outcome, Exception):
            self.refusal = None
            self._unreached.discard(node_id)
            return
        self._unreached.add(node_id)
        if isinstance(outcome, SaslAuthenticationFailedError) or "Handshake failed" in str(outcome):
            self.refusal = outcome  # it stays when a later connection ends before its answer is read


class _Provider(AbstractTokenProvider):  # type: ignore[misc]
    """OAuthTokens with the interface of kafka-python."""

    def __init__(self, tokens: OAuthTokens) -> None:
        super().__init__()
        self._tokens = tokens

    def token(self) -> str:
        return self._tokens.token()

    def extensions(self) -> dict[str, str]:
        return self._tokens.extensions


def _settings(endpoint: KafkaEndpoint) -> dict[str, Any]:
    """The settings of kafka-python. Raises KafkaRefuses where a file cannot be read, Unreachable where no token can be had."""
    settings: dict[str, Any] = {"security_protocol": endpoint.security}
    try:
        settings |= _passwords(endpoint)
        if endpoint.uses_tls:
            # Files, not a context: kafka-python reads them for each connection, so a renewed certificate is used.
            tls = endpoint.tls
            settings |= {"ssl_cafile": tls.ca or None, "ssl_certfile": tls.cert or None, "ssl_keyfile": tls.key or None}
        if endpoint.signs_in:
            settings |= _sasl(endpoint)
    except BadSecret as error:
        raise KafkaRefuses(f"a secret for Kafka: {error}") from error
    except NoToken as error:
        kind = KafkaRefuses if error.refused else Unreachable
        raise kind(f"no sign-in to Kafka at {endpoint}: {error}") from error
    return settings


def _passwords(endpoint: KafkaEndpoint) -> dict[str, str]:
    """Raises BadSecret."""
    settings = {"ssl_password": endpoint.tls.key_password.read()} if endpoint.uses_tls else {}
    return settings | (
        {"sasl_plain_password": endpoint.password.read()} if endpoint.signs_in and not endpoint.tokens else {}
    )


def _sasl(endpoint: KafkaEndpoint) -> dict[str, Any]:
    settings: dict[str, Any] = {"sasl_mechanism": endpoint.mechanism}
    if endpoint.tokens:
        endpoint.tokens.token()  # fetched now, where the error can be named; the client finds it cached
        return settings | {"sasl_oauth_token_provider": _Provider(endpoint.tokens)}
    user = endpoint.user
    if endpoint.mechanism.startswith("SCRAM"):
        user = user.replace("=", "=3D").replace(",", "=2C")  # RFC 5802, 5.1; kafka-python does not escape it
    return settings | {"sasl_plain_username": user}
