"""The pages of a board: values of queues and seats, what is unknown, what is over a limit, and who is never named."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from layouts.parts.page_site import PageBoard
from layouts.wall import pages_of, topic_of
from tests.browser.conftest import Show
from tests.browser.hanging import beat, hung, turn_to
from tests.browser.stage import Stage
from tests.layouts.example import example_agents, example_site
from tests.layouts.judged import sort_of_alert
from tests.layouts.seated import BOARD, example_queues, seats_snapshot

pytestmark = pytest.mark.browser
Hang = Callable[..., Show]


@pytest.fixture
def hang(stage: Stage, browser: Browser) -> Iterator[Hang]:
    with ExitStack() as open_:
        yield lambda **how: open_.enter_context(hung(stage, browser, **how))


def _rows(seen: Show) -> list[list[str]]:
    return [row.inner_text().split() for row in seen.page.locator(".qr").all()]


def _seat(seen: Show, at: int) -> list[str]:
    return seen.page.locator(".seat").nth(at).inner_text().split()


def test_queues(hang: Hang) -> None:
    seen = hang()
    turn_to(seen, "queues")
    head, *rows = _rows(seen)
    assert head == ["队列", "排队人数", "最长等待", "及时接听", "放弃", "空闲坐席"]
    assert rows[0] == ["账单", "23", "超过", "20", "1:35", "95.4%", "共", "1,082", "50", "6"]
    assert rows[1] == ["报障", "1", "1:01:35", "84.7%", "共", "1,183", "低于", "85%", "91", "5"]
    assert rows[3] == ["贵宾", "—", "—", "68.0%", "共", "1,385", "173", "—"]
    assert seen.page.locator(".qr .over .g-behind").count() == 2
    assert [
        seen.page.locator(f'[data-page="queues"] [data-path="floor.{name}"]').inner_text() for name in ("net", "pace")
    ] == [
        "15,319",
        "98.5",
    ]


def test_queues_that_change_change_in_place(hang: Hang) -> None:
    seen = hang(lang="en")
    turn_to(seen, "queues")
    queues = example_queues()
    queues[0] |= {"waiting": 4}
    beat(seen, floor=seats_snapshot()["floor"] | {"queues": queues, "alerts": []})
    assert _rows(seen)[1] == ["Billing", "4", "1:35", "95.4%", "of", "1,082", "50", "6"]
    assert seen.page.locator(".qr .over").count() == 0


def test_more_queues_than_a_screen_holds_come_at_the_next_turns(hang: Hang) -> None:
    snapshot = seats_snapshot()
    snapshot["floor"] |= {"queues": example_queues(11)}
    seen = hang(snapshot=snapshot)
    turn_to(seen, "queues")
    assert (len(_rows(seen)), seen.page.locator(".title.on").inner_text().split()) == (8, ["排队", "1–7", "/", "11"])
    seen.page.evaluate("callfloorApp.page.turn.rounds.queues += 1")
    turn_to(seen, "queues")
    assert [row[:2] for row in _rows(seen)[1:]] == [["队列", "7"], ["队列", "8"], ["队列", "9"], ["队列", "10"]]


def test_without_queues_it_says_so(hang: Hang) -> None:
    snapshot = seats_snapshot()
    snapshot["floor"] |= {"queues": []}
    seen = hang(snapshot=snapshot)
    turn_to(seen, "queues")
    assert seen.page.locator(".wall-queues").inner_text() == "今天还没有排队数据"


def test_seats_in_their_order_with_state_time_net_and_how_it_is_made(hang: Hang) -> None:
    seen = hang(clock=True)
    turn_to(seen, "agents")
    assert seen.page.locator(".seat").count() == 60
    assert seen.page.locator(".title.on").inner_text().split()[:4] == ["坐席", "1–60", "/", "180"]
    names = seen.page.locator(".seat .who").all_inner_texts()
    assert names == [row[2] for row in seats_snapshot()["seats"]["rows"][:60]]
    assert _seat(seen, 1)[0] == "北辰" and _seat(seen, 1)[2:] == ["150", "151", "−", "1"]
    assert re.fullmatch(r"1:(0[5-9]|[1-5]\d)", _seat(seen, 1)[1]), "1:05 as the page is opened"
    assert _seat(seen, 8) == ["墨言", "157", "未签入"], "gone home"
    assert _seat(seen, 9) == ["听风", "—", "未签入"], "has not come: unknown is not 0"
    assert [seen.page.locator(".seat").nth(at).locator(".g").get_attribute("class") for at in range(8)] == [
        f"g g-{name}" for name in ("talk", "talk", "available", "available", "wrap", "break", "other", "other")
    ]
    heads = seen.page.locator(".block h2").all_inner_texts()
    assert [head.split()[0] for head in heads] == ["晨曦组", "远航组", "青松组"]
    assert "话务量 2,318 − 扣减 82（其中待核实 22）= 净量 2,236" in heads[0]


def test_a_seat_changes_alone(hang: Hang) -> None:
    seen = hang(lang="en")
    turn_to(seen, "agents")
    row = list(seats_snapshot()["seats"]["rows"][3])
    row[4:] = ["wrap", row[5], 200, 9, 191]
    beat(seen, seats={"rows": [row]})
    seen.until("document.querySelectorAll('.seat .nt')[3].innerText === '191'")
    assert _seat(seen, 3)[0] == "Coral" and _seat(seen, 3)[2:] == ["191", "200", "−", "9"]
    assert _seat(seen, 4)[0] == "Elm"


def test_the_next_sixty_come_at_the_next_turn(hang: Hang) -> None:
    seen = hang()
    turn_to(seen, "agents")
    seen.page.evaluate("callfloorApp.page.turn.rounds.agents += 1")
    turn_to(seen, "agents")
    assert seen.page.locator(".title.on").inner_text().split()[1] == "61–120"
    assert [head.split()[0] for head in seen.page.locator(".block h2").all_inner_texts()] == [
        "飞鸿组",
        "云帆组",
        "清泉组",
    ]


def test_hidden_figures_are_hidden_on_every_page(hang: Hang) -> None:
    seen = hang(snapshot=seats_snapshot(age_s=400))
    seen.until_drawn("hidden")
    turn_to(seen, "queues")
    assert [row[1:] for row in _rows(seen)[1:]] == [["—"] * 5] * 4
    turn_to(seen, "agents")
    assert set(seen.page.locator(".seat .nt").all_inner_texts()) == {"—"}
    assert seen.page.locator(".seat .g").count() == 0
    assert set(seen.page.locator(".pinned .kpi b").all_inner_texts()) == {"—"}


def test_nobody_is_ranked_coloured_or_flagged(hang: Hang) -> None:
    seen = hang()
    turn_to(seen, "agents")
    colours = "[...new Set([...document.querySelectorAll('.seat *')].map((n) => getComputedStyle(n).color))].length"
    assert seen.page.evaluate(colours) == 3, "ink of three depths"
    assert (
        seen.page.locator(".seat :is(.ahead,.behind,.review,.g-review,.g-watch,.g-drop,.g-behind,.g-ahead)").count()
        == 0
    )


def test_a_silent_source_is_named(hang: Hang) -> None:
    snapshot = seats_snapshot()
    silent = {"id": "/acd/one", "name": "/acd/one", "name_en": "/acd/one", "value": None, "limit": 1}
    snapshot["floor"]["alerts"] = [sort_of_alert("source_silent") | silent]
    seen = hang(lang="en", snapshot=snapshot)
    assert seen.page.locator(".told").inner_text() == "/acd/one Source is silent"
    turn_to(seen, "agents")
    cut = "[...document.querySelectorAll('header h1, .told')].filter((node) => node.scrollWidth > node.clientWidth).length"
    assert seen.page.evaluate(cut) == 0, "the legend makes room for it"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "分区 3 停止计数：Kafka 里的数据已损坏"),
        ("en", "Partition 3 stands still: its data in Kafka are damaged"),
    ],
)
def test_a_partition_that_stands_still_is_named(hang: Hang, lang: str, words: str) -> None:
    snapshot = seats_snapshot()
    halted = {"id": "3", "name": "3", "name_en": "3", "value": 3, "limit": None}
    snapshot["floor"]["alerts"] = [sort_of_alert("halted_corrupt") | halted]
    assert hang(lang=lang, snapshot=snapshot).page.locator(".told").inner_text() == words


@pytest.mark.parametrize(
    ("lang", "why", "words", "beside"),
    [
        ("zh", "none_given", "已收到 1,240 条记录，没有一条能归到坐席", "1,240 条未归到坐席"),
        ("en", "none_given", "1,240 records came, none could be given to an agent", "1,240 given to no agent"),
        ("zh", "none_counted", "已收到 1,240 条记录，没有一条能计入，原因见运行状况", "1,240 条均未计入"),
        ("en", "none_counted", "1,240 records came, none could be counted: see Health", "none of 1,240 counted"),
    ],
)
def test_an_empty_wall_says_why_it_is_empty_although_records_came(
    hang: Hang, lang: str, why: str, words: str, beside: str
) -> None:
    snapshot = seats_snapshot()
    alert = sort_of_alert(why) | {"id": None, "name": None, "name_en": None, "value": 1240, "limit": None}
    snapshot["floor"] |= {"alerts": [alert], why: 1240}
    seen = hang(lang=lang, snapshot=snapshot)
    assert seen.page.locator(".told").inner_text() == words
    assert beside in seen.page.locator(".hero .r1.c1").inner_text()
    assert seen.page.evaluate(
        "document.querySelector('.hero .r1.c1').scrollWidth <= document.querySelector('.hero .r1.c1').clientWidth"
    )


@pytest.mark.parametrize(
    ("board", "works_council", "pages", "topic"),
    [
        (BOARD, "judge", ("floor", "queues", "agents"), f"wall:{BOARD.id}/people"),
        (PageBoard(pages=("agents",), names="full"), "judge", ("agents",), "wall:main/people"),
        (PageBoard(pages=("floor", "agents"), names="none"), "judge", ("floor",), "wall:main"),
        (PageBoard(pages=("agents",)), "count", ("floor",), "wall:main"),
        (PageBoard(), "judge", ("floor",), "wall:main"),
    ],
)
def test_where_nobody_is_to_be_on_a_wall_there_is_no_such_page(
    board: PageBoard, works_council: str, pages: tuple[str, ...], topic: str
) -> None:
    site = example_site(works_council=works_council)
    assert (pages_of(board, site), topic_of(board, site)) == (pages, topic)


def test_no_name_and_no_id_of_a_person_is_in_the_page(hang: Hang) -> None:
    seen = hang()
    for page in BOARD.pages:
        turn_to(seen, page)
        text = seen.page.locator("body").inner_text()
        assert [who for row in example_agents() for who in row[:3] if str(who) in text] == []
