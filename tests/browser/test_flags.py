"""The drawer's judgement and what is done about a flag: read, acknowledged, snoozed, noted, coached, contested."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.browser.explained import appeals, explanation
from tests.browser.flagged import AGENT, LEAD, REVIEW, action, coached, flag, flags

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]


def _open(show: Opener, who: str = LEAD, lang: str = "zh", agent: str = AGENT, **review: Any) -> Show:
    answers = {
        "GET /explain": (200, explanation()),
        "GET /appeals": (200, appeals()),
        "GET /flags": (200, flags(**review)),
    }
    seen = show("team", theme="light", lang=lang, answers=answers, query=f"?as={who}" if who else "")
    seen.until("document.querySelectorAll('.ag-row .fl small').length >= 6")
    seen.page.locator(f'.ag-row[row-id="{agent}"] .nm').click()
    seen.until("document.querySelectorAll('#drawer .episode').length > 0")
    return seen


def _slot(seen: Show, name: str) -> str:
    text: str = seen.page.locator(f"#drawer [data-slot={name}]").inner_text()
    return text


def _sent(seen: Show) -> list[tuple[str, Any]]:
    return [(query, body) for name, query, body in seen.stage.asked if name == "POST /flags"]


def _answer(seen: Show, counted: bool = True, **changes: Any) -> None:
    seen.stage.answers["POST /flags"] = (201, flag(**changes) | {"action_id": "a", "counted": counted})
    seen.stage.answers["GET /flags"] = (200, flags(**changes))


def test_from_raw_to_judged_in_one_line(show: Opener) -> None:
    seen = _open(show)
    line = " ".join(seen.page.locator("#drawer .judge").inner_text().split())
    assert line == "今日话务量 / 同组预期 110 / 153 = 72% → 扣除偶然后 0.86 → 近 20 班 0.81"
    sizes = seen.page.evaluate(
        "[...document.querySelectorAll('.judge .n')].map((n) => parseFloat(getComputedStyle(n).fontSize))"
    )
    assert sizes == sorted(sizes) and len(set(sizes)) == 3
    assert _slot(seen, "said") == "近 20 班持续低于同组；若只是偶然，一千次里不到一次。"
    assert _slot(seen, "exact").split("\n") == [
        "同组效率比 90% 区间 0.77–0.84",
        "1/3,308，标记线 1/500",
    ]
    assert _slot(seen, "verdict") == "重点辅导"
    assert re.fullmatch("自 11-19 10:\\d\\d", _slot(seen, "since"))
    assert seen.page.locator(".episode").first.inner_text().split("\n") == ["待处理", "可见：本人与 8888"]


def test_too_early_has_no_ratio_and_says_what_is_missing(show: Opener) -> None:
    seen = _open(show, agent="8115")
    seen.until("document.querySelector('[data-slot=verdict]').innerText === '样本不足'")
    assert _slot(seen, "chance") == "—"
    assert _slot(seen, "said") == "样本不足：同组同样的工时预期 12，满 14 才下结论。"


def test_odds_beyond_a_million_are_not_counted_out(show: Opener) -> None:
    seen = _open(show, lang="en")
    agents = seen.stage.answers["GET /snapshot"][1]["agents"]
    sure = {"agents": agents | {AGENT: agents[AGENT] | {"log_e": 26.02}}}
    seen.stage.answers["GET /snapshot"] = (200, sure)
    seen.until("document.querySelector('[data-slot=exact]').innerText.includes('less than 1 in 1,000,000')")
    assert "less than once in ten thousand times" in _slot(seen, "said")


def test_two_flags_wait_one_after_the_other(show: Opener) -> None:
    seen = _open(show, lang="en")
    drop = flag(id="drop-8100-20261123", rule="drop", opened="2026-11-23T05:05:00.000Z")
    both = {"flags": [drop, flag()], "more": 0}
    seen.stage.answers["GET /flags"] = (200, both)
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("ArrowUp")
    seen.until("document.querySelectorAll('.episode').length === 2")
    told = [" ".join(text.split()) for text in seen.page.locator(".episode").all_inner_texts()]
    assert told == ["To do Seen by the agent and 8888", "Drop since 13:05 To do"]
    acknowledged = flag(state="acknowledged", actions=[action("flag.acknowledged")])
    seen.stage.answers["POST /flags"] = (201, acknowledged | {"counted": True})
    seen.page.keyboard.press("a")
    seen.until("document.querySelector('.episode p') !== null")
    told = [" ".join(text.split()) for text in seen.page.locator(".episode").all_inner_texts()]
    assert told == ["Drop since 13:05 To do Seen by the agent and 8888", "Acknowledged 14:32, 8888: Acknowledged"]
    seen.stage.answers["POST /flags"] = (201, drop | {"state": "acknowledged", "counted": True})
    seen.page.locator("[data-act=acknowledge]").click()
    seen.until("document.querySelector('[data-act=acknowledge]') === null")
    assert [body["ref"] for _, body in _sent(seen)] == [REVIEW, "drop-8100-20261123"]


def test_an_acknowledgement_says_who_and_when_at_once(show: Opener) -> None:
    seen = _open(show)
    _answer(seen, state="acknowledged", actions=[action("flag.acknowledged", text="一起听录音", useful=True)])
    seen.page.locator("#drawer .df input").first.fill("一起听录音")
    seen.page.locator('[data-choice="useful"]').select_option("true")
    seen.page.locator("[data-act=acknowledge]").click()
    seen.until("document.querySelector('.episode p') !== null")
    body = {"ref": REVIEW, "kind": "flag.acknowledged", "text": "一起听录音", "useful": True}
    assert _sent(seen) == [("", body)]
    assert seen.page.locator(".episode p").first.inner_text() == "14:32，8888：知悉并跟进，一起听录音，有用"
    assert seen.page.locator("[data-act=acknowledge]").count() == 0
    assert seen.page.locator("#drawer .df input").first.is_visible()


def test_nothing_is_shown_before_the_server_has_it(show: Opener) -> None:
    seen = _open(show)
    seen.stage.answers["POST /flags"] = (409, {"error": "already_acknowledged", "message": "…"})
    seen.complaints.clear()
    seen.page.locator("[data-act=acknowledge]").click()
    seen.until("document.querySelector('.df .problem').innerText === '已有人知悉。'")
    assert seen.page.locator(".episode p").count() == 0
    assert seen.page.locator("[data-act=acknowledge]").is_visible()
    seen.complaints[:] = [text for text in seen.complaints if "409" not in text]


def test_what_is_not_counted_yet_stands_there_all_the_same(show: Opener) -> None:
    seen = _open(show)
    seen.stage.answers["POST /flags"] = (201, flag() | {"action_id": "a", "counted": False})
    seen.page.locator("[data-act=acknowledge]").click()
    seen.until("document.querySelector('.episode.acknowledged p') !== null")
    assert seen.page.locator(".episode p").first.inner_text() == "14:32，8888：知悉并跟进"


def test_the_key_a_acknowledges_and_typing_it_does_not(show: Opener) -> None:
    seen = _open(show)
    _answer(seen, state="acknowledged", actions=[action("flag.acknowledged")])
    seen.page.locator("#drawer .df input").first.focus()
    seen.page.keyboard.type("a")
    assert _sent(seen) == []
    seen.page.locator("#drawer .df input").first.fill("")
    seen.page.locator("#drawer h2").click()
    seen.page.keyboard.press("a")
    seen.until("document.querySelector('.episode.acknowledged') !== null")
    assert _sent(seen) == [("", {"ref": REVIEW, "kind": "flag.acknowledged"})]


def test_a_snooze_has_an_end(show: Opener) -> None:
    seen = _open(show)
    _answer(seen, state="snoozed", snoozed_until="2026-11-23T08:32:00.000Z")
    seen.page.locator('[data-choice="snooze"]').select_option("120")
    seen.page.locator("[data-act=snooze]").click()
    seen.until("document.querySelector('.episode .state').innerText === '稍后提醒，16:32'")
    [(_, body)] = _sent(seen)
    assert (body["kind"], body["until"][:16]) == ("flag.snoozed", "2026-11-23T08:32")


def test_a_note_needs_words_and_coaching_a_date(show: Opener) -> None:
    seen = _open(show)
    _answer(seen, actions=[action("flag.noted", text="已谈")])
    seen.page.locator("[data-act=note]").click()
    assert _sent(seen) == []
    seen.page.keyboard.type("已谈")
    seen.page.keyboard.press("Enter")
    seen.until("document.querySelector('.episode p') !== null")
    _answer(seen, actions=[action("coaching.planned", text="一起听两通录音", due="2026-11-26")])
    assert seen.page.locator('.df input[type="date"]').input_value() == "2026-11-26"
    seen.page.locator(".df input").nth(1).fill("一起听两通录音")
    seen.page.locator("[data-act=plan]").click()
    seen.until("document.querySelector('.episode p').innerText.includes('11-26 到期')")
    assert [body for _, body in _sent(seen)] == [
        {"ref": REVIEW, "kind": "flag.noted", "text": "已谈"},
        {"ref": REVIEW, "kind": "coaching.planned", "text": "一起听两通录音", "due": "2026-11-26"},
    ]
    assert seen.page.locator("[data-act=coached]").is_visible()


@pytest.mark.parametrize(
    ("after", "said"), [(0.93, "辅导前 0.81，辅导后 0.93"), (None, "辅导前 0.81，辅导后的班次还不够")]
)
def test_coaching_shows_the_ratio_before_and_after(show: Opener, after: float | None, said: str) -> None:
    planned = action("coaching.planned", at="2026-11-20T02:00:00.000Z", text="一起听两通录音", due="2026-11-26")
    seen = _open(show, state="acknowledged", actions=[planned], coaching=[coached(after)])
    lines = seen.page.locator(".episode").first.locator("p").all_inner_texts()
    assert lines == ["11-20 10:00，8888：辅导，11-26 到期，一起听两通录音", said]


def test_the_agent_contests_and_does_nothing_else(show: Opener) -> None:
    seen = _open(show, who=AGENT)
    assert seen.page.locator(".df [data-act]").evaluate_all("all => all.map((one) => one.dataset.act)") == ["contest"]
    _answer(seen, contested=True, actions=[action("flag.contested", by=f"unverified:{AGENT}", text="系统故障一小时")])
    seen.page.locator(".df input").fill("系统故障一小时")
    seen.page.locator("[data-act=contest]").click()
    seen.until("document.querySelector('.episode p') !== null")
    assert _sent(seen) == [("", {"ref": REVIEW, "kind": "flag.contested", "text": "系统故障一小时"})]
    assert seen.page.locator(".episode p").first.inner_text() == "14:32，8100：提出异议，系统故障一小时"


def test_what_is_being_written_stays_while_figures_change(show: Opener) -> None:
    seen = _open(show)
    seen.page.locator(".df input").first.fill("先看")
    asked = len(seen.stage.asked)
    row = json.loads(json.dumps(next(row for row in seen.stage.snapshot["agents"]["rows"] if row[0] == AGENT)))  # type: ignore[index]
    row[-1] = row[-1] + 60_000
    seen.stage.push(agents={"rows": [row]})
    seen.until("document.querySelector('[data-slot=since]').innerText.endsWith('10:21')")
    seen.until_painted()
    assert seen.page.locator(".df input").first.input_value() == "先看"
    assert [name for name, *_ in seen.stage.asked[asked:]].count("GET /flags") == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("who", [AGENT, LEAD, ""])
@pytest.mark.parametrize("width", [1440, 1280])
def test_nothing_overflows_in_the_drawer(show: Opener, lang: str, who: str, width: int) -> None:
    done = [
        action("flag.acknowledged", text="x" * 120),
        action("coaching.planned", text="一起听两通录音", due="2026-11-26"),
    ]
    seen = _open(show, who=who, lang=lang, actions=done, coaching=[coached()])
    seen.page.set_viewport_size({"width": width, "height": 900})
    seen.until("document.getElementById('drawer').getAnimations().length === 0")
    wide = """() => [...document.querySelectorAll('#drawer *')].filter((node) => node.tagName !== 'INPUT')
        .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1).map((node) => node.className)"""
    seen.until(f"({wide})().length === 0")
