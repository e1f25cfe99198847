"""``callfloor person`` on a real Kafka and a real Redis: all that is held comes out, and an erased person is gone."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.actions.flag_episodes import opened
from dashboard.board.bus_flags import RedisFlags
from streams import actions as acts
from streams.decode import encode
from streams.events import Action
from streams.kafka_log import topics
from streams.kafka_log.produce import Producer
from streams.simulator.embedded import free_port
from streams.site_time import rfc3339
from streams.store.client import open_redis
from tests.dashboard.actions.flag_floor import seen
from tests.dashboard.cli.program import call, started
from tests.services.kafka import KafkaServer
from tests.streams.store.test_erasure import holders
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
NOON_MS = 1_793_505_600_000  # 2026-11-01 12:00 in Shanghai
GONE, STAYS = "gone-4711", "stays-8"
SITE = '[site]\nname = "One"\nzone = "Asia/Shanghai"\n[[teams]]\nid = "dawn"\n'
ROSTER = f"agent,name,team\n{GONE},Gu Ming,dawn\n{STAYS},Li Na,dawn\n"


@pytest.fixture
def services(kafka: KafkaServer, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a site with two agents, whose facts and actions are in Kafka."""
    (tmp_path / "site.toml").write_text(SITE)
    (tmp_path / "roster.csv").write_text(ROSTER)
    number = free_port()
    events, actions = f"person-{number}", f"person-actions-{number}"
    topics.ensure_topic(kafka.bootstrap, events, 2)
    topics.ensure_topic(kafka.bootstrap, actions, 2, acts.RETENTION_MS)
    with Producer(kafka.bootstrap, events) as producer:
        for place, (key, kind, data) in enumerate(facts()):
            producer.send(key.encode(), encode(kind, f"e{place}", "/acd", NOON_MS, data), partition=place % 2)
        for new in (
            Action(action_id="a1", agent=GONE, by=f"agent:{GONE}", kind="appeal.filed", ref="k1", text="not mine"),
            Action(action_id="a2", agent=GONE, by="local:lead", kind="coaching.planned", ref="x"),
        ):
            record = acts.action(actions, new, NOON_MS)
            producer.send(record.key, record.value, topic=actions)
    return {
        "CALLFLOOR_KAFKA": kafka.bootstrap, "CALLFLOOR_REDIS": redis_url, "CALLFLOOR_SITE": str(tmp_path / "site.toml"),
        "CALLFLOOR_TOPIC": events, "CALLFLOOR_ACTIONS": actions,
    }  # fmt: skip


def facts() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for number in range(6):
        agent = GONE if number < 4 else STAYS
        call_data = {
            "call_id": f"c{number}",
            "version": 1,
            "agent": agent,
            "direction": "outbound",
            "outcome": "handled",
        }
        yield agent, "call.ended", call_data | {"ended_at": rfc3339(NOON_MS), "talk_s": 30}
    yield GONE, "complaint.recorded", {"complaint_id": "k1", "agent": GONE, "kind": "complaint", "topic": "late"}
    yield STAYS, "complaint.recorded", {"complaint_id": "k2", "agent": STAYS, "kind": "complaint", "handled_by": GONE}
    yield GONE, "agent.state", {"agent": GONE, "state": "talk", "reason": "phone"}


def count(services: dict[str, str]) -> None:
    found = call("consume", "--until-end", **services)
    assert found.returncode == 0, found.stderr


