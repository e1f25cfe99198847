"""What is due on the screens: pace and gap, its ticks, why there is none, and that the plan does not go stale with the calls."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.layouts.example import example_floor, example_teams, floor_snapshot, team_snapshot, without_plan

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
DUE_AT = "87.2%"


def _fill(seen: Show, path: str, team: str) -> str:
    width: str = seen.page.evaluate(
        f"document.querySelector('[data-team={team}] [data-live=bar][data-path=\"{path}\"] .fill').style.width"
    )
    return width


def _ink(seen: Show, selector: str) -> str:
    colour: str = seen.page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).color")
    return colour


def test_the_pace_and_its_parts(show: Opener) -> None:
    seen = show("wall")
    seen.until("document.querySelector('.big').innerText === '15,319'")
    assert seen.page.locator(".hero .c2.r1.with-plan").inner_text().split() == ["进度达成率", "另有", "109", "不计考核"]
    assert (seen.text("floor.pace"), seen.text("floor.due"), seen.text("floor.gap")) == ("98.5", "15,437", "−227")
    assert seen.page.locator(".roll").inner_text().split() == ["1,624", "/", "1,728", "94%"]
    assert [seen.text("team.gap", id_) for id_ in ("dawn", "pine", "sail")] == ["+30", "+176", "−235"]
    assert seen.page.locator(".hero .without-plan").first.is_hidden()


def test_net_less_the_not_assessed_less_due_is_the_gap_as_shown(show: Opener) -> None:
    """Dues are fractions; what is shown adds up in whole calls."""
    owed = [(2097.5, 2236 - 109 - 2097.5), (2096.4, 2236 - 109 - 2096.4), (2126.9, 2236 - 109 - 2126.9), (2127.0, 0.0)]
    seen = show("wall")
    for due, gap in owed:
        seen.stage.push(
            teams=[example_teams()[0] | {"due": due, "gap": gap}], floor=example_floor() | {"due": due, "gap": gap}
        )
        seen.until_painted()
        whole = int(seen.text("floor.due").replace(",", ""))
        shown = seen.text("floor.gap").replace("−", "-").replace("±", "")
        assert 2236 - 109 - whole == int(shown)
    assert seen.text("team.gap", "dawn") == "±0"


def test_every_bar_is_scaled_to_what_its_own_team_owes(show: Opener) -> None:
    seen = show("wall")
    seen.until("document.querySelector('.big').innerText === '15,319'")
    ticks = seen.page.locator(".teams .screen .with-plan .due-tick")
    assert {ticks.nth(i).evaluate("node => node.style.left") for i in range(9)} == {DUE_AT}
    assert _fill(seen, "team.pace", "pine") == f"{2676 / 2500 * 87.2:.4g}%"
    assert _fill(seen, "team.pace", "sail") == f"{round(2258 / 2493, 4) * 87.2:.4g}%"


def test_the_half_hours_have_ticks_also_ahead(show: Opener) -> None:
    seen = show("wall")
    seen.until("document.querySelectorAll('.trend rect.due').length === 18")
    pale = seen.page.locator('.trend rect.due[opacity="0.45"]')
    assert pale.count() == 6
    running = "document.querySelectorAll('.trend rect.due')[11].getAttribute('y')"
    before = float(seen.page.evaluate(running))
    halves = example_floor()["half_hours"] | {"due_by_now": 1331}
    seen.stage.push(floor=example_floor() | {"half_hours": halves})
    seen.until(f"Number({running}) < {before - 20}")


def test_without_the_due_by_now_the_running_half_hour_is_prorated(show: Opener) -> None:
    """14:32:09 is 129 s into the half hour: 1331 x 129 / 1800 = 95, as the frame says too."""
    told = show("wall")
    place = "document.querySelectorAll('.trend rect.due')[11].getAttribute('y')"
    told.until("document.querySelectorAll('.trend rect.due').length === 18")
    expected = told.page.evaluate(place)
    halves = {key: value for key, value in example_floor()["half_hours"].items() if key != "due_by_now"}
    seen = show("wall", clock=True, snapshot=floor_snapshot() | {"floor": example_floor() | {"half_hours": halves}})
    seen.until("document.querySelectorAll('.trend rect.due').length === 18")
    assert float(seen.page.evaluate(place)) == pytest.approx(float(expected), abs=1)


def test_a_team_out_of_its_qa_limits_has_a_shape(show: Opener) -> None:
    seen = show("wall")
    seen.until("document.querySelector('.big').innerText === '15,319'")
    assert seen.page.locator(".teams .qa .when:not(.off)").count() == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_any_target_the_wall_shows_what_there_is(show: Opener, lang: str) -> None:
    seen = show("wall", lang=lang, snapshot=without_plan(floor_snapshot()))
    seen.until("document.getElementById('callfloor').classList.contains('is-planless')")
    assert all(not node.is_visible() for node in seen.page.locator(".with-plan").all())
    assert [_fill(seen, "team.net", id_) for id_ in ("pine", "spring", "dawn")] == ["100%", "100%", "83.56%"]
    assert seen.page.locator(".th").first.inner_text().split("\n")[1] == {"zh": "未设目标", "en": "No target"}[lang]
    assert seen.page.locator(".hero .c2.r3.without-plan").inner_text().split() == ["=", "1,671", "−", "36"]
    assert seen.page.locator(".trend rect:not(.due)").count() == 12
    assert seen.page.locator(".trend rect.due").count() == 0


def test_a_team_without_a_target_says_why(show: Opener) -> None:
    seen = show("wall", snapshot=without_plan(floor_snapshot(), "no_planned_hours", ["pine"]))
    seen.until("document.querySelector('.big').innerText === '15,319'")
    row = seen.page.locator(".tr", has_text="青松组")
    assert row.inner_text().split() == ["青松组", "今日无排班", "2,676", "—"]
    assert row.locator(".due-tick").is_hidden()
    assert row.locator(".shape .when").is_hidden()


def test_a_target_that_comes_while_one_looks(show: Opener) -> None:
    """A site file that is changed and taken up without a restart."""
    seen = show("wall", snapshot=without_plan(floor_snapshot()))
    seen.until("document.getElementById('callfloor').classList.contains('is-planless')")
    seen.stage.push(floor=example_floor(), teams=example_teams())
    seen.until("!document.getElementById('callfloor').classList.contains('is-planless')")
    seen.until("document.querySelectorAll('.trend rect.due').length === 18")
    assert seen.text("floor.pace") == "98.5"


@pytest.mark.parametrize(("age_s", "state"), [(40.2, "stale"), (378, "hidden")])
def test_the_plan_stays_while_the_calls_are_stale(show: Opener, age_s: float, state: str) -> None:
    seen = show("wall", snapshot=floor_snapshot(age_s=age_s))
    seen.until_drawn(state)
    due, net = '[data-path="floor.due"]', '[data-path="floor.net"]'
    seen.until("document.querySelector('[data-path=\"floor.due\"]').innerText === '15,437'")
    assert seen.text("floor.last30.due") == "1,728"
    assert seen.text("floor.campaigns.plan") == "63.8%"
    assert _ink(seen, due) == _ink(seen, ".clock") != _ink(seen, net)
    assert seen.page.locator(".teams .with-plan .due-tick:visible").count() == 9
    assert seen.text("team.gap", "dawn") == {"stale": "+30", "hidden": "—"}[state]


def test_a_line_that_is_cut_brings_no_plan_either(show: Opener) -> None:
    seen = show("wall", clock=True, snapshot=floor_snapshot(age_s=0))
    seen.until("document.querySelector('[data-path=\"floor.due\"]').innerText === '15,437'")
    seen.stage.cut()
    seen.until("callfloor.source === 'network'")
    seen.page.clock.fast_forward(20_000)
    seen.until_drawn("stale")
    seen.until("document.getElementById('callfloor').classList.contains('is-plan-stale')")
    assert _ink(seen, '[data-path="floor.due"]') == _ink(seen, '[data-path="floor.net"]')
    seen.page.clock.fast_forward(300_000)
    seen.until("document.querySelector('[data-path=\"floor.due\"]').innerText === '—'")


def test_the_strip_of_a_team(show: Opener) -> None:
    seen = show("team", theme="light")
    seen.until("document.querySelector('.sum .v').innerText.startsWith('2,236')")
    first = "".join(seen.page.locator(".sum > div").first.inner_text().split())
    assert first == "晨曦组净话务量2,236应完成2,097，进度达成率101.4%+30不参与考核109"
    assert seen.page.locator(".sum .limits").inner_text() == "受控"
    seen.stage.push(teams=[example_teams()[0] | {"quality_trend": "drop"}])
    seen.until("document.querySelector('.sum .limits').innerText === '骤降'")


def test_what_a_team_owes_stays_too(show: Opener) -> None:
    seen = show("team", theme="light", snapshot=team_snapshot(age_s=378))
    seen.until_drawn("hidden")
    seen.until("document.querySelector('[data-team=dawn] [data-path=\"team.due\"]').innerText === '2,097'")
    assert seen.text("team.pace", "dawn") == "—"
    seen.page.locator('.ag-row[row-id="8117"]').wait_for()
    cells = seen.page.locator('.ag-row[row-id="8117"] .ag-cell').all_inner_texts()
    assert cells[5] == "—"
    assert seen.page.locator('.ag-row[row-id="8100"] .ag-cell').all_inner_texts()[5] == "148"


def test_a_team_that_owes_nothing_has_no_columns_for_it(show: Opener) -> None:
    def heads(seen: Show) -> list[str]:
        found: list[str] = seen.page.locator(".ag-header-cell").all_inner_texts()
        return [text.strip() for text in found]

    seen = show("team", theme="light", snapshot=without_plan(team_snapshot()))
    seen.until("document.querySelectorAll('.ag-row').length === 20")
    seen.until("![...document.querySelectorAll('.ag-header-cell')].some((node) => node.innerText.includes('应完成'))")
    assert "净量" in heads(seen)
    assert seen.page.locator(".sum > div").first.inner_text().split()[-1] == "未设目标"


def test_an_agent_below_his_limits_has_a_shape_and_all_stand_on_theirs(show: Opener) -> None:
    seen = show("team", theme="light")
    seen.page.locator('.ag-row[row-id="8104"] .z .g-drop').wait_for()
    seen.until("document.querySelectorAll('.ag-row .z circle').length === 18")
    assert seen.page.locator(".ag-row .z .g-drop").count() == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "reason", ["no_target", "no_planned_hours", "no_time_yet", "nothing_owed_yet", "no_hours_left"]
)
def test_every_reason_fits_in_its_place(show: Opener, lang: str, reason: str) -> None:
    owing: dict[str, Any] = {"target": 500}
    snapshot = without_plan(floor_snapshot(), reason)
    teams = [team | owing for team in snapshot["teams"]]
    seen = show("wall", lang=lang, snapshot=snapshot | {"teams": teams, "floor": snapshot["floor"] | owing})
    seen.until("document.querySelector('.big').innerText === '15,319'")
    where = ".bullet .why"
    edges = f"""() => [...document.querySelectorAll('{where}')].map((node) =>
        node.getBoundingClientRect().right - node.parentNode.getBoundingClientRect().right)"""
    assert max(seen.page.evaluate(edges)) <= 0
    hero = "() => { const n = document.querySelector('.hero .row .why').getBoundingClientRect(); return n.right; }"
    assert seen.page.evaluate(hero) <= 1282


def test_a_team_outside_its_band_has_a_shape_and_a_mark(show: Opener) -> None:
    """Surplus is solid and shortfall hatched only outside of what chance allows; without a band nothing is outside."""
    seen = show("wall")
    seen.until("document.querySelector('.big').innerText === '15,319'")
    shapes = {id_: _strip(seen, id_) for id_ in ("pine", "sail", "dawn", "swan")}
    assert shapes == {
        "pine": ("g-ahead", True, ["beyond"]),
        "sail": ("g-behind", True, ["beyond", "short"]),
        "dawn": ("g-pace", True, []),
        "swan": ("g-pace", False, []),
    }
    seen.stage.push(teams=[team | {"band": None} for team in example_teams()])
    seen.until("document.querySelectorAll('.teams .g-ahead, .teams .bar .beyond:not(.off)').length === 0")


def _strip(seen: Show, team: str) -> tuple[str, bool, list[str]]:
    """Shape, whether there is a band, the classes of what lies beyond it."""
    bar = f'[data-team={team}] [data-live=bar][data-path="team.pace"]'
    shape = (
        seen.page.locator(f'[data-team={team}] [data-live=status][data-path="team.pace"] .g').get_attribute("class")
        or ""
    )
    beyond = seen.page.locator(f"{bar} .beyond").get_attribute("class") or ""
    marks = [] if "off" in beyond.split() else beyond.split()
    return shape.split()[-1], seen.page.locator(f"{bar} .band").is_visible(), marks
