"""An agent's own page: who else looked at the agent, and what stands there while that is not known."""

from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.browser.own_page import PHONE, WIDE, Opener, text_of
from tests.browser.own_page import show as show
from tests.browser.told import lookers, told

pytestmark = pytest.mark.browser


def _lines(seen: Show) -> list[str]:
    return [" ".join(text.split()) for text in seen.page.locator(".looker").all_inner_texts()]


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("zh", ["王敏 本组班长 5 次 最近 09:32", "俞敏 质检 2 次 最近 12:32"]),
        ("en", ["王敏 own lead 5× last 09:32", "俞敏 Quality 2× last 12:32"]),
    ],
)
def test_an_agent_sees_who_else_looked_how_often_and_when_last(show: Opener, lang: str, lines: list[str]) -> None:
    seen = show(lang)
    assert _lines(seen) == lines
    assert text_of(seen, "refused") == ""
    narrow = show(lang, size=PHONE)
    assert _lines(narrow) == lines
    assert narrow.page.evaluate(WIDE) == []


@pytest.mark.parametrize(
    ("found", "said", "refused"),
    [
        (None, "记录现在读不到，稍后自动重试。", ""),
        (lookers(lookers=[]), "近 30 天没有别人打开过你的明细。", ""),
        (
            lookers(lookers=[], refused=5),
            "近 30 天没有别人打开过你的明细。",
            "另有 5 次想看被拒绝了。",
        ),
    ],
)
def test_what_is_not_known_is_said(show: Opener, found: Any, said: str, refused: str) -> None:
    seen = show(told=told(lookers=found))
    assert (text_of(seen, "lookers"), text_of(seen, "refused")) == (said, refused)
