"""The Redis user of the sessions in docs/redis-users.acl: everything works with its rights, and with none fewer."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from dashboard.access.attempts import AttemptStore, Locked
from dashboard.access.identity import Identity
from dashboard.access.one_use import OneUseStore
from dashboard.access.pairing import PairingStore
from dashboard.access.sessions import ACT_EVERY_MS, SessionLimits, SessionStore
from dashboard.access.tokens import new_token
from dashboard.access.walls import ROTATE_MS, Approval, Screen, WallStore
from streams.security import Secret
from streams.simulator.embedded import free_port
from streams.store.async_client import AsyncRedis
from streams.store.redis_endpoint import RedisEndpoint
from tests.dashboard.access.stories import KEY, START_MS
from tests.golden import ROOT
from tests.services.redis_server import RedisServer, closing_down, take_all_slots

pytestmark = pytest.mark.services
ACL = (ROOT / "docs" / "redis-users.acl").read_text("utf-8")
(RIGHTS,) = re.findall("^user sessions (.*)$", ACL, re.MULTILINE)
CONNECTING = {"hello", "auth", "ping", "select", "info", "cluster|slots", "cluster|shards", "command"}
"""What a client may ask when it connects, to one server or a cluster; which of them it does, its version decides."""
COMMANDS = sorted(set(re.findall(r"\+(\S+)", RIGHTS)) - CONNECTING)
SCREEN = Screen(1920, 1080, "10.20.4.37")
BY = Approval("二楼东墙", "main", "alias", "local:bai", "白川")


@pytest.fixture(scope="module", params=["one Redis", "a Redis Cluster"])
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    folder = tmp_path_factory.mktemp("session-rights")
    (folder / "users.acl").write_text(f"{ACL}user admin on >admin ~* &* +@all\n")
    options = ["--aclfile", str(folder / "users.acl")]
    if request.param == "a Redis Cluster":
        options += ["--cluster-enabled", "yes", "--cluster-port", str(free_port())]
    found = RedisServer(folder, *options)
    found.url = found.url.replace("//", "//admin:admin@")
    with closing_down(found):
        found.start()
        if request.param == "a Redis Cluster":
            take_all_slots(found)
        yield found


@pytest.fixture
def admin(server: RedisServer) -> Iterator[Any]:
    """Redis is empty, the user has its documented rights, and nothing was refused."""
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        client.flushall()
        client.execute_command("ACL", "SETUSER", "sessions", "reset", *RIGHTS.split())
        client.acl_log_reset()
        yield client


async def do_everything(client: AsyncRedis) -> None:
    """Every operation of every store."""
    sessions, attempts, once = SessionStore(client, KEY), AttemptStore(client, KEY), OneUseStore(client, KEY)
    walls = WallStore(client, KEY)
    pairings = PairingStore(client, KEY, walls, attempts)
    now_ms = START_MS
    for _ in range(2):
        token = await sessions.begin(
            Identity("oidc:2f1c", "Lin", provider_session="s"), SessionLimits(1_800_000, 43_200_000), now_ms
        )
        now_ms += ACT_EVERY_MS
        await sessions.note_act(token, now_ms)
        await sessions.confirm(token, now_ms)
        assert await sessions.find(token, now_ms) is not None
        await sessions.end(token)
        await sessions.end_account("oidc:2f1c")
        await sessions.end_provider_session("s")
    for _ in range(5):
        await attempts.count_sign_in("gu", "10.0.0.1", now_ms)
    with pytest.raises(Locked):
        await attempts.count_sign_in("gu", "10.0.0.1", now_ms)
    await attempts.note_sign_in("gu", "10.0.0.1")
    token = new_token()
    await once.put("link", token, b"x")
    assert await once.redeem("link", token) == b"x"
    refused, asked = await pairings.begin(SCREEN, now_ms), await pairings.begin(SCREEN, now_ms)
    assert len(await pairings.waiting(now_ms)) == 2
    assert await pairings.refuse(refused.code, "local:bai", now_ms) is not None
    assert await pairings.approve(asked.code, BY, now_ms) is not None
    assert await pairings.read(asked.token, now_ms) is not None
    wall = await pairings.collect(asked.token, SCREEN, now_ms)
    assert wall is not None
    await walls.note_use(wall, SCREEN, now_ms)
    assert await walls.rotate(wall, now_ms + ROTATE_MS) is not None
    assert len(await walls.displays(now_ms)) == 1
    assert await walls.revoke(asked.id, now_ms) is not None
    assert await walls.find_former(wall, now_ms) is not None


async def as_user(server: RedisServer) -> None:
    host, port = server.address
    endpoint = RedisEndpoint(f"redis://{host}:{port}/0", "sessions", Secret(value="change-sessions"))
    client = AsyncRedis(endpoint)
    try:
        await do_everything(client)
    finally:
        await client.close()


def test_the_documented_rights_are_enough(server: RedisServer, admin: Any) -> None:
    asyncio.run(as_user(server))
    assert admin.acl_log() == []
    assert {key.partition(":")[0] for key in admin.keys("*")} == {"cfs"}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_right_is_needed(server: RedisServer, admin: Any, command: str) -> None:
    admin.acl_setuser("sessions", commands=[f"-{command}"])
    with pytest.raises(redis.RedisError):
        asyncio.run(as_user(server))
    assert {each["username"] for each in admin.acl_log()} == {"sessions"}


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("sessions", "GET callfloor:publisher"),
        ("sessions", "SET callfloor:publisher x"),
        ("sessions", "PUBLISH callfloor:frames:floor x"),
        ("sessions", "SUBSCRIBE callfloor:frames:floor"),
        ("sessions", "GET {callfloor.events/0}:meta"),
        ("sessions", "KEYS cfs:*"),
        ("sessions", "FLUSHALL"),
        ("consume", "HGETALL cfs:s:x"),
        ("publish", "GET cfs:s:x"),
        ("serve", "GET cfs:s:x"),
        ("serve", "DEL cfs:s:x"),
    ],
)
def test_counters_and_sessions_are_apart(server: RedisServer, admin: Any, user: str, command: str) -> None:
    host, port = server.address
    with (
        redis.Redis(host=host, port=port, username=user, password=f"change-{user}") as client,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        client.execute_command(*command.split())
