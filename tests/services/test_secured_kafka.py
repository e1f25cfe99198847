"""Every way into a real secured Kafka: let in, or told within seconds which setting or right is wrong."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import pytest
from kafka.admin import ACLOperation, ResourceType

from streams.actions import ProduceFailed
from streams.decode import encode
from streams.kafka_log import topics
from streams.kafka_log.fetch import Fetcher
from streams.kafka_log.kafka_connect import KafkaRefuses
from streams.kafka_log.kafka_endpoint import KafkaEndpoint
from streams.kafka_log.oauth_tokens import OAuthTokens
from streams.kafka_log.produce import Producer
from streams.kafka_log.topics import Unreachable
from streams.security import Secret, TlsFiles
from streams.simulator.embedded import free_port
from tests.dashboard.cli.program import call
from tests.services.certificates import Authority, Signed
from tests.services.secured_kafka import PASSWORD, SecuredKafka
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
PROMISED_S = 5.0
TOPIC = ResourceType.TOPIC
DESCRIBE, READ, WRITE = ACLOperation.DESCRIBE, ACLOperation.READ, ACLOperation.WRITE
CONFIGS = ACLOperation.DESCRIBE_CONFIGS


class Ways(NamedTuple):
    """The broker, a topic that its users may describe, and certificates of clients."""

    kafka: SecuredKafka
    topic: str
    folder: Path
    clients: dict[str, Signed]
    other: Authority

    def tls(self, client: str = "", ca: str = "", **more: Any) -> TlsFiles:
        signed = self.clients.get(client)
        own = {"cert": str(signed.cert), "key": str(signed.key)} if signed else {}
        return TlsFiles(ca=ca or str(self.kafka.authority.ca), **own, **more)

    def at(self, listener: str, security: str, **more: Any) -> KafkaEndpoint:
        address = self.kafka.address(listener) if listener else self.kafka.bootstrap
        signs_in = {"mechanism": "SCRAM-SHA-512", "user": "kim", "password": Secret(value=PASSWORD)}
        found = signs_in if security.startswith("SASL") else {}
        found = found | ({"tls": self.tls()} if security.endswith("SSL") else {}) | more
        return KafkaEndpoint(address, security, **found)


@pytest.fixture(scope="module")
def ways(secured_kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory) -> Ways:
    folder, sign = tmp_path_factory.mktemp("clients"), secured_kafka.authority.sign
    topic, other = secured_kafka.fresh_topic(), Authority(folder, "Other Authority")
    clients = {
        "client": sign("client"),
        "locked": sign("locked", password="pw"),
        "old": sign("old", lasts=-timedelta(hours=1)),
        "alien": other.sign("alien"),
    }
    secured_kafka.add_user("a,b=c")
    secured_kafka.add_user("eve")
    for user in ("kim", "a,b=c", "CN=client", "CN=locked", "robot"):
        secured_kafka.allow(user, (DESCRIBE, TOPIC, topic), (CONFIGS, TOPIC, topic))
    return Ways(secured_kafka, topic, folder, clients, other)


LET_IN: dict[str, Callable[[Ways], KafkaEndpoint]] = {
    "plain": lambda w: w.at("", "PLAINTEXT"),
    "TLS": lambda w: w.at("TLS", "SSL"),
    "client certificate": lambda w: w.at("MUTUAL", "SSL", tls=w.tls("client")),
    "certificate and key in one file": lambda w: w.at(
        "MUTUAL", "SSL", tls=TlsFiles(w.tls().ca, str(w.clients["client"].both))
    ),
    "key with a password": lambda w: w.at("MUTUAL", "SSL", tls=w.tls("locked", key_password=Secret(value="pw"))),
    "SCRAM-SHA-512": lambda w: w.at("SIGNED", "SASL_SSL"),
    "SCRAM-SHA-256": lambda w: w.at("SIGNED", "SASL_SSL", mechanism="SCRAM-SHA-256"),
    "PLAIN": lambda w: w.at("SIGNED", "SASL_SSL", mechanism="PLAIN"),
    "a user with a comma and a sign": lambda w: w.at("SIGNED", "SASL_SSL", user="a,b=c"),
    "SASL without TLS": lambda w: w.at("CLEAR", "SASL_PLAINTEXT"),
}


@pytest.mark.parametrize("way", LET_IN)
def test_a_client_is_let_in(way: str, ways: Ways) -> None:
    info = topics.describe(LET_IN[way](ways), ways.topic)
    assert (info.partitions, info.log_append_time) == (4, True)


NOT_LET_IN: dict[str, tuple[Callable[[Ways], KafkaEndpoint], str]] = {
    "plain to TLS": (lambda w: w.at("TLS", "PLAINTEXT"), "speaks TLS: set kafka-security to SSL"),
    "plain to TLS with sign-in": (lambda w: w.at("SIGNED", "PLAINTEXT"), "speaks TLS: set kafka-security to SSL"),
    "plain to sign-in": (
        lambda w: w.at("CLEAR", "PLAINTEXT"),
        "wants a sign-in: set kafka-security to SASL_PLAINTEXT, kafka-mechanism to one it has (SCRAM-SHA-512)",
    ),
    "TLS to plain": (lambda w: w.at("", "SSL"), "speaks no TLS: set kafka-security to PLAINTEXT"),
    "TLS to plain sign-in": (lambda w: w.at("CLEAR", "SSL"), "speaks no TLS: set kafka-security to SASL_PLAINTEXT"),
    "TLS to sign-in": (lambda w: w.at("SIGNED", "SSL"), "wants a sign-in: set kafka-security to SASL_SSL"),
    "sign-in over TLS to plain": (lambda w: w.at("", "SASL_SSL"), "speaks no TLS: set kafka-security to PLAINTEXT"),
    "sign-in to TLS without": (lambda w: w.at("TLS", "SASL_SSL"), "takes no sign-in: set kafka-security to SSL"),
    "sign-in to plain": (lambda w: w.at("", "SASL_PLAINTEXT"), "takes no sign-in: set kafka-security to PLAINTEXT"),
    "plain sign-in to TLS": (lambda w: w.at("SIGNED", "SASL_PLAINTEXT"), "speaks TLS: set kafka-security to SSL"),
    "no CA": (lambda w: w.at("TLS", "SSL", tls=TlsFiles()), "the certificates of this machine: set kafka-ca"),
    "another CA": (
        lambda w: w.at("TLS", "SSL", tls=w.tls(ca=str(w.other.ca))),
        "Other-Authority.pem: set kafka-ca",
    ),
    "expired": (lambda w: w.at("EXPIRED", "SSL"), "it has expired: the broker needs a new one"),
    "another host": (lambda w: w.at("OTHER", "SSL"), "made for another host name: put a name of the certificate"),
    "no client certificate": (lambda w: w.at("MUTUAL", "SSL"), "want a certificate of the client (kafka-cert"),
    "a client certificate of another CA": (lambda w: w.at("MUTUAL", "SSL", tls=w.tls("alien")), "(kafka-cert)"),
    "a client certificate that is over": (lambda w: w.at("MUTUAL", "SSL", tls=w.tls("old")), "(kafka-cert)"),
    "a key without its password": (
        lambda w: w.at("MUTUAL", "SSL", tls=w.tls("locked")),
        "cannot be opened: is the password in key-password-file right?",
    ),
    "a mechanism it has not": (
        lambda w: w.at("CLEAR", "SASL_PLAINTEXT", mechanism="PLAIN"),
        "no sign-in by PLAIN: set kafka-mechanism to one it has (SCRAM-SHA-512)",
    ),
    "a wrong password": (
        lambda w: w.at("SIGNED", "SASL_SSL", password=Secret(value="guess")),
        "refuses the sign-in of user 'kim' by SCRAM-SHA-512: is the password in kafka-password-file",
    ),
    "a wrong password in PLAIN": (
        lambda w: w.at("SIGNED", "SASL_SSL", mechanism="PLAIN", password=Secret(value="guess")),
        "refuses the sign-in of user 'kim' by PLAIN",
    ),
    "an unknown user": (lambda w: w.at("SIGNED", "SASL_SSL", user="nobody"), "refuses the sign-in of user 'nobody'"),
    "no right to describe": (
        lambda w: w.at("SIGNED", "SASL_SSL", user="eve"),
        "user 'eve' has not the right Describe on topic 'test-",
    ),
}


@pytest.mark.parametrize("way", NOT_LET_IN)
def test_what_is_wrong_is_told_within_seconds(way: str, ways: Ways) -> None:
    make, words = NOT_LET_IN[way]
    began_s = time.monotonic()
    with pytest.raises(KafkaRefuses) as refused:
        topics.describe(make(ways), ways.topic)
    assert time.monotonic() - began_s < PROMISED_S
    assert words in str(refused.value)
    assert "Kafka at" in str(refused.value) or str(refused.value).startswith("kafka-")
    assert "guess" not in str(refused.value) and PASSWORD not in str(refused.value)


def test_a_broker_that_listens_to_nobody_is_away_and_not_refusing() -> None:
    with pytest.raises(Unreachable, match="no answer from Kafka") as away:
        topics.describe(KafkaEndpoint("127.0.0.1:1", "SSL"), "t")
    assert not isinstance(away.value, KafkaRefuses)


def test_brokers_that_kafka_names_and_nobody_reaches_are_told(ways: Ways, redis_url: str) -> None:
    """The commonest mistake with Kafka in containers: it answers, and sends everybody to an address of its own."""
    address = ways.kafka.address("ASTRAY")
    found = call("check", CALLFLOOR_KAFKA=address, CALLFLOOR_REDIS=redis_url, CALLFLOOR_TOPIC=ways.topic)
    assert found.returncode == 2
    said = (
        f"Kafka at {address} answers and names brokers that cannot be reached from here, localhost:1: are they running"
    )
    assert said in found.stderr and "advertised.listeners" in found.stderr


def test_a_missing_right_is_named_with_the_operation(ways: Ways) -> None:
    kafka, topic = ways.at("SIGNED", "SASL_SSL"), ways.topic
    with pytest.raises(KafkaRefuses, match=rf"user 'kim' has not the right Read and Write on topic '{topic}'"):
        topics.require_rights(kafka, topic, "Describe", "Read", "Write")
    with Producer(kafka, topic, give_up_s=10) as producer:
        producer.send(b"k", b"v")
        with pytest.raises(ProduceFailed, match=rf"user 'kim' has not the right Write on topic '{topic}'"):
            producer.flush()
    ways.kafka.allow("kim", (READ, TOPIC, topic))
    fetcher = Fetcher(kafka, topic, 4, group="not-mine", instance="i", batch=10)
    try:
        with pytest.raises(KafkaRefuses, match="user 'kim' has not the right Read on group 'not-mine'"):
            wait_until(lambda: fetcher.poll(0.2), PATIENCE_S, "the group to be refused")
    finally:
        fetcher.close()


def test_a_topic_that_may_not_be_made_is_told_with_its_settings(ways: Ways) -> None:
    kafka = ways.at("SIGNED", "SASL_SSL")
    assert not topics.ensure_topic(kafka, ways.topic)
    ways.kafka.allow("kim", (DESCRIBE, TOPIC, "missing"))
    with pytest.raises(KafkaRefuses) as refused:
        topics.ensure_topic(kafka, "missing", 3)
    made = "kafka-topics --create --topic missing --partitions 3 --config message.timestamp.type=LogAppendTime"
    assert "user 'kim' may not make it" in str(refused.value) and made in str(refused.value)


def test_settings_of_a_topic_that_may_not_be_read_are_not_known(ways: Ways) -> None:
    topic = ways.kafka.fresh_topic(2)
    ways.kafka.allow("kim", (DESCRIBE, TOPIC, topic))
    info = topics.describe(ways.at("SIGNED", "SASL_SSL"), topic)
    assert (info.partitions, info.log_append_time, info.retention_ms) == (2, None, None)
    assert set(topics.ends(ways.at("SIGNED", "SASL_SSL"), topic)) == {0, 1}


def test_a_password_that_changes_under_a_running_client_is_told_and_taken_from_its_file(ways: Ways) -> None:
    kafka, topic, file = ways.kafka, ways.kafka.fresh_topic(1), ways.folder / "password"
    kafka.add_user("rota", "before")
    kafka.allow("rota", (READ, TOPIC, topic), (WRITE, TOPIC, topic))
    file.write_text("before\n")
    endpoint = ways.at("SIGNED", "SASL_SSL", user="rota", password=Secret(file=str(file)))
    fetcher = Fetcher(endpoint, topic, 1, group=None, instance="i", batch=10)
    try:
        fetcher.seek(0, 0)
        kafka.add_user("rota", "after")  # the broker has every client sign in again after four seconds
        with pytest.raises(KafkaRefuses, match="refuses the sign-in of user 'rota'"):
            wait_until(lambda: fetcher.poll(0.2), PATIENCE_S, "the old password to be refused")
        file.write_text("after\n")
        with Producer(endpoint, topic) as producer:
            producer.send(b"k", b"v")
        wait_until(lambda: _polled(fetcher), PATIENCE_S, "a record under the new password")
    finally:
        fetcher.close()


def _polled(fetcher: Fetcher) -> bool:
    try:
        return bool(fetcher.poll(0.2))
    except KafkaRefuses:
        return False


class Provider:
    """A token endpoint: its answers are set by the test, and it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, list[str]], str]] = []
        self.life_s = 60
        self.refuses = False


