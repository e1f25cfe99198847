"""The drawer's charts: what they show is what stands beside them, and the page waits for none of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.browser.drawn import AGENT, curve, nothing_yet
from tests.layouts.example import example_site, team_snapshot
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
DRAWN = "document.querySelector('#pace-chart .scatterlayer .trace') !== null"
BOTH = f"{DRAWN} && document.querySelector('#quality-chart .scatterlayer .trace') !== null"
WORDS = "[...document.querySelectorAll('#{name}-chart .textpoint text')].map((one) => one.textContent.trim()).filter(Boolean)"
REDRAWN = """async () => { const { page } = callfloorApp, count = () => document.querySelectorAll('*').length, first = count();
    const graph = document.querySelector('#pace-chart .js-plotly-plot');
    for (let n = 0; n < 15; n += 1) {
      const { counted, quality } = page.drawer.curve;
      page.drawer.curve = { ...page.drawer.curve, counted: counted.map((one) => one + 1), quality: { ...quality } };
      page.drawer.draw();
      await new Promise((then) => setTimeout(then, 5)); }
    return [count() - first, document.querySelector('#pace-chart .js-plotly-plot') === graph]; }"""


def _until_both(seen: Show) -> None:
    """plotly is 4.8 MB: on a machine with much to do that takes its time."""
    wait_until(lambda: seen.page.evaluate(BOTH), PATIENCE_S, f"both charts; the page said {seen.complaints}")


def _until_words(seen: Show, *words: str) -> None:
    """The graph is drawn a moment after what is written around it."""
    wait_until(
        lambda: seen.page.evaluate(WORDS.format(name="pace")) == list(words), PATIENCE_S, f"{words} at the lines"
    )


def _open(show: Opener, answer: Any = None, status: int = 200, lang: str = "zh", **more: Any) -> Show:
    answers = {"GET /curve": (status, curve() if answer is None else answer)}
    seen = show("team", theme=more.pop("theme", "light"), lang=lang, answers=answers, **more)
    seen.until("document.querySelectorAll('.ag-row .fl').length > 0")
    return seen


def _drawer(seen: Show) -> None:
    seen.page.locator(f'.ag-row[row-id="{AGENT}"] .nm').click()
    seen.until("document.querySelector('#drawer h2').innerText.length > 1")


def _slot(seen: Show, name: str) -> str:
    text: str = seen.page.locator(f"#drawer [data-slot={name}]").inner_text()
    return text


def test_the_lines_end_at_the_figures_beside_them_and_are_loaded_when_asked_for(show: Opener) -> None:
    seen = _open(show)
    loaded: list[str] = []
    seen.page.on("request", lambda request: loaded.append(request.url))
    before = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('plotly')).length"
    assert seen.page.evaluate(before) == 0
    _drawer(seen)
    _until_both(seen)
    assert sum("plotly" in url for url in loaded) == 1
    assert seen.page.evaluate(WORDS.format(name="pace")) == ["预期 153", "应完成 148", "话务量 110"]
    assert _slot(seen, "today") == "110 / 153 = 72%"
    assert _slot(seen, "exposure") == "有效工时 4 小时 32 分，浅带：偶然 95%"
    assert seen.page.evaluate(WORDS.format(name="quality")) == ["86.4"]
    assert _slot(seen, "trend") == "加权平均 86.4，正常范围 84.2–91.6。"
    said = seen.page.locator("#pace-chart").get_attribute("aria-label")
    assert said == "08:45 至 14:32：话务量 110，净话务量 105。同组预期 153。偶然 95% 范围 119 至 187。应完成 148。"
    assert str(seen.page.locator("#quality-chart").get_attribute("aria-label")).startswith("最近 34 条评分在 ")
    assert seen.page.locator("#drawer .modebar, #drawer .legend").count() == 0
    require_that_no_word_is_cut_off(seen)
    require_that_new_points_are_drawn_into_the_same_graph(seen)


def require_that_new_points_are_drawn_into_the_same_graph(seen: Show) -> None:
    grown, same = seen.page.evaluate(REDRAWN)
    assert same
    assert grown < 12, "fifteen times drawn anew"
    _until_words(seen, "预期 153", "应完成 148", "话务量 125")
    seen.stage.answers["GET /curve"] = (200, curve(expected=None, low=None, high=None, due=None, quality=None))
    seen.page.keyboard.press("Escape")
    _drawer(seen)
    seen.until("document.querySelector('[data-slot=exposure]').innerText === '有效工时 4 小时 32 分'")
    _until_words(seen, "话务量 110")  # without peers the calls stand alone
    assert seen.page.locator("#pace-chart").get_attribute("aria-label") == "08:45 至 14:32：话务量 110，净话务量 105。"
    assert seen.page.locator("#quality-chart").is_hidden()


def test_longer_words_and_figures_of_four_digits_fit(show: Opener) -> None:
    seen = _open(show, lang="en", theme="dark", answer=curve(due=[1480.4 * n / 70 for n in range(71)]))
    _drawer(seen)
    _until_both(seen)
    assert seen.page.evaluate(WORDS.format(name="pace")) == ["Expected 153", "Due 1,480", "Handled 110"]
    require_that_no_word_is_cut_off(seen)


def require_that_no_word_is_cut_off(seen: Show) -> None:
    out = """() => [...document.querySelectorAll('#drawer .chart text')].filter((text) => {
        const own = text.getBoundingClientRect(), box = text.closest('.chart').getBoundingClientRect();
        return own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1;
        }).map((text) => text.textContent)"""
    assert seen.page.evaluate(out) == []


def test_each_chart_says_why_it_is_not_there(show: Opener) -> None:
    seen = _open(show, answer={"error": "unreachable", "message": "…"}, status=503)
    _drawer(seen)
    seen.until("document.querySelector('[data-slot=pace_state]').innerText === '曲线取不到，稍后自动重试。'")
    assert _slot(seen, "quality_state") == "曲线取不到，稍后自动重试。"
    seen.stage.answers["GET /curve"] = (200, nothing_yet())
    seen.page.keyboard.press("Escape")
    _drawer(seen)
    seen.until("document.querySelector('[data-slot=pace_state]').innerText === '今天还没有有效工时'")
    assert _slot(seen, "quality_state") == "评分不够，还画不出趋势。"
    assert seen.page.locator("#drawer .chart:not(.off)").count() == 0
    assert seen.page.evaluate("typeof window.Plotly") == "undefined"


def test_of_old_data_no_curve_is_shown(show: Opener) -> None:
    seen = _open(show, answer=nothing_yet())
    _drawer(seen)
    seen.stage.push(age_s=400.0)
    seen.until("document.querySelector('[data-slot=pace_state]').innerText === '话务数据中断，曲线不显示。'")
    assert seen.page.locator("#pace-chart").is_hidden()


def test_under_a_works_council_no_curve_is_asked_for(show: Opener) -> None:
    snapshot = team_snapshot()
    seen = show("team", theme="light", site=example_site(works_council="count"), snapshot=snapshot)
    seen.page.locator(f'.ag-row[row-id="{AGENT}"] .nm').click()
    seen.until("document.querySelectorAll('#drawer .case').length === 7")
    assert "GET /curve" not in {name for name, *_ in seen.stage.asked}
    assert seen.page.locator("#drawer .chart").count() == 0
