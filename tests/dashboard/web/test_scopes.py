"""What lies in a scope: the fields of a person by role, lists of the own people alone, and refusals that tell nothing."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dashboard.actions.flag_episodes import Sighting, opened
from dashboard.actions.flag_service import MOST
from dashboard.board.bus_flags import RedisFlags
from dashboard.site.watch import SiteWatch
from tests import signing
from tests.dashboard.partitions import NOON_MS
from tests.dashboard.running import answering, board_server
from tests.dashboard.web.role_questions import SIGNED_IN, Question, Walk, get, lists, pages, persons, post, topics
from tests.dashboard.web.two_teams import (
    AGENTS,
    DAWN_AGENTS,
    MOVED,
    SITE,
    TODAY,
    UNKNOWN,
)
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


def _same_for(name: str, path: str, one: Mapping[str, str], other: Mapping[str, str], walk: Walk) -> None:
    """Two questions have the same answer, byte by byte, but for the name that was asked for."""
    found = []
    for query in (one, other):
        answer = Question("GET", path, frozenset(), query).ask(walk, name)
        assert answer.status_code == 404
        head = sorted((key, value) for key, value in answer.headers.items() if key not in ("date", "content-length"))
        asked = next(value for value in query.values() if value.rpartition(":")[2][:1].isupper() or ":" in value)
        found.append((head, answer.text.replace(asked, "...")))
    assert found[0] == found[1]


@pytest.mark.parametrize("path", ["/explain", "/curve", "/appeals", "/flags"])
@pytest.mark.parametrize("name", ["ZQD1", "lead", "planner", "admin", "auditor", "client", "no role"])
def test_unknown_and_not_yours_are_one_answer(name: str, path: str, walk: Walk) -> None:
    _same_for(name, path, {"agent": "ZQL1"}, {"agent": UNKNOWN}, walk)


@pytest.mark.parametrize("name", ["ZQD1", "lead", "planner", "hr", "no role"])
def test_an_unknown_topic_and_another_s_are_one_answer(name: str, walk: Walk) -> None:
    for path in ("/snapshot", "/stream"):
        _same_for(name, path, {"topic": "team:lake"}, {"topic": "team:nobody"}, walk)


def test_acts_on_what_is_unknown_and_not_yours_are_one_answer(walk: Walk) -> None:
    text = {"text": "ZQ"}
    for path, mine, unknown in (
        (
            "/flags",
            {"ref": "review-ZQL1-20261123", "kind": "flag.noted"},
            {"ref": "review-ZQX9-20261123", "kind": "flag.noted"},
        ),
        ("/feedback", {"kind": "feedback.given", "agent": "ZQL1"}, {"kind": "feedback.given", "agent": UNKNOWN}),
        ("/feedback", {"kind": "feedback.answered", "ref": "ZQL1"}, {"kind": "feedback.answered", "ref": UNKNOWN}),
        ("/appeals", {"ref": "ZQL1-k2"}, {"ref": "ZQX9-k2"}),
        ("/decisions", {"ref": "ZQL1-k1", "decision": "upheld"}, {"ref": "ZQX9-k1", "decision": "upheld"}),
    ):
        for name in ("ZQD1", "lead", "planner", "auditor"):
            answers = [post(path, set(), 0, None, **body, **text).ask(walk, name) for body in (mine, unknown)]
            first, second = ((each.status_code, each.text.replace(UNKNOWN, "ZQL1")) for each in answers)
            assert first == second, (path, name)
            assert first[0] == 404, (path, name)
    assert walk.board.post.records == []


def listed(walk: Walk, name: str, path: str) -> set[str]:
    found = get(path, set()).ask(walk, name).json()
    return {each["agent"] for each in found[path.strip("/")]}


def test_lists_have_what_lies_in_the_scope_and_nothing_else(walk: Walk) -> None:
    dawn, everybody = {*DAWN_AGENTS, MOVED}, {*AGENTS, MOVED}
    for path, of_all in (("/appeals", ("supervisor", "operator", "quality")), ("/flags", ("supervisor", "operator"))):
        wanted: dict[str, set[str]] = dict.fromkeys(SIGNED_IN, set())
        wanted |= dict.fromkeys(of_all, everybody) | {agent: {agent} for agent in AGENTS}
        wanted |= {"lead": dawn, "other lead": {"ZQL1", "ZQL2"}}
        assert {name: listed(walk, name, path) for name in SIGNED_IN} == wanted


def test_a_lead_s_flags_are_chosen_before_the_list_is_cut(walk: Walk) -> None:
    store = RedisFlags(walk.board.client)
    for number in range(MOST):
        store.create(opened(Sighting(f"ZQL-{number}", "lake", "drop", TODAY, {}), NOON_MS + number))

    def shows_all() -> bool:  # the answer of a moment ago may be given again
        return bool(get("/flags", set()).ask(walk, "other lead").json()["more"])

    wait_until(shows_all, PATIENCE_S, "the new flags in the list")
    for name, wanted, marks in (("lead", (0, 3), {"ZQD", "ZQM"}), ("other lead", (2, MOST), {"ZQL"})):
        answer = get("/flags", set()).ask(walk, name).json()
        assert (answer["more"], len(answer["flags"])) == wanted
        assert {each["agent"][:3] for each in answer["flags"]} == marks


def explained(walk: Walk, name: str, agent: str, period: str = "month", **more: str) -> Any:
    return get("/explain", set(), agent=agent, period=period, **more).ask(walk, name).json()


def test_the_reason_of_not_being_assessed_is_for_the_person_hr_and_the_manager(walk: Walk) -> None:
    for name in ("ZQD2", "hr", "manager"):
        assert "probation" in explained(walk, name, "ZQD2")["reasons"]
    for name in ("lead", "supervisor", "operator"):
        found = get("/explain", set(), agent="ZQD2", period="month").ask(walk, name)
        assert "not_assessed" in found.json()["reasons"]
        assert "probation" not in found.text
    assert "probation" not in get("/explain", set(), agent="ZQD2", period="month").ask(walk, "quality").text


def test_quality_sees_cases_without_volume_and_score(walk: Walk) -> None:
    for period in ("day", "month"):
        names = {each["name"] for each in explained(walk, "quality", "ZQL1", period)["terms"]}
        assert names == {"deducted", "evaluation_mean", "conduct_points"}
        assert {"calls", "net", "score"} <= {
            each["name"] for each in explained(walk, "supervisor", "ZQL1", period)["terms"]
        }
    assert "net_low" not in explained(walk, "quality", "ZQL1")


def test_a_decision_gives_no_volume_to_who_decides_cases_alone(walk: Walk) -> None:
    """Nothing counts what is sent here, so each waits a moment and is answered as not counted."""

    def decide(name: str, ref: str) -> Any:
        return post("/decisions", set(), 201, None, ref=ref, decision="upheld", reason="as it was").ask(walk, name)

    with ThreadPoolExecutor(2) as pool:
        by_quality, by_supervisor = pool.map(decide, ("quality", "supervisor"), ("ZQL2-k1", "ZQD2-k1"))
    assert (by_quality.status_code, by_supervisor.status_code) == (201, 201)
    assert by_quality.json()["net"] is None
    assert set(by_supervisor.json()["net"]) == {"day", "month"}
    walk.board.post.records.clear()


def test_the_month_of_who_moved_is_that_of_who_leads_them_at_its_end(walk: Walk) -> None:
    """As in the sums of a team: the whole month, with the calls of the days before."""
    calls = {name: explained(walk, name, MOVED) for name in ("lead", "supervisor")}
    assert calls["lead"]["team"] == "dawn"
    assert [each["value"] for each in calls["lead"]["terms"]][:1] == [
        each["value"] for each in calls["supervisor"]["terms"]
    ][:1]
    assert get("/explain", set(), agent=MOVED, period="month").ask(walk, "other lead").status_code == 404
    assert explained(walk, "other lead", MOVED, "month", date="2026-10")["period"] == "month"


def test_who_signed_out_has_no_session(walk: Walk) -> None:
    who = signing.person("leaves", "supervisor")
    headers = signing.headers(walk.address, who)
    assert walk.browser.get(f"{walk.address}/session.json", headers=headers).status_code == 200
    answer = walk.browser.post(f"{walk.address}/sign-out", json={}, headers=headers)
    assert answer.status_code == 200
    assert walk.browser.get(f"{walk.address}/session.json", headers=headers).status_code == 401
    assert post("/sign-out", set(), 0, None).ask(walk, "nobody").status_code == 401


def test_the_wall_of_the_demo_has_its_board_and_nothing_else(walk: Walk, redis_server: RedisServer) -> None:
    """Nobody is signed in there, and yet every question but those of the board is refused; pages lead to the choice."""
    sites = SiteWatch.fixed(SITE)
    with answering(board_server(redis_server.url, sites, is_demo=True, clock_ms=walk.board.clock)) as address:
        demo = walk._replace(address=address)
        allowed = {"/wall/main": 200, "/": 307, "/_dash-layout": 200, "/_dash-dependencies": 200}
        # The page of a project is there for its client alone.
        to_choose = {question.path for question in pages() if question.allowed - {"client"}}
        for question in (*topics(), *persons(), *lists(), *pages()):
            topic_name = (question.query or {}).get("topic")
            answer = question.ask(demo, "nobody")
            if topic_name in ("line", "wall:main", "wall:main/people"):
                assert answer.status_code == 200, question.name
            else:
                refusal = 303 if question.path in to_choose else 404
                assert answer.status_code == allowed.get(question.path, refusal), question.name
