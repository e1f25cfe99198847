"""The commands on a real Kafka and a real Redis: a file goes in, totals come out, check accounts for every record."""

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard.tables import BYTE_ORDER_MARK
from streams.decode import encode
from streams.metrics import NAMES
from streams.simulator.embedded import free_port
from streams.site_time import rfc3339
from tests import patient_http, signing
from tests.dashboard.cli.program import STOP_S, call, started
from tests.golden import real_data
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
NOON_MS = 1_793_505_600_000  # 2026-11-01 12:00 in Shanghai
FIELD = Path(__file__).parents[2] / "cases/field"
SITE = '[site]\nname = "One"\nzone = "Asia/Shanghai"\n'


@pytest.fixture
def services(kafka: KafkaServer, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a fresh topic, an empty Redis and a small site."""
    site = tmp_path / "site.toml"
    site.write_text(SITE)
    return {
        "CALLFLOOR_KAFKA": kafka.bootstrap,
        "CALLFLOOR_REDIS": redis_url,
        "CALLFLOOR_SITE": str(site),
        "CALLFLOOR_TOPIC": f"cli-{free_port()}",
        "CALLFLOOR_LISTEN": f"127.0.0.1:{free_port()}",
    }


def ended(agent: str | None, number: int, at_ms: int = NOON_MS) -> bytes:
    data = {"call_id": f"c{number}", "version": 1, "agent": agent, "direction": "outbound", "ended_at": rfc3339(at_ms)}
    return encode("call.ended", f"e{number}", "/test", at_ms, {**data, "outcome": "handled", "talk_s": 30})


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


def done(*arguments: str, **variables: str) -> str:
    """The output of a command that must end well."""
    found = call(*arguments, **variables)
    assert found.returncode == 0, found.stderr
    assert "Traceback" not in found.stderr
    return found.stdout


def test_a_file_of_events_becomes_totals_and_every_record_is_accounted_for(
    services: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join([ended("1042", 1), ended("1042", 1), ended(None, 2), b"{}", ended("7", 3), b"broken"]))
    sent = call("replay", str(file), "--no-wait", **services)
    assert sent.returncode == 0
    assert f"made topic {services['CALLFLOOR_TOPIC']}: 4 partitions, LogAppendTime" in sent.stderr
    assert sent.stderr.endswith("refused as no_json_object: line 6\n6 lines: 5 sent, 1 refused (no_json_object)\n")
    done("consume", "--until-end", **services)
    totals = rows(
        done("totals", "--by", "agent", "--period", "day", "--from", "2026-11-01", "--to", "2026-11-02", **services)
    )
    assert list(totals[0]) == ["period", "agent", *NAMES]
    assert [(r["period"], r["agent"], r["handled"], r["talk_s"]) for r in totals] == [
        ("2026-11-01", "1042", "1", "30"),
        ("2026-11-01", "7", "1", "30"),
        ("2026-11-01", "~unattributed", "1", "30"),
    ]
    site = json.loads(done("totals", "--by", "site", "--period", "minute", "--format", "json", **services))
    assert [(r["period"], r["site"], r["handled"]) for r in site] == [("2026-11-01T04:00Z", "One", 3)]
    report = json.loads(done("check", "--format", "json", **services))
    sums = Counter({"records": 0})
    for partition in report["partitions"].values():
        sums.update({name: partition[name] for name in ("records", "applied", "duplicates", "dead_lettered", "lag")})
    assert report["sound"] is True
    assert sums == {"records": 5, "applied": 3, "duplicates": 1, "dead_lettered": 1, "lag": 0}
    assert "sound: every record is accounted for once" in done("check", **services)


def test_a_replay_says_what_was_counted_and_refuses_a_file_of_no_events(
    services: dict[str, str], tmp_path: Path
) -> None:
    """tests/cases/field/11: an event behind a byte order mark was a dead letter, and the summary said sent."""
    (tmp_path / "list.csv").write_text("agent,calls\n1042,7\n")
    refused = call("replay", str(tmp_path / "list.csv"), **services)
    assert refused.returncode != 0
    assert "holds no events, it begins with 'agent,calls'" in refused.stderr
    assert "Kafka has no topic" in call("check", **services).stderr, "nothing was sent or made"
    file = str(FIELD / "11-replay-of-windows-files/bom.jsonl")
    assert "2 sent" in call("replay", file, "--no-wait", **services).stderr
    done("consume", "--until-end", **services)
    with started(tmp_path, "consume", **services):
        again = call("replay", file, **services)
        assert "counted: 0 applied, 2 duplicates" in again.stderr
    assert "dead letters" not in done("check", **services)


def test_csv_of_totals_opens_in_excel_and_raw_is_for_programs(services: dict[str, str]) -> None:
    """tests/cases/field/10: names were garbled, and the agent =1+1 was a formula."""
    done("replay", str(FIELD / "10-csv-in-excel/events.jsonl"), "--no-wait", **services)
    done("consume", "--until-end", **services)
    asked = ("totals", "--by", "agent", "--period", "month")
    for locale in ("C.UTF-8", "POSIX", "zh_CN.GBK"):
        text = done(*asked, **services, LC_ALL=locale)
        assert text.startswith("\ufeffperiod,agent,")
        assert [line.split(",")[:3] for line in text.splitlines()[1:]] == [
            ["2026-11", "'=1+1", "1"],
            ["2026-11", "张伟", "1"],
        ]
    raw = done(*asked, "--raw", **services)
    assert raw == text.removeprefix(BYTE_ORDER_MARK).replace("'=1+1", "=1+1")
    plain = json.loads(done(*asked, "--format", "json", **services))
    assert [row["agent"] for row in plain] == ["=1+1", "张伟"]


def test_a_log_beside_the_file_decides_partition_and_key(services: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"\n".join([ended("1", 1), ended("1", 2)]) + b"\n")
    (tmp_path / "log.csv").write_text("partition,offset,append_ms,key\n3,0,5,1\n2,0,6,1\n")
    done("replay", str(tmp_path / "events.jsonl"), "--no-wait", **services)
    report = json.loads(done("check", "--format", "json", **services))
    assert {p: place["end"] for p, place in report["partitions"].items()} == {"0": 0, "1": 0, "2": 1, "3": 1}


def test_keys_in_clothes_count_and_keys_that_are_no_agents_are_named(services: dict[str, str], tmp_path: Path) -> None:
    """A JSON serializer wrote the first two keys; the others are the ids of the calls, then none at all."""
    keys = ['"1042"', " 1042 ", "call-3", "call-4", ""]
    (tmp_path / "events.jsonl").write_bytes(b"\n".join(ended("1042", number) for number in range(len(keys))) + b"\n")
    rows_of_log = ["partition,offset,append_ms,key", *(f"0,{at},{at},{csv_cell(key)}" for at, key in enumerate(keys))]
    (tmp_path / "log.csv").write_text("\n".join(rows_of_log) + "\n")
    done("replay", str(tmp_path / "events.jsonl"), "--format", "events", **services)
    consumed = call("consume", "--until-end", **services)
    assert consumed.returncode == 0
    (named,) = [line for line in consumed.stderr.splitlines() if "count for nobody" in line]
    assert "3 of 5 records of source" in named
    totals = rows(done("totals", "--by", "agent", "--period", "month", **services))
    assert [(each["agent"], each["handled"]) for each in totals] == [("1042", "2")]
    text = call("check", **services)
    assert text.returncode == 1
    (unsound,) = [line for line in text.stdout.splitlines() if line.startswith("UNSOUND")]
    assert "'call-3'" in unsound
    assert "'1042'" in unsound
    report = json.loads(call("check", "--format", "json", **services).stdout)
    assert report["sound"] is False
    assert [report["partitions"]["0"][name] for name in ("applied", "misrouted", "conflicts")] == [5, 3, 0]


def csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def test_check_is_unsound_where_redis_counted_another_topic(
    services: dict[str, str], tmp_path: Path, kafka: Any
) -> None:
    (tmp_path / "events.jsonl").write_bytes(ended("1", 1))
    done("replay", str(tmp_path / "events.jsonl"), "--no-wait", **services)
    done("consume", "--until-end", **services)
    admin = _admin(kafka)
    try:
        admin.delete_topics([services["CALLFLOOR_TOPIC"]])
    finally:
        admin.close()
    wait_until(lambda: "Kafka has no topic" in call("check", **services).stderr, PATIENCE_S, "the topic gone")
    assert call("check", **services).returncode == 2
    done("replay", str(tmp_path / "events.jsonl"), "--no-wait", **services)
    found = call("check", **services)
    assert found.returncode == 1
    assert "UNSOUND: the counters follow topic_id" in found.stdout


def _admin(kafka: KafkaServer) -> Any:
    from kafka import KafkaAdminClient

    return KafkaAdminClient(bootstrap_servers=kafka.bootstrap)


def test_check_says_when_redis_is_away(services: dict[str, str], kafka: KafkaServer) -> None:
    away = {**services, "CALLFLOOR_TOPIC": kafka.fresh_topic(), "CALLFLOOR_REDIS": "redis://127.0.0.1:1/0"}
    found = call("check", **away)
    assert found.returncode == 2
    assert "no answer from Redis at redis://127.0.0.1:1/0" in found.stderr


def test_a_short_retention_and_a_redis_that_evicts_are_warned_of(
    services: dict[str, str], kafka: KafkaServer, redis_server: RedisServer
) -> None:
    topic = kafka.fresh_topic(message_timestamp_type="CreateTime", retention_ms=str(86_400_000))
    with _redis(redis_server) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            shown = done("check", **{**services, "CALLFLOOR_TOPIC": topic})
            refused = call("consume", "--until-end", **{**services, "CALLFLOOR_TOPIC": topic})
        finally:
            client.config_set("maxmemory-policy", "noeviction")
    assert "not LogAppendTime" in shown
    assert "keeps 1.0 days" in shown
    assert "maxmemory-policy 'allkeys-lru'" in shown
    assert refused.returncode == 1
    assert "Set it to noeviction" in refused.stderr


def _redis(server: RedisServer) -> Any:
    from redis import Redis

    return Redis.from_url(server.url)


@pytest.mark.realdata
def test_a_real_month_by_the_commands_is_the_truth(services: dict[str, str], tmp_path: Path) -> None:
    bank = real_data() / "anonymousbank"
    site = '[site]\nzone = "Asia/Jerusalem"\n[counting]\nlateness = "40d"\n[retention]\nminutes = "40d"\n'
    (tmp_path / "site.toml").write_text(site)
    sent = call(
        "replay", str(bank / "january.txt"), "--format", "anonymous_bank", "--order", "file", "--no-wait", **services
    )
    assert sent.stderr.endswith("31599 lines: 31317 sent, 240 skipped (phantom), 42 refused (no_service_time)\n")
    done("consume", "--until-end", **services)
    totals = rows(done("totals", "--by", "agent", "--period", "day", **services))
    counted = {(r["period"], r["agent"]): (r["handled"], r["talk_s"]) for r in totals if r["agent"] != "~unattributed"}
    with (bank / "truth_january_agent_completion_day.csv").open(newline="") as file:
        truth = {(r["completion_date"], r["agent"]): (r["completed"], r["talk_seconds"]) for r in csv.DictReader(file)}
    assert counted == truth
    assert sum(int(r["handled"]) for r in totals if r["agent"] == "~unattributed") == 490


def test_run_brings_the_board_up_restarts_what_dies_and_leaves_nothing(
    services: dict[str, str], tmp_path: Path
) -> None:
    url = f"http://{services['CALLFLOOR_LISTEN']}/snapshot?topic=floor"
    with started(tmp_path, "run", **services) as run:
        signing.use_link(lambda: run.said)
        wait_until(lambda: _age_s(url) is not None, PATIENCE_S, f"a fresh snapshot; said: {run.said}")
        publisher = run.role("publish")
        assert publisher is not None
        publisher.kill()
        run.wait_for("publish ended (exit code -9); starting it again in 1 s", PATIENCE_S)
        wait_until(lambda: run.role("publish") not in (None, publisher), PATIENCE_S, "another publisher")
        consumer = run.role("consume")
        assert consumer is not None
        consumer.suspend()  # it hangs: it must not keep the others from ending
        run.process.terminate()
        assert run.process.wait(STOP_S) == 0
        assert run.left() == []


def test_run_killed_outright_leaves_nothing_either(services: dict[str, str], tmp_path: Path) -> None:
    with started(tmp_path, "run", **services) as run:
        wait_until(lambda: all(run.role(name) for name in ("consume", "publish", "serve")), PATIENCE_S, "three roles")
        run.children()
        run.process.kill()
        run.process.wait()
        wait_until(lambda: not run.left(), PATIENCE_S, "every child gone")


def test_a_second_publisher_is_refused_while_the_first_is_at_work(services: dict[str, str], tmp_path: Path) -> None:
    with started(tmp_path, "run", **services) as run:
        url = f"{signing.use_link(lambda: run.said)}/snapshot?topic=floor"
        wait_until(lambda: _age_s(url) is not None, PATIENCE_S, f"a fresh snapshot; said: {run.said}")
        second = call("publish", **services)
        assert second.returncode == 1
        assert "another publisher is at work" in second.stderr
        run.process.terminate()
        assert run.process.wait(STOP_S) == 0


def _age_s(url: str) -> float | None:
    try:
        answer = patient_http.get(url)
    except httpx.TransportError:
        return None
    age_s: float | None = answer.json()["age_s"] if answer.status_code == 200 else None
    return age_s


def test_simulate_sends_the_shift_so_far_and_goes_on_live(services: dict[str, str], tmp_path: Path) -> None:
    floor = ("--agents", "20", "--teams", "9", "--hours-in", "1")
    with started(tmp_path, "simulate", *floor, **services) as simulate:
        simulate.wait_for("live now", PATIENCE_S)
        before = _ends(services)
        wait_until(lambda: _ends(services) > before > 500, PATIENCE_S, "more events")
        simulate.process.terminate()
        assert simulate.process.wait(STOP_S) == 0


def _ends(services: dict[str, str]) -> int:
    report = json.loads(call("check", "--format", "json", **services).stdout)
    return sum(partition["end"] for partition in report["partitions"].values())
