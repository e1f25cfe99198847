"""An agent's own page: the number and how it is made, deadlines, what they may do, and every state it can be in."""

from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.browser.flagged import flag
from tests.browser.own_page import DESK, PHONE, WIDE, Opener, posted, text_of
from tests.browser.own_page import show as show
from tests.browser.told import AGENT, bracket, period, receipt, records, told
from tests.layouts.example import example_site, floor_snapshot

pytestmark = pytest.mark.browser
FLAG = flag(agent=AGENT, id=f"review-{AGENT}-20261119")


def _row(seen: Show, ref: str) -> Any:
    return seen.page.locator(f'.ro[data-ref="{ref}"]')


def test_the_number_with_its_two_ratios_by_name_and_today(show: Opener) -> None:
    seen = show()
    assert [text_of(seen, name) for name in ("net", "pace", "attainment", "net_today", "pace_today")] == [
        "3,840", "103.3%", "76.8%", "160", "108.7%",
    ]  # fmt: skip
    assert [text_of(seen, name) for name in ("owed", "target", "owed_today")] == [
        "应完成 3,718+122", "月目标 5,000", "应完成 147+13",
    ]  # fmt: skip
    assert text_of(seen, "name") == "陈思远，晨曦组"


def test_how_it_is_made_and_what_is_not_settled(show: Opener) -> None:
    seen = show()
    made = ["".join(text.split()) for text in seen.page.locator(".eqs .eq").all_inner_texts()]
    assert made == [
        "本月话务量3,988−扣减148=净量3,840÷应完成3,718=进度达成率103.3%",
        "今日话务量171−扣减11=净量160÷应完成147.2=进度达成率108.7%",
    ]
    assert text_of(seen, "note") == (
        "扣减 148，其中待核实 6（含申诉中 2）。待核实全部撤销则净话务量 3,846，全部有责则 3,840。剩余时段需完成计划的 90%。"
    )
    assert text_of(seen, "rules") == "规则 2026-11，11-01 起"


def test_every_deduction_says_its_status_effect_and_deadline(show: Opener) -> None:
    seen = show()
    assert seen.page.locator(".ro").count() == 5
    pending = _row(seen, "C-22041").inner_text().split()
    assert pending == [
        "14:10",
        "C-22041",
        "二次咨询",
        "待核实",
        "−1",
        "可申诉至",
        "11-26",
        "申诉",
    ]
    assert _row(seen, "C-20744").inner_text().split()[-4:] == ["申诉中", "−1", "11-30", "前答复"]
    assert _row(seen, "C-20463").inner_text().split()[-4:] == ["撤销", "0", "09:47", "已加回"]
    seen.page.get_by_role("button", name="查看全部 8 条").click()
    assert seen.page.locator(".ro").count() == 8
    assert _row(seen, "C-20408").locator(".said").inner_text() == "14:05，王敏：−1 改为 0，客户撤诉"
    assert _row(seen, "E-77").inner_text().split()[2:6] == ["质检", "已评分", "95.0", "分"]


def test_a_usual_reason_is_said_in_words_and_another_as_it_was_written(show: Opener) -> None:
    first, second, *rest = records()
    reasoned = [first | {"reason": "recording_heard"}, second | {"reason": "漏报优惠"}, *rest]
    seen = show(told=told(records=reasoned))
    assert seen.page.locator(".why2").all_inner_texts() == ["已听录音", "漏报优惠"]


def test_an_appeal_is_filed_and_its_deadline_seen(show: Opener) -> None:
    seen = show(answers={"POST /appeals": (201, {"action_id": "appeal:C-22041", "counted": True})})
    _row(seen, "C-22041").get_by_role("button").click()
    seen.page.keyboard.type("资费已讲清")
    filed = {"ref": "C-22041", "state": "open", "decide_by": "2026-11-29T16:00:00.000Z"}
    later = told(records=records(C_22041="appealed"), appeals=[*told()["appeals"], filed])
    seen.stage.answers["GET /me.json"] = (200, later)
    seen.page.keyboard.press("Enter")
    seen.until("document.querySelector('.ro[data-ref=\"C-22041\"] .s').innerText === '申诉中'")
    assert _row(seen, "C-22041").locator(".act").inner_text() == "11-30 前答复"
    assert posted(seen) == [("POST /appeals", "", {"ref": "C-22041", "text": "资费已讲清"})]
    assert text_of(seen, "done") == "已提交"
    seen.until("document.activeElement.dataset.me === 'done'")


