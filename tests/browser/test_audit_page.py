"""The page of the audit log on the stage: rows in words, filters in the address, the chain, and every state it can be in."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.audit_answers import PEOPLE, broken_chain, chain, example_audit, lookers
from tests.browser.conftest import Show
from tests.browser.fitting import misfits
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
FOUND = {"looks": lookers(), "candidates": [lookers()["person"]]}
AWAY = (503, {"error": "audit_unread", "message": "the audit log cannot be read: no broker"})


def opened(show: Opener, lang: str = "zh", query: str = "audit", until: str = "#audit-rows tr", **changes: Any) -> Show:
    answers = {"GET /audit.json": (200, example_audit(**changes)), "POST /audit/verify": (202, chain(is_running=True))}
    seen = show("audit", lang=lang, theme="light", query=query, answers=answers)
    seen.until(f"document.querySelector('{until}')")
    return seen


def asked(seen: Show) -> list[str]:
    return [query for name, query, _ in seen.stage.asked if name == "GET /audit.json"]


def until_asked(seen: Show, query: str) -> None:
    wait_until(lambda: query in asked(seen), PATIENCE_S, f"the question {query}")


def row(seen: Show, number: int) -> list[str]:
    cells: list[str] = seen.page.locator(f'[data-number="{number}"] td').all_inner_texts()
    return [" ".join(cell.split()) for cell in cells]


@pytest.mark.parametrize(
    ("lang", "rows"),
    [
        (
            "zh",
            {
                12_418: ["周岚 班长", "看个人页", "林晓芸", "晨曦组，明细", "12,418"],
                12_414: ["周岚 班长", "看列表", "晨曦组", "实时数字", "12,414"],
                12_413: ["陆沉 班长", "拒绝访问", "林晓芸，无权或不存在", "晨曦组，明细", "12,413"],
                12_411: ["陈思远 坐席", "看个人页", "陈思远（本人）", "我的绩效", "12,411"],
                12_410: ["方舟 质检", "裁定", "马腾飞，改判 C-20463", "晨曦组，裁定", "12,410"],
                12_408: ["顾明 现场主管", "看列表", "大屏 main", "实时数字", "12,408"],
                12_407: ["tester 命令行", "导出", "按坐席 2026-11-20", "callfloor judge", "12,407"],
                12_406: ["白川 管理员", "拒绝访问", "晨曦组", "班组页", "12,406"],
                12_405: ["俞敏 质检", "登录", "", "登录", "12,405"],
            },
        ),
        (
            "en",
            {
                12_418: ["周岚 Team lead", "Viewed a person", "Agent 8100", "Dawn, details", "12,418"],
                12_413: ["陆沉 Team lead", "Denied", "Agent 8100, not theirs, or not there", "Dawn, details", "12,413"],
                12_400: ["白川 Admin", "Set", "dead letters sent again", "health", "12,400"],
            },
        ),
    ],
)
def test_rows_are_said_in_words(show: Opener, lang: str, rows: dict[int, list[str]]) -> None:
    seen = opened(show, lang)
    assert {number: row(seen, number)[1:] for number in rows} == rows
    assert misfits(seen, "audit") == []


def test_a_refusal_is_bold_with_a_lock_and_chips_add_up_to_the_day(show: Opener) -> None:
    seen = opened(show)
    weight = "(n) => getComputedStyle(document.querySelector(`[data-number='${n}'] .whom`)).fontWeight"
    assert [seen.page.evaluate(weight, n) for n in (12_413, 12_414)] == ["600", "400"]
    assert seen.page.locator("#audit-rows .g-lock").count() == 2
    figures = [int(text.split()[-1]) for text in seen.page.locator("#audit-kinds .chip").all_inner_texts()]
    assert figures[0] == sum(figures[1:]) == 20
    assert seen.page.locator("#audit-period").inner_text() == "今天 20 条"


def test_filters_stand_in_the_address_and_a_link_keeps_them(show: Opener) -> None:
    seen = opened(show)
    seen.page.locator("[data-kind=denied]").click()
    until_asked(seen, "kind=denied")
    seen.page.locator("#audit-account").fill("周")
    until_asked(seen, "kind=denied&account=%E5%91%A8")
    seen.page.locator("#audit-days").select_option("from:2026-11-17")
    until_asked(seen, "from=2026-11-17&kind=denied&account=%E5%91%A8")
    assert "from=2026-11-17&kind=denied&account=%E5%91%A8" in seen.page.url
    export = seen.page.locator("#audit-export").get_attribute("href")
    assert export == "/audit/export?from=2026-11-17&kind=denied&account=%E5%91%A8"
    other = seen.page.locator("header.top a[href*='lang=en']").get_attribute("href")
    assert other is not None and "kind=denied" in other
    linked = opened(
        show, query="audit?date=2026-11-02&person=8100&kind=set", first_day="2026-11-02", last_day="2026-11-02"
    )
    until_asked(linked, "date=2026-11-02&kind=set&person=8100")
    assert linked.page.locator("#audit-person").input_value() == "8100"
    assert linked.page.locator("#audit-days").input_value() == "date:2026-11-02"
    assert linked.page.locator("[data-kind=set]").get_attribute("aria-pressed") == "true"
    linked.page.locator("#audit-person").press("Escape")
    until_asked(linked, "date=2026-11-02&kind=set")


def test_a_row_opens_who_looked_at_its_person(show: Opener) -> None:
    seen = opened(show)
    seen.stage.answers["GET /audit.json"] = (200, example_audit(**FOUND))
    seen.page.locator('[data-number="12418"]').click()
    until_asked(seen, "agent=8100")
    seen.until("document.querySelector('#audit-looks dl')")
    assert " ".join(seen.page.locator("#audit-looks").inner_text().split()) == (
        "周岚 本组班长 5 次，14:31 俞敏 质检 2 次，12:02 林晓芸 本人 3 次，13:02 另有 1 次被拒：陆沉 14:22。"
    )
    assert seen.page.locator("#audit-agent").input_value() == "林晓芸"
    assert seen.page.locator("#audit-rows .is-picked").count() == 3
    people = [{"id": id, "name": name, "name_en": "", "team": None} for id, name in PEOPLE.items()]
    seen.stage.answers["GET /audit.json"] = (200, example_audit(candidates=people))
    seen.page.locator("#audit-agent").fill("陈")
    seen.until("document.querySelectorAll('#audit-looks .which button').length === 4")
    seen.page.locator("#audit-looks .which button").nth(2).click()
    until_asked(seen, "agent=8111")


def test_the_list_is_gone_through_by_keys(show: Opener) -> None:
    seen = opened(show)
    at = "Number(document.activeElement.dataset.number)"
    seen.page.locator('[data-number="12418"]').focus()
    stops = seen.page.locator("#audit-rows tr[tabindex='0']")
    for key, number in (
        ("ArrowDown", 12_417),
        ("ArrowDown", 12_416),
        ("ArrowUp", 12_417),
        ("End", 12_399),
        ("Home", 12_418),
    ):
        seen.page.keyboard.press(key)
        assert (seen.page.evaluate(at), stops.count()) == (number, 1)
    newer = [dict(each, number=each["number"] + 5) for each in example_audit()["rows"][:5]] + example_audit()["rows"]
    seen.stage.answers["GET /audit.json"] = (200, example_audit(rows=newer))
    seen.until("document.querySelectorAll('#audit-rows tr').length === 25")
    assert seen.page.evaluate(at) == 12_418, "new rows above take no focus"
    seen.page.keyboard.press("Enter")
    until_asked(seen, "agent=8100")


def test_an_intact_chain_is_said_and_checked_on_demand(show: Opener) -> None:
    seen = opened(show)
    assert seen.page.locator("#audit-chain").inner_text() == "链完整，12,418 条"
    assert seen.page.locator("#audit-checked").inner_text().startswith("14:30 校验，用时 0.4 秒。最近一条 3f9a…c2。")
    assert seen.page.locator("#audit-links rect").count() == 12
    seen.stage.answers["GET /audit.json"] = (200, example_audit(chain=chain(is_running=True)))
    seen.page.locator("#audit-verify").click()
    seen.until("document.querySelector('#audit-verify').disabled")
    assert ("POST /audit/verify", "", {}) in seen.stage.asked


@pytest.mark.parametrize(("lang", "words"), [("zh", "第 12,409 条起对不上"), ("en", "Broken from row 12,409 on")])
def test_a_broken_chain_is_a_fault_from_its_row_on(show: Opener, lang: str, words: str) -> None:
    seen = opened(show, lang, chain=broken_chain())
    assert seen.page.locator("#audit-chain").inner_text() == words
    assert seen.page.locator("#audit-rows .number.fault").all_inner_texts() == [
        f"{n:,}" for n in range(12_418, 12_408, -1)
    ]
    assert seen.page.locator("#audit-links .is-broken").count() > 0
    assert seen.page.locator("#audit-faults li").count() == 1
    colours = "getComputedStyle(document.querySelector('#audit-chain')).color"
    assert seen.page.evaluate(colours) == "rgb(179, 38, 30)"
    assert misfits(seen, "audit broken") == []


def test_while_the_log_cannot_be_read_the_page_keeps_what_it_has(show: Opener) -> None:
    seen = opened(show)
    seen.stage.answers["GET /audit.json"] = AWAY
    seen.until("document.querySelector('#audit.is-unreached')")
    assert seen.page.locator("#audit-away").inner_text() == "审计记录读不到（Kafka 没有应答），下面是 14:32:09 的。"
    assert seen.page.locator("#audit-rows tr").count() == 20
    seen.stage.answers["GET /audit.json"] = (200, example_audit())
    seen.until("!document.querySelector('#audit.is-unreached')")
    assert seen.page.locator("#audit-away").inner_text() == ""


def test_a_page_that_never_got_the_log_says_why(show: Opener) -> None:
    answers = {"GET /audit.json": AWAY}
    seen = show("audit", lang="en", theme="light", query="audit", answers=answers)
    seen.until("document.querySelector('#audit-away').textContent")
    assert seen.page.locator("#audit-away").inner_text() == (
        "The audit log cannot be read (Kafka does not answer); trying again by itself."
    )
    seen.stage.answers["GET /audit.json"] = (200, example_audit(chain=chain(state="unread", checked_ms=None)))
    seen.until("document.querySelector('#audit-rows tr')")
    assert seen.page.locator("#audit-chain").inner_text() == "Cannot be checked now"


def test_an_empty_list_says_so_and_leads_back(show: Opener) -> None:
    nothing = dict.fromkeys(example_audit()["counts"], 0)
    seen = opened(show, query="audit?kind=set", rows=[], counts=nothing, exports=[], exported=0)
    assert "没有符合的记录" in seen.page.locator("#audit-rows").inner_text()
    assert seen.page.locator("#audit-exports").inner_text() == "这段时间没有导出。"
    seen.stage.answers["GET /audit.json"] = (200, example_audit())
    seen.page.locator("[data-clear]").click()
    until_asked(seen, "")
    seen.until("document.querySelectorAll('#audit-rows tr').length === 20")


def test_rows_beyond_the_page_are_counted(show: Opener) -> None:
    seen = opened(show, more=1_234)
    assert seen.page.locator("#audit-more").inner_text() == "更早的还有 1,234 条：请缩小范围，或者导出。"
