"""Look first: the three lowest by the shrunk ratio, and the three facts of which no kind hides another."""

from dataclasses import fields

import numpy as np

from dashboard.board.agent_marks import evidence_of_assessed
from dashboard.board.alert_facts import AlertFacts
from dashboard.board.alerts import alerts
from dashboard.board.frame_types import LeadPanel, LowPerson
from dashboard.board.lead_view import LowRatio, hard_facts, lead_panels, lowest
from dashboard.floor.lines import Lines
from dashboard.people.evidence import EvidenceNow
from streams.site_time import MINUTE_MS
from tests.dashboard.board.alert_floor import DAY, NINE_MS, NOON_MS, facts, site


def peers(ratio: list[float], **more: list[float]) -> EvidenceNow:
    """Everybody is assessed and late enough in the shift."""
    peer_ratio, rows = np.array(ratio), len(ratio)
    known = dict.fromkeys((each.name for each in fields(EvidenceNow)), np.zeros(rows))
    known |= {name: np.array(more.get(name, [40.0] * rows)) for name in ("counted", "expected")}
    known |= {
        "peer_ratio": peer_ratio,
        "low": peer_ratio - 0.1,
        "high": peer_ratio + 0.1,
        "drop": np.zeros(rows, np.bool_),
    }
    too_early, assessed = (np.array(more.get(name, [value] * rows), np.bool_) for name, value in FLAGS.items())
    return evidence_of_assessed(EvidenceNow(**known | {"too_early": too_early}), assessed)


FLAGS = {"too_early": 0, "assessed": 1}


def ids(found: tuple[tuple[LowRatio, ...], ...]) -> list[list[str]]:
    return [[each.person.id for each in team] for team in found]


def panels(known: AlertFacts, people: tuple[tuple[LowRatio, ...], ...] = ()) -> list[LeadPanel]:
    on, nothing = alerts(known), np.full(len(known.lines), -1)
    return lead_panels(known.lines, people, on.teams, on, nothing, range(len(known.lines.teams)))


def test_the_three_lowest_of_each_team_are_named_with_interval_and_n() -> None:
    lines = Lines(site(agents=5), DAY)
    found = lowest(lines, peers([0.9, 0.7, 1.1, 0.8, 0.95, 1.3, 1.2, 1.1, 1.0, 0.99]))
    assert ids(found) == [["dawn-1", "dawn-3", "dawn-0"], ["lake-4", "lake-3", "lake-2"]]
    assert found[0][0] == LowRatio(0.7, 40.0, LowPerson("dawn-1", "dawn-1", "dawn-1", 0.7, 0.6, 0.8, 40, 40.0))


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
    dawn, *_ = panels(facts(site(naive_pace=1.0)))
    assert (len(dawn.alerts), dawn.look_first.people, dawn.look_first.facts) == (4, [], [])


def test_without_evidence_the_facts_are_named_all_the_same() -> None:
    known = facts(site(), states={"dawn-0": ("break", NINE_MS)})
    dawn, lake, everyone = panels(known)
    assert (dawn.look_first.people, dawn.look_first.facts) == ([], dawn.alerts) == ([], everyone.look_first.facts)
    assert len(dawn.alerts) == 1 and lake.look_first.facts == []
    who = lowest(Lines(site(), DAY), peers([0.9] * 8))
    assert panels(known, who)[1].look_first.people == [each.person for each in who[1]]
