"""The sums of a project today: those of a recount by plain loops, live and loaded again, and nothing of another project."""

import random
from collections import Counter
from typing import Any

import pytest

from dashboard.floor.day_ring import span_of
from dashboard.floor.partition_follower import Follower
from dashboard.floor.projects import ProjectNow, project_now
from dashboard.floor.totals import totals
from dashboard.site.types import Project
from streams.counting_policy import Counting, Projects
from streams.site_time import DAY_MS, MINUTE_MS, SiteTime
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, Partition, call, event, reader
from tests.fact_recount import Sent, recount

pytestmark = pytest.mark.services
ACME = Project("acme", "Acme", "Acme", None, ("c",), ("r",), ())
BELL = Project("bell", "Bell", "Bell", None, ("d",), ("q",), ())
COUNTING = Counting(projects=Projects(campaigns={"c": "acme", "d": "bell"}, queues={"q": "bell", "r": "acme"}))
DAY = SiteTime("Asia/Shanghai").day(NOON_MS)
AGENTS = {"a1": 0, "a2": 1, "b1": 1}
Fact = tuple[str, str, int, dict[str, Any]]
"""(type, agent, instant, data)"""


def facts(seed: int, count: int) -> list[Fact]:
    """Facts of today, of which some come again as a newer version with other names; a few are of yesterday."""
    dice = random.Random(seed)
    made: list[Fact] = []
    for n in range(count):
        agent, at_ms = (
            dice.choice(list(AGENTS)),
            NOON_MS - dice.randrange(180) * MINUTE_MS - dice.choice([0, 0, 0, DAY_MS]),
        )
        names = {"campaign": dice.choice([None, "c", "d", "x"]), "queue": dice.choice([None, "q", "r", "y"])}
        number, version = f"{n // 2}", n % 2 + 1
        common = {"agent": agent, "version": version, **names}
        if version == 2:
            kind, agent = made[-1][0], made[-1][1]
            common["agent"] = agent
        else:
            kind = dice.choice(
                ["call.ended", "call.ended", "complaint.recorded", "evaluation.scored", "survey.answered"]
            )
        data: dict[str, dict[str, Any]] = {
            "call.ended": {
                "call_id": number,
                "outcome": dice.choice(["handled", "abandoned", "busy"]),
                "direction": dice.choice(["inbound", "outbound"]),
            },
            "complaint.recorded": {"complaint_id": number, "kind": dice.choice(["complaint", "repeat_enquiry"])},
            "evaluation.scored": {"evaluation_id": number, "score": dice.randrange(101), "critical_fail": None},
            "survey.answered": {"survey_id": number, "score": dice.choice([None, 1, 5]), "scale": [1, 5]},
        }
        made.append((kind, agent, at_ms, {**data[kind], **common}))
        if kind == "complaint.recorded" and version == 2 and dice.random() < 0.5:
            decision = {"complaint_id": number, "agent": agent, "decision": dice.choice(["confirmed", "withdrawn"])}
            made.append(("complaint.decided", agent, at_ms, decision))
    return made


def write(client: Any, sent: list[Fact]) -> None:
    for number in range(PARTITIONS):
        partition = Partition(client, number, counting=COUNTING)
        records = [_record(each) for each in sent if AGENTS[each[1]] == number]
        if records:
            partition.write(*records)


def _record(fact: Fact) -> tuple[str, bytes]:
    kind, agent, at_ms, data = fact
    if kind == "call.ended":
        return call(agent, at_ms=at_ms, **{name: value for name, value in data.items() if name != "agent"})
    return agent, event(kind, at_ms, data)


def by_hand(sent: list[Fact], project: str) -> dict[str, int]:
    """The newest version of each fact of today, in the project of its campaign, else of its queue."""
    projects = {("campaign", "c"): "acme", ("campaign", "d"): "bell", ("queue", "q"): "bell", ("queue", "r"): "acme"}
    found, newest = Counter[str](), dict[tuple[str, str], Fact]()
    renamed: list[Sent] = []
    for kind, agent, at_ms, data in sent:
        of = projects.get(("campaign", data.get("campaign"))) or projects.get(("queue", data.get("queue")))
        if kind == "call.ended":
            newest[agent, data["call_id"]] = kind, agent, at_ms, {**data, "project": of}
        else:
            of_today = at_ms >= DAY.start_ms and of == project
            renamed.append(Sent(kind, agent, at_ms, {**data, "campaign": "this" if of_today else None, "queue": None}))
    for _, _, at_ms, data in newest.values():
        if at_ms >= DAY.start_ms and data["project"] == project:
            found["handled"] += data["outcome"] == "handled"
            found["abandoned"] += data["outcome"] == "abandoned"
            found["offered"] += data["outcome"] in ("handled", "abandoned") and data["direction"] == "inbound"
    counted = recount(renamed)
    found["complaints"] = (
        counted["~campaign:this", "complaints_pending"] + counted["~campaign:this", "complaints_confirmed"]
    )
    for name in ("evaluations", "evaluation_points", "surveys_answered", "surveys_satisfied"):
        found[name] = counted["~campaign:this", name]
    return {name: found[name] for name in ProjectNow._fields if name != "id"}


def follow(client: Any) -> list[Follower]:
    return [Follower(reader(client), number, span_of(DAY)) for number in range(PARTITIONS)]


@pytest.mark.parametrize("seed", range(4))
def test_the_sums_are_those_of_a_recount_live_and_loaded(store_client: Any, seed: int) -> None:
    sent = facts(seed, 1000)
    live, half = follow(store_client), len(sent) // 2
    for end, part in ((half, sent[:half]), (len(sent), sent[half:])):
        write(store_client, part)
        for follower in live:
            follower.follow()
        for project in (ACME, BELL):
            found = project_now(live, project)
            counts = {name: value for name, value in found._asdict().items() if name != "id"}
            assert counts == by_hand(sent[:end], project.id)
            assert min(counts.values()) > 0
            assert project_now(follow(store_client), project) == found


def test_means_and_shares_over_nothing_are_not_known(store_client: Any) -> None:
    found = project_now(follow(store_client), ACME)
    assert found == ProjectNow("acme", 0, 0, 0, 0, 0, 0, 0, 0)
    assert (found.mean_quality, found.satisfied_share) == (None, None)
    named = {"agent": "a1", "version": 1, "campaign": "c"}
    write(
        store_client,
        [
            ("evaluation.scored", "a1", NOON_MS, {"evaluation_id": "1", "score": 80, **named}),
            ("evaluation.scored", "a1", NOON_MS, {"evaluation_id": "2", "score": 91, **named}),
            ("survey.answered", "a1", NOON_MS, {"survey_id": "1", "score": 5, "scale": [1, 5], **named}),
            ("survey.answered", "a1", NOON_MS, {"survey_id": "2", "score": 1, "scale": [1, 5], **named}),
        ],
    )
    found = project_now(follow(store_client), ACME)
    assert (found.mean_quality, found.satisfied_share) == (85.5, 0.5)


def test_totals_have_a_row_for_each_project_and_no_other_line(store_client: Any) -> None:
    write(store_client, facts(1, 100))
    rows = list(totals(reader(store_client), SITE, "project", "day", DAY.start_ms, None))
    today = {row["project"]: row for row in rows}
    assert today.keys() == {"acme", "bell"}
    for project in (ACME, BELL):
        found = project_now(follow(store_client), project)
        assert (today[project.id]["handled"], today[project.id]["evaluation_points"]) == (
            found.handled,
            found.evaluation_points,
        )