@contextmanager
def provider() -> Iterator[tuple[Provider, str]]:
    """Gives unsigned tokens of the subject ``robot`` (the broker checks their times and no signature)."""
    found = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            found.asked.append((form, self.headers.get("Authorization", "")))
            body = (
                {"error": "invalid_client"}
                if found.refuses
                else {"access_token": _jwt(found.life_s), "expires_in": found.life_s}
            )
            self.send_response(401 if found.refuses else 200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *words: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found, f"http://127.0.0.1:{server.server_port}/token"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _jwt(life_s: int) -> str:
    now_s = int(time.time())
    parts = ({"alg": "none"}, {"sub": "robot", "iat": now_s, "exp": now_s + life_s, "scope": "kafka"})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, ""])


def test_oauth_signs_in_with_one_token_for_many_clients_and_renews_it(ways: Ways) -> None:
    with provider() as (asked, url):
        tokens = OAuthTokens(url, "call:floor", Secret(value=PASSWORD), scope="kafka")
        endpoint = ways.at("SIGNED", "SASL_SSL", mechanism="OAUTHBEARER", tokens=tokens)
        for _ in range(2):
            assert topics.describe(endpoint, ways.topic).partitions == 4
        assert len(asked.asked) == 1
        form, header = asked.asked[0]
        assert (form["grant_type"], form["scope"]) == (["client_credentials"], ["kafka"])
        assert base64.b64decode(header.removeprefix("Basic ")) == b"call%3Afloor:s3cret%3D%2Cword"
        asked.life_s = 5
        short = OAuthTokens(url, "call:floor", Secret(value=PASSWORD))
        again = ways.at("SIGNED", "SASL_SSL", mechanism="OAUTHBEARER", tokens=short)
        ways.kafka.allow("robot", (READ, TOPIC, ways.topic))
        fetcher = Fetcher(again, ways.topic, 4, group=None, instance="i", batch=10)
        try:
            wait_until(lambda: fetcher.poll(0.2) or len(asked.asked) > 3, PATIENCE_S, "tokens renewed while it polls")
        finally:
            fetcher.close()


