"""An agent's own page: the months that were signed, and the appeal against one."""

import pytest

from tests.browser.conftest import Show
from tests.browser.own_page import PHONE, WIDE, Opener, posted
from tests.browser.own_page import show as show
from tests.browser.told import sheet, told

pytestmark = pytest.mark.browser


def _sheets(seen: Show) -> list[list[str]]:
    return [text.split() for text in seen.page.locator(".sheet").all_inner_texts()]


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("zh", ["2026-10 净话务量 3,911 B 档 11-20 签定 可申诉至 11-25 申诉",
                "2026-09 净话务量 3,702 C 档 10-08 签定 申诉期已过"]),
        ("en", ["2026-10 Net 3,911 Grade B Closed 11-20 appeal by 11-25 Appeal",
                "2026-09 Net 3,702 Grade C Closed 10-08 too late to appeal"]),
    ],
)  # fmt: skip
def test_signed_months_say_what_was_signed_and_until_when_they_can_be_appealed(
    show: Opener, lang: str, lines: list[str]
) -> None:
    seen = show(lang)
    assert [" ".join(words) for words in _sheets(seen)] == lines


def test_a_signed_month_is_appealed_once_and_the_answer_is_read_there(show: Opener) -> None:
    seen = show(size=PHONE, answers={"POST /appeals": (201, {"action_id": "appeal:2026-10:8111", "counted": True})})
    seen.page.locator('.sheet[data-ref="2026-10"] button').click()
    seen.page.keyboard.type("档位不对")
    filed = {"ref": "2026-10", "kind": "sheet", "state": "open", "decide_by": "2026-11-29T16:00:00.000Z"}
    seen.stage.answers["GET /me.json"] = (200, told(sheets=[sheet(may_appeal=False)], appeals=[filed]))
    seen.page.keyboard.press("Enter")
    seen.until("!document.querySelector('.sheet button') && !document.querySelector('form')")
    assert posted(seen) == [("POST /appeals", "", {"ref": "2026-10", "text": "档位不对"})]
    assert _sheets(seen)[0][-4:] == ["申诉中", "·", "11-30", "前答复"]
    decided = filed | {"state": "refused", "decided": "2026-11-23T06:31:00.000Z", "decided_by": "unverified:hr"}
    answered = told(sheets=[sheet(may_appeal=False)], appeals=[decided | {"reason": "已复核"}])
    seen.stage.answers["GET /me.json"] = (200, answered)
    seen.until("document.querySelector('.sheet .said')?.innerText === '14:31，hr，已复核'")
    assert seen.page.evaluate(WIDE) == []


def test_without_a_signed_month_there_is_no_word_of_it(show: Opener) -> None:
    seen = show(told=told(sheets=[]))
    assert not seen.page.locator(".sheets").is_visible()
