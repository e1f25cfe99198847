"""The table of errors: every exception becomes a status and a word, and docs/routes.md lists the word."""

import json

import httpx
import pytest
import redis
from dash.exceptions import DependencyException

from dashboard.actions.acting_person import Refused
from dashboard.floor.periods import BadPeriod
from dashboard.health.letter_replay import ReplayRefused
from dashboard.health.replay_store import ReplayStoreAway
from dashboard.live.hub import UnknownTopic
from dashboard.web.errors import ERRORS, answer_error, answer_fault
from streams.actions import ProduceFailed
from streams.store.ledger_reader import LedgerBusy
from tests.dashboard.running import serving, snapshot
from tests.golden import ROOT
from tests.waiting import PATIENCE_S, wait_until


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (Refused(409, "too_late", "the deadline is over"), (409, "too_late")),
        (ReplayRefused(409, "replay_runs", "one replay runs at a time"), (409, "replay_runs")),
        (BadPeriod("no such day"), (400, "bad_period")),
        (UnknownTopic("team:none"), (404, "unknown_topic")),
        (DependencyException("x"), (404, "no_script")),
        (LedgerBusy("ask again"), (503, "busy")),
        (ProduceFailed("1 of 1 records"), (503, "kafka_away")),
        (redis.ConnectionError("away"), (503, "redis_away")),
        (redis.AuthenticationError("WRONGPASS"), (503, "redis_refuses")),
        (ReplayStoreAway("away"), (503, "redis_away")),
        (ConnectionResetError(), (503, "redis_away")),
    ],
)
def test_every_error_has_a_status_and_a_documented_word(error: Exception, answer: tuple[int, str]) -> None:
    found = answer_error(error)
    word = json.loads(found.body)["error"]
    assert (found.status_code, word) == answer
    assert f"`{word}`" in (ROOT / "docs/routes.md").read_text("utf-8")
    assert isinstance(error, ERRORS)


def test_whoever_asks_again_and_again_while_redis_refuses_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    class Denied(redis.AuthenticationError):
        """An error that no other test meets: each kind has its line once a minute."""

    words = [json.loads(answer_error(Denied("WRONGPASS")).body)["error"] for _ in range(100)]
    assert words == ["redis_refuses"] * 100
    assert [record.levelname for record in caplog.records] == ["ERROR"] and "WRONGPASS" in caplog.text


def test_an_error_that_no_route_expects_is_a_fault() -> None:
    assert not isinstance(KeyError("a fault"), ERRORS)
    assert (answer_fault().status_code, json.loads(answer_fault().body)["error"]) == (500, "failed")


@pytest.mark.services
def test_a_right_that_redis_took_away_is_named_in_the_answer(redis_url: str) -> None:
    url = redis_url.replace("redis://", "redis://floor:hush@")
    with redis.Redis.from_url(redis_url) as client:
        client.execute_command("ACL SETUSER floor reset on >hush allkeys allchannels allcommands")
        try:
            with serving(url) as address:
                before = snapshot(address)
                client.execute_command("ACL SETUSER floor -get -hgetall -eval")
                after = wait_until(lambda: _unless_same(snapshot(address), before), PATIENCE_S, "another answer")
        finally:
            client.execute_command("ACL DELUSER floor")
    assert after is not None
    assert (before.json()["error"], after.status_code, after.json()["error"]) == ("no_publisher", 503, "redis_refuses")
    assert "NOPERM" in after.text and "ACL" in after.text and "hush" not in after.text


def _unless_same(answer: httpx.Response, before: httpx.Response) -> httpx.Response | None:
    return None if answer.json() == before.json() else answer
