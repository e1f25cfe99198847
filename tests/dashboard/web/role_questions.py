"""The questions of the walk of roles: each says who is answered, and how; everybody else is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import httpx

from tests import signing
from tests.dashboard.web.two_teams import (
    AGENTS,
    MOVED,
    PEOPLE,
    TwoTeams,
)

EVERYBODY = frozenset(PEOPLE)
SIGNED_IN = EVERYBODY - {"nobody"}
ABOVE = frozenset({"supervisor", "operator"})
"""They see every team and person."""
FLOOR = ABOVE | {"lead", "other lead", "manager", "quality", "planner"}
HEALTH = frozenset({"admin", "operator"})
AUDIT = frozenset({"auditor"})
BEGINNINGS = {
    **dict.fromkeys(AGENTS, "/me"),
    "lead": "/team/dawn",
    "other lead": "/team/lake",
    "supervisor": "/wall/main",
    "operator": "/wall/main",
    "manager": "/rollup",
    "quality": "/campaigns",
    "planner": "/wall/main",
    "admin": "/health",
    "client": "/campaigns",
    "auditor": "/audit",
    **dict.fromkeys(("hr", "no role"), "/sign-in"),
}
"""Person -> the page on which they begin; a role without a page of its own yet begins at the sign-in."""
NOT_SIGNED_IN, NONE = (401, "signed_out"), (404, "not_found")


@dataclass(frozen=True)
class Question:
    """What somebody asks, who is answered and how; everybody else is refused."""

    method: str
    path: str
    allowed: frozenset[str]
    query: Mapping[str, str] | None = None
    body: Any = None
    status: int = 200
    word: str | None = None
    """Of an answer that is let through and then refused for what was asked."""
    refusal: tuple[int, str] = NONE
    is_page: bool = False
    apart: Mapping[str, tuple[int, str | None]] = field(default_factory=dict)
    """Person -> an answer of their own."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}?{'&'.join(f'{k}={v}' for k, v in (self.query or self.body or {}).items())}"

    def ask(self, walk: "Walk", name: str) -> httpx.Response:
        headers = signing.headers(walk.address, PEOPLE[name])
        url = walk.address + self.path
        return walk.browser.request(self.method, url, params=self.query, json=self.body, headers=headers)


def get(path: str, allowed: frozenset[str] | set[str], **query: str) -> Question:
    return Question("GET", path, frozenset(allowed), query or None)


def page(path: str, allowed: frozenset[str] | set[str]) -> Question:
    return Question("GET", path, frozenset(allowed), is_page=True)


def post(path: str, allowed: frozenset[str] | set[str], status: int, word: str | None, **body: Any) -> Question:
    return Question("POST", path, frozenset(allowed), body=body, status=status, word=word)


def topic(name: str, allowed: frozenset[str] | set[str]) -> Question:
    return replace(get("/snapshot", allowed, topic=name), refusal=(404, "unknown_topic"))


def topics() -> Iterator[Question]:
    yield topic("line", SIGNED_IN)
    yield topic("floor", FLOOR)
    yield topic("rollup", ABOVE | {"manager"})
    yield topic("campaigns", FLOOR)
    for board in ("main", "east"):
        yield topic(f"wall:{board}", FLOOR)
    yield topic("wall:north", FLOOR | {"client"})
    yield topic("project:north", FLOOR | {"client"})
    yield topic("project:south", FLOOR)
    yield topic("wall:main/people", ABOVE | {"manager", "lead", "other lead"})
    yield topic("wall:east/people", ABOVE | {"manager"})
    for team, lead in (("dawn", "lead"), ("lake", "other lead")):
        for kind in ("team", "evidence"):
            yield topic(f"{kind}:{team}", ABOVE | {lead})
        yield replace(topic(f"curves:{team}", ABOVE | {lead}), status=503, word="no_publisher")
        yield topic(f"rollup:{team}", ABOVE | {"manager", lead})
    yield topic("team:~everyone", ABOVE)
    yield replace(topic("evidence:~everyone", ABOVE), status=503, word="no_publisher")
    yield topic("rollup:~no-team", ABOVE | {"manager"})
    for unknown in ("team:nobody", "seats", "seats:full", "rollup:", "team:", "wall:nobody", "wall:/people", ""):
        yield topic(unknown, set())