def test_a_refusal_is_said_and_what_was_written_stays(show: Opener) -> None:
    seen = show(answers={"POST /appeals": (403, {"error": "too_late", "message": "…"})})
    _row(seen, "C-22041").get_by_role("button").click()
    seen.page.keyboard.type("资费")
    seen.page.keyboard.press("Enter")
    seen.until("document.querySelector('.ro form .problem').innerText === '已过申诉期限。'")
    asked = "callfloorApp.page.tiers[0].asked"
    before = seen.page.evaluate(asked)
    seen.until(f"{asked} > {before}")
    assert seen.page.locator(".ro form input").input_value() == "资费"
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("form").count() == 0
    assert seen.page.evaluate("document.activeElement.dataset.ref") == "C-22041"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (bracket(), "再 660 通净话务量到 B 档"),
        (bracket(calls_to_next=-1), "单靠话务量到不了 B 档"),
        (bracket(grade="A", next=None, score=1.1), "已在最高档 A"),
        (None, "本月还没有得分"),
    ],
)
def test_the_next_bracket_is_an_estimate_for_own_eyes(show: Opener, found: Any, said: str) -> None:
    seen = show(told=told(bracket=found))
    assert text_of(seen, "next") == said
    panel = seen.page.locator("section", has_text="下一档，只有你能看到").inner_text()
    assert "预估，以人工审定为准" in panel


def test_what_the_evidence_says_can_be_read_aloud(show: Opener) -> None:
    seen = show()
    assert text_of(seen, "verdict") == "正常"
    assert text_of(seen, "said") == "看不出与同组有偶然之外的差别。"
    assert "今日 171，同组预期 153" in text_of(seen, "exact")


def test_a_flag_is_seen_and_contested(show: Opener) -> None:
    seen = show(told=told(flags=[FLAG]), answers={"POST /flags": (201, {"counted": True})})
    assert text_of(seen, "verdict").startswith("重点辅导 自 11-19")
    assert text_of(seen, "said").startswith("近 20 班持续低于同组")
    assert text_of(seen, "episodes") == "等班长处理 提出异议"
    seen.page.get_by_role("button", name="提出异议").click()
    seen.page.keyboard.type("上周两天在培训")
    seen.stage.answers["GET /me.json"] = (200, told(flags=[FLAG | {"contested": True}]))
    seen.page.keyboard.press("Enter")
    seen.until("document.querySelector('[data-me=episodes]').innerText.includes('你已提出异议')")
    body = {"ref": FLAG["id"], "kind": "flag.contested", "text": "上周两天在培训"}
    assert posted(seen) == [("POST /flags", "", body)]


def test_of_two_flags_each_is_said_in_words(show: Opener) -> None:
    drop = flag(agent=AGENT, id=f"drop-{AGENT}-20261123", rule="drop", opened="2026-11-23T05:05:00.000Z")
    seen = show(told=told(flags=[drop, FLAG]))
    assert text_of(seen, "verdict").startswith("重点辅导")
    assert "骤降 自 13:05 等班长处理" in text_of(seen, "episodes")
    assert "13:05 起话务量明显低于同组预期" in text_of(seen, "episodes")


def test_deductions_come_before_scores_in_the_short_list(show: Opener) -> None:
    late = [one | {"time": "2026-11-23T06:20:00.000Z"} for one in records() if one["id"] == "E-77"]
    seen = show(told=told(records=[*late, *records()[:7]]))
    shown = [node.get_attribute("data-ref") for node in seen.page.locator(".ro").all()]
    assert shown == ["C-22041", "C-21843", "C-21219", "C-20744", "C-20463"]


def test_watch_is_told_to_the_agent_too(show: Opener) -> None:
    seen = show(told=told(evidence=told()["evidence"] | {"verdict": "watch", "log_e": 3.5}))
    assert text_of(seen, "verdict") == "关注"
    assert "二十次里不到一次" in text_of(seen, "said")


