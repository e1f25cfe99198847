"""What is told outward names nobody, gathers what comes together, and a fault of it ends nothing."""

import logging
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from dashboard.actions.flag_episodes import Episode, Sighting, opened
from dashboard.actions.flag_store import FlagsAway
from dashboard.actions.notify import LATE_MS, SEND_EVERY_MS, BadUrl, Notice, Notifier, UrlMessenger, notice_of
from dashboard.board.bus_flags import RedisFlags
from dashboard.site.load import Site, Team
from tests.dashboard.actions.flag_floor import DAY, NOON_MS, MemoryFlags, seen
from tests.services.hearing import hearing
from tests.waiting import PATIENCE_S, wait_until

SITE = Site(teams=(Team("dawn", "晨曦组", "Dawn", "outbound"), Team("l/k", "镜湖组", "Lake", "inbound")))
BOARD = "http://127.0.0.1:8050"


def worded(episodes: Sequence[Episode]) -> Notice:
    return notice_of(episodes, SITE, BOARD)


def episodes(*agents: str, team: str | None = "dawn") -> list[Episode]:
    return [opened(Sighting(agent, team, "review", DAY, {"log_e": 7.0}), NOON_MS) for agent in agents]


class Messenger:
    """Takes what is sent, or refuses it."""

    def __init__(self, takes: bool = True) -> None:
        self.takes = takes
        self.sent: list[Notice] = []

    def __call__(self, notice: Notice) -> bool:
        self.sent.append(notice)
        return self.takes


def notifier(store: MemoryFlags, send: Messenger, now_ms: int = NOON_MS, **more: int) -> Notifier:
    return Notifier(store, worded, send, lambda: now_ms, **more)


def test_a_message_says_how_many_of_which_team_and_where_the_board_is() -> None:
    told = worded([*episodes("a1", team="l/k"), *episodes("a2", "a3"), *episodes("a4", team="gone")])
    assert told == Notice(
        "新提示 4 条，请查看",
        "晨曦组：2 条  http://127.0.0.1:8050/team/dawn\n镜湖组：1 条  http://127.0.0.1:8050/team/l%2Fk\n"
        "未分组：1 条  http://127.0.0.1:8050\n提示是谈话的由头，不是结论。",
    )


@given(st.lists(st.text(st.characters(categories=["Lu"]), min_size=4), min_size=1, unique=True))
def test_no_message_names_an_agent(agents: Sequence[str]) -> None:
    for language in ("zh", "en"):
        told = notice_of(episodes(*agents), Site(language=language, teams=SITE.teams), BOARD)
        assert not [agent for agent in agents if agent in told.title or agent in told.body]


def test_what_comes_together_is_one_message() -> None:
    store, send = MemoryFlags(), Messenger()
    for each in episodes("a1", "a2", "a3"):
        store.create(each)
    worker = notifier(store, send)
    assert [worker.step(), worker.step()] == [3, 0]
    assert [notice.title for notice in send.sent] == ["新提示 3 条，请查看"]


def test_what_nobody_took_is_tried_again_as_long_as_it_is_news() -> None:
    store, send = MemoryFlags(), Messenger(takes=False)
    store.create(episodes("a1")[0])
    worker = notifier(store, send)
    assert [worker.step(), worker.step()] == [0, 0]
    send.takes = True
    assert (worker.step(), len(send.sent)) == (1, 3)
    store.create(episodes("a2")[0])
    assert notifier(store, send, NOON_MS + LATE_MS + 1).step() == 0
    assert (len(send.sent), store.untold) == (3, [])


@pytest.mark.services
def test_one_message_a_minute_among_all_workers_and_the_others_are_in_the_next(redis_url: str) -> None:
    send = Messenger()
    with Redis.from_url(redis_url) as client:
        store = RedisFlags(client)
        workers = [Notifier(store, worded, send, lambda: NOON_MS) for _ in range(2)]
        store.create(episodes("a1")[0])
        assert [worker.step() for worker in workers] == [1, 0]
        for each in episodes("a2", "a3"):
            store.create(each)
        assert [worker.step() for worker in workers] == [0, 0]
        assert 0 < client.pttl("callfloor:{flags}:turn") <= SEND_EVERY_MS
        client.pexpire("callfloor:{flags}:turn", 1)
        wait_until(lambda: workers[1].step() == 2, PATIENCE_S, "the next turn")
    assert len(send.sent) == 2


def test_the_thread_outlives_a_redis_that_is_away_and_stops_when_told(caplog: pytest.LogCaptureFixture) -> None:
    class Away(MemoryFlags):
        calls = 0

        def unsent(self, most: int) -> list[Episode]:
            self.calls += 1
            if self.calls < 3:
                raise FlagsAway("no answer")
            return super().unsent(most)

    store, send = Away(), Messenger()
    store.create(opened(seen(), NOON_MS))
    with caplog.at_level(logging.WARNING), notifier(store, send).notifying(every_s=0.01):
        wait_until(lambda: send.sent, PATIENCE_S, "the message")
    assert "trying again: no answer" in caplog.text
    assert not [thread for thread in threading.enumerate() if thread.name == "flags-telling"]


def test_every_url_hears_it_and_one_that_fails_is_named_without_its_secret(caplog: pytest.LogCaptureFixture) -> None:
    with hearing() as ear, hearing() as deaf, caplog.at_level(logging.DEBUG, "apprise"):
        deaf.status = 500
        secret = deaf.url.replace("json://", "json://user:hunter2@")
        out = UrlMessenger(f"{ear.url}/one, {ear.url}/two {secret}/hunter3")
        assert out(worded(episodes("a1")))
        assert [(heard.path, heard.body["title"]) for heard in ear.heard] == [
            ("/one", "新提示 1 条，请查看"), ("/two", "新提示 1 条，请查看"),
        ]  # fmt: skip
        assert "/team/dawn" in ear.heard[0].body["message"]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("dashboard", "apprise"))]
    assert ours == ["a notification of new flags could not be sent by json (number 3 of notify-file)"]
    assert not UrlMessenger(f"{ear.url}/gone")(worded(episodes("a1")))


@pytest.mark.parametrize("urls", ["nonsense://hunter2/x", "no url", "json://127.0.0.1:1 slack://", "wecombot://"])
def test_a_url_that_cannot_be_meant_is_refused_without_its_secret(urls: str) -> None:
    with pytest.raises(BadUrl, match="^notify-file: ") as bad:
        UrlMessenger(urls)
    assert "hunter2" not in str(bad.value)


def test_no_url_is_nobody() -> None:
    assert not UrlMessenger("")(Notice("t", "b"))
    assert timedelta(milliseconds=SEND_EVERY_MS) == timedelta(minutes=1)
