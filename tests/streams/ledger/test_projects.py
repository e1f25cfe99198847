"""Project lines: of the campaign of a fact, else of its queue, once. A correction moves them; a change of the site moves nothing.

The law compares them with a log whose facts name their project as their campaign: the lines of those campaigns, folded without
any project, are what the project lines must be.
"""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Projects, Retention
from streams.decode import Record
from streams.ledger.calls import CallLine
from streams.ledger.fold import Fold
from streams.site_time import DAY_MS
from tests.fact_recount import Sent, recount
from tests.streams.ledger.ledger_shelf import Shelf
from tests.streams.ledger.test_accounting_laws import DATA, LOGS
from tests.streams.ledger.test_fold_laws import KEEPING, folded
from tests.streams.making import SHANGHAI, at, call_record, cells_of, fold_all, new_fold, record

PROJECTS = Projects(campaigns={"c": "acme", "d": "bell"}, queues={"q": "bell", "r": "acme"})
MOVED = Projects(campaigns={"c": "bell"}, queues={"q": "acme"})
Months = dict[tuple[str, str], int]


def rules(projects: Projects | None) -> Rules:
    return Rules(SHANGHAI, Counting(lateness_ms=90 * DAY_MS, projects=projects), Retention())


def project_lines(cells: dict[tuple[str, int, str, str], int]) -> dict[Any, int]:
    return {place: amount for place, amount in cells.items() if place[2].startswith("~project:")}


def months_of(records: Sequence[Record], projects: Projects = PROJECTS) -> Months:
    """(line, metric) -> amount of the months, project lines alone."""
    changes = fold_all(new_fold(counting=rules(projects).counting), list(records))
    return {
        (line, metric): n for (kind, _, line, metric), n in project_lines(cells_of(changes)).items() if kind == "mo"
    }


@pytest.mark.parametrize(
    ("campaign", "queue", "project"),
    [
        ("c", None, "acme"),
        (None, "q", "bell"),
        ("c", "q", "acme"),
        ("c", "r", "acme"),
        ("other", "q", "bell"),
        ("other", "other", None),
        (None, None, None),
    ],
)
def test_a_fact_counts_in_the_project_of_its_campaign_else_of_its_queue_once(
    campaign: str | None, queue: str | None, project: str | None
) -> None:
    named = {"campaign": campaign, "queue": queue, "agent": "1042"}
    log = [
        call_record(0, **named),
        call_record(1, "c2", **{**named, "agent": None}, outcome="abandoned"),
        record(2, "complaint.recorded", {"complaint_id": "k", "kind": "complaint", **named}),
        record(3, "evaluation.scored", {"evaluation_id": "e", "version": 1, "score": 80, **named}),
        record(4, "survey.answered", {"survey_id": "s", "score": 5, "scale": [1, 5], **named}),
        record(5, "agent.state", {"agent": "1042", "state": "talk"}),
        record(6, "agent.state", {"agent": "1042", "state": "wrap"}, at_ms=at(9)),
    ]
    amounts = {"attempts": 2, "handled": 1, "abandoned": 1, "complaints_pending": 1, "evaluations": 1}
    amounts |= {"evaluation_points": 8_000, "surveys_answered": 1, "surveys_satisfied": 1}
    found = months_of(log)
    if project is None:
        assert found == {}
    else:
        assert {line for line, _ in found} == {f"~project:{project}"}
        assert {name: found[f"~project:{project}", name] for name in amounts} == amounts
        assert not any(metric.startswith("state_") for _, metric in found)


def test_a_new_version_with_another_campaign_moves_what_the_old_one_gave() -> None:
    first, then = call_record(0, campaign="c"), call_record(1, campaign="d", version=2)
    assert {line for line, _ in months_of([first, then])} == {"~project:bell"}
    out = call_record(1, campaign="other", version=2)
    assert months_of([first, out]) == {}
    moved_away = call_record(1, campaign="c", version=2, agent="1043", key="1042")
    assert months_of([first, moved_away]) == {}


