"""Project lines on a real Redis: restarts, other site files and erasures leave each fact in the project it counts in."""

from typing import Any

import pytest

from streams.counting_policy import Counting, Projects
from streams.ledger.outcome import ERASED
from tests.streams.making import at, call_record, record
from tests.streams.storing import cells, commit

pytestmark = pytest.mark.services
ACME = Counting(projects=Projects(campaigns={"c": "acme"}))
BELL = Counting(projects=Projects(campaigns={"c": "bell"}))


def handled(client: Any) -> dict[str, int]:
    """Project or other line -> calls handled in the month, zeros left out."""
    return {line: row["handled"] for (_, line), row in cells(client, "mo").items() if row.get("handled")}


def test_every_bucket_has_the_line_and_a_correction_after_a_restart_and_a_change_of_the_site_moves_it(
    client: Any,
) -> None:
    commit(client, call_record(0, campaign="c"), call_record(1, "c2"), counting=ACME)
    assert all(any(line == "~project:acme" for _, line in cells(client, kind)) for kind in ("m", "h", "d", "mo"))
    commit(client, call_record(2, "c3", campaign="c"), counting=BELL)
    both = {"1042": 3, "~campaign:c": 2, "~project:acme": 1, "~project:bell": 1}
    assert handled(client) == both
    commit(client, call_record(3, campaign="c"), counting=BELL)
    assert handled(client) == both, "a duplicate moves nothing"
    commit(client, call_record(4, campaign="c", version=2), counting=BELL)
    assert handled(client) == {"1042": 3, "~campaign:c": 2, "~project:bell": 2}
    commit(client, call_record(5, campaign="c", version=3), call_record(6, "c3", version=2), counting=None)
    assert handled(client) == {"1042": 3, "~campaign:c": 1}


def test_an_erasure_leaves_the_sums_of_projects_and_the_projects_of_other_peoples_calls(client: Any) -> None:
    gone, stays = ("1042", "1043")
    calls = [call_record(0, "a", agent=gone, campaign="c"), call_record(1, "b", agent=stays, campaign="c")]
    commit(client, *calls, call_record(2, "d", agent=stays), counting=ACME)
    commit(client, record(3, "person.erased", {"agent": gone}, at_ms=at(9)), counting=BELL)
    assert handled(client) == {ERASED: 1, stays: 2, "~campaign:c": 2, "~project:acme": 2}
    commit(client, call_record(4, "b", agent=stays, campaign="c", version=2), counting=BELL)
    assert handled(client) == {ERASED: 1, stays: 2, "~campaign:c": 2, "~project:acme": 1, "~project:bell": 1}
