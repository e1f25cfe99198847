"""Opens clients of Redis: one server, a cluster, or a master behind Sentinels. An error says what is wrong."""

import socket
import ssl
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.connection import Connection, SSLConnection
from redis.retry import Retry
from redis.sentinel import Sentinel

from streams.security import BadSecret, speaks_tls
from streams.store.errors import ELSEWHERE, StoreAway, StoreUnusable, is_answered, passes, word_of
from streams.store.redis_endpoint import Redis, RedisEndpoint, endpoint_of

_SENTINELS: Any = Sentinel  # it has no types
_WAIT_S = 30
_CONNECT_S = 5
_FIRST_ANSWER_S = 3
"""A server without TLS may never answer a client with TLS: after this time the reason is looked for."""


class RedisRefuses(StoreUnusable):
    """Redis is there and these settings do not let the client in: TLS or none, its certificate, a file of ours."""


class EvictionPolicy(Exception):
    """This Redis may drop counters when memory is short."""


class RedisState(NamedTuple):
    """Bytes used and allowed, summed over the primaries of a cluster (``most`` 0: no limit of its own), and the policy.

    The policy is "" where Redis hides it.
    """

    used: int
    most: int
    policy: str


class _Movable:
    """A mix-in for connections of redis-py that reconnects when the server is no longer the primary.

    The address of a managed Redis leads to the new primary, while open connections stay with the old one.
    """

    def read_response(self: Any, *args: Any, **how: Any) -> Any:
        try:
            return super().read_response(*args, **how)  # type: ignore[misc]
        except redis.ResponseError as error:
            if word_of(error) in ELSEWHERE:
                self.mark_for_reconnect()
            raise


class _Plain(_Movable, Connection):
    pass


class _Secured(_Movable, SSLConnection):
    pass


_MOVABLE = {"redis": _Plain, "rediss": _Secured}
"""Scheme of a URL -> connection. Sentinels name the primary, and a socket of this machine leads nowhere else."""


def open_redis(server: Redis) -> Any:
    """A client for a Redis, a Redis Cluster or a master behind Sentinels. Answers are bytes.

    Raises RedisRefuses, redis.RedisError, and ValueError where the endpoint is no URL of Redis.
    """
    endpoint = endpoint_of(server)
    _try(endpoint)
    client = _client(endpoint, _WAIT_S)
    if not client.info("cluster").get("cluster_enabled"):
        return client
    client.close()
    asked = {"socket_timeout": _WAIT_S, "socket_connect_timeout": _CONNECT_S}
    try:
        return redis.RedisCluster.from_url(endpoint.plain_url, **asked, **endpoint.sign_in(), **endpoint.tls_files())
    except StoreAway as error:
        if (found := _certificate_error(error)) and "mismatch" in found.verify_message:
            raise RedisRefuses(
                f"the certificate of a node of the Redis Cluster at {endpoint} is refused: it was made for another name than "
                "the node announces; set cluster-announce-hostname of each node to the name in its certificate, and "
                f"cluster-preferred-endpoint-type to hostname ({found.verify_message})"
            ) from error
        raise


def refuse_eviction(client: Any) -> str | None:
    """Raises EvictionPolicy unless ``maxmemory-policy`` is ``noeviction``. -> a warning where Redis hides the policy."""
    try:
        policy = redis_state(client).policy
    except StoreAway as error:
        if passes(error):
            raise
        policy = ""
    if not policy:
        return (
            "Redis does not tell its maxmemory-policy: see that it is noeviction in its settings, since with another it drops "
            "counters when memory is short"
        )
    if policy != "noeviction":
        raise EvictionPolicy(
            f"Redis has maxmemory-policy {policy!r}: it would drop counters when memory is short. Set it "
            "to noeviction (redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf; a managed Redis has it among "
            "its parameters)."
        )
    return None


def redis_state(client: Any) -> RedisState:
    """Memory and policy of the Redis of a client, or of the primaries of its cluster. Raises what Redis raises."""
    nodes = {"target_nodes": redis.RedisCluster.PRIMARIES} if isinstance(client, redis.RedisCluster) else {}
    found = client.info("memory", **nodes)
    by_node = bool(nodes) and "used_memory" not in found  # redis-py gives the fields alone where there is one node
    infos = list(found.values()) if by_node else [found]
    policies = {str(info["maxmemory_policy"]) for info in infos if "maxmemory_policy" in info}
    used, most = (sum(int(info.get(name, 0)) for info in infos) for name in ("used_memory", "maxmemory"))
    return RedisState(used, most, ", ".join(sorted(policies)))


