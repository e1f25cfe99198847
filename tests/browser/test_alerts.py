"""The alerts beside the table: what is to be done now, and the way to whom it concerns."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Show

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
OPEN = "document.getElementById('alerts').getAttribute('aria-hidden') === 'false'"


def _open(show: Opener, lang: str = "zh") -> Show:
    seen = show("team", theme="light", lang=lang)
    seen.until("document.querySelector('[data-count=alerts]').innerText === '7'")
    seen.page.locator("[data-bar=alerts]").click()
    seen.until(OPEN)
    return seen


def test_it_opens_only_when_somebody_asks(show: Opener) -> None:
    seen = show("team", theme="light")
    seen.until("document.querySelector('[data-count=alerts]').innerText === '7'")
    assert seen.page.locator("#alerts").is_hidden()
    assert seen.page.locator("[data-bar=alerts]").get_attribute("aria-expanded") == "false"


def test_every_alert_says_what_it_is_and_what_is_to_be_done(show: Opener) -> None:
    seen = _open(show)
    told = [" ".join(text.split()) for text in seen.page.locator(".al").all_inner_texts()]
    assert told[0] == "晨曦组 进度达成率 93.0%，偶然下限 95.0% 看今日先看的几位 14:23 起"
    assert told[1] == "宋佳 未到岗，排班 14:00 联系本人，核对排班"
    assert re.match(r"赵敏 小休 13:[345]\d，上限 10 分", told[2])
    assert told[4:] == [
        "/acd/one 来源没有消息 看运行状况 14:26 起",
        "客服 排队 24，上限 20 调人接这个队列 14:29 起",
        "一小时内无法处理 131 条，上限 100 看运行状况 13:52 起",
    ]
    sums = seen.page.locator(".flag-sums span:not(.g)").all_inner_texts()
    assert ["".join(text.split()) for text in sums] == ["重点辅导1", "关注2", "骤降1", "质检骤降1"]


def test_who_is_concerned_opens_his_drawer_and_the_keys_close(show: Opener) -> None:
    seen = _open(show)
    seen.page.locator('.al [data-agent="8102"]').click()
    seen.until("document.querySelector('#drawer h2').innerText === '赵敏'")
    assert seen.page.locator("#alerts").is_hidden()
    seen.page.keyboard.press("Escape")
    seen.until("document.getElementById('drawer').getAttribute('aria-hidden') === 'true'")
    seen.page.locator("[data-bar=alerts]").click()
    seen.until(OPEN)
    seen.page.keyboard.press("Escape")
    seen.until(f"!({OPEN})")


def test_of_the_system_it_leads_to_its_health(show: Opener) -> None:
    seen = _open(show, lang="en")
    link = seen.page.locator(".al a").first
    assert (link.inner_text(), link.get_attribute("href")) == ("See Health", "/health?lang=en&theme=light")


def test_an_alert_that_goes_is_gone_and_none_is_said(show: Opener) -> None:
    seen = _open(show)
    floor = seen.stage.snapshot["floor"] | {"alerts": []}  # type: ignore[index]
    seen.stage.push(floor=floor, desk={"look_first": {"people": [], "facts": []}, "alerts": [], "flags": None})
    seen.until("document.querySelector('[data-count=alerts]').innerText === '0'")
    assert seen.page.locator("#alerts .db").inner_text() == "现在没有提醒"