def test_an_export_has_everything_and_is_for_its_owner_alone(services: dict[str, str], tmp_path: Path) -> None:
    count(services)
    with open_redis(services["CALLFLOOR_REDIS"]) as client:
        RedisFlags(client).create(opened(seen(GONE), NOON_MS))
    out = tmp_path / "person.json"
    found = call("person", "export", GONE, "--out", str(out), **services)
    assert found.returncode == 0, found.stderr
    assert os.stat(out).st_mode & 0o777 == 0o600
    held = json.loads(out.read_text("utf-8"))
    parts = held["topics"][services["CALLFLOOR_TOPIC"]]
    records = {(each["kind"], each["id"]) for part in parts for each in part["records"]}
    assert records == {("complaint", "k1"), *(("call", f"c{number}") for number in range(4))}
    assert sum(part["cells"]["days"].get("2026-11-01", {}).get("handled", 0) for part in parts) == 4
    assert [each["state"] for part in parts for each in part["states"]] == ["talk"]
    assert [each for part in parts for each in part["named_in"]] == [{"kind": "complaint", "id": "k2"}]
    done = [each["line"]["kind"] for part in held["topics"][services["CALLFLOOR_ACTIONS"]] for each in part["records"]]
    assert sorted(done) == ["appeal.filed", "coaching.planned"]
    assert ([each["rule"] for each in held["flags"]], held["lists"]["roster"][0]["name"]) == (["review"], "Gu Ming")
    assert STAYS not in out.read_text("utf-8")
    row = call("audit-log", "show", "--person", GONE, "--raw", **services).stdout.splitlines()[-1]
    assert f",exported,{GONE},,all that is held,callfloor person," in row
    again = call("person", "export", GONE, "--out", str(out), **services)
    assert (again.returncode, "File exists" in again.stderr) == (1, True)


def test_an_erased_person_is_gone_from_redis_and_the_command_says_what_is_left(
    services: dict[str, str], tmp_path: Path
) -> None:
    count(services)
    (tmp_path / "sheets-2026-10").mkdir()
    (tmp_path / "sheets-2026-10/sheet-2026-10.json").write_text(json.dumps({"lines": [{"line": GONE}]}))
    with open_redis(services["CALLFLOOR_REDIS"]) as client:
        flags = RedisFlags(client)
        flags.create(opened(seen(GONE), NOON_MS))
        assert len(holders(client, GONE)) > 10
        with started(tmp_path, "consume", **services):
            found = call("person", "erase", GONE, "--yes", "--sheets", str(tmp_path), **services)
        assert found.returncode == 0, found.stderr
        assert holders(client, GONE) == []
        assert not flags.create(opened(seen(GONE), NOON_MS))
    assert f"{GONE} is erased" in found.stderr
    for left in ("1 rows of the lists", "sheet-2026-10.json is sealed", "left in Kafka"):
        assert left in found.stderr, left
    totals = call("totals", "--by", "agent", "--period", "month", "--raw", **services).stdout
    assert [line.split(",")[1] for line in totals.splitlines()[1:]] == [STAYS, "~erased"]
    with Producer(services["CALLFLOOR_KAFKA"], services["CALLFLOOR_TOPIC"]) as producer:
        for key, kind, data in facts():
            if key == GONE:
                producer.send(key.encode(), encode(kind, "again", "/acd", NOON_MS, data))
    count(services)
    with open_redis(services["CALLFLOOR_REDIS"]) as client:
        assert holders(client, GONE) == []
        client.flushdb()
        count(services)  # a rebuild obeys the erasure too
        assert holders(client, GONE) == []
    assert call("totals", "--by", "agent", "--period", "month", "--raw", **services).stdout == totals
    checked = call("check", **services).stdout
    assert f"agent {GONE} was erased and still stands in roster.csv" in checked
    assert "facts come under the id of a person who was erased" in checked and "from source /acd" in checked


def test_nothing_is_erased_without_the_id_or_of_nobody(services: dict[str, str]) -> None:
    count(services)
    wrong = call("person", "erase", GONE, typed="gone-471\n", **services)
    assert (wrong.returncode, "nothing was erased" in wrong.stderr) == (1, True)
    nobody = call("person", "erase", "nobody-1", "--yes", **services)
    assert (nobody.returncode, "is the id right?" in nobody.stderr) == (1, True)
    line = call("person", "erase", "~erased", "--yes", **services)
    assert line.returncode == 2
    with open_redis(services["CALLFLOOR_REDIS"]) as client:
        assert len(holders(client, GONE)) > 5


def test_an_erasure_that_nobody_counts_says_so_and_is_obeyed_later(services: dict[str, str], tmp_path: Path) -> None:
    count(services)
    found = call("person", "erase", GONE, "--yes", "--within", "1", **services)
    assert (found.returncode, "is `callfloor consume` running?" in found.stderr) == (1, True)
    with open_redis(services["CALLFLOOR_REDIS"]) as client, started(tmp_path, "consume", **services):
        wait_until(lambda: holders(client, GONE) == [], PATIENCE_S, "the erasure is counted")
