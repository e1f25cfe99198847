"""The walk of roles: every person asks every route over HTTP, and gets what the role gives, or the answer that tells nothing.

Each row of the table of routes has a question here: a row without one fails. A refusal is the answer to what does not exist, byte
by byte.
"""

import httpx
import pytest

from dashboard.access.board_services import board_services
from dashboard.access.sign_in import sign_in_service
from dashboard.board.bus import FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.board.topics import topics_of
from dashboard.site.watch import SiteWatch
from dashboard.web.app import build
from tests import signing
from tests.dashboard.running import AuditInMemory
from tests.dashboard.web.role_questions import NOT_SIGNED_IN, QUESTIONS, Question, Walk
from tests.dashboard.web.two_teams import (
    PEOPLE,
    SITE,
)

pytestmark = pytest.mark.services
NO_REDIS = "redis://127.0.0.1:1/0"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_each_person_gets_what_their_role_gives(question: Question, walk: Walk) -> None:
    found = {name: _answer(question, question.ask(walk, name)) for name in PEOPLE}
    assert found == {name: _wanted(question, name) for name in PEOPLE}


def _answer(question: Question, answer: httpx.Response) -> tuple[int, str | None]:
    if question.is_page:
        return answer.status_code, answer.headers.get("location", "").partition("?")[0] or None
    is_json = answer.headers.get("content-type") == "application/json"
    return answer.status_code, answer.json().get("error") if is_json and answer.content[:1] == b"{" else None


def _wanted(question: Question, name: str) -> tuple[int, str | None]:
    if name in question.apart:
        return question.apart[name]
    if name in question.allowed:
        return question.status, question.word
    if question.is_page:
        first = "/pair" if question.path.startswith("/wall/") else "/sign-in"
        return (303, first) if name == "nobody" else (404, None)
    return NOT_SIGNED_IN if name == "nobody" else question.refusal


def test_every_row_of_the_table_has_a_question() -> None:
    """The server does not start while it answers a path without a row, so the table is all there is."""
    sites = SiteWatch.fixed(SITE)
    services = board_services(sites, FrameReader(NO_REDIS), AuditInMemory())
    table = build(services, sign_in_service(NO_REDIS, signing.KEY, sites, wall_clock_ms)).table
    # Each of these has a test of its own below.
    asked = [*((each.method, each.path) for each in QUESTIONS), ("POST", "/sign-out"), ("GET", "/stream")]
    asked.append(("POST", "/_dash-update-component"))
    found = {(row.method, row.path) for row in (table.find(*each) for each in asked) if row is not None}
    assert {(row.method, row.path) for row in table.rows} - found == set()


def test_no_topic_of_the_site_is_forgotten(walk: Walk) -> None:
    of_site = topics_of([team.id for team in SITE.teams])
    asked = {each.query["topic"] for each in QUESTIONS if each.path == "/snapshot" and each.query}
    assert set(of_site) - asked == set()


@pytest.mark.parametrize("question", [each for each in QUESTIONS if each.path == "/snapshot"], ids=lambda q: q.name)
def test_a_stream_carries_what_a_snapshot_may_be_asked_for(question: Question, walk: Walk) -> None:
    found = {}
    for name in PEOPLE:
        headers = signing.headers(walk.address, PEOPLE[name])
        with walk.browser.stream("GET", f"{walk.address}/stream", params=question.query, headers=headers) as answer:
            found[name] = answer.status_code
    wanted = {name: 200 if name in question.allowed else question.refusal[0] for name in PEOPLE}
    assert found == wanted | {"nobody": 401}


@pytest.mark.parametrize(
    "question", [each for each in QUESTIONS if each.is_page and each.path != "/"], ids=lambda q: q.name
)
def test_the_content_of_a_page_comes_where_the_page_opens(question: Question, walk: Walk) -> None:
    inputs = [{"id": "address", "property": "pathname", "value": question.path}]
    inputs.append({"id": "address", "property": "search", "value": ""})
    body = {"output": "page.children", "inputs": inputs}
    for name, who in PEOPLE.items():
        headers = signing.headers(walk.address, who)
        answer = walk.browser.post(f"{walk.address}/_dash-update-component", json=body, headers=headers)
        if name == "nobody":
            assert (answer.status_code, answer.json()["error"]) == NOT_SIGNED_IN
        elif question.path == "/sign-in/confirm":
            assert answer.json()["response"]["page"]["children"] is None
        else:
            assert (answer.json()["response"]["page"]["children"] is not None) == (name in question.allowed), name
