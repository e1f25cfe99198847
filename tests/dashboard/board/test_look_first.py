"""Look first: the three lowest by the shrunk ratio, and the three facts of which no kind hides another."""

import numpy as np

from dashboard.board.alerts import alerts
from dashboard.board.lead_view import LookFirst, PeerRatios, hard_facts, look_first, lowest
from dashboard.floor.lines import Lines
from streams.site_time import MINUTE_MS
from tests.dashboard.board.alert_floor import DAY, NINE_MS, NOON_MS, facts, site


def peers(ratio: list[float], **more: list[float]) -> PeerRatios:
    """Everybody is assessed and late enough in his shift."""
    peer_ratio = np.array(ratio)
    rows = len(ratio)
    numbers = {name: np.array(more.get(name, [40.0] * rows)) for name in ("counted", "expected")}
    flags = {
        name: np.array(more.get(name, [value] * rows), np.bool_) for name, value in (("too_early", 0), ("assessed", 1))
    }
    return PeerRatios(peer_ratio, peer_ratio - 0.1, peer_ratio + 0.1, **numbers, **flags)


def ids(found: tuple[LookFirst, ...] | tuple[tuple, ...]) -> list[list[str]]:
    return [[each.agent for each in team] for team in found]


def test_the_three_lowest_of_each_team_are_named_with_interval_and_n() -> None:
    lines = Lines(site(agents=5), DAY)
    found = lowest(lines, peers([0.9, 0.7, 1.1, 0.8, 0.95, 1.3, 1.2, 1.1, 1.0, 0.99]))
    assert ids(found) == [["dawn-1", "dawn-3", "dawn-0"], ["lake-4", "lake-3", "lake-2"]]
    first = found[0][0]
    assert (first.row, first.peer_ratio, first.low, first.high, first.counted, first.expected) == (
        1, 0.7, 0.7 - 0.1, 0.7 + 0.1, 40.0, 40.0,
    )  # fmt: skip


def test_who_is_unknown_too_early_or_not_assessed_is_not_named_however_low() -> None:
    lines = Lines(site(agents=4), DAY)
    too_early, assessed = [0, 1, 0, 0, 0, 0, 0, 0], [1, 1, 0, 1, 0, 0, 0, 0]
    found = lowest(lines, peers([np.nan, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1, 0.1], too_early=too_early, assessed=assessed))
    assert ids(found) == [["dawn-3"], []]


def test_of_equal_ratios_who_has_more_expected_is_first_then_the_earlier_row() -> None:
    lines = Lines(site(agents=5, teams=1), DAY)
    found = lowest(lines, peers([0.9, 0.9, 0.9, 0.9, 0.9], expected=[20, 40, 40, 30, 10]))
    assert ids(found) == [["dawn-1", "dawn-2", "dawn-3"]]


def test_who_is_in_no_team_is_named_nowhere_and_an_empty_floor_has_nobody() -> None:
    lines = Lines(site(agents=1), DAY)
    lines.rows(["stranger"])
    assert ids(lowest(lines, peers([0.9, 0.9, 0.1]))) == [["dawn-0"], ["lake-0"]]
    assert ids(lowest(lines, peers([0.9, 0.9]))) == [["dawn-0"], ["lake-0"]]
    assert lowest(Lines(site(agents=0, teams=0), DAY), peers([])) == ()


def test_of_the_facts_the_oldest_of_each_kind_comes_first_and_then_the_second() -> None:
    states = {
        "dawn-0": ("", 0), "dawn-1": ("", 0), "dawn-2": ("", 0), "dawn-3": ("break", NOON_MS - 30 * MINUTE_MS),
        "dawn-4": ("break", NOON_MS - 20 * MINUTE_MS), "dawn-5": ("available", NINE_MS), "lake-0": ("wrap", NINE_MS),
        "lake-1": ("wrap", NINE_MS + 1), "lake-2": ("wrap", NINE_MS + 2), "lake-3": ("wrap", NINE_MS + 3),
    }  # fmt: skip
    known = facts(site(agents=6), states=states)
    known.arrived[:3] = False
    teams = alerts(known).teams
    assert [(each.kind, each.agent) for each in hard_facts(teams[0])] == [
        ("not_arrived", "dawn-0"),
        ("state_over_limit", "dawn-3"),
        ("idle", "dawn-5"),
    ]
    assert [each.agent for each in hard_facts(teams[1])] == ["lake-0", "lake-1", "lake-2"]
    assert [each.agent for each in hard_facts([a for a in teams[0] if a.kind != "idle"])] == [
        "dawn-0",
        "dawn-3",
        "dawn-1",
    ]


def test_a_naive_pace_and_a_team_behind_are_no_hard_facts() -> None:
    known = facts(site(naive_pace=1.0))
    found = alerts(known).teams
    assert len(found[0]) == 4
    assert look_first((), found) == (LookFirst(), LookFirst())


def test_without_evidence_the_facts_are_named_all_the_same() -> None:
    found = alerts(facts(site(), states={"dawn-0": ("break", NINE_MS)})).teams
    assert look_first((), found) == (LookFirst((), found[0]), LookFirst())
    who = lowest(Lines(site(), DAY), peers([0.9] * 8))
    assert look_first(who, found)[1] == LookFirst(who[1], ())