def test_a_decision_stays_with_the_project_of_its_record() -> None:
    data = {"complaint_id": "k", "agent": "1042", "kind": "complaint", "campaign": "c"}
    decision = {"complaint_id": "k", "agent": "1042", "decision": "upheld"}
    log = [record(0, "complaint.recorded", data), record(1, "complaint.decided", decision, at_ms=at(9))]
    assert months_of(log) == {("~project:acme", "complaints_confirmed"): 1}


def test_a_change_of_the_site_holds_for_later_records_and_what_counted_is_taken_back_where_it_stood() -> None:
    shelf = Shelf()
    first = call_record(0, campaign="c")
    again, newer = call_record(1, campaign="c"), call_record(2, campaign="c", version=2)
    lines: list[set[str]] = []
    for one, projects in (
        (first, PROJECTS),
        (again, MOVED),
        (newer, MOVED),
        (call_record(3, version=3, campaign="c"), None),
    ):
        fold = Fold(shelf.take_over(), *rules(projects))
        fold.fold_record(one)
        changes = fold.take_changes()
        assert changes is not None
        shelf.put(changes)
        lines.append({line for _, _, line, _ in project_lines(shelf.cells)})
    assert lines == [{"~project:acme"}, {"~project:acme"}, {"~project:bell"}, set()]
    assert shelf.known.totals["conflicts"] == 0, "a repeated record under another site file is no conflict"


def test_a_repeated_survey_or_evaluation_under_another_site_file_is_no_conflict() -> None:
    named = {"campaign": "c", "queue": "q", "agent": "1042"}
    log = [
        record(0, "complaint.recorded", {"complaint_id": "k", "kind": "complaint", **named}),
        record(1, "evaluation.scored", {"evaluation_id": "e", "version": 1, "score": 80, **named}),
        record(2, "survey.answered", {"survey_id": "s", "score": 5, "scale": [1, 5], **named}),
    ]
    shelf = Shelf()
    for projects, ahead in ((PROJECTS, 0), (MOVED, 3), (None, 6)):
        fold = Fold(shelf.take_over(), *rules(projects))
        for one in log:
            fold.fold_record(replace(one, offset=one.offset + ahead))
        changes = fold.take_changes()
        assert changes is not None
        shelf.put(changes)
        assert {line for _, _, line, _ in project_lines(shelf.cells)} == {"~project:acme"}
    assert (shelf.known.totals["duplicates"], shelf.known.totals["conflicts"]) == (6, 0)


# The law: logs in which campaigns and queues are of two projects, of one, or of none.

NAMED = st.tuples(st.sampled_from([None, "c", "d", "x"]), st.sampled_from([None, "q", "r", "y"]))
logs = st.tuples(LOGS, st.lists(NAMED, min_size=40, max_size=40))


def named_records(made: list[tuple[Record, str]], names: list[tuple[str | None, str | None]]) -> list[Record]:
    """The records in their order with these campaigns and queues, where their type has any."""
    return [_renamed(one, *name, offset) for offset, ((one, _), name) in enumerate(zip(made, names, strict=False))]


def _renamed(one: Record, campaign: str | None, queue: str | None, offset: int) -> Record:
    value = json.loads(one.value or b"")
    if "campaign" in DATA[value["type"]]:
        value["data"] |= {"campaign": campaign, "queue": queue}
    return replace(one, offset=offset, value=json.dumps(value).encode())


def by_hand(campaign: str | None, queue: str | None, projects: Projects) -> str | None:
    """The project of a fact, by the sentence of docs/rules.md 2."""
    of_campaign = {each: id for each, id in projects.campaigns.items() if each == campaign}
    of_queue = {each: id for each, id in projects.queues.items() if each == queue}
    return next(iter([*of_campaign.values(), *of_queue.values()]), None)


