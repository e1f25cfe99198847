"""What the team page says of persons by evidence: the ratio on its interval, flags with their reason, the order, Look first."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.layouts.example import example_site, team_snapshot, unjudged

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
READY = "document.querySelectorAll('.ag-row .fl small').length >= 6"


def _row(seen: Show, agent: str) -> Any:
    return seen.page.locator(f'.ag-row[row-id="{agent}"]')


def _opened(show: Opener, **how: Any) -> Show:
    seen = show("team", theme="light", **how)
    seen.until(READY)
    return seen


def _order(seen: Show) -> list[str]:
    place = "[Number(row.getAttribute('row-index')), row.getAttribute('row-id')]"
    rows = seen.page.evaluate(f"[...document.querySelectorAll('.ag-row')].map((row) => {place})")
    return [agent for _, agent in sorted(rows)]


def _flag(seen: Show, agent: str) -> list[str]:
    text: str = _row(seen, agent).locator(".fl").inner_text()
    return text.split("\n")


def _chips(seen: Show) -> dict[str, int]:
    found = seen.page.locator(".chip").all()
    return {chip.get_attribute("data-chip") or "": int(chip.locator(".n").inner_text()) for chip in found}


def test_the_ratio_stands_on_its_interval(show: Opener) -> None:
    """0.86 (0.74 to 0.98) on a scale of 0.6 to 1.4 over 76 px: the line of 1.00 is in the middle."""
    seen = _opened(show)
    cell = _row(seen, "8100").locator(".pr")
    assert cell.locator(".v").inner_text() == "0.86"
    assert cell.get_attribute("title") == "0.86，90% 区间 0.74–0.98"
    assert cell.locator("line").get_attribute("x1") == "38"
    assert float(cell.locator("circle").get_attribute("cx")) == pytest.approx(0.26 / 0.8 * 76, abs=0.1)
    band = cell.locator("rect").first
    assert float(band.get_attribute("x")) == pytest.approx(0.14 / 0.8 * 76, abs=0.1)
    assert float(band.get_attribute("width")) == pytest.approx(0.24 / 0.8 * 76, abs=0.2)


def test_too_early_is_a_hatched_interval_without_dot_or_number(show: Opener) -> None:
    seen = _opened(show)
    cell = _row(seen, "8115").locator(".pr")
    seen.until("document.querySelector('.ag-row[row-id=\"8115\"] .pr path.hatch') !== null")
    assert cell.locator(".v").inner_text() == ""
    assert cell.locator("circle").count() == 0
    assert _flag(seen, "8115") == ["样本不足", "12/14"]
    assert "mute" in (_row(seen, "8115").get_attribute("class") or "")


def test_what_is_not_known_is_a_dash(show: Opener) -> None:
    seen = _opened(show)
    for agent in ("8112", "8117", "8119"):
        assert _row(seen, agent).locator(".pr").inner_text() == "—"
    assert _flag(seen, "8112") == ["暂无结论"]


@pytest.mark.parametrize(
    ("agent", "shape", "words"),
    [
        ("8100", "review", ["重点辅导", "20 班 0.81"]),
        ("8101", "watch", ["关注", "20 班 0.82"]),
        ("8103", "drop", ["骤降", "13:05 起"]),
        ("8104", "drop", ["质检骤降", "11-22 起"]),
        ("8114", "pace", ["正常"]),
    ],
)
def test_a_flag_is_a_shape_a_word_and_a_reason(show: Opener, agent: str, shape: str, words: list[str]) -> None:
    seen = _opened(show)
    assert _row(seen, agent).locator(f".fl .g-{shape}").count() == 1
    assert _flag(seen, agent) == words


def test_the_sentence_of_a_flag_can_be_read_aloud(show: Opener) -> None:
    seen = _opened(show, lang="en")
    said = {agent: _row(seen, agent).locator(".fl").get_attribute("title") for agent in ("8100", "8102", "8103")}
    assert said["8100"] == (
        "Below peers over the last 20 shifts. If that were chance, it would happen less than once in a thousand times."
    )
    assert "less than once in twenty times" in (said["8102"] or "")
    assert (said["8103"] or "").startswith("Clearly fewer than peers since 13:05.")


def test_the_order_is_away_then_flags_then_evidence(show: Opener) -> None:
    seen = _opened(show, clock=True)
    seen.page.clock.run_for(12_000)
    seen.until("document.querySelector('.ag-row[row-id=\"8107\"]').getAttribute('row-index') === '7'")
    order = _order(seen)
    assert order[:7] == ["8118", "8119", "8100", "8101", "8102", "8103", "8104"]
    assert order[-4:] == ["8115", "8116", "8112", "8117"]


def test_any_column_sorts_with_the_unknown_last_and_the_evidence_again(show: Opener) -> None:
    seen = _opened(show)
    head = seen.page.locator(".ag-header-cell.peers")
    head.click()
    seen.until("document.querySelector('.roster').dataset.sort === 'peers'")
    seen.until("document.querySelector('.ag-row[row-id=\"8101\"]').getAttribute('row-index') === '0'")
    assert {"8112", "8117", "8118", "8119"} < set(_order(seen)[-6:])
    head.click()
    seen.until("document.querySelector('.ag-row[row-id=\"8101\"]').getAttribute('row-index') !== '0'")
    assert {"8112", "8117", "8118", "8119"} < set(_order(seen)[-6:])
    seen.page.locator("[data-bar=order]").click()
    seen.until("document.querySelector('.ag-row[row-id=\"8118\"]').getAttribute('row-index') === '0'")


def test_the_chips_partition_the_team_and_choose(show: Opener) -> None:
    seen = _opened(show)
    counts = _chips(seen)
    assert counts == {"all": 20, "todo": 5, "early": 3, "pace": 9, "off": 1, "away": 2}
    seen.page.locator('[data-chip="todo"]').click()
    seen.until("document.querySelectorAll('.ag-row').length === 5")
    assert set(_order(seen)) == {"8100", "8101", "8102", "8103", "8104"}
    assert seen.page.locator('[data-chip="todo"]').get_attribute("aria-pressed") == "true"
    seen.page.locator(".find input").fill("8101")
    seen.until("document.querySelectorAll('.ag-row').length === 1")
    seen.page.locator('[data-chip="all"]').click()
    seen.page.locator(".find input").fill("")
    seen.until("document.querySelectorAll('.ag-row').length === 20")


def test_a_state_over_its_limit_is_bold_with_the_limit(show: Opener) -> None:
    seen = _opened(show)
    over = _row(seen, "8102").locator(".over")
    assert over.inner_text().endswith(" / 10")
    assert over.evaluate("node => getComputedStyle(node).fontWeight") == "600"
    assert _row(seen, "8105").locator(".over").inner_text().startswith("31:")
    assert _row(seen, "8100").locator(".over").count() == 0
    assert _flag(seen, "8118") == ["排班 14:00 起"]


def test_look_first_names_three_and_three_facts(show: Opener) -> None:
    seen = _opened(show)
    strip = seen.page.locator("#look-first")
    assert strip.locator(".h").inner_text().split("\n")[:2] == ["今日先看", "提示，不是结论"]
    places = [" ".join(text.split()) for text in strip.locator(".i").all_inner_texts()]
    assert places[0] == "马腾飞 0.85 (0.73–0.97) 106 / 152"
    assert places[3] == "宋佳 未到岗，排班 14:00"
    assert places[4].startswith("赵敏 小休 13:3") and places[4].endswith("上限 10 分")
    height = strip.bounding_box()["height"]  # type: ignore[index]
    seen.stage.push(desk={"look_first": {"people": [], "facts": []}, "alerts": [], "flags": {}})
    seen.until("document.querySelector('#look-first .i').innerText === '样本不足，还看不出谁低'")
    assert strip.bounding_box()["height"] == height  # type: ignore[index]
    seen.until("document.querySelector('.ag-row[row-id=\"8102\"] .over') === null")


def test_look_first_has_no_colour(show: Opener) -> None:
    seen = _opened(show)
    inks = "['--ink-1', '--ink-2', '--ink-3'].map((name) => getComputedStyle(document.documentElement).getPropertyValue(name))"
    colours = seen.page.evaluate(
        f"""(() => {{ const probe = document.createElement('i'); document.body.append(probe);
        const allowed = {inks}.map((ink) => {{ probe.style.color = ink; return getComputedStyle(probe).color; }}); probe.remove();
        return [...document.querySelectorAll('#look-first *')].map((node) => getComputedStyle(node).color)
          .filter((colour) => !allowed.includes(colour)); }})()"""
    )
    assert colours == []


def test_who_is_named_opens_his_drawer(show: Opener) -> None:
    seen = _opened(show)
    seen.page.locator('#look-first [data-agent="8101"]').click()
    seen.until("document.querySelector('#drawer h2').innerText === '马腾飞'")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_works_council_sees_no_judgement_of_persons(show: Opener, lang: str) -> None:
    site = example_site(works_council="count")
    seen = show("team", theme="light", lang=lang, site=site, snapshot=unjudged(team_snapshot()))
    seen.until("document.querySelectorAll('.ag-row').length === 20")
    gone = "#look-first, .pr, .fl, .judge, .verdict, .z, .ag-row .tick, [data-slot=trend], [data-bar=order]"
    assert seen.page.locator(gone).count() == 0
    assert list(_chips(seen)) == ["all", "here", "away"]
    assert sum(_chips(seen).values()) == 40
    _row(seen, "8100").locator(".nm").click()
    seen.until("getComputedStyle(document.getElementById('drawer')).display !== 'none'")
    seen.until("document.querySelector('#drawer h2').innerText.length > 1")
    assert {name for name, *_ in seen.stage.asked} <= {"GET /explain", "GET /appeals"}
    seen.page.locator(".ag-header-cell .ag-header-cell-text", has_text={"zh": "净量", "en": "Net"}[lang]).click()
    assert seen.page.locator(".roster").get_attribute("data-sort") is None


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 1280])
@pytest.mark.parametrize("beside", ["", "drawer", "alerts"])
def test_nothing_is_cut_off(show: Opener, lang: str, width: int, beside: str) -> None:
    seen = show("team", theme="light", lang=lang, answers={})
    seen.page.set_viewport_size({"width": width, "height": 900})
    seen.until(READY)
    if beside == "alerts":
        seen.page.locator("[data-bar=alerts]").click()
    if beside == "drawer":
        seen.page.locator('#look-first [data-agent="8101"]').click()
    seen.until("document.getAnimations().filter((one) => one.animationName === 'slide').length === 0")
    cut = """() => [...document.querySelectorAll('#callfloor *')]
        .filter((node) => !node.closest('.ag-root-wrapper, .menu') || node.matches('.ag-cell, .ag-header-cell-text'))
        .filter((node) => !node.closest('.unseen, .skip, .ag-aria-description-container'))
        .filter((node) => getComputedStyle(node).textOverflow !== 'ellipsis')
        .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1)
        .map((node) => `${node.className}: ${node.textContent.slice(0, 60)}`)"""
    seen.until(f"({cut})().length === 0")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
