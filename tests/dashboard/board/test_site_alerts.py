"""AlertsNow about queues, teams, sources and the line: when they come, when they go, and that they do not flutter between."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.board.alert_kinds import Alert
from dashboard.board.alerts import NOTHING, AlertsNow, alerts
from dashboard.board.refused_records import LastHour
from dashboard.board.site_alerts import SITE_KINDS
from dashboard.floor.queues import QueueNow
from dashboard.floor.visible_groups import hidden_teams
from streams.site_time import MINUTE_MS
from streams.source_days import MISROUTED, Finding, SourceDay
from streams.store.source_reports import SourceReport
from tests.dashboard.board.alert_floor import DAY, DAY_START_MS, NOON_MS, facts, site

SILENT_MS = 5 * MINUTE_MS


def walk(limits: dict[str, Any], steps: list[tuple[dict[str, Any], bool]], kind: str) -> AlertsNow:
    """Ticks a second apart, each with these facts -> the last alerts; after each the kind must be on as said."""
    before = NOTHING
    for at, (said, on) in enumerate(steps):
        before = alerts(facts(site(**limits), now_ms=NOON_MS + 1000 * at, **said), before)
        assert [each.kind for each in before.site] == [kind] * on, f"step {at}"
    return before


def queue(waiting: int | None = None, offered: int = 0, in_time: int = 0, id: str = "billing") -> dict[str, Any]:
    return {"queues": [QueueNow(id, offered, offered, in_time, offered, 0, waiting, None, None, NOON_MS)]}


def test_waiting_calls_come_above_the_limit_and_go_at_four_fifths_of_it() -> None:
    waits = [(20, False), (21, True), (20, True), (17, True), (16, False), (20, False), (25, True), (None, False)]
    walk({"queue_waiting": 20}, [(queue(waiting), on) for waiting, on in waits], "queue_waiting")
    found = walk({"queue_waiting": 20}, [(queue(21), True), (queue(18), True)], "queue_waiting")
    assert found.site == (Alert("queue_waiting", None, None, "billing", NOON_MS, 18, 20),)
    walk({}, [(queue(500), False)], "queue_waiting")


def test_a_share_in_time_comes_below_the_limit_after_ten_calls_and_goes_two_hundredths_above_it() -> None:
    shares = [(9, 0, False), (10, 8, False), (10, 7, True), (100, 81, True), (100, 82, False), (100, 80, False)]
    steps = [(queue(None, offered, in_time), on) for offered, in_time, on in shares]
    walk({"queue_in_time": 0.8}, steps, "queue_in_time")
    walk({"queue_in_time": 1.0}, [(queue(None, 10, 9), True), (queue(None, 10, 10), False)], "queue_in_time")
    walk({}, [(queue(None, 100, 1), False)], "queue_in_time")
    walk({"queue_in_time": 0.8}, [(queue(None, 0, 0), False)], "queue_in_time")


def test_a_team_comes_below_its_band_and_goes_a_quarter_of_the_way_back_to_one() -> None:
    paces = [(0.9, False), (0.899, True), (0.92, True), (0.925, False), (0.91, False)]

    def of(pace: float, low: float = 0.9) -> dict[str, Any]:
        return {"team_pace": np.array([1.0, pace]), "team_low": np.array([0.9, low])}

    found = walk({}, [(of(pace), on) for pace, on in paces[:3]], "team_behind")
    assert found.site == (Alert("team_behind", "lake", None, None, NOON_MS + 1000, 0.92, 0.9),)
    assert found.teams == ((), found.site)
    walk({}, [(of(pace), on) for pace, on in paces], "team_behind")
    walk({}, [(of(0.8), True), (of(0.8, np.nan), False), (of(np.nan), False)], "team_behind")


def test_whatever_kind_its_lead_is_told_of_stands_on_the_list_of_the_team(monkeypatch: pytest.MonkeyPatch) -> None:
    (behind,) = (kind for kind in SITE_KINDS if kind.audience == "both")
    kinds = (replace(behind, id="new"), behind, replace(behind, id="not_theirs", audience="site"))
    monkeypatch.setattr("dashboard.board.site_alerts.SITE_KINDS", kinds)
    low = {"team_pace": np.array([1.0, 0.8]), "team_low": np.array([0.9, 0.9])}
    on = alerts(facts(site(), **low))
    assert [each.kind for each in on.teams[1]] == ["new", "team_behind"]
    assert alerts(facts(site(), **low | {"team_pace": np.array([1.0, 1.0])}), on).teams == ((), ())


@pytest.mark.parametrize(("agents", "on"), [(7, False), (8, True)])
def test_under_a_works_council_a_hidden_team_is_not_named(agents: int, on: bool) -> None:
    council = site(agents, works_council="count")
    low = {"team_pace": np.array([0.5, 1.0]), "team_low": np.array([0.9, 0.9])}
    known = facts(council, hidden_teams=hidden_teams(council, DAY).hidden, **low)
    assert bool(alerts(known).site) is on


def test_dead_letters_come_above_the_limit_of_an_hour_and_go_at_half_of_it() -> None:
    counts = [(100, False), (101, True), (51, True), (50, False), (100, False)]
    walk({}, [({"dead_letters": count}, on) for count, on in counts], "dead_letters")
    walk({"dead_letters": 0}, [({"dead_letters": 10_000}, False)], "dead_letters")


def test_a_stale_line_is_named_from_fifteen_seconds_and_until_five() -> None:
    ages = [(15.0, False), (15.1, True), (6.0, True), (5.0, False), (14.0, False), (16.0, True), (None, False)]
    walk({}, [({"age_s": age}, on) for age, on in ages], "stale")
    (found,) = alerts(facts(site(), age_s=40.0)).site
    assert (found.since_ms, found.limit) == (NOON_MS - 40_000, 15_000)


def test_while_the_line_is_stale_nothing_else_comes_and_what_is_on_stays() -> None:
    known = facts(site(queue_waiting=1), **queue(5), sources={"/acd": NOON_MS})
    later = replace(known, now_ms=NOON_MS + 10 * MINUTE_MS, age_s=600.0, dead_letters=500)
    assert [each.kind for each in alerts(later, alerts(known)).site] == ["stale", "queue_waiting"]
    assert [each.kind for each in alerts(later).site] == ["stale"]


def test_a_partition_that_is_halted_is_named_with_its_reason_while_the_line_is_stale() -> None:
    halted = facts(site(), age_s=40.0, halted={3: "corrupt", 1: "codec"})
    found = alerts(halted)
    assert [(each.kind, each.subject, each.value) for each in found.site] == [
        ("stale", None, None),
        ("halted_codec", "1", 1),
        ("halted_corrupt", "3", 3),
    ]
    assert [each.kind for each in alerts(replace(halted, halted={}), found).site] == ["stale"], "it is counted on"


def noticed(source: str, misrouted: int, records: int, astray: int | None = None) -> SourceReport:
    findings = {MISROUTED: Finding(misrouted, {"key": "7", "agent": "1042", "id": "c"})} if misrouted else {}
    return SourceReport(source, SourceDay(records, findings, astray=misrouted if astray is None else astray))


def test_a_source_whose_records_count_for_nobody_is_named_above_one_in_a_hundred() -> None:
    steps = [
        ({"sources_noticed": (noticed("/acd", count, 1000), noticed("/qa", 0, 10))}, on)
        for count, on in ((0, False), (10, False), (11, True), (900, True), (10, False))
    ]
    walk({}, steps, "misrouted")
    found = alerts(facts(site(), **steps[2][0]))
    assert found.site == (Alert("misrouted", None, None, "/acd", NOON_MS, 11),)
    assert found.none_given == 0


def test_where_nothing_that_came_was_ever_counted_one_alert_says_how_many_came() -> None:
    found = alerts(facts(site(), uncounted=1240))
    assert [(each.kind, each.value) for each in found.site] == [("none_counted", 1240)]
    assert (found.none_counted, found.none_given) == (1240, 0)
    assert alerts(facts(site()), found).site == ()


def test_where_no_record_has_an_agent_one_alert_says_how_many_came() -> None:
    known = facts(site(), sources_noticed=(noticed("/acd", 1000, 1000), noticed("/qa", 240, 240)))
    found = alerts(known)
    assert [(each.kind, each.subject, each.value) for each in found.site] == [("none_given", None, 1240)]
    assert found.none_given == 1240
    repeated = replace(known, sources_noticed=(noticed("/acd", 400, 1000, astray=1000),))
    assert alerts(repeated).none_given == 1000
    given = replace(known, sources_noticed=(noticed("/acd", 1000, 1001),))
    assert [each.kind for each in alerts(given, found).site] == ["misrouted"]


def test_a_silent_source_is_named_with_its_newest_word_while_somebody_is_signed_in() -> None:
    silent = {"sources": {"/acd": NOON_MS - SILENT_MS - 1, "/qa": NOON_MS - SILENT_MS}}
    assert alerts(facts(site(), **silent)).site == (
        Alert("source_silent", None, None, "/acd", NOON_MS - SILENT_MS - 1, None, SILENT_MS),
    )
    gone = dict.fromkeys((f"{team}-{n}" for team in ("dawn", "lake") for n in range(4)), ("offline", NOON_MS))
    assert alerts(facts(site(), states=gone, **silent)).site == ()
    heard = [(SILENT_MS + 1, True), (SILENT_MS, True), (SILENT_MS // 2 + 1, True), (SILENT_MS // 2, False)]
    steps = [({"sources": {"/acd": NOON_MS + 1000 * at - ago}}, on) for at, (ago, on) in enumerate(heard)]
    walk({}, steps, "source_silent")


def test_of_sources_those_of_the_site_file_are_watched_or_else_all_that_were_heard_today() -> None:
    sources = {"/acd": DAY_START_MS - 1, "/hr": DAY_START_MS}
    assert [each.subject for each in alerts(facts(site(), sources=sources)).site] == ["/hr"]
    named = site(sources=frozenset({"/acd"}))
    assert [each.subject for each in alerts(facts(named, sources=sources)).site] == ["/acd"]


def test_overdue_appeals_are_named_as_long_as_there_are_any() -> None:
    steps = [({"appeals_overdue": count}, count > 0) for count in (0, 2, 1, 0)]
    walk({}, steps, "appeals_overdue")


def test_the_order_is_that_of_the_kinds_then_of_teams_and_queues() -> None:
    queues = [queue(9, 100, 1, id)["queues"][0] for id in ("b", "a")]
    known = facts(
        site(queue_waiting=1, queue_in_time=0.9),
        queues=queues,
        dead_letters=500,
        appeals_overdue=1,
        sources={"/x": NOON_MS - 2 * SILENT_MS},
        team_pace=np.array([0.1, 0.1]),
        team_low=np.array([0.9, 0.9]),
    )
    before = alerts(known)
    found = alerts(replace(known, now_ms=NOON_MS + 1000, age_s=20.0), before).site
    assert [each.kind for each in found] == sorted(
        (each.kind for each in found), key=[kind.id for kind in SITE_KINDS].index
    )
    assert len(found) == 10
    assert [(each.team or each.subject) for each in found if each.kind in ("team_behind", "queue_waiting")] == [
        "a", "b", "dawn", "lake",
    ]  # fmt: skip
    assert alerts(known, before).site is before.site


def test_growth_in_the_last_hour_forgets_what_is_older_and_what_was_counted_anew() -> None:
    seen = LastHour()
    totals = [(0, 1000, 0), (1, 1010, 10), (59, 1020, 20), (60, 1030, 30), (61, 1030, 20), (121, 1030, 0), (122, 5, 0)]
    for minute, total, grown in totals:
        assert seen.grown(NOON_MS + minute * MINUTE_MS, total) == grown, minute
    assert seen.grown(NOON_MS + 123 * MINUTE_MS, 9000, catching_up=True) == 0
    assert seen.grown(NOON_MS + 124 * MINUTE_MS, 9001) == 1
