"""The drawer of a team page: one agent's number, what it is made of, and what can be done about it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.browser.explained import AGENT, OTHER, appeals, explanation
from tests.layouts.example import team_snapshot

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
TOP = "document.querySelector('#drawer h2').innerText"


def _open(show: Opener, who: str = "", lang: str = "zh", **more: tuple[int, Any]) -> Show:
    answers = {"GET /explain": (200, explanation()), "GET /appeals": (200, appeals())}
    answers |= {name.replace("_", " /"): answer for name, answer in more.items()}
    seen = show("team", lang=lang, theme="light", answers=answers, query=f"?as={who}" if who else "")
    seen.page.locator(f'.ag-row[row-id="{AGENT}"] .nm').click()
    seen.until("document.querySelectorAll('#drawer .case').length === 7")
    return seen


def _slot(seen: Show, name: str) -> str:
    return seen.page.locator(f"#drawer [data-slot={name}]").inner_text()


def _case(seen: Show, ref: str) -> Any:
    return seen.page.locator(f'.case[data-ref="{ref}"]')


def _asked(seen: Show) -> list[str]:
    """Every question of what the number is made of."""
    return [name for name, *_ in seen.stage.asked if name in ("GET /explain", "GET /appeals")]


def _acts(seen: Show) -> dict[str, list[str]]:
    found = {
        node.get_attribute("data-ref"): node.locator("[data-act]").all_inner_texts()
        for node in seen.page.locator(".case").all()
    }
    return {ref: texts for ref, texts in found.items() if ref and texts}


def test_it_is_closed_until_somebody_asks(show: Opener) -> None:
    seen = show("team", theme="light")
    seen.page.locator(f'.ag-row[row-id="{AGENT}"]').wait_for()
    assert seen.page.locator("#drawer").is_hidden()
    assert {name for name, *_ in seen.stage.asked} <= {"GET /snapshot"}


def test_the_formula_with_its_numbers(show: Opener) -> None:
    seen = _open(show)
    assert _slot(seen, "name") == "林晓芸"
    assert _slot(seen, "about").startswith("8100，外呼，小休 4:")
    made = ["".join(text.split()) for text in seen.page.locator("#drawer .fx").all_inner_texts()]
    assert made == ["(话务量115−扣减5)÷应完成148=进度达成率74.3%"]
    assert _slot(seen, "due_made") == "应完成 148 ＝ 今日目标 248 的 59.6%，只看排班，不看签入。"
    assert _slot(seen, "range") == "待核实全部撤销则净量 112，全部有责则 110。"
    assert _slot(seen, "quality") == "受控，3 条"
    assert seen.page.locator("#drawer").bounding_box()["width"] == 412  # type: ignore[index]


def test_the_deducted_calls_add_up_to_what_was_deducted(show: Opener) -> None:
    seen = _open(show)
    effects = seen.page.locator(".case .effect").all_inner_texts()
    assert sum(int(text.replace("−", "-")) for text in effects) == -5
    assert _slot(seen, "sum") == "有责 3 + 待核实 2 = 5"
    assert _case(seen, "C-20744").inner_text().split()[:5] == ["10:34", "C-20744", "二次咨询", "申诉中", "−1"]
    assert _case(seen, "C-20408").locator(".said").inner_text() == "14:05，王敏：−1 改为 0，客户撤诉"
    assert _case(seen, "C-20624").locator(".said").inner_text() == "14:10，8888：−1 不变"
    assert _case(seen, "C-20744").locator(".said").inner_text() == "11-30 前答复"


def test_the_keys_move_and_close_it(show: Opener) -> None:
    seen = _open(show)
    marked = "[...document.querySelectorAll('.ag-row.sel')].map((row) => row.getAttribute('row-index')).join()"
    index = int(seen.page.locator(f'.ag-row[row-id="{AGENT}"]').get_attribute("row-index") or 0)
    seen.until(f"{marked} === '{index}'")
    seen.page.keyboard.press("ArrowDown")
    seen.until(f"{TOP} !== '林晓芸'")
    seen.until(f"{marked} === '{index + 1}'")
    seen.page.keyboard.press("ArrowUp")
    seen.until(f"{TOP} === '林晓芸'")
    seen.page.keyboard.press("Escape")
    seen.until("getComputedStyle(document.getElementById('drawer')).display === 'none'")
    seen.page.keyboard.press("Enter")
    seen.until("getComputedStyle(document.getElementById('drawer')).display !== 'none'")


def test_a_changed_number_is_explained_anew_and_flashes_once(show: Opener) -> None:
    seen = _open(show)
    asked = len(_asked(seen))
    seen.stage.answers["GET /explain"] = (200, explanation(calls=116, C_20744="overturned"))
    row = next(list(row) for row in team_snapshot()["agents"]["rows"] if row[0] == AGENT)
    row[5:9] = [116, 4, 1, 112]
    seen.stage.push(agents={"rows": [row]})
    seen.until("document.querySelector('#drawer [data-slot=net]').innerText === '112'")
    assert _slot(seen, "sum") == "有责 3 + 待核实 1 = 4"
    seen.until("document.querySelector('#drawer [data-slot=net]').classList.contains('flash')")
    assert len(_asked(seen)) == asked + 2
    assert not seen.page.evaluate(
        "document.querySelector('#drawer [data-slot=target_by_now]').classList.contains('flash')"
    )


def test_an_answer_for_another_agent_is_not_shown(show: Opener) -> None:
    """The keys are faster than the server: what is shown is of who is named."""
    seen = _open(show)
    for calls, key in ((201, "ArrowDown"), (202, "ArrowDown"), (203, "ArrowUp")):
        seen.stage.answers["GET /explain"] = (200, explanation(calls=calls))
        seen.page.keyboard.press(key)
    seen.until("document.querySelector('#drawer [data-slot=calls]').innerText === '203'")
    asked = {query.split("&")[0] for name, query, _ in seen.stage.asked if name == "GET /explain"}
    shown = _slot(seen, "about").split("，")[0]
    assert f"agent={shown}" in asked


def test_who_neither_appeals_nor_decides_has_no_button(show: Opener) -> None:
    assert _acts(_open(show)) == {}


def test_the_agent_appeals_what_is_his(show: Opener) -> None:
    answer = (201, {"action_id": "appeal:C-20588", "counted": True})
    seen = _open(show, who=AGENT, POST_appeals=answer)
    assert _acts(seen) == {ref: ["申诉"] for ref in ("C-20588", "C-21050", "C-21236")}
    seen.stage.answers["GET /explain"] = (200, explanation(C_20588="appealed"))
    _case(seen, "C-20588").get_by_role("button").click()
    seen.page.keyboard.type("通话中已说明")
    seen.page.keyboard.press("Enter")
    seen.until("document.querySelector('.case[data-ref=\"C-20588\"] .status').innerText === '申诉中'")
    sent = [each for each in seen.stage.asked if each[0] == "POST /appeals"]
    body = {"agent": AGENT, "kind": "complaint", "ref": "C-20588", "text": "通话中已说明"}
    assert sent == [("POST /appeals", "", body)]
    assert _slot(seen, "sum") == "有责 2 + 待核实 3 = 5"


@pytest.mark.parametrize(("word", "decision"), [("成立", "overturned"), ("驳回", "upheld")])
def test_somebody_else_decides_it(show: Opener, word: str, decision: str) -> None:
    seen = _open(show, who=OTHER, POST_decisions=(201, {"counted": True}))
    assert _acts(seen) == {"C-20744": ["成立", "驳回"]}
    seen.stage.answers["GET /explain"] = (200, explanation(C_20744=decision))
    _case(seen, "C-20744").get_by_role("button", name=word).click()
    seen.page.locator(".case form input").fill("录音核对")
    seen.page.locator(".case form .primary").click()
    seen.until("!document.querySelector('.case[data-ref=\"C-20744\"] .status').innerText.includes('申诉中')")
    sent = [each for each in seen.stage.asked if each[0] == "POST /decisions"]
    body = {"agent": AGENT, "kind": "repeat_enquiry", "ref": "C-20744", "decision": decision, "reason": "录音核对"}
    assert sent == [("POST /decisions", "", body)]


@pytest.mark.parametrize(
    ("error", "shown"),
    [("own_lead", "本组班长不能裁定本组的申诉。"), ("something_new", "what the server said")],
)
def test_a_refusal_is_said_in_words(show: Opener, error: str, shown: str) -> None:
    answer = (403, {"error": error, "message": "what the server said"})
    seen = _open(show, who=OTHER, POST_decisions=answer)
    _case(seen, "C-20744").get_by_role("button", name="成立").click()
    seen.page.locator(".case form input").fill("录音核对")
    seen.page.locator(".case form .primary").click()
    seen.until(f"document.querySelector('.case form .problem').innerText === '{shown}'")
    assert seen.page.locator(".case form input").input_value() == "录音核对"
    seen.page.keyboard.press("Tab")
    seen.page.locator(".case form .quiet").click()
    assert _acts(seen) == {"C-20744": ["成立", "驳回"]}


def test_what_is_being_written_is_not_taken_away(show: Opener) -> None:
    seen = _open(show, who=OTHER)
    _case(seen, "C-20744").get_by_role("button", name="驳回").click()
    seen.page.keyboard.type("录音")
    seen.stage.answers["GET /explain"] = (200, explanation(calls=120))
    row = next(list(row) for row in team_snapshot()["agents"]["rows"] if row[0] == AGENT)
    row[5] = 120
    seen.stage.push(agents={"rows": [row]})
    seen.until("document.querySelector('#drawer [data-slot=calls]').innerText === '120'")
    assert seen.page.locator(".case form input").input_value() == "录音"
    seen.page.keyboard.press("ArrowDown")
    assert _slot(seen, "name") == "林晓芸"


def test_records_that_cannot_be_had_are_not_shown_as_none(show: Opener) -> None:
    refusal = (503, {"error": "redis_away", "message": "…"})
    seen = show("team", theme="light", answers={"GET /explain": refusal, "GET /appeals": refusal})
    seen.page.locator(f'.ag-row[row-id="{AGENT}"] .nm').click()
    seen.until("document.querySelector('#drawer .problem').innerText === '计数库 Redis 取不到，恢复后自动继续。'")
    assert _slot(seen, "net") == "—"
    assert "今日没有扣减" not in seen.page.locator("#drawer").inner_text()
    seen.stage.answers |= {"GET /explain": (200, explanation()), "GET /appeals": (200, appeals())}
    seen.until("document.querySelectorAll('#drawer .case').length === 7")
    assert _slot(seen, "problem") == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("who", [AGENT, OTHER])
def test_nothing_overflows_beside_the_open_drawer(show: Opener, lang: str, theme: str, who: str) -> None:
    seen = _open(show, who=who, lang=lang)
    seen.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    seen.until("document.getElementById('drawer').getAnimations().length === 0")
    wide = """() => [...document.querySelectorAll('#callfloor *')]
        .filter((node) => !node.closest('.ag-body, .ag-header, .skip, .unseen, .ag-aria-description-container, .menu'))
        .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1)
        .map((node) => `${node.className}: ${node.textContent}`)"""
    seen.until(f"({wide})().length === 0")
    cut = """() => [...document.querySelectorAll('.ag-cell, .ag-header-cell-text')]
        .filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.textContent)"""
    seen.until(f"({cut})().length === 0")  # the table lays its columns out when it has become narrower
