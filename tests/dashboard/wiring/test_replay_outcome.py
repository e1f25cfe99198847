"""A replay says what was counted, and not only what was sent; a file without events is sent nowhere."""

import json
import threading
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from dashboard.settings import load
from dashboard.wiring import replay_outcome
from dashboard.wiring.connections import Connections
from dashboard.wiring.replay_outcome import ReplayOutcome, ReplayTotals, add_totals, counted_text, waiting
from streams.decode import encode
from streams.kafka_log.topics import ends
from streams.simulator.embedded import free_port
from streams.store.reader import Meta
from tests.dashboard.cli.program import call, started
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

FIELD = Path(__file__).parents[2] / "cases/field"
BOM = str(FIELD / "11-replay-of-windows-files/bom.jsonl")


def totals(positions: dict[int, int], **sums: int) -> ReplayTotals:
    return ReplayTotals(positions, Counter(sums), 0)


def test_the_totals_are_the_sums_of_the_partitions_that_counted() -> None:
    metas = {0: Meta(5, 1, 900, {"applied": 3}), 1: None, 2: Meta(7, 1, 950, {"applied": 1, "dead:future": 2})}
    assert add_totals(metas) == ReplayTotals({0: 5, 2: 7}, Counter({"applied": 4, "dead:future": 2}), 950)


def test_what_waits_lies_before_the_ends() -> None:
    assert waiting(totals({0: 5, 1: 9}), {0: 7, 1: 3, 2: 4}) == 2 + 4


@pytest.mark.parametrize(
    ("after", "sent", "said"),
    [
        ({"applied": 12}, 2, "counted: 2 applied"),
        (
            {"applied": 10, "duplicates": 2, "conflicts": 1},
            2,
            "counted: 0 applied, 2 duplicates; 1 of the duplicates conflicts",
        ),
        ({"applied": 13, "misrouted": 3}, 3, "counted: 3 applied; 3 of the applied misrouted"),
        (
            {"applied": 11, "superseded": 1, "ignored": 1, "dead:future": 2, "dead:bad_field": 1},
            6,
            "counted: 1 applied, 1 superseded, 1 ignored, 3 dead-lettered (1 bad_field, 2 future)",
        ),
        ({"applied": 15, "heartbeats": 9}, 2, "counted: 5 applied; with 3 that waited before or came from elsewhere"),
    ],
)
def test_what_was_counted_is_said_by_its_fate(after: dict[str, int], sent: int, said: str) -> None:
    assert counted_text(totals({}, applied=10), totals({}, **after), sent) == said


def test_a_partition_that_stands_still_is_not_waited_for_because_heartbeats_move_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay_outcome, "PATIENCE_WITHOUT_CONSUMER_S", 0.05)
    monkeypatch.setattr(replay_outcome, "_LOOK_EVERY_S", 0.001)
    beats = count(5)

    class Beating(ReplayOutcome):
        def ends(self) -> dict[int, int]:
            return {0: 5, 1: 7}

        def now(self) -> ReplayTotals:
            return totals({0: next(beats), 1: 3}, applied=2)

    found = Beating(Connections(load({}, {}))).wait(totals({0: 0, 1: 0}), 9, lambda text: None, threading.Event())
    assert found.startswith("counted: 2 applied; 4 records wait; nothing is counted just now")


