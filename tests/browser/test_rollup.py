"""/rollup and /campaigns fed by a scripted stream: the tiers and their sums, the forecast, the spread, every state."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.layouts.example import NOW_MS, example_site
from tests.layouts.rolled import council_snapshot, rollup_agents, rollup_snapshot, unasked_snapshot

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
AGENTS = {"GET /snapshot": (200, rollup_agents())}
ROWS = ".ru tbody tr"
NOT_CUT = """() => [...document.querySelectorAll('main *')].filter((node) => {
  const inside = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!inside || node.closest('.unseen, svg')) return false;
  const range = document.createRange(); range.selectNodeContents(node);
  const cut = node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflow === 'hidden';
  return cut || range.getBoundingClientRect().right > innerWidth;
}).map((node) => node.className + ': ' + node.textContent)"""


def cells(seen: Show, row: int) -> list[str]:
    found: list[str] = seen.page.locator(ROWS).nth(row).locator("th, td").all_inner_texts()
    return found


def number(text: str) -> int:
    return int(text.replace(",", ""))


def drawn(seen: Show) -> Show:
    seen.until(
        "document.querySelectorAll('.ru tbody tr').length >= 10 && document.querySelector('.spread svg .ring, .spread svg .site')"
    )
    return seen


def test_the_tiers_pace_attainment_and_forecast(show: Opener) -> None:
    seen = drawn(show("rollup", theme="light"))
    assert seen.text("rollup.site.net") == "462,527"
    assert seen.text("rollup.site.pace") == "99.6%"
    assert seen.text("rollup.site.forecast.chance") == "<1%"
    assert seen.text("rollup.day") == "16"
    site, dawn, pine, sail = (cells(seen, row) for row in (0, 1, 3, 5))
    assert (site[0], site[1], site[2]) == ("杭州一中心", "462,527", "461,370")
    assert dawn[0].split() == ["晨曦组", "外呼"]
    of_dawn = seen.page.locator(ROWS).nth(1).locator(".c-net")
    assert of_dawn.get_attribute("title") == "其中不参与考核 3,032", "its pace is of the others"
    assert seen.page.locator(".c-net[title]").count() == 2, "the site's and its own"
    assert [dawn[at] for at in (1, 2, 4, 9, 10)] == ["70,303", "66,901", "100.6%", "89.2", "3.9"]
    flags = seen.page.locator(ROWS).nth(1).locator(".count")
    said = [str(flags.nth(at).get_attribute("aria-label")) for at in range(flags.count())]
    assert said == ["重点辅导 1", "关注 2", "骤降 1"], "none of quality"
    assert (pine[4], pine[5], pine[8]) == ("110.0%", "107.0%", ">99%")
    assert (sail[4], sail[5], sail[8]) == ("92.0%", "91.0%", "<1%")
    classes = [seen.page.locator(ROWS).nth(row).locator(".c-today").get_attribute("class") for row in (1, 3, 5)]
    assert ["ahead" in str(name) for name in classes] == [False, True, False]
    assert ["behind" in str(name) for name in classes] == [False, False, True]
    nets = [number(cells(seen, row)[1]) for row in range(10)]
    assert nets[0] == sum(nets[1:])


def test_an_opened_team_shows_its_agents_by_id_and_the_rows_add_up(show: Opener) -> None:
    seen = drawn(show("rollup", theme="light", answers=AGENTS))
    seen.page.get_by_role("button", name="晨曦组").click()
    seen.until("document.querySelectorAll('.ru .t3').length === 6 && document.querySelector('.ru .more')")
    assert [cells(seen, row)[0] for row in (2, 6)] == ["8100", "8104"]
    assert cells(seen, 7)[0] == "其余 15 人，展开"
    assert seen.page.locator(ROWS).nth(7).locator(".c-net").get_attribute("title") == "其中不参与考核 3,529"
    require_sums(seen, 6)
    assert all(not cells(seen, row)[11].strip() for row in range(2, 8)), "no flag of a person"
    assert ("GET /snapshot", "topic=rollup%3Adawn", None) in seen.stage.asked
    assert seen.page.evaluate("location.hash") == "#dawn"
    seen.page.get_by_role("button", name="其余").click()
    seen.until("document.querySelectorAll('.ru .t3').length === 21")
    require_sums(seen, 20)
    assert cells(seen, 19)[2:7] == ["—", "", "—", "", "—"], "who is not assessed owes nothing"
    seen.page.get_by_role("button", name="收起").click()
    seen.until("document.querySelectorAll('.ru .t3').length === 6")
    seen.page.get_by_role("button", name="晨曦组").press("Enter")
    seen.until("document.querySelectorAll('.ru .t3').length === 0")
    assert seen.page.evaluate("location.hash") == ""


def require_sums(seen: Show, count: int) -> None:
    """Net and due of the rows under the first team are those of the team."""
    for column in (1, 2):
        found = [cells(seen, row)[column] for row in range(1, count + 2)]
        assert number(found[0]) == sum(number(text) for text in found[1:] if text != "—")


def test_a_shared_link_opens_the_team(show: Opener) -> None:
    seen = drawn(show("rollup", lang="en", theme="light", query="#dawn", answers=AGENTS))
    seen.until("document.querySelectorAll('.ru .t3').length === 6")
    assert cells(seen, 7)[0] == "15 more, show all"


def test_agents_that_cannot_be_had_are_told(show: Opener) -> None:
    answers = {"GET /snapshot": (200, {"error": "no_publisher"})}
    seen = drawn(show("rollup", lang="en", theme="light", query="#dawn", answers=answers))
    seen.until("(document.querySelector('.ru .t3') || {}).innerText.includes('cannot be reached')")
    assert cells(seen, 2)[1] == "—"


def test_the_spread_names_teams_outside_of_their_band_and_no_agent(show: Opener) -> None:
    seen = drawn(show("rollup", lang="en", theme="light"))
    assert seen.page.locator(".spread .name").all_text_contents() == ["Pine 107.0%", "Site 98.8%", "Sail 91.0%"]
    assert seen.page.locator(".spread svg .ring").count() == 7
    dots = len({tuple(dot) for dot in rollup_snapshot()["rollup"]["today"]["agents"]})
    assert seen.page.locator(".spread svg .dot").count() >= dots
    assert seen.page.locator(".spread .usual, .spread .wide").count() == 2
    assert "2 teams" in str(seen.page.locator(".spread svg").get_attribute("aria-label"))
    box = "[...document.querySelectorAll('.spread .name')].map((node) => node.getBoundingClientRect())"
    places = seen.page.evaluate(f"{box}.map((box) => [box.top, box.bottom])")
    assert all(below[0] >= above[1] - 3 for above, below in zip(places, places[1:], strict=False))


def test_a_works_council_has_no_dots_no_flags_and_small_teams_together(show: Opener) -> None:
    site = example_site(works_council="count")
    seen = drawn(show("rollup", lang="en", theme="light", site=site, snapshot=council_snapshot()))
    assert seen.page.locator(".spread svg .dot").count() == 0
    assert cells(seen, 9)[0] == "2 small teams"
    assert [cells(seen, row)[11].strip() for row in range(10)] == [""] * 10
    assert seen.page.locator(".ru .opener").count() == 0
    assert "unnamed" not in seen.page.locator(".spread").inner_text()
    assert seen.page.locator(".spread .said").inner_text() == ""
    assert not seen.page.locator(".ru thead .c-flags").is_visible()


def test_without_a_target_there_is_a_reason_and_no_zero(show: Opener) -> None:
    seen = show("rollup", lang="en", theme="light", snapshot=unasked_snapshot())
    seen.until("document.querySelectorAll('.ru tbody tr').length === 10")
    for row in range(10):
        net, due, _, pace, today, attainment, _, chance = cells(seen, row)[1:9]
        assert number(net) > 0
        assert (due, pace, today, attainment, chance) == ("—", "No target", "—", "—", "—")
    assert seen.page.locator(".ru .due-tick").count() == 0
    assert seen.page.locator(".spread .said").inner_text() == "No target"
    assert seen.page.locator(".v .gone").first.inner_text() == "—"


def test_loading_stale_and_hidden(show: Opener) -> None:
    loading = show("rollup", theme="light", snapshot=None)
    loading.until("document.querySelector('.ru .t1 .c-net').innerText === '—'")
    assert [cells(loading, row)[1] for row in range(10)] == ["—"] * 10
    stale = drawn(show("rollup", theme="light", snapshot=rollup_snapshot(age_s=40.0)))
    stale.until_drawn("stale")
    assert cells(stale, 1)[1] == "70,303"
    weight = "getComputedStyle(document.querySelector('.ru .t1 .c-net')).fontWeight"
    assert stale.page.evaluate(weight) == "400"
    hidden = show("rollup", theme="light", snapshot=rollup_snapshot(age_s=400.0))
    hidden.until_drawn("hidden")
    hidden.until("document.querySelectorAll('.ru .t2').length === 9 && document.querySelector('.ru .opener')")
    net, due, _, pace = cells(hidden, 1)[1:5]
    assert (net, due, pace) == ("—", "66,901", "—"), "the plan is known"
    assert cells(hidden, 1)[11] == "—"
    assert hidden.page.locator(".spread svg .dot, .spread svg .ring").count() == 0


def test_a_frame_replaces_what_it_carries(show: Opener) -> None:
    seen = drawn(show("rollup", theme="light"))
    rolled = rollup_snapshot()["rollup"]
    seen.stage.push(rollup=rolled | {"site": rolled["site"] | {"net": 462_600}})
    seen.until("document.querySelector('.ru .t1 .c-net').innerText === '462,600'")
    assert seen.told("gaps") == 0
    assert seen.page.locator(".cp tbody tr").count() == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1280])
@pytest.mark.parametrize("kind", ["rollup", "campaigns"])
def test_nothing_is_cut_off(show: Opener, kind: str, lang: str, theme: str, width: int) -> None:
    seen = show(kind, lang=lang, theme=theme, query="#dawn", answers=AGENTS)
    seen.page.set_viewport_size({"width": width, "height": 900})
    seen.until("document.querySelectorAll('.cp tbody tr').length === 3")
    if kind == "rollup":
        seen.until("document.querySelectorAll('.ru .t3').length === 6")
    assert seen.page.evaluate(f"({NOT_CUT})()") == []
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.page.evaluate(
        "document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"
    )


def test_campaigns_with_their_end_and_what_is_not_known(show: Opener) -> None:
    seen = show("campaigns", theme="light")
    seen.until("document.querySelectorAll('.cp tbody tr').length === 3")
    rows = [seen.page.locator(".cp tbody tr").nth(at).locator("th, td").all_inner_texts() for at in range(3)]
    name, _, done, left, *rates = rows[0]
    assert (name, done, left) == ("宽带续约", "27,930 / 42,000", "14,070")
    assert rates == ["4,120", "31.3%", "1.2%", "71", "5.5%", "11-25 周三 16:20", "11-27 周五", "提前 2.1 天", "97%"]
    assert rows[1][2] == "2 分前11,780 / 25,600", "the dialler's word is old"
    assert rows[1][-2:] == ["晚 1.4 天", "<1%"]
    assert rows[2][2:] == ["—", "—", "—", "—", "—", "—", "—", "—尚无名单进度", "—", "—", "—"]


def test_campaigns_in_english_and_none(show: Opener) -> None:
    seen = show("campaigns", lang="en", theme="light")
    seen.until("document.querySelectorAll('.cp tbody tr').length === 3")
    finish = seen.page.locator(".cp .c-finish")
    assert finish.nth(1).inner_text() == "Wed 25 Nov 16:20"
    assert seen.page.locator(".cp .late").inner_text() == "1.4 d late"
    seen.stage.push(campaigns=[])
    seen.until("document.querySelector('.cp .none')")
    assert seen.page.locator(".cp tbody").inner_text() == "No campaign today"
    assert seen.told("state") == "live" and NOW_MS > 0


def test_the_pages_lead_to_each_other(show: Opener) -> None:
    seen = show("rollup", lang="en", theme="dark")
    links: list[Any] = seen.page.evaluate(
        "[...document.querySelectorAll('.top a')].map((node) => [node.innerText, node.getAttribute('href'), node.className])"
    )
    assert ["Roll-up", "/rollup?lang=en&theme=dark", "on"] in links
    assert ["Campaigns", "/campaigns?lang=en&theme=dark", ""] in links
    assert seen.page.locator(".campaigns h2 a").get_attribute("href") == "/campaigns?lang=en&theme=dark"


@pytest.mark.parametrize("width", [1440, 1280])
def test_all_kinds_of_flags_have_room(show: Opener, width: int) -> None:
    shown = rollup_snapshot()
    full = {"review": 12, "drop": 3, "quality": 4, "watch": 15}
    shown["rollup"]["site"]["flags"] = shown["rollup"]["rows"][0]["flags"] = full
    seen = drawn(show("rollup", lang="en", theme="light", snapshot=shown))
    seen.page.set_viewport_size({"width": width, "height": 900})
    over = "[...document.querySelectorAll('.ru .c-flags')].map((cell) => cell.scrollWidth - cell.clientWidth)"
    assert max(seen.page.evaluate(over)) <= 0