def test_feedback_leaves_a_receipt(show: Opener) -> None:
    seen = show(answers={"POST /feedback": (201, {"counted": True})})
    assert "送达 11-20 17:40 已读 等你" in text_of(seen, "feedback")
    seen.stage.answers["GET /me.json"] = (200, told(feedback=[receipt(seen={"at": "2026-11-23T06:32:00Z"})]))
    seen.page.get_by_role("button", name="我已了解").click()
    seen.until("document.querySelector('[data-me=feedback]').innerText.includes('14:32')")
    assert posted(seen) == [("POST /feedback", "", {"ref": "feedback.given:1", "kind": "feedback.seen"})]
    assert seen.page.get_by_role("button", name="我已了解").count() == 0
    seen.page.get_by_role("button", name="我有不同意见").click()
    seen.page.keyboard.type("周二在培训")
    seen.page.keyboard.press("Enter")
    seen.until("document.querySelectorAll('[data-me=feedback] form').length === 0")
    assert posted(seen)[-1][2] == {"ref": "feedback.given:1", "kind": "feedback.objected", "text": "周二在培训"}


def test_what_is_not_known_is_never_zero(show: Opener) -> None:
    none: dict[str, Any] = {
        "pace": None,
        "attainment": None,
        "target": None,
        "target_by_now": None,
        "reasons": ["no_target"],
    }
    month = period(date="2026-11", **none)
    empty = told(month=month, day=period(calls=0, net=0, **none), records=[], feedback=[], evidence=None)
    seen = show(told=empty, until="document.querySelector('.dl .none')")
    assert [text_of(seen, name) for name in ("pace", "attainment", "pace_today")] == ["—"] * 3
    assert (text_of(seen, "owed"), text_of(seen, "calls_today")) == ("未设目标", "今天还没有话务")
    assert text_of(seen, "records") == "本月没有扣减，也没有其他记录"
    assert seen.page.locator("#me-marks").is_hidden()
    assert text_of(seen, "verdict").endswith("暂无结论")


def test_what_cannot_be_had_is_said_and_comes_by_itself(show: Opener) -> None:
    away = (503, {"error": "redis_away", "message": "…"})
    seen = show(answer=away, until="document.querySelector('[data-me=problem]').innerText !== ''")
    assert text_of(seen, "problem") == "计数库 Redis 取不到，恢复后自动继续。"
    assert text_of(seen, "net") == "—"
    seen.stage.answers["GET /me.json"] = (200, told())
    seen.until("document.querySelector('[data-me=net]').innerText === '3,840'")
    assert text_of(seen, "problem") == ""


def test_stale_and_hidden_figures_look_it(show: Opener) -> None:
    seen = show(snapshot=floor_snapshot(age_s=40.0))
    seen.until_drawn("stale")
    assert seen.page.locator(".me-page .notice").is_visible()
    weight = "getComputedStyle(document.querySelector('[data-me=pace]')).fontWeight"
    assert (text_of(seen, "net"), seen.page.evaluate(weight)) == ("3,840", "400")
    seen.stage.push(age_s=400.0)
    seen.until_drawn("hidden")
    seen.until("document.querySelector('[data-me=net]').innerText === '—'")
    assert text_of(seen, "net_today") == "—"


def test_under_a_works_council_nothing_compares_him(show: Opener) -> None:
    seen = show(site=example_site(works_council="count"), told=told(evidence=None))
    assert seen.page.locator("[data-me=verdict]").count() == 0
    assert "同组" not in seen.page.locator(".me-page").inner_text()


def test_the_other_language_is_of_the_same_agent(show: Opener) -> None:
    seen = show()
    assert seen.page.locator("a.lang").get_attribute("href") == "/me?lang=en&theme=light"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_overflows(show: Opener, lang: str, theme: str, size: Any) -> None:
    seen = show(lang=lang, theme=theme, size=size, told=told(flags=[FLAG], records=records(C_21219="upheld")))
    seen.page.locator("[data-do=all]").click()
    seen.page.locator("[data-do=appeal]").first.click()
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.page.evaluate(WIDE) == []


def test_on_a_phone_there_is_one_column_and_room_for_a_finger(show: Opener) -> None:
    seen = show(size=PHONE)
    assert seen.page.evaluate("document.documentElement.dataset.density") == "touch"
    lefts = seen.page.evaluate(
        "[...document.querySelectorAll('main section')].map((node) => node.getBoundingClientRect().left)"
    )
    assert set(lefts) <= {0, 20}
    heights = seen.page.evaluate("[...document.querySelectorAll('.me-page button')].map((node) => node.offsetHeight)")
    assert heights and min(heights) >= 44
