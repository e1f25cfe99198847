"""The Redis users of docs/redis-users.acl: consume may erase a person and let a silent log age, person may read and finish it."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import redis

from dashboard.actions.flag_episodes import opened
from dashboard.actions.flag_store import ShiftCount
from dashboard.board.bus import snapshot_key, snapshots_naming
from dashboard.board.bus_flags import RedisFlags
from streams.decode import Record
from streams.security import Secret
from streams.site_time import DAY_MS, rfc3339
from streams.store.client import open_redis
from streams.store.person_reader import PersonReader
from streams.store.redis_endpoint import RedisEndpoint
from tests.dashboard.actions.flag_floor import DAY, NOON_MS, seen
from tests.golden import ROOT
from tests.services.redis_server import RedisServer, closing_down
from tests.streams.making import at, record
from tests.streams.store.test_erasure import GONE, erased, facts_of
from tests.streams.storing import TOPIC, commit

pytestmark = pytest.mark.services


class Users:
    """A Redis with the documented users, and a client for each."""

    def __init__(self, server: RedisServer, leaving: ExitStack) -> None:
        self._address, self._leaving = server.address, leaving
        self.admin = redis.Redis.from_url(server.url)

    def client(self, user: str) -> Any:
        host, port = self._address
        opened_as = open_redis(RedisEndpoint(f"redis://{host}:{port}/0", user, Secret(value=f"change-{user}")))
        self._leaving.callback(opened_as.close)
        return opened_as


@pytest.fixture
def users(tmp_path: Any) -> Iterator[Users]:
    rights = (ROOT / "docs" / "redis-users.acl").read_text("utf-8")
    (tmp_path / "users.acl").write_text(f"{rights}user admin on >admin ~* &* +@all\n")
    server = RedisServer(tmp_path, "--aclfile", str(tmp_path / "users.acl"))
    server.url = server.url.replace("//", "//admin:admin@")
    with closing_down(server), ExitStack() as leaving:
        server.start()
        found = Users(server, leaving)
        leaving.callback(found.admin.close)
        yield found


def beat(offset: int, days: int) -> Record:
    sent_ms = at() + days * DAY_MS
    return record(offset, "pipeline.heartbeat", {"sent_at": rfc3339(sent_ms)}, at_ms=sent_ms, key="")


def test_the_documented_rights_are_enough_to_forget(users: Users) -> None:
    consume, publish, person = (users.client(user) for user in ("consume", "publish", "person"))
    commit(consume, *facts_of(GONE))
    RedisFlags(publish).create(opened(seen(GONE), NOON_MS))
    RedisFlags(publish).keep_shifts(GONE, {DAY: ShiftCount(70.0, 101.5, 1.8)})
    publish.set(snapshot_key("floor"), f'{{"id":"{GONE}"}}')
    (held, *_) = PersonReader(person, TOPIC, 4, GONE).read()
    assert len(held.records) == 5 and held.cells["months"] and held.mentions and held.places
    assert snapshots_naming(person, GONE) == ["floor"]
    flags = RedisFlags(person)
    assert flags.shifts([GONE]) and len(flags.after(0).entries) == 1
    commit(consume, erased(20), beat(21, 0))
    commit(consume, beat(22, 30))
    commit(consume, beat(23, 900))
    assert flags.erase(GONE) == 1
    assert all(part.is_empty for part in PersonReader(person, TOPIC, 4, GONE).read())
    assert users.admin.acl_log() == []


@pytest.mark.parametrize(
    "command",
    ["HSET {callfloor.events/0}:meta position 1", "SET callfloor:publisher x", "GET cfs:s:x", "FLUSHALL", "KEYS *"],
)
def test_the_user_of_the_command_changes_no_counter(users: Users, command: str) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        users.client("person").execute_command(*command.split())
