"""The agent table on the stage: what a reader chooses of it stays in their browser, and nothing moves under their pointer."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from layouts.parts import agent_grid
from tests.browser.conftest import Show
from tests.layouts.example import COLUMNS, NOW_MS, example_agents, example_site, team_snapshot, unjudged
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.browser
FIGURE = ".ag-row[row-id='{}'] [col-id={}]"
EDGE_PX = 10
"""The frame of the table and a scroll bar; less than any column is wide."""
_NET = COLUMNS.index("net")


def heads(page: Page) -> list[str]:
    """The columns that are shown, from left to right."""
    found = page.evaluate(
        "[...document.querySelectorAll('.roster .ag-header-cell')]"
        ".map((head) => [head.getBoundingClientRect().left, head.getAttribute('col-id')])"
    )
    return [name for _, name in sorted(found)]


def ids(page: Page) -> list[str]:
    """The rows as they stand, from the top."""
    return page.evaluate(  # type: ignore[no-any-return]
        "[...document.querySelectorAll('.roster .ag-center-cols-container .ag-row')]"
        ".sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index')).map((row) => row.getAttribute('row-id'))"
    )


def drawn(seen: Show) -> Page:
    wait_until(lambda: len(ids(seen.page)) > 10 and "net" in heads(seen.page), PATIENCE_S, "the rows of the table")
    return seen.page


def until(page: Page, holds: Callable[[], bool], what: str) -> None:
    wait_until(holds, PATIENCE_S, lambda: f"{what}; there are {heads(page)} and {ids(page)[:4]}")


def again(page: Page) -> None:
    """The same page in the same browser, opened anew."""
    page.reload()
    wait_until(lambda: len(ids(page)) > 10, PATIENCE_S, "the rows of the table")


def test_columns_and_order_are_chosen_and_remembered(show: Callable[..., Show]) -> None:
    page = drawn(show("team", theme="light"))
    default = heads(page)
    page.locator(".cols summary").click()
    page.get_by_label("短通话", exact=True).uncheck()
    until(page, lambda: "short" not in heads(page), "the column goes")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.locator(".ag-header-cell[col-id=net]").click()
    until(page, lambda: ids(page)[0] == "8115", "fewest net calls on top")
    again(page)
    until(page, lambda: "short" not in heads(page) and ids(page)[0] == "8115", "the choice stays")
    page.locator(".cols summary").click()
    page.get_by_role("button", name="恢复默认列").click()
    until(page, lambda: heads(page) == default, "all columns are back")
    until(page, lambda: ids(page)[0] == "8118", "the order of the evidence is back")


def test_where_there_is_little_room_columns_give_way_in_their_turn(show: Callable[..., Show]) -> None:
    seen = show("team", theme="light")
    page, left = drawn(seen), heads(seen.page)
    columns = {each.field: each for each in agent_grid.COLUMNS}
    turns = sorted((name for name in left if columns[name].gives_way), key=lambda name: columns[name].gives_way)
    assert len(turns) >= 3
    for gone in turns:
        left = [name for name in left if name != gone]
        width = sum(columns[name].width + 2 * agent_grid.PADDING_PX for name in left) + EDGE_PX
        page.evaluate(f"document.querySelector('.roster').style.cssText = 'flex:none;width:{width}px'")
        _until_width(page, width)
        seen.stage.push(agents={"columns": COLUMNS, "rows": example_agents()[:1]})
        _until_heads(page, left)


def _until_width(page: Page, width: int) -> None:
    until(page, lambda: page.evaluate("window.callfloorApp.page.grids[0].width") == width, f"{width} px")


def _until_heads(page: Page, names: list[str]) -> None:
    until(page, lambda: heads(page) == names, f"only {names}")


def test_a_width_and_a_place_are_kept(show: Callable[..., Show]) -> None:
    page = drawn(show("team", theme="light"))
    width = 'document.querySelector(".ag-header-cell[col-id=state]").getBoundingClientRect().width'
    before = page.evaluate(width)
    edge = page.locator(".ag-header-cell[col-id=state] .ag-header-cell-resize").bounding_box()
    assert edge is not None
    x, y = edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=3)
    page.mouse.up()
    until(page, lambda: abs(page.evaluate(width) - before - 30) < 3, "wider by what was pulled")
    again(page)
    until(page, lambda: abs(page.evaluate(width) - before - 30) < 3, "as wide as it was left")


def test_the_keyboard_sorts_and_opens(show: Callable[..., Show]) -> None:
    page = drawn(show("team", theme="light"))
    page.locator(".ag-header-cell[col-id=label]").focus()
    for _ in range(heads(page).index("due")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(page, lambda: ids(page)[0] == "8118", "the least that is due on top")
    assert page.locator(".ag-header-cell[col-id=due]").get_attribute("aria-sort") == "ascending"


def test_chips_and_states_filter(show: Callable[..., Show]) -> None:
    page = drawn(show("team", theme="light"))
    counts = {name: int(page.locator(f"[data-count={name}]").inner_text()) for name in ("all", *_PARTS)}
    assert counts.pop("all") == sum(counts.values()) == 20
    page.locator("[data-bar=state]").select_option("break")
    until(page, lambda: set(ids(page)) == {"8100", "8102"}, "those on a break alone")
    page.locator("[data-chip=pace]").click()
    until(page, lambda: not ids(page), "none of them is among those on pace")
    page.locator("[data-bar=state]").select_option("")
    until(page, lambda: len(ids(page)) == counts["pace"], "all that are on pace")


_PARTS = ("todo", "early", "pace", "off", "away")


def test_nobody_moves_under_the_pointer(show: Callable[..., Show]) -> None:
    """A new agent waits for a place; figures change all the same."""
    seen = show("team", theme="light")
    page = drawn(seen)
    page.locator(".ag-header-cell[col-id=net]").click()
    until(page, lambda: ids(page)[0] == "8115", "fewest net calls on top")
    page.locator(FIGURE.format("8117", "net")).hover()
    before, rows = ids(page), example_agents()
    fallen, new = list(rows[14]), list(rows[15])
    fallen[_NET], new[0] = 3, "9000"
    seen.stage.push(agents={"columns": COLUMNS, "rows": [fallen, new]})
    until(page, lambda: page.locator(FIGURE.format("8114", "net")).inner_text() == "3", "the figure is the new one")
    assert ids(page) == before
    page.mouse.move(5, 5)
    until(page, lambda: "9000" in ids(page), "the new agent has a place")


def test_the_line_of_calls_stands_over_what_peers_would_have_handled(show: Callable[..., Show]) -> None:
    page = drawn(show("team", theme="light"))
    cell = ".ag-row[row-id='8100'] [col-id=spark]"
    until(page, lambda: page.locator(f"{cell} path.peers").count() == 1, "the ground of the line")
    quarters = page.evaluate("callfloorApp.byQuarter([8, 4, 3], 32, 10)")
    # Of the running hour 32 of 60 minutes are over: its third quarter hour has begun.
    assert quarters == [2, 2, 2, 1, 1, 1, 1, *[pytest.approx(3 / (32 / 15), abs=0.051)] * 3]


def test_under_a_works_council_columns_may_be_chosen_and_nothing_is_sorted(show: Callable[..., Show]) -> None:
    site = example_site(works_council="count")
    page = drawn(show("team", theme="light", site=site, snapshot=unjudged(team_snapshot())))
    order = ids(page)
    page.locator(".ag-header-cell[col-id=net]").click()
    page.locator(".cols summary").click()
    page.get_by_label("扣减", exact=True).uncheck()
    until(page, lambda: "deducted" not in heads(page), "the column goes")
    assert ids(page) == order
    assert not {"peers", "flag", "quality"} & set(heads(page))


def test_the_table_takes_every_colour_from_the_tokens() -> None:
    colours = {
        name: value for name, value in agent_grid.theme().items() if "olor" in name and name != "browserColorScheme"
    }
    assert len(colours) > 6
    for name, value in colours.items():
        assert re.fullmatch(r"var\(--[a-z0-9-]+\)|transparent", str(value)), name


def test_rows_are_drawn_anew_now_and_then_and_nobody_notices(show: Callable[..., Show]) -> None:
    """What React keeps of a row for as long as it stands would grow with every frame."""
    page = drawn(show("team", theme="light", clock=True))
    order = ids(page)
    page.evaluate("(id) => callfloorApp.page.grids[0].focus(id)", order[2])
    focused = "document.activeElement.closest('.ag-row')?.getAttribute('row-id')"
    until(page, lambda: page.evaluate(focused) == order[2], "the focus")
    page.evaluate("document.querySelectorAll('.roster .ag-row').forEach((row) => (row.isOld = true))")
    page.clock.fast_forward(601_000)
    old = "[...document.querySelectorAll('.roster .ag-center-cols-container .ag-row')].some((row) => row.isOld)"
    until(page, lambda: not page.evaluate(old), "other rows in the place of the old ones")
    until(page, lambda: ids(page) == order, "the same order")
    until(page, lambda: page.evaluate(focused) == order[2], "the focus where it was")


def live_for(seen: Show, seconds: int) -> None:
    """The page's clock goes on while frames come: a stream that is silent for ten seconds is given up."""
    for _ in range(seconds):
        seen.stage.push()
        seen.until_painted()
        seen.page.clock.run_for(1_000)


def test_the_order_is_renewed_every_ten_seconds_but_not_under_the_pointer(show: Callable[..., Show]) -> None:
    seen = show("team", theme="light", clock=True)
    seen.page.locator('.ag-row[row-id="8117"]').wait_for()
    live_for(seen, 11)
    assert seen.stage.snapshot is not None
    row = next(list(row) for row in seen.stage.snapshot["agents"]["rows"] if row[0] == "8117")
    index = "document.querySelector('.ag-row[row-id=\"8117\"]').getAttribute('row-index')"
    seen.page.hover(".roster")
    row[3:9] = ["offline", NOW_MS, 0, 0, 0, 0]
    seen.stage.push(agents={"rows": [row]})
    seen.until("document.querySelector('.ag-row[row-id=\"8117\"]').innerText.includes('未签入')")
    before = seen.page.evaluate(index)
    live_for(seen, 11)
    assert seen.page.evaluate(index) == before
    seen.page.mouse.move(5, 5)
    live_for(seen, 11)
    seen.until(f"Number({index}) < 3")