@pytest.fixture
def services(kafka: KafkaServer, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a fresh topic of one partition and an empty Redis."""
    site = tmp_path / "site.toml"
    site.write_text('[site]\nzone = "Asia/Shanghai"\n')
    return {
        "CALLFLOOR_KAFKA": kafka.bootstrap,
        "CALLFLOOR_REDIS": redis_url,
        "CALLFLOOR_SITE": str(site),
        "CALLFLOOR_TOPIC": kafka.fresh_topic(1),
        "CALLFLOOR_LISTEN": f"127.0.0.1:{free_port()}",
    }


def replayed(file: str, *more: str, **services: str) -> str:
    found = call("replay", file, *more, **services)
    assert found.returncode == 0, found.stderr
    return found.stderr


@pytest.mark.services
def test_after_sending_it_waits_and_says_what_was_counted(services: dict[str, str], tmp_path: Path) -> None:
    """tests/cases/field/11: the first event became a dead letter, and the summary said 2 sent."""
    wrong = {
        "specversion": "1.0",
        "id": "x",
        "source": "/t",
        "type": "call.ended",
        "time": "2026-11-30T01:00:00Z",
        "data": {},
    }
    (tmp_path / "wrong.json").write_text(json.dumps([wrong, wrong], indent=2))
    with started(tmp_path, "consume", **services):
        assert replayed(BOM, **services).endswith("2 lines: 2 sent\ncounted: 2 applied\n")
        assert replayed(BOM, **services).endswith("2 lines: 2 sent\ncounted: 0 applied, 2 duplicates\n")
        said = replayed(str(tmp_path / "wrong.json"), **services)
        assert said.endswith("counted: 0 applied, 2 dead-lettered (2 bad_field)\n")
    report = json.loads(call("check", "--format", "json", **services).stdout)
    assert (report["partitions"]["0"]["applied"], report["partitions"]["0"]["dead_lettered"]) == (2, 2)


@pytest.mark.services
def test_without_a_consumer_it_says_so_and_ends(services: dict[str, str]) -> None:
    said = replayed(BOM, **services)
    assert "counted: 0 applied; 2 records wait; nothing is counted just now: is `callfloor consume` running?" in said
    again = replayed(BOM, **services)
    assert "may count twice (2 records in Kafka are not counted yet)" in again
    assert replayed(BOM, "--no-wait", **services).endswith("2 lines: 2 sent\n")
    away = replayed(BOM, **{**services, "CALLFLOOR_REDIS": "redis://127.0.0.1:1/0"})
    assert "whether it is counted cannot be seen: no answer from Redis at redis://127.0.0.1:1/0" in away
    refused = services["CALLFLOOR_REDIS"].replace("//", "//nobody:wrong@")
    assert "may count twice (Redis at redis" in (said := replayed(BOM, **{**services, "CALLFLOOR_REDIS": refused}))
    assert "refuses: WRONGPASS" in said and "no answer" not in said


@pytest.mark.services
def test_a_file_without_events_is_refused_and_nothing_is_sent(
    services: dict[str, str], kafka: KafkaServer, tmp_path: Path
) -> None:
    (tmp_path / "totals.csv").write_text("\ufeffperiod,agent,handled\n2026-11,1042,5\n", encoding="utf-8")
    found = call("replay", str(tmp_path / "totals.csv"), **services)
    assert found.returncode == 1
    assert "totals.csv holds no events, it begins with 'period,agent,handled'" in found.stderr
    assert ends(kafka.bootstrap, services["CALLFLOOR_TOPIC"]) == {0: (0, 0)}


@pytest.mark.services
def test_an_array_that_breaks_off_is_sent_as_far_as_it_goes_and_said_so(
    services: dict[str, str], kafka: KafkaServer, tmp_path: Path
) -> None:
    events = [
        encode("agent.state", f"{n}", "/t", n * 1000, {"agent": "1", "state": "talk"}).decode() for n in range(20)
    ]
    (tmp_path / "cut.json").write_text("[" + ",\n".join(events))
    found = call("replay", str(tmp_path / "cut.json"), "--no-wait", **services)
    assert found.returncode == 1
    assert "20 lines: 20 sent\n" in found.stderr
    assert "cut.json:20: the array does not end; what stands before is sent, what comes after is not" in found.stderr
    wait_until(lambda: ends(kafka.bootstrap, services["CALLFLOOR_TOPIC"])[0][1] == 20, PATIENCE_S, "20 records")
