"""Pages fed by a scripted stream: what is shown, when it is doubted, and how it recovers."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.layouts.example import NOW_MS, example_floor, example_teams, floor_snapshot, team_snapshot

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
ROOT = "document.getElementById('callfloor')"


def _floor(**changes: Any) -> dict[str, Any]:
    return example_floor() | changes


def test_a_snapshot_is_shown(show: Opener) -> None:
    seen = show("wall")
    seen.until("document.querySelector('.big').innerText === '15,319'")
    assert seen.text("floor.handled") == "15,951"
    assert seen.text("team.net", "pine") == "2,676"
    assert seen.text("floor.quality.score") == "88.5"
    assert seen.text("floor.campaigns.share") == "62.2"
    assert seen.text("floor.states.talk+floor.states.hold") == "108"
    assert seen.page.locator(".clock").inner_text() == "14:32"
    assert seen.page.locator(".trend rect:not(.due)").count() == 12
    assert seen.told("state") == "live"


def test_frames_replace_what_they_carry(show: Opener) -> None:
    seen = show("wall")
    seen.stage.push(floor=_floor(net=15320, handled=15952))
    seen.until("document.querySelector('.big').innerText === '15,320'")
    seen.stage.push(teams=[example_teams()[0] | {"net": 2300}])
    seen.until_painted()
    assert seen.text("team.net", "dawn") == "2,300"
    assert seen.text("team.net", "pine") == "2,676"
    assert (seen.told("applied"), seen.told("gaps")) == (3, 0)


def test_older_frames_and_repeats_are_dropped(show: Opener) -> None:
    seen = show("wall")
    seen.stage.push(epoch="e1", seq=12, floor=_floor(net=1))
    seen.stage.push(epoch="e1", seq=3, floor=_floor(net=2))
    seen.stage.push(epoch="e1", seq=13, floor=_floor(net=15321))
    seen.until_painted()
    assert seen.text("floor.net") == "15,321"
    assert (seen.told("applied"), seen.told("gaps")) == (2, 0)


@pytest.mark.parametrize("jump", [{"seq": 40}, {"epoch": "e2", "seq": 13}])
def test_a_gap_is_healed_by_a_new_snapshot(show: Opener, jump: dict[str, Any]) -> None:
    seen = show("wall")
    seen.stage.push(**jump, floor=_floor(net=1))
    assert seen.stage.snapshot is not None
    seen.stage.snapshot["floor"] = _floor(net=16000)
    seen.until("document.querySelector('.big').innerText === '16,000'")
    assert seen.told("gaps") == 1
    assert seen.stage.connections == 2


def test_a_lost_stream_is_opened_again(show: Opener) -> None:
    seen = show("wall")
    seen.stage.cut()
    seen.until("callfloor.source === 'network'")
    assert seen.stage.snapshot is not None
    seen.stage.snapshot |= {"seq": 50, "floor": _floor(net=15999)}
    seen.stage.mend()
    seen.until("document.querySelector('.big').innerText === '15,999'")
    assert (seen.told("state"), seen.told("source")) == ("live", "calls")


def test_figures_go_stale_at_15_s_and_are_hidden_at_5_min(show: Opener) -> None:
    seen = show("wall", clock=True, snapshot=floor_snapshot(age_s=0))
    seen.page.clock.run_for(9_000)
    seen.until("document.querySelector('[data-live=fresh]').innerText.endsWith('秒前')")
    assert seen.told("state") == "live"
    seen.stage.cut()
    seen.until("callfloor.source === 'network'")
    seen.page.clock.run_for(7_000)
    seen.until_drawn("stale")
    assert 15 < seen.told("ageS") < 60
    assert seen.page.locator(".big").inner_text() == "15,319"
    assert re.match(
        r"本屏网络中断 (1[5-9]|[2-5]\d) 秒，灰色为 14:32:09 的数值", seen.page.locator(".notice").inner_text()
    )
    assert "值班电话 8800" in seen.page.locator(".notice").inner_text()
    seen.page.clock.fast_forward(290_000)
    seen.until_drawn("hidden")
    seen.until("document.querySelector('.big').innerText === '—'")
    assert "数字已隐去" in seen.page.locator(".notice").inner_text()
    assert seen.text("team.net", "dawn") == "—"
    assert seen.page.locator(".trend rect:not(.due)").count() == 11


def test_a_heartbeat_that_stopped_is_told_by_the_frames(show: Opener) -> None:
    seen = show("wall", lang="en")
    seen.stage.push(age_s=40.2)
    seen.until_drawn("stale")
    notice = seen.page.locator(".notice").inner_text()
    assert re.match(r"Call data stale [45]\d s, grey is from 14:31:(28|29|[345]\d)", notice), "28 as the frame is sent"
    weight = "getComputedStyle(document.querySelector('.big .fig')).fontWeight"
    assert seen.page.evaluate(weight) == "400"
    seen.stage.push(age_s=0.3)
    seen.until_drawn("live")
    assert seen.page.evaluate(weight) == "600"


def test_an_outage_of_redis_is_named(show: Opener) -> None:
    seen = show("wall", snapshot=floor_snapshot(age_s=20))
    seen.stage.push("outage", source="redis")
    seen.until("callfloor.source === 'redis'")
    seen.until("document.querySelector('.notice').innerText.startsWith('计数库 Redis 中断 2')")
    seen.stage.push(age_s=0.2)
    seen.until_drawn("live")
    assert seen.told("source") == "calls"


def test_a_reconnect_never_makes_old_figures_young(show: Opener) -> None:
    """The store serves the same snapshot again after the publisher died: its age of then is not its age of now."""
    seen = show("wall", clock=True)
    seen.stage.push()
    seen.until("callfloor.seq === 13")
    seen.page.clock.run_for(20_000)
    seen.until("callfloor.reopened >= 1")
    seen.page.clock.run_for(2_000)
    seen.until("callfloor.seq === 13 && callfloor.source === 'calls'")
    assert seen.told("state") == "stale"
    assert seen.told("ageS") > 15


def test_an_unknown_age_hides_the_figures(show: Opener) -> None:
    seen = show("wall", snapshot=floor_snapshot(age_s=None))
    seen.until_drawn("hidden")
    assert seen.told("ageS") is None
    assert seen.page.locator(".big").inner_text() == "—"
    assert seen.page.locator(".notice").inner_text().startswith("尚未收到话务数据")


def test_unknown_is_never_zero_and_zero_is_never_unknown(show: Opener) -> None:
    nothing = {"quality": {"score": None, "n": 0}, "campaigns": {"done": 0, "list_size": 0, "share": None}}
    seen = show(
        "wall", snapshot=floor_snapshot() | {"floor": _floor(**nothing, net=0, handled=0, deducted=0, empty=True)}
    )
    seen.until("document.querySelector('.big').innerText === '0'")
    assert seen.text("floor.quality.score") == "—"
    assert seen.text("floor.campaigns.share") == "—"
    assert seen.page.locator(".hero .c1.r1").inner_text().split() == [
        "今日净话务量",
        "待核实全部撤销则",
        "15,447",
        "今天还没有话务",
    ]


def test_before_any_data_there_is_no_figure(show: Opener) -> None:
    seen = show("wall", clock=True, snapshot=None)
    assert seen.told("state") == "loading"
    figures = seen.page.locator('[data-live="text"]').all_text_contents()
    assert set(figures) == {"—"}
    seen.stage.cut()
    seen.until("callfloor.source === 'network'")
    seen.page.clock.run_for(16_000)
    seen.until("document.querySelector('.notice').innerText.startsWith('本屏网络中断')")


def test_a_page_that_nobody_sees_keeps_its_data_and_draws_when_seen(show: Opener) -> None:
    seen = show("wall")
    seen.until("callfloor.painted !== null")
    seen.page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    seen.stage.push(floor=_floor(net=7))
    seen.until("callfloor.seq === 13")
    assert seen.page.locator(".big").inner_text() == "15,319"
    seen.page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    seen.until("document.querySelector('.big').innerText === '7'")


def test_a_page_that_is_drawn_anew_goes_on(show: Opener) -> None:
    seen = show("wall")
    seen.until("document.querySelector('.big').innerText === '15,319'")
    seen.page.evaluate(f"{ROOT}.replaceWith({ROOT}.cloneNode(true))")
    seen.page.evaluate("document.querySelector('.big .fig').textContent = '—'")
    seen.until("document.querySelector('.big').innerText === '15,319'")
    assert seen.stage.connections == 1


def test_what_was_painted_is_known(show: Opener) -> None:
    seen = show("wall")
    seen.stage.push(floor=_floor(net=8))
    seen.until_painted()
    painted, latency = seen.told("painted"), seen.told("latency")
    assert painted["now"] == NOW_MS
    assert sum(latency["counts"]) == 2 and latency["newest_ms"] > 0


def _row(seen: Show, agent: str) -> list[str]:
    """All cells: the grid draws some of them later."""
    cells = f"document.querySelectorAll('.ag-row[row-id=\"{agent}\"] .ag-cell')"
    seen.until(f"{cells}.length === callfloorApp.page.grids[0].api.getAllDisplayedColumns().length")
    return seen.page.locator(f'.ag-row[row-id="{agent}"] .ag-cell').all_inner_texts()


def test_the_agent_table(show: Opener) -> None:
    seen = show("team", theme="light", clock=True)
    seen.page.locator('.ag-row[row-id="8100"]').wait_for()
    name, state, *figures = _row(seen, "8100")[:-1]
    assert (name, figures) == ("林晓芸", ["115", "5", "110", "148", "6", "0.86", "", "86.4", "—", "0.0%"])
    assert re.fullmatch(r"小休 4:(1[6-9]|[2-5]\d)", " ".join(state.split())), "4:16 as the page is opened"
    assert [text.split() for text in _row(seen, "8118")[:6]] == [["宋佳"], ["未到岗", "32", "分"], *[["—"]] * 3, ["13"]]
    assert [_row(seen, agent)[1].split()[0] for agent in ("8117", "8119")] == ["通话", "休假"]
    assert _row(seen, "8117")[-1] == "不参与考核"
    assert seen.page.locator('.ag-row.mute[row-id="8117"]').count() == 1


def test_time_in_state_runs_and_stops_when_stale(show: Opener) -> None:
    seen = show("team", theme="light", clock=True, snapshot=team_snapshot(age_s=0))
    seen.page.locator('.ag-row[row-id="8100"]').wait_for()
    seen.page.clock.run_for(4_000)
    assert re.fullmatch(r"4:(19|[2-5]\d)", _row(seen, "8100")[1].split()[1])
    seen.stage.cut()
    seen.page.clock.run_for(30_000)
    seen.until_drawn("stale")
    stopped = _row(seen, "8100")[1]
    seen.page.clock.run_for(5_000)
    assert _row(seen, "8100")[1] == stopped


def test_a_changed_agent_changes_in_place(show: Opener) -> None:
    seen = show("team", theme="light")
    seen.page.locator('.ag-row[row-id="8100"]').wait_for()
    assert seen.stage.snapshot is not None
    rows = [list(row) for row in seen.stage.snapshot["agents"]["rows"]]
    at = seen.page.locator('.ag-row[row-id="8100"]').get_attribute("row-index")
    rows[0][3:9] = ["offline", NOW_MS, 116, 5, 6, 111]
    seen.stage.push(agents={"rows": [rows[0]]})
    seen.until("document.querySelector('.ag-row[row-id=\"8100\"] .net').innerText === '111'")
    assert seen.page.locator('.ag-row[row-id="8100"]').get_attribute("row-index") == at
    assert seen.page.locator(".ag-row").count() == 20


def test_hidden_figures_are_hidden_in_the_table_too(show: Opener) -> None:
    seen = show("team", theme="light", snapshot=team_snapshot(age_s=400))
    seen.page.locator('.ag-row[row-id="8100"]').wait_for()
    assert _row(seen, "8100") == ["林晓芸", "—", "—", "—", "—", "148", "—", "—", "", "—", "—", "—", ""]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("kind", ["wall", "team"])
@pytest.mark.parametrize("age_s", [0.4, 40.2, 378])
def test_nothing_overflows(show: Opener, kind: str, lang: str, theme: str, age_s: float) -> None:
    snapshot = (floor_snapshot if kind == "wall" else team_snapshot)(age_s=age_s)
    seen = show(kind, lang=lang, theme=theme, snapshot=snapshot)
    seen.until_drawn({0.4: "live", 40.2: "stale", 378: "hidden"}[age_s])
    assert seen.page.evaluate("document.documentElement.lang") == ("zh-CN" if lang == "zh" else "en")
    assert seen.page.evaluate("document.documentElement.dataset.theme") == theme
    wide = """() => [...document.querySelectorAll('#callfloor *')]
        .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1)
        .filter((node) => !node.closest('.ag-root-wrapper, .ag-aria-description-container, .unseen, .skip'))
        .map((node) => `${node.className}: ${node.textContent}`)"""
    assert seen.page.evaluate(wide) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_long_notice_fits(show: Opener) -> None:
    seen = show("wall", lang="en", clock=True, snapshot=floor_snapshot(age_s=0))
    seen.stage.cut()
    seen.until("callfloor.source === 'network'")
    for seconds in (45_000, 400_000):
        seen.page.clock.fast_forward(seconds)
        seen.until("document.querySelector('.notice').innerText.includes(\"Screen's network\")")
        assert seen.page.evaluate(
            "(() => { const n = document.querySelector('.notice [data-live]'); return n.scrollWidth <= n.clientWidth; })()"
        )


def test_a_wall_fills_a_larger_screen(show: Opener) -> None:
    seen = show("wall")
    seen.page.set_viewport_size({"width": 3840, "height": 2160})
    seen.until("document.querySelector('.wall').style.zoom === '2'")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