def test_what_the_provider_refuses_is_told_with_its_settings(ways: Ways) -> None:
    with provider() as (asked, url):
        asked.refuses = True
        tokens = OAuthTokens(url, "floor", Secret(value=PASSWORD))
        endpoint = ways.at("SIGNED", "SASL_SSL", mechanism="OAUTHBEARER", tokens=tokens)
        with pytest.raises(KafkaRefuses) as refused:
            topics.describe(endpoint, ways.topic)
        assert [form.get("client_secret") for form, _ in asked.asked] == [None, [PASSWORD]]
    words = (
        f"the token endpoint {url} refuses client 'floor' with 401 invalid_client: are kafka-oauth-client, its secret"
    )
    assert words in str(refused.value) and PASSWORD not in str(refused.value)
    with pytest.raises(Unreachable, match="no answer from the token endpoint .* is kafka-oauth-token-url right"):
        topics.describe(endpoint, ways.topic)


@pytest.mark.parametrize("command", ["consume", "publish", "serve", "run", "check", "simulate", "replay"])
def test_every_command_ends_with_one_line_and_code_2(command: str, ways: Ways, redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(encode("agent.state", "e1", "/acd", 0, {"agent": "1", "state": "break"}))
    options = [str(tmp_path / "events.jsonl"), "--format", "events"] if command == "replay" else []
    settings = {"KAFKA": ways.kafka.address("TLS"), "REDIS": redis_url, "TOPIC": ways.topic}
    settings |= {"LISTEN": f"127.0.0.1:{free_port()}"}
    found = call(command, *options, **{f"CALLFLOOR_{name}": value for name, value in settings.items()})
    assert found.returncode == 2, found.stderr
    assert f"Kafka at {ways.kafka.address('TLS')} speaks TLS: set kafka-security to SSL" in found.stderr
    assert "Traceback" not in found.stderr
