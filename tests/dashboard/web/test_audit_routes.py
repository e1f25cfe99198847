"""The audit log over HTTP: what auditors see of a board at work, what they export, and who an agent sees that looked at them."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.dashboard.running import AuditInMemory, answering
from tests.dashboard.web.role_questions import Walk, get, post
from tests.dashboard.web.two_teams import two_teams
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
NOBODY: frozenset[str] = frozenset()
EXPLAIN = get("/explain", NOBODY, agent="ZQD1", period="day")


@pytest.fixture
def audit() -> AuditInMemory:
    return AuditInMemory()


@pytest.fixture
def walk(redis_server: RedisServer, redis_url: str, audit: AuditInMemory) -> Iterator[Walk]:
    with (
        two_teams(redis_url, audit=audit) as board,
        answering(board.server) as address,
        httpx.Client(timeout=PATIENCE_S) as browser,
    ):
        yield Walk(address, board, browser)


def page(walk: Walk, **asked: str) -> dict[str, Any]:
    answer = get("/audit.json", NOBODY, **asked).ask(walk, "auditor")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def until_page(walk: Walk, rows: int, **asked: str) -> dict[str, Any]:
    """The page with so many rows: it has them a second later at most."""
    found = wait_until(
        lambda: found if len((found := page(walk, **asked))["rows"]) >= rows else None, PATIENCE_S, f"{rows} rows"
    )
    assert found is not None
    return found


def test_an_auditor_sees_looks_acts_and_refusals_with_names_and_no_figure(walk: Walk) -> None:
    for name in ("lead", "other lead", "ZQD1"):
        EXPLAIN.ask(walk, name)
    post("/decisions", NOBODY, 201, None, ref="ZQD1-k1", decision="upheld").ask(walk, "supervisor")
    found = until_page(walk, 5)
    rows = [(row["account"], row["kind"], row["whom"], row["where"], row["number"]) for row in found["rows"]]
    assert rows[1:] == [
        ("oidc:supervisor", "decided", "ZQD1", "/decisions", 4),
        ("oidc:ZQD1", "viewed_person", "ZQD1", "/explain", 3),
        ("oidc:leads-lake", "denied", "ZQD1", "/explain", 2),
        ("oidc:leads-dawn", "viewed_person", "ZQD1", "/explain", 1),
    ]
    assert rows[0][:2] == ("oidc:auditor", "watched"), "whoever reads the log stands in it"
    assert found["people"]["ZQD1"] == {"id": "ZQD1", "name": "ZQD1号", "name_en": "ZQD1 Doe", "team": "dawn"}
    assert sum(found["counts"].values()) == found["period_rows"] == 5
    assert set(found["rows"][0]) == {
        *("account", "name", "agent", "kind", "whom", "team", "what", "where", "address", "number", "time_ms", "roles")
    }
    looks = page(walk, agent="ZQD1")["looks"]
    assert [each["name"] for each in looks["lookers"]] == ["ZQD1", "leads-dawn"]
    assert [each["name"] for each in looks["refused"]] == ["leads-lake"]


def test_an_agent_sees_who_else_looked_at_them(walk: Walk, audit: AuditInMemory) -> None:
    EXPLAIN.ask(walk, "lead")
    EXPLAIN.ask(walk, "other lead")
    mine = get("/me.json", NOBODY)

    def lookers() -> Any:
        found = mine.ask(walk, "ZQD1").json()["lookers"]
        return found if found and len(found["lookers"]) == 2 else None

    found = wait_until(lookers, PATIENCE_S, "the looks at the agent")
    assert [(each["name"], each["is_self"]) for each in found["lookers"]] == [("ZQD1", True), ("leads-dawn", False)]
    assert found["refused"] == 1 and "leads-lake" not in json.dumps(found), "who was refused has seen nothing"
    other = mine.ask(walk, "ZQD2").json()["lookers"]
    assert "ZQD1" not in json.dumps(other), "nobody sees who looked at somebody else"


def test_the_page_and_the_own_page_say_that_the_log_cannot_be_read(walk: Walk, audit: AuditInMemory) -> None:
    until_page(walk, 1)
    audit.is_away = True

    def away() -> bool:
        answer = get("/audit.json", NOBODY).ask(walk, "auditor")
        return (answer.status_code, answer.json().get("error")) == (503, "audit_unread")

    wait_until(away, PATIENCE_S, "the page to say so")
    mine = get("/me.json", NOBODY).ask(walk, "ZQD1")
    assert (mine.status_code, mine.json()["lookers"]) == (200, None)
    audit.is_away = False
    read = get("/audit.json", NOBODY)
    wait_until(lambda: read.ask(walk, "auditor").status_code == 200, PATIENCE_S, "the page to come back")


def test_an_export_is_a_file_of_rows_and_stands_in_the_log_itself(walk: Walk, audit: AuditInMemory) -> None:
    EXPLAIN.ask(walk, "other lead")
    EXPLAIN.ask(walk, "lead")
    answer = get("/audit/export", NOBODY, kind="denied").ask(walk, "auditor")
    assert answer.status_code == 200
    day = page(walk)["today"]
    assert answer.headers["content-disposition"] == f'attachment; filename="audit-{day}.jsonl"'
    assert answer.headers["cache-control"] == "no-store"
    *rows, end = [json.loads(line) for line in answer.text.splitlines()]
    assert [(row["account"], row["whom"], row["hash"]) for row in rows] == [
        ("oidc:leads-lake", "ZQD1", audit.rows[0].hash)
    ]
    (exported,) = [row for row in audit.rows if row.kind == "exported"]
    assert (exported.account, exported.what) == ("oidc:auditor", "audit log kind=denied")
    assert end["heads"][0].split()[:3] == [exported.writer, str(exported.seq), exported.hash]
    audit.is_away = True
    refused = get("/audit/export", NOBODY).ask(walk, "auditor")
    assert (refused.status_code, refused.json()["error"]) == (503, "audit_away")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"date": "2020-01-01"}, (400, "bad_period")),
        ({"date": "x"}, (400, "bad_period")),
        ({"kind": "seen"}, (400, "bad_kind")),
        ({"who": "x"}, (400, "unknown_field")),
    ],
)
def test_a_wrong_question_is_refused(walk: Walk, asked: dict[str, str], answer: tuple[int, str]) -> None:
    found = get("/audit.json", NOBODY, **asked).ask(walk, "auditor")
    assert (found.status_code, found.json()["error"]) == answer


def test_a_planted_fault_is_on_the_page(walk: Walk, audit: AuditInMemory) -> None:
    for name in ("lead", "supervisor", "manager"):
        EXPLAIN.ask(walk, name)
    del audit.rows[1]
    assert post("/audit/verify", NOBODY, 202, None).ask(walk, "auditor").status_code == 202
    chain = wait_until(
        lambda: chain if (chain := page(walk)["chain"])["state"] == "broken" else None, PATIENCE_S, "the fault"
    )
    assert chain is not None and (chain["broken_from"], chain["intact_before"]) == (2, 1)
