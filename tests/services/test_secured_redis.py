"""A real Redis with TLS, users, no CONFIG, and behind Sentinels: let in, or told which setting is wrong."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import redis

from dashboard.board.bus import FrameReader
from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.security import Secret, TlsFiles
from streams.simulator.embedded import ServerProcess, answers, free_port, redis_is
from streams.site_time import SiteTime, rfc3339
from streams.store.client import EvictionPolicy, RedisRefuses, open_redis, refuse_eviction
from streams.store.errors import error_text
from streams.store.redis_endpoint import RedisEndpoint
from tests.absence import absent
from tests.dashboard.cli.program import call
from tests.services import stored
from tests.services.certificates import Authority, Signed
from tests.services.guarded import guarded
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer, closing_down, redis_program
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
PROMISED_S = 5.0
PASSWORD = "pa@ss/word"
RULES = Rules(SiteTime("Asia/Shanghai"), Counting(), Retention())


class Ways(NamedTuple):
    """Ports of a Redis: plain, with TLS; TLS that wants a client certificate; TLS with a certificate that is over."""

    plain: int
    tls: int
    mutual: int
    expired: int
    authority: Authority
    other: Authority
    client: Signed

    def at(self, scheme: str, port: int, host: str = "localhost", **more: object) -> RedisEndpoint:
        found: dict[str, object] = {"user": "kim", "password": Secret(value=PASSWORD)}
        found |= {"tls": TlsFiles(str(self.authority.ca))} if scheme == "rediss" else {}
        return RedisEndpoint(f"{scheme}://{host}:{port}/0", **(found | more))  # type: ignore[arg-type]


def tls_options(port: int, authority: Authority, server: Signed, clients: str = "no") -> list[str]:
    files = ["--tls-cert-file", str(server.cert), "--tls-key-file", str(server.key), "--tls-ca-cert-file"]
    return ["--tls-port", str(port), *files, str(authority.ca), "--tls-auth-clients", clients]


def tls_server(folder: Path, options: list[str], who: str = "") -> RedisServer:
    """A Redis with TLS, asked by the user and password ``who``; or the test is not run."""
    found = RedisServer(folder, *options)
    found.url = found.url.replace("//", f"//{who}@") if who else found.url
    try:
        found.start()
    except Exception as error:  # a server that was built without TLS ends with a word on its settings
        if "tls" in str(error).lower():
            absent(f"{redis_program()} was built without TLS")
        raise
    return found


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    folder = tmp_path_factory.mktemp("tls")
    authority, other = Authority(folder), Authority(folder, "Other Authority")
    good, old = authority.sign("redis"), authority.sign("old", lasts=-timedelta(hours=1))
    ports = [free_port() for _ in range(3)]
    kinds = (("no", good), ("yes", good), ("no", old))
    with ExitStack() as stack:
        servers = []
        for port, (clients, signed) in zip(ports, kinds, strict=True):
            data = tmp_path_factory.mktemp("tls-redis")
            servers.append(tls_server(data, tls_options(port, authority, signed, clients)))
            stack.enter_context(closing_down(servers[-1]))
        for server in servers:
            with redis.Redis.from_url(server.url) as client:
                client.execute_command(f"ACL SETUSER kim on >{PASSWORD} allkeys allchannels allcommands")
        plain = int(servers[0].url.rpartition(":")[2].partition("/")[0])
        yield Ways(plain, *ports, authority, other, authority.sign("client"))


LET_IN: dict[str, Callable[[Ways], RedisEndpoint]] = {
    "plain": lambda w: w.at("redis", w.plain),
    "TLS": lambda w: w.at("rediss", w.tls),
    "user and password in the URL": lambda w: RedisEndpoint(f"redis://kim:{PASSWORD}@localhost:{w.plain}/0"),
    "a client certificate": lambda w: w.at(
        "rediss", w.mutual, tls=TlsFiles(str(w.authority.ca), str(w.client.cert), str(w.client.key))
    ),
    "a certificate and its key in one file": lambda w: w.at(
        "rediss", w.mutual, tls=TlsFiles(str(w.authority.ca), str(w.client.both))
    ),
}


@pytest.mark.parametrize("way", LET_IN)
def test_both_kinds_of_client_are_let_in(way: str, ways: Ways) -> None:
    endpoint = LET_IN[way](ways)
    with closing(open_redis(endpoint)) as client:
        assert client.ping()
        assert client.execute_command("ACL WHOAMI") == "kim"
    asyncio.run(_read(endpoint))


async def _read(endpoint: RedisEndpoint) -> None:
    reader = FrameReader(endpoint)
    try:
        await reader.connect()
        await reader.subscribe(["floor"])
        assert await reader.snapshot("floor") is None
    finally:
        await reader.close()


NOT_LET_IN: dict[str, tuple[Callable[[Ways], RedisEndpoint], str]] = {
    "plain to TLS": (lambda w: w.at("redis", w.tls), "speaks TLS: write rediss:// in the setting redis"),
    "TLS to plain": (lambda w: w.at("rediss", w.plain), "speaks no TLS: write redis:// in the setting redis"),
    "no CA": (lambda w: w.at("rediss", w.tls, tls=TlsFiles()), "the certificates of this machine: set redis-ca"),
    "another CA": (
        lambda w: w.at("rediss", w.tls, tls=TlsFiles(str(w.other.ca))),
        "Other-Authority.pem: set redis-ca",
    ),
    "another host": (lambda w: w.at("rediss", w.tls, "127.0.0.1"), "it was made for another host name"),
    "expired": (lambda w: w.at("rediss", w.expired), "it has expired: Redis needs a new one"),
    "no client certificate": (
        lambda w: w.at("rediss", w.mutual),
        "does it want a certificate of the client (redis-cert",
    ),
}


@pytest.mark.parametrize("way", NOT_LET_IN)
def test_what_is_wrong_is_told_within_seconds(way: str, ways: Ways) -> None:
    make, words = NOT_LET_IN[way]
    began_s = time.monotonic()
    with pytest.raises(RedisRefuses) as refused:
        open_redis(make(ways))
    assert time.monotonic() - began_s < PROMISED_S
    assert words in str(refused.value) and "Redis at" in str(refused.value)
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"CALLFLOOR_REDIS": "redis://localhost:{tls}/0"}, "Redis at localhost:{tls} speaks TLS: write rediss://"),
        ({"CALLFLOOR_REDIS": "rediss://localhost:{plain}/0"}, "Redis at localhost:{plain} speaks no TLS"),
        (
            {"CALLFLOOR_REDIS_USER": "kim", "CALLFLOOR_REDIS_PASSWORD": "guess"},
            "refuses: WRONGPASS invalid username-password pair or user is disabled.; user 'kim': user or password is wrong",
        ),
    ],
)
@pytest.mark.parametrize("command", ["consume", "publish", "serve", "run", "check"])
def test_every_command_ends_with_one_line_and_code_2(
    command: str, given: dict[str, str], words: str, ways: Ways, kafka: KafkaServer, topic: str
) -> None:
    ports = ways._asdict()
    given = {"CALLFLOOR_REDIS": "redis://localhost:{plain}/0", "CALLFLOOR_KAFKA": kafka.bootstrap} | given
    settings = {name: value.format_map(ports) for name, value in given.items()}
    found = call(command, **settings, CALLFLOOR_TOPIC=topic, CALLFLOOR_LISTEN=f"127.0.0.1:{free_port()}")
    assert found.returncode == 2
    assert words.format_map(ports) in found.stderr
    assert "Traceback" not in found.stderr and "guess" not in found.stderr


@pytest.mark.parametrize("policy", ["noeviction", "allkeys-lru"])
def test_the_policy_is_known_where_config_is_forbidden(policy: str, tmp_path: Path) -> None:
    server = RedisServer(tmp_path, "--rename-command", "CONFIG", "", "--maxmemory-policy", policy)
    with closing_down(server):
        server.start()
        with closing(open_redis(server.url)) as client:
            if policy == "noeviction":
                assert refuse_eviction(client) is None
            else:
                with pytest.raises(EvictionPolicy, match="'allkeys-lru'"):
                    refuse_eviction(client)


def test_where_the_policy_is_not_told_there_is_a_warning(redis_url: str) -> None:
    with closing(open_redis(redis_url)) as client:
        client.execute_command("ACL SETUSER quiet on >p allkeys +@all -info")
    with redis.Redis.from_url(redis_url.replace("//", "//quiet:p@")) as client:
        assert "does not tell its maxmemory-policy" in (refuse_eviction(client) or "")


def test_everything_counts_without_config(kafka: KafkaServer, topic: str, tmp_path: Path) -> None:
    server = RedisServer(tmp_path, "--rename-command", "CONFIG", "")
    settings = {"CALLFLOOR_KAFKA": kafka.bootstrap, "CALLFLOOR_REDIS": server.url, "CALLFLOOR_TOPIC": topic}
    with closing_down(server):
        server.start()
        with Producer(kafka.bootstrap, topic) as producer:
            _send(producer, range(20))
        assert call("consume", "--until-end", **settings).returncode == 0
        found = call("check", **settings)
    assert found.returncode == 0 and "sound: every record is accounted for once" in found.stdout


def _send(producer: Producer, numbers: range) -> None:
    for number in numbers:
        now_ms = time.time_ns() // 1_000_000
        agent = f"a{number % 7}"
        data = {"call_id": f"c{number}", "version": 1, "agent": agent, "direction": "outbound", "outcome": "handled"}
        ended = encode("call.ended", f"e{number}", "/t", now_ms, {**data, "ended_at": rfc3339(now_ms)})
        producer.send(agent.encode(), ended)
    producer.flush()


class Watched:
    """A master, a replica that is chosen after it, and a Sentinel: all of them want a password."""

    def __init__(self, folder: Path) -> None:
        secret = ("--requirepass", PASSWORD, "--masterauth", PASSWORD)
        quick = (*secret, "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
        self.nodes = [_Node(_made(folder / name), *quick) for name in ("one", "two")]
        self.port = free_port()
        self._folder = _made(folder / "sentinel")
        self._running: ServerProcess | None = None

    def start(self) -> None:
        one, two = self.nodes
        one.start()
        two.start("--replicaof", "127.0.0.1", str(one.port))
        settings = self._folder / "sentinel.conf"
        settings.write_text(
            f"port {self.port}\nbind 127.0.0.1\ndir {self._folder}\nrequirepass watch\n"
            f"sentinel monitor main 127.0.0.1 {one.port} 1\nsentinel auth-pass main {PASSWORD}\n"
            "sentinel down-after-milliseconds main 1000\nsentinel failover-timeout main 5000\n"
        )
        url = f"redis://:watch@127.0.0.1:{self.port}"
        self._running = guarded(url, [redis_program(), str(settings), "--sentinel"], self._folder)
        assert answers(self._running, lambda server: redis_is(server.address, server.pid))
        with redis.Redis(port=self.port, password="watch") as client:
            wait_until(
                lambda: client.execute_command("SENTINEL REPLICAS main", return_responses=True),
                PATIENCE_S,
                "the replica",
            )

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()
        if self._running:
            self._running.stop()

    def endpoint(self, **more: object) -> RedisEndpoint:
        secrets = {"password": Secret(value=PASSWORD), "sentinel_password": Secret(value="watch")}
        url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{self.port}/main/0"
        return RedisEndpoint(**({"url": url} | secrets | more))  # type: ignore[arg-type]


class _Node:
    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._options = options
        self._running: ServerProcess | None = None
        self.url = f"redis://:{PASSWORD.replace('@', '%40').replace('/', '%2F')}@127.0.0.1:{self.port}"

    def start(self, *more: str) -> None:
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder), "--save", ""]
        command = [redis_program(), *where, "--appendonly", "yes", "--maxmemory-policy", "noeviction", *self._options]
        self._running = guarded(self.url, [*command, *more], self._folder)
        assert answers(self._running, lambda server: redis_is(server.address, server.pid))

    def kill(self) -> None:
        assert self._running
        self._running.process.kill()
        self._running.process.wait()

    def stop(self) -> None:
        if self._running:
            self._running.stop()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_failover_of_sentinels_costs_no_count(kafka: KafkaServer, topic: str, tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    try:
        watched.start()
        endpoint = watched.endpoint()
        with closing(open_redis(endpoint)) as client, Producer(kafka.bootstrap, topic) as producer:
            stop = threading.Event()
            how = {"group": None, "beat_s": None, "stop": stop}
            thread = threading.Thread(target=consume, args=(kafka.bootstrap, topic, client, RULES), kwargs=how)
            thread.start()
            try:
                _send(producer, range(300))
                wait_until(lambda: _handled(watched.nodes[0], topic) == 300, PATIENCE_S, "the first calls")
                watched.nodes[0].kill()
                _send(producer, range(300, 600))
                wait_until(lambda: _handled(watched.nodes[1], topic) == 600, PATIENCE_S, "all calls on the new master")
                asyncio.run(_read(endpoint))
            finally:
                stop.set()
                thread.join(PATIENCE_S)
            assert not thread.is_alive()
    finally:
        watched.stop()


def _handled(node: _Node, topic: str) -> int:
    try:
        with redis.Redis(port=node.port, password=PASSWORD) as client:
            return sum(n for (_, agent, name), n in stored.cells(client, topic, "d").items() if name == "handled")
    except redis.RedisError:
        return -1


def test_sentinels_that_are_away_are_named_by_their_addresses() -> None:
    url = "redis+sentinel://127.0.0.1:1,127.0.0.1:2/main/0"
    found = call("totals", "--by", "agent", "--period", "day", CALLFLOOR_REDIS=url)
    assert found.returncode == 1
    away = "127.0.0.1:1 - network:ConnectionError, 127.0.0.1:2 - network:ConnectionError"
    assert f"(No master found for 'main' : {away})" in found.stderr

    async def read() -> None:
        with pytest.raises(redis.ConnectionError) as raised:
            await FrameReader(RedisEndpoint(url)).connect()
        assert error_text(raised.value) == f"No master found for 'main' : {away}"

    asyncio.run(read())


def test_a_sentinel_that_is_silent_holds_nobody_up(tmp_path: Path) -> None:
    """As one on the machine that died with the primary: the next one is asked, after one short wait for each client."""
    watched = Watched(tmp_path)
    try:
        watched.start()
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = watched.endpoint().url.replace("127.0.0.1:1,", f"127.0.0.1:{silent.getsockname()[1]},")
            began_s = time.monotonic()
            with closing(open_redis(watched.endpoint(url=url))) as client:
                assert client.ping()
            assert time.monotonic() - began_s < 30  # two such waits; asked again each time, it was more than a minute
    finally:
        watched.stop()


def test_a_wrong_word_to_the_sentinels_or_their_master_is_told(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    try:
        watched.start()
        with pytest.raises(redis.RedisError, match="invalid username-password pair|WRONGPASS|No master found"):
            open_redis(watched.endpoint(sentinel_password=Secret(value="guess")))
        url = f"redis+sentinel://127.0.0.1:{watched.port}/other/0"
        settings = {
            "CALLFLOOR_REDIS": url,
            "CALLFLOOR_REDIS_SENTINEL_PASSWORD": "watch",
            "CALLFLOOR_REDIS_PASSWORD": "guess",
        }
        unknown = call("totals", "--by", "agent", "--period", "day", **settings)
        assert "No master found for 'other'" in unknown.stderr and "guess" not in unknown.stderr
        settings["CALLFLOOR_REDIS"] = url.replace("other", "main")
        wrong = call("totals", "--by", "agent", "--period", "day", **settings)
        assert wrong.returncode == 2
        assert "WRONGPASS" in wrong.stderr and "redis-password-file" in wrong.stderr and "guess" not in wrong.stderr
    finally:
        watched.stop()