def as_campaigns(records: list[Record], sites: list[Projects]) -> list[Record]:
    """Every fact names its project as its campaign, and no queue."""

    def project(one: Record, projects: Projects) -> str | None:
        data = json.loads(one.value or b"")["data"]
        return by_hand(data.get("campaign"), data.get("queue"), projects)

    return [
        _renamed(one, project(one, projects), None, one.offset) for one, projects in zip(records, sites, strict=True)
    ]


@settings(max_examples=300)
@given(logs)
def test_project_lines_are_the_sums_of_their_facts_in_any_batches_and_after_any_take_overs(made: Any) -> None:
    records = named_records(*made)
    cuts = [cut for _, cut in made[0]]
    live, replay = folded(records, cuts, rules(PROJECTS)), folded(records, ["on"] * len(records), rules(PROJECTS))
    assert live.cells == replay.cells
    expected = folded(as_campaigns(records, [PROJECTS] * len(records)), cuts, KEEPING).cells
    assert project_lines(live.cells) == {
        (kind, key, line.replace("~campaign:", "~project:"), metric): amount
        for (kind, key, line, metric), amount in expected.items()
        if line.startswith("~campaign:")
    }
    without = folded(records, cuts, KEEPING)
    assert {place: n for place, n in live.cells.items() if not place[2].startswith("~project:")} == without.cells
    assert live.known.totals == without.known.totals


@settings(max_examples=150)
@given(logs, st.integers(0, 40))
def test_a_change_of_the_site_in_the_middle_holds_for_what_comes_afterwards(made: Any, at_record: int) -> None:
    records = named_records(*made)
    shelf = Shelf()
    for part, projects in ((records[:at_record], PROJECTS), (records[at_record:], MOVED)):
        fold = Fold(shelf.take_over(), *rules(projects))
        for one in part:
            fold.fold_record(one)
        if (changes := fold.take_changes()) is not None:
            shelf.put(changes)
    sites = [PROJECTS if n < at_record else MOVED for n in range(len(records))]
    expected = folded(as_campaigns(records, sites), ["on"] * len(records), KEEPING).cells
    assert project_lines(shelf.cells) == {
        (kind, key, line.replace("~campaign:", "~project:"), metric): amount
        for (kind, key, line, metric), amount in expected.items()
        if line.startswith("~campaign:")
    }


FACTS = st.lists(
    st.builds(
        lambda kind, agent, data: Sent(kind, agent, at(), {**data, "agent": agent}),
        st.just("evaluation.scored"),
        st.sampled_from(["1042", "1043"]),
        st.fixed_dictionaries(
            {
                "evaluation_id": st.sampled_from(["1", "2", "3"]),
                "version": st.integers(0, 3),
                "score": st.integers(0, 100),
                "critical_fail": st.booleans(),
                "campaign": st.sampled_from([None, "c", "d", "x"]),
                "queue": st.sampled_from([None, "q", "r", "y"]),
            }
        ),
    ),
    min_size=1,
    max_size=20,
)


@given(FACTS)
def test_project_lines_are_those_of_a_recount_by_plain_loops(sent: list[Sent]) -> None:
    found = months_of([record(n, each.kind, each.data, key=each.key, at_ms=each.at_ms) for n, each in enumerate(sent)])
    named = [
        each._replace(
            data={**each.data, "campaign": by_hand(each.data["campaign"], each.data["queue"], PROJECTS), "queue": None}
        )
        for each in sent
    ]
    counted = recount(named).items()
    assert found == {
        (line.replace("~campaign:", "~project:"), metric): amount
        for (line, metric), amount in counted
        if line.startswith("~campaign:")
    }


def test_the_project_of_a_call_outlives_the_process() -> None:
    shelf, fold = Shelf(), Fold(Shelf().take_over(), *rules(PROJECTS))
    fold.fold_record(call_record(0, campaign="c"))
    changes = fold.take_changes()
    assert changes is not None
    shelf.put(changes)
    line: CallLine = shelf.take_over().calls["1042"]["c1"]
    assert line.project == "acme"