def persons() -> Iterator[Question]:
    leads = {"ZQD1": "lead", "ZQD2": "lead", "ZQL1": "other lead", MOVED: "lead"}
    for agent, lead in leads.items():
        whole = ABOVE | {"manager", lead, agent}
        yield get("/explain", whole | {"quality"}, agent=agent, period="day")
        yield get("/explain", whole | {"quality", "hr"}, agent=agent, period="month")
        yield get("/explain", whole | {"quality", "hr"}, agent=agent, period="month", date="2026-11")
        yield get("/curve", ABOVE | {lead, agent}, agent=agent)
        yield get("/appeals", ABOVE | {"quality", lead, agent}, agent=agent)
        yield get("/flags", ABOVE | {lead, agent}, agent=agent)
        given = {"kind": "feedback.given", "agent": agent, "text": " "}
        yield post("/feedback", ABOVE | {"quality", lead}, 422, "no_text", **given)
        act = post("/flags", ABOVE | {lead, agent}, 422, "bad_kind", ref=f"review-{agent}-20261123", kind="none")
        yield replace(act, refusal=(404, "no_flag"))
        yield post("/appeals", {agent}, 409, "too_late", ref=f"{agent}-old", text="x")
        # A lead decides nothing of their own team; nobody without the office does at all.
        yield post("/decisions", ABOVE | {"quality"}, 422, "bad_decision", ref=f"{agent}-k1", decision="perhaps")
    # The day before the move lies in the other team, and nothing of it is the new lead's.
    before = {"agent": MOVED, "period": "day", "date": "2026-11-15"}
    yield get("/explain", ABOVE | {"manager", "quality", "other lead"}, **before)
    yield get("/explain", ABOVE | {"manager", "quality", "lead"}, **before | {"date": "2026-11-16"})
    # Whoever led the agent at its end leads them in the month.
    yield get(
        "/explain", ABOVE | {"manager", "quality", "hr", "other lead"}, agent=MOVED, period="month", date="2026-10"
    )


def lists() -> Iterator[Question]:
    yield get("/appeals", SIGNED_IN)
    yield get("/flags", SIGNED_IN)
    for team, lead in (("dawn", "lead"), ("lake", "other lead")):
        yield get("/flags", ABOVE | {lead}, team=team)
    yield get("/me.json", frozenset(AGENTS))
    yield get("/session.json", SIGNED_IN)
    yield post("/session/continue", SIGNED_IN, 200, None)
    yield get("/health.json", HEALTH)
    yield post("/letters", HEALTH, 422, "no_reason", reason="no such reason")


def pages() -> Iterator[Question]:
    yield page("/wall/main", FLOOR)
    yield page("/wall/east", FLOOR)
    yield page("/wall/north", FLOOR | {"client"})
    yield page("/campaigns", FLOOR | {"client"})
    yield page("/campaigns/north", {"client"})
    yield page("/campaigns/south", set())
    yield page("/rollup", ABOVE | {"manager"})
    yield page("/team/dawn", ABOVE | {"lead"})
    yield page("/team/lake", ABOVE | {"other lead"})
    yield page("/team/~everyone", ABOVE)
    yield page("/me", frozenset(AGENTS))
    yield page("/health", HEALTH)
    yield page("/displays", HEALTH)
    yield page("/audit", AUDIT)
    for unknown in ("/team/nobody", "/wall/nobody", "/nowhere", "/team/", "/assetsx"):
        yield page(unknown, set())


def displays() -> Iterator[Question]:
    yield get("/displays.json", HEALTH)
    body = {"code": "ABCDEFGH", "location": "x", "board": "main", "people": "alias"}
    for verb in ("find", "approve", "refuse"):
        yield post(f"/displays/{verb}", HEALTH, 404, "no_code", **body)
    yield post("/displays/revoke", HEALTH, 422, "bad_body", id=5)


def audit() -> Iterator[Question]:
    yield get("/audit.json", AUDIT)
    yield get("/audit.json", AUDIT, kind="denied", person="ZQD1", agent="ZQD1", account="lead")
    yield post("/audit/verify", AUDIT, 202, None)
    yield get("/audit/export", AUDIT)


def for_anybody() -> Iterator[Question]:
    """Routes without data: the same for everybody."""
    for path in ("/healthz", "/readyz", "/assets/10-tokens.css", "/_favicon.ico", "/pair", "/pair.json"):
        yield get(path, EVERYBODY)
    yield replace(get("/sign-in", EVERYBODY), apart={"no role": (403, None)})
    for path in ("/_dash-layout", "/_dash-dependencies"):
        yield get(path, SIGNED_IN)
    yield replace(get("/_dash-component-suites/dash/none.js", EVERYBODY), status=404, word="no_script")
    yield replace(get("/sign-in/link", EVERYBODY, code="guessed"), status=404, word="not_found")
    yield post("/demo/sign-in", EVERYBODY, 404, "not_found", role="supervisor")
    yield post("/sign-in", EVERYBODY, 415, "not_form", account="x", password="y")
    yield replace(get("/sign-in/company", EVERYBODY), status=404, word="not_found")
    yield replace(get("/sign-in/callback", EVERYBODY), status=404, word="not_found")
    yield post("/sign-out/back-channel", EVERYBODY, 404, "not_found")
    yield post("/pair", EVERYBODY, 422, "bad_body", width="wide")
    yield replace(page("/", SIGNED_IN), status=307, apart={name: (307, path) for name, path in BEGINNINGS.items()})
    yield page("/sign-in/confirm", SIGNED_IN)
    yield post("/sign-in/confirm", SIGNED_IN, 415, "not_form")


QUESTIONS = (*topics(), *persons(), *lists(), *pages(), *displays(), *audit(), *for_anybody())


class Walk(NamedTuple):
    """The board at work."""

    address: str
    board: TwoTeams
    browser: httpx.Client
    """Without cookies of its own."""
