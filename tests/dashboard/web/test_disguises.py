"""Addresses in disguise, and the log: neither gives anything away."""

import logging

import pytest

from tests import signing
from tests.dashboard.web.raw_http import exchange, request_bytes
from tests.dashboard.web.role_questions import QUESTIONS, Walk
from tests.dashboard.web.two_teams import DAWN, LAKE, MOVED, PEOPLE

pytestmark = pytest.mark.services
DISGUISES = (
    *("/assets/../me.json", "/assets/..%2fme.json", "/assets/%2e%2e/me.json", "/assets/%252e%252e/me.json"),
    *("//me.json", "/;/me.json", "/me.json;x=1", "/me.json/", "/ME.JSON", "/me.json%00", "/me.json%0a", "/.%2fme.json"),
    *(
        "/_dash-component-suites/dash/../../me.json",
        "/_dash-component-suites/..%5cme.json",
        "/team/:team",
        "/team/{team}",
    ),
    *(
        "/team/dawn/../lake",
        "/team/%2e%2e/lake",
        "/team/lake%2f",
        "/team//lake",
        "/team/lake;",
        "/team/LAKE",
        "/{path:path}",
    ),
    *("/healthz/../health.json", "/sign-in/../health.json", "/pair/../displays.json", "/favicon.ico/../flags"),
)


@pytest.mark.parametrize("path", DISGUISES)
def test_no_disguise_of_an_address_opens_what_the_address_would_not(path: str, walk: Walk) -> None:
    for name in ("nobody", "lead"):
        headers = [f"{key}: {value}" for key, value in signing.headers(walk.address, PEOPLE[name]).items()]
        answer = exchange(walk.address, request_bytes("GET", path, *headers, "Connection: close"))
        assert answer.status in (303, 400, 401, 404, 405), (name, answer)
        assert not any(mark.encode() in answer.body for mark in (DAWN, LAKE, MOVED))


def test_the_log_has_no_person_no_text_and_no_token(walk: Walk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    names = ("ZQD1", "lead", "supervisor", "quality", "nobody")
    for question in QUESTIONS:
        for name in names:
            question.ask(walk, name)
    # The browser's own; and the log of requests, which is off: pytest takes it up wherever it goes.
    assert walk.board.server.server.config.access_log is False
    apart = ("httpx", "httpcore", "uvicorn.access")
    ours = [each for each in caplog.records if not each.name.startswith(apart)]
    text = "\n".join(each.getMessage() for each in ours)
    tokens = [value for name in names for value in signing.cookies(walk.address, PEOPLE[name]).values()]
    assert len(tokens) == len(names) - 1
    assert [mark for mark in (DAWN, LAKE, MOVED, *tokens) if mark in text] == []
