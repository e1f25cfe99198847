"""Rows of the audit log as people use the board: who looked at whom, who did what, who was refused; no act without its row."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dashboard.access.audit_log import SPOOL_ROWS
from dashboard.access.audit_rows import AuditRow
from dashboard.access.rate_limit import Rate
from dashboard.web.outer_layer import BOUNDS
from streams.site_time import HOUR_MS
from tests import signing
from tests.dashboard.partitions import NOON_MS
from tests.dashboard.running import AuditInMemory, answering, published
from tests.dashboard.web.conftest import PUBLISHED
from tests.dashboard.web.role_questions import Walk, get, page, post
from tests.dashboard.web.test_sign_in import GU, MINUTE_MS, PASSWORD, Site, sign_in
from tests.dashboard.web.two_teams import AGENTS, MOVED, PEOPLE, two_teams
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.services
NOBODY: frozenset[str] = frozenset()


@pytest.fixture
def audit() -> AuditInMemory:
    return AuditInMemory()


@pytest.fixture
def walk(redis_server: RedisServer, redis_url: str, audit: AuditInMemory) -> Iterator[Walk]:
    with two_teams(redis_url, audit=audit) as board, answering(board.server) as address:
        published(address, "line")
        with httpx.Client(timeout=PATIENCE_S) as browser:
            yield Walk(address, board, browser)


def rows(audit: AuditInMemory) -> list[tuple[Any, ...]]:
    """What is new in the log."""
    found = [(row.account, row.kind, row.where, row.whom or row.team, row.what) for row in audit.rows]
    audit.rows.clear()
    return found


def newest(audit: AuditInMemory) -> AuditRow:
    return audit.rows[-1]


def test_whoever_looks_at_a_person_has_a_row_for_a_quarter_of_an_hour(walk: Walk, audit: AuditInMemory) -> None:
    for _ in range(2):
        get("/explain", NOBODY, agent="ZQD1", period="day").ask(walk, "lead")
        get("/curve", NOBODY, agent="ZQD1").ask(walk, "lead")
        get("/flags", NOBODY, agent="ZQD2").ask(walk, "lead")
        get("/me.json", NOBODY).ask(walk, "ZQD1")
    assert rows(audit) == [
        ("oidc:leads-dawn", "viewed_person", "/explain", "ZQD1", ""),
        ("oidc:leads-dawn", "viewed_person", "/flags", "ZQD2", ""),
        ("oidc:ZQD1", "viewed_person", "/me.json", "ZQD1", ""),
    ]
    get("/explain", NOBODY, agent="ZQD1", period="day").ask(walk, "supervisor")
    row = newest(audit)
    assert (row.account, row.name, row.agent, row.address) == ("oidc:supervisor", "supervisor", None, "127.0.0.1")


def test_whoever_watches_a_team_has_a_row_and_sums_have_none(walk: Walk, audit: AuditInMemory) -> None:
    published(walk.address, "team:dawn")
    rows(audit)
    for topic in ("floor", "rollup", "wall:main", "team:dawn", "evidence:dawn", "wall:main/people", "team:dawn"):
        get("/snapshot", NOBODY, topic=topic).ask(walk, "supervisor")
    watched = "oidc:supervisor", "watched", "/snapshot"
    assert rows(audit) == [(*watched, "dawn", "team:dawn"), (*watched, None, "wall:main/people")]
    url = f"{walk.address}/stream?topic=team:lake&topic=floor"
    with walk.browser.stream("GET", url, headers=signing.headers(walk.address, PEOPLE["other lead"])) as answer:
        assert answer.status_code == 200
        assert rows(audit) == [("oidc:leads-lake", "watched", "/stream", "lake", "team:lake")]


@pytest.mark.parametrize(
    ("question", "what"),
    [
        (get("/explain", NOBODY, agent="ZQL1", period="day"), "not_found"),
        (get("/snapshot", NOBODY, topic="team:lake"), "unknown_topic"),
        (get("/stream", NOBODY, topic="team:lake"), "unknown_topic"),
        (get("/health.json", NOBODY), ""),
        (page("/team/lake", NOBODY), ""),
        (page("/health", NOBODY), ""),
        (post("/feedback", NOBODY, 404, None, kind="feedback.given", agent="ZQL1", text="x"), "not_found"),
        (post("/displays/revoke", NOBODY, 404, None, display="x"), ""),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_each_refusal_has_a_row_each_time(question: Any, what: str, walk: Walk, audit: AuditInMemory) -> None:
    for _ in range(2):
        assert question.ask(walk, "lead").status_code == 404
    whom = (question.query or {}).get("agent")
    assert rows(audit) == [("oidc:leads-dawn", "denied", question.path, whom, what)] * 2


def test_a_refusal_names_nobody_whom_the_roster_has_not(walk: Walk, audit: AuditInMemory) -> None:
    assert get("/explain", NOBODY, agent="x" * 999).ask(walk, "lead").status_code == 404
    assert rows(audit) == [("oidc:leads-dawn", "denied", "/explain", None, "not_found")]


ACTS = [
    (
        post("/decisions", NOBODY, 201, None, ref="ZQD1-k1", decision="upheld"),
        "supervisor",
        "decided",
        ("ZQD1", "upheld ZQD1-k1"),
    ),
    (
        post("/appeals", NOBODY, 201, None, ref="ZQD1-k2", text="no"),
        "ZQD1",
        "decided",
        ("ZQD1", "appeal ZQD1-k2"),
    ),
    (
        post("/flags", NOBODY, 201, None, ref="review-ZQD1-20261123", kind="flag.acknowledged"),
        "lead",
        "set",
        ("ZQD1", "flag.acknowledged review-ZQD1-20261123"),
    ),
    (
        post("/feedback", NOBODY, 201, None, kind="feedback.given", agent="ZQD1", text="well done"),
        "lead",
        "set",
        ("ZQD1", "feedback.given"),
    ),
]
BY_ACT = pytest.mark.parametrize(("question", "name", "kind", "about"), ACTS, ids=[each[0].path for each in ACTS])


@BY_ACT
def test_an_act_has_its_row_before_it_happens(
    question: Any, name: str, kind: str, about: tuple[str, str], walk: Walk, audit: AuditInMemory
) -> None:
    rows_then: list[int] = []
    walk.board.post.before = lambda: rows_then.append(len(audit.rows))
    answer = question.ask(walk, name)
    assert answer.status_code == 201, answer.text
    assert [(row.kind, (row.whom, row.what)) for row in audit.rows] == [(kind, about)]
    assert rows_then == [1]


@BY_ACT
def test_no_act_happens_without_its_row(
    question: Any, name: str, kind: str, about: tuple[str, str], walk: Walk, audit: AuditInMemory
) -> None:
    audit.is_away = True
    answer = question.ask(walk, name)
    assert (answer.status_code, answer.json()["error"]) == (503, "audit_away")
    assert walk.board.post.records == []
    audit.is_away = False
    assert question.ask(walk, name).status_code == 201, "the control: with the log it happens"


@pytest.mark.parametrize(
    ("question", "name", "word"),
    [
        (post("/flags", NOBODY, 404, None, ref="review-ZQL1-20261123", kind="flag.acknowledged"), "ZQD1", "no_flag"),
        (post("/feedback", NOBODY, 404, None, kind="feedback.seen", ref="guessed"), "lead", "no_feedback"),
        (post("/decisions", NOBODY, 404, None, ref="guessed", decision="upheld"), "supervisor", "no_record"),
        (post("/displays/find", NOBODY, 404, None, code="ABCDEFGH"), "admin", "no_code"),
        (post("/displays/refuse", NOBODY, 404, None, code="ABCDEFGH"), "admin", "no_code"),
        (post("/displays/revoke", NOBODY, 404, None, display="d1"), "admin", "no_display"),
        (
            post("/displays/approve", NOBODY, 404, None, code="ABCDEFGH", location="hall", board="main"),
            "admin",
            "no_code",
        ),
    ],
    ids=lambda value: getattr(value, "path", value),
)
def test_an_act_that_cannot_be_has_the_row_of_a_refusal_alone(
    question: Any, name: str, word: str, walk: Walk, audit: AuditInMemory
) -> None:
    assert question.ask(walk, name).status_code == 404
    assert [(row.kind, row.where, row.what) for row in audit.rows] == [("denied", question.path, word)]


def test_the_row_of_a_wall_names_the_screen_and_where_it_hangs(
    walk: Walk, audit: AuditInMemory, redis_url: str
) -> None:
    paired = []
    for verb in ("refuse", "approve"):
        screen = walk.browser.post(f"{walk.address}/pair", json={"width": 1920, "height": 1080}).json()
        body = {"code": screen["code"], "location": "east hall", "board": "main", "people": "alias"}
        assert post(f"/displays/{verb}", NOBODY, 201, None, **body).ask(walk, "admin").status_code == 201
        paired.append(screen["id"])
    assert walk.browser.get(f"{walk.address}/pair.json").json()["state"] == "approved"
    assert post("/displays/revoke", NOBODY, 201, None, display=paired[1]).ask(walk, "admin").status_code == 201
    assert [(row.kind, row.what) for row in audit.rows] == [
        ("paired", f"refuse {paired[0]}"),
        ("paired", f"approve {paired[1]}: east hall, main"),
        ("paired", f"revoke {paired[1]}: east hall, main"),
    ]


def test_every_topic_with_people_leaves_a_row_and_no_other(walk: Walk, audit: AuditInMemory) -> None:
    with_people = set()
    for topic in PUBLISHED:
        published(walk.address, topic)
        found = get("/snapshot", NOBODY, topic=topic).ask(walk, "supervisor").text
        if topic.endswith("/people") or any(agent in found for agent in (*AGENTS, MOVED)):
            with_people.add(topic.replace("evidence:", "team:"))
    noted = {row.what for row in audit.rows if row.account == "oidc:supervisor"}
    assert noted >= with_people > {"team:dawn", "rollup:dawn"}
    assert noted - with_people <= {"rollup:~no-team"}, "which has nobody today"


def test_who_acts_without_end_is_held_up_and_nobody_else(redis_url: str, audit: AuditInMemory) -> None:
    bounds = BOUNDS._replace(acts=Rate(3, 0.001))
    act = post("/feedback", NOBODY, 422, None, kind="feedback.given", agent="ZQD1", text=" ")
    with (
        two_teams(redis_url, audit=audit, bounds=bounds) as board,
        answering(board.server) as address,
        httpx.Client(timeout=PATIENCE_S) as browser,
    ):
        walk = Walk(address, board, browser)
        assert [act.ask(walk, "lead").status_code for _ in range(5)] == [422, 422, 422, 429, 429]
        assert act.ask(walk, "supervisor").status_code == 422


def test_who_is_refused_without_end_fills_no_log_and_stops_nobody(redis_url: str) -> None:
    audit = AuditInMemory(denials=Rate(5, 0.001))
    with (
        two_teams(redis_url, audit=audit) as board,
        answering(board.server) as address,
        httpx.Client(timeout=PATIENCE_S) as browser,
    ):
        walk = Walk(address, board, browser)
        long = "/" + "x" * 2000
        asked = [get(f"{long}{n}", NOBODY).ask(walk, "lead").status_code for n in range(8)]
        assert asked == [404] * 5 + [429] * 3
        assert [len(row.where) for row in audit.rows] == [200] * 5
        assert page("/nowhere", NOBODY).ask(walk, "other lead").status_code == 404


def test_reads_go_on_without_kafka_until_the_log_is_full_and_then_nobody_is_shown(
    walk: Walk, audit: AuditInMemory
) -> None:
    explain, wrong = get("/explain", NOBODY, agent="ZQD1", period="day"), get("/health.json", NOBODY)
    audit.is_away = True
    assert explain.ask(walk, "lead").status_code == 200
    for _ in range(SPOOL_ROWS - 1):
        assert wrong.ask(walk, "lead").status_code == 404
    for question in (wrong, get("/explain", NOBODY, agent="ZQD2", period="day"), page("/team/lake", NOBODY)):
        answer = question.ask(walk, "lead")
        assert (answer.status_code, answer.json()["error"]) == (503, "audit_away")
    assert get("/snapshot", NOBODY, topic="floor").ask(walk, "lead").status_code == 200, "sums look at nobody"
    audit.is_away = False
    assert get("/explain", NOBODY, agent="ZQD2", period="day").ask(walk, "supervisor").status_code == 503
    audit.send_spooled()
    assert get("/explain", NOBODY, agent="ZQD2", period="day").ask(walk, "manager").status_code == 200
    assert len(audit.rows) == SPOOL_ROWS + 1, "and none of the rows is lost"


def test_health_names_agents_who_forgot_to_sign_out_with_a_row_and_else_nobody(
    walk: Walk, audit: AuditInMemory
) -> None:
    walk.board.clock.set(NOON_MS + 30 * HOUR_MS)
    question = get("/health.json", NOBODY)
    audit.is_away = True
    for _ in range(SPOOL_ROWS):
        question.ask(walk, "lead")
    report = question.ask(walk, "admin").json()
    assert (report["forgotten"], [task["code"] for task in report["to_do"]].count("forgotten")) == (None, 1)
    audit.is_away = False
    audit.send_spooled()
    audit.rows.clear()
    assert {each["agent"] for each in question.ask(walk, "admin").json()["forgotten"]} >= set(AGENTS)
    assert [(row.kind, row.what) for row in audit.rows] == [("watched", "forgotten states")]


def test_the_sign_in_leaves_rows_and_no_text_that_may_be_a_password(
    tmp_path: Any, redis_url: str, audit: AuditInMemory
) -> None:
    site = Site(tmp_path, redis_url)
    with (
        answering(site.server(audit=audit)) as address,
        httpx.Client(base_url=address, timeout=PATIENCE_S) as browser,
    ):
        sign_in(browser, password="wrong")
        sign_in(browser, account=PASSWORD, password="wrong")
        sign_in(browser, account="nobody")
        sign_in(browser)
        browser.post("/sign-in/confirm", data={"password": "wrong", "next": "/"})
        browser.post("/sign-in/confirm", data={"password": PASSWORD, "next": "/"})
        browser.post("/sign-out")
    person = f"local:{GU}"
    assert [(row.account, row.kind, row.where, row.what) for row in audit.rows] == [
        (person, "denied", "/sign-in", "wrong_password"),
        ("local:?", "denied", "/sign-in", "wrong_password"),
        ("local:nobody", "denied", "/sign-in", "no_role"),
        (person, "signed_in", "/sign-in", ""),
        (person, "denied", "/sign-in/confirm", "wrong_password"),
        (person, "signed_in", "/sign-in/confirm", "confirmation"),
        (person, "signed_out", "/sign-out", ""),
    ]


def test_whoever_cannot_be_noted_is_not_signed_in_and_is_signed_out_all_the_same(
    tmp_path: Any, redis_url: str, audit: AuditInMemory
) -> None:
    site = Site(tmp_path, redis_url)
    with (
        answering(site.server(audit=audit)) as address,
        httpx.Client(base_url=address, timeout=PATIENCE_S) as browser,
    ):
        sign_in(browser)
        audit.is_away = True
        for _ in range(SPOOL_ROWS):
            assert browser.get("/health.json").status_code == 404
        assert browser.post("/sign-out").status_code == 200
        assert browser.get("/session.json").status_code == 401
        assert sign_in(browser).status_code == 503
        assert browser.get("/session.json").status_code == 401


def test_nobody_is_confirmed_without_a_row(tmp_path: Any, redis_url: str, audit: AuditInMemory) -> None:
    site = Site(tmp_path, redis_url)
    with (
        answering(site.server(audit=audit)) as address,
        httpx.Client(base_url=address, timeout=PATIENCE_S) as browser,
    ):
        sign_in(browser)
        site.clock.set(site.clock() + 61 * MINUTE_MS)
        before = browser.get("/session.json").json()["confirmed_until"]
        audit.is_away = True
        for _ in range(SPOOL_ROWS):
            browser.get("/health.json")
        form = {"password": PASSWORD, "next": "/"}
        assert browser.post("/sign-in/confirm", data=form).status_code == 503
        assert browser.get("/session.json").json()["confirmed_until"] == before
        audit.is_away = False
        audit.send_spooled()
        assert browser.post("/sign-in/confirm", data=form).status_code == 303
        assert browser.get("/session.json").json()["confirmed_until"] > before