def _client(endpoint: RedisEndpoint, wait_s: float) -> Any:
    asked: dict[str, Any] = {"socket_timeout": wait_s, "socket_connect_timeout": _CONNECT_S}
    try:
        more = endpoint.tls_files()
        if not endpoint.by_sentinel:
            kind = _MOVABLE.get(urlsplit(endpoint.plain_url).scheme)
            more |= {"connection_class": kind} if kind else {}
            return redis.Redis.from_url(endpoint.plain_url, **asked, **endpoint.sign_in(), **more)
        secured = {"ssl": True, **more} if endpoint.uses_tls else {}
        # A Sentinel that is away is not asked again: there are others.
        short = {"socket_timeout": _FIRST_ANSWER_S, "socket_connect_timeout": _FIRST_ANSWER_S, "retry": _once()}
        sentinels = _SENTINELS(endpoint.sentinels, sentinel_kwargs={**short, **secured, **endpoint.sentinel_sign_in()})
        return sentinels.master_for(endpoint.master, db=endpoint.number, **asked, **secured, **endpoint.sign_in())
    except BadSecret as error:
        raise RedisRefuses(f"a secret for Redis: {error}") from error


def _once() -> Retry:
    return Retry(NoBackoff(), 0)


def _try(endpoint: RedisEndpoint) -> None:
    """Sends one PING. Raises RedisRefuses; other answers, and a slow or missing Redis, are left to the real client."""
    client = _client(endpoint, _FIRST_ANSWER_S)
    client.set_retry(_once())
    try:
        with closing(client):
            client.ping()
    except (*StoreAway, OSError) as error:
        if is_answered(error):
            return
        if found := _certificate_error(error):
            raise RedisRefuses(
                f"the certificate of Redis at {endpoint} is refused: {_distrust(endpoint, found)}"
            ) from error
        if words := _tls_words(endpoint, error):
            raise RedisRefuses(words) from error


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _distrust(endpoint: RedisEndpoint, error: ssl.SSLCertVerificationError) -> str:
    if "mismatch" in error.verify_message:
        advice = "it was made for another host name: put a name of the certificate in the setting redis"
    elif "expired" in error.verify_message:
        advice = "it has expired: Redis needs a new one"
    else:
        trusted = f"the certificates in {endpoint.tls.ca}" if endpoint.tls.ca else "the certificates of this machine"
        advice = f"it is signed by none of {trusted}: set redis-ca to the file with the certificate of its authority"
    return f"{advice} ({error.verify_message})"


def _tls_words(endpoint: RedisEndpoint, error: Exception) -> str | None:
    """The reason where one side speaks TLS and the other does not, or where Redis ends TLS."""
    for host, port in _addresses(endpoint):
        if endpoint.uses_tls and _answers_plainly(host, port):
            return f"Redis at {host}:{port} speaks no TLS: write redis:// in the setting redis, or name its TLS port"
        if not endpoint.uses_tls and speaks_tls(host, port):
            return f"Redis at {host}:{port} speaks TLS: write rediss:// in the setting redis"
        if endpoint.uses_tls and not isinstance(error, redis.TimeoutError) and speaks_tls(host, port):
            return (
                f"Redis at {endpoint} ended the TLS connection: does it want a certificate of the client (redis-cert, "
                f"redis-key), and is it of an authority that Redis trusts? ({error})"
            )
    return None


def _addresses(endpoint: RedisEndpoint) -> list[tuple[str, int]]:
    if endpoint.by_sentinel:
        return endpoint.sentinels
    parts = urlsplit(endpoint.plain_url)
    return [] if parts.scheme == "unix" else [(parts.hostname or "localhost", parts.port or 6379)]


def _answers_plainly(host: str, port: int) -> bool:
    """Whether PING without TLS gets an answer of Redis."""
    try:
        with socket.create_connection((host, port), timeout=2) as sock:
            sock.sendall(b"PING\r\n")
            return sock.recv(1) in (b"+", b"-")
    except OSError:
        return False
