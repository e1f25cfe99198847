"""A screen without a seat on a real server and a real Redis: paired, shown, revoked; and nothing but its own board."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from dashboard.access.display_service import display_service
from dashboard.board.publish import wall_clock_ms
from dashboard.live.viewers import ACCOUNT_STREAMS
from dashboard.site.load import Site
from dashboard.site.types import BoardPages
from dashboard.site.watch import SiteWatch
from tests import patient_http, signing
from tests.dashboard.partitions import SITE
from tests.dashboard.running import Clock, publishing, serving
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
BOARDS: Site = replace(SITE, boards=(BoardPages("hall", ("floor", "agents")), BoardPages("queues", ("queues",))))
ADMIN = signing.person("bai", "admin")
SIZE = {"width": 1920, "height": 1080}
DARK_S = 5.0


class Wall:
    """A browser without a seat, with its own cookies."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(base_url=address, timeout=PATIENCE_S)

    def ask_code(self) -> dict[str, Any]:
        answer = self.client.post("/pair", json=SIZE)
        assert answer.status_code == 201
        asked: dict[str, Any] = answer.json()
        return asked

    def pair(self, board: str = "hall", people: str = "alias", location: str = "east") -> str:
        """Shows a code that an administrator approves -> the id of the display."""
        asked = self.ask_code()
        body = {"code": asked["code"], "location": location, "board": board, "people": people}
        assert act(self.address, "approve", body).status_code == 201
        answer = self.client.get("/pair.json")
        assert answer.json() == {"state": "approved", "to": f"/wall/{board}"}
        return str(asked["id"])

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.client.get(path, params=query)


def act(address: str, verb: str, body: dict[str, Any], who: Any = ADMIN) -> httpx.Response:
    answer: httpx.Response = patient_http.post(f"{address}/displays/{verb}", json=body, who=who)
    return answer


def displays(address: str) -> dict[str, Any]:
    found: dict[str, Any] = patient_http.get(f"{address}/displays.json", who=ADMIN).json()
    return found


@pytest.fixture
def address(redis_url: str) -> Iterator[str]:
    sites = SiteWatch.fixed(replace(BOARDS, grants=signing.grants("dawn")))
    with publishing(redis_url, Clock(), sites.site), serving(redis_url, watch=sites) as address:
        yield address


@pytest.fixture
def wall(address: str) -> Iterator[Wall]:
    made = Wall(address)
    yield made
    made.client.close()


def test_a_wall_is_paired_shown_and_revoked_and_is_dark_within_five_seconds(wall: Wall) -> None:
    first = wall.get("/wall/hall")
    assert (first.status_code, first.headers["location"]) == (303, "/pair?next=%2Fwall%2Fhall")
    display = wall.pair()
    assert wall.get("/wall/hall").status_code == 200
    assert wall.get("/").headers["location"] == "/wall/hall"
    topic = "wall:hall/people"
    wait_until(lambda: wall.get("/snapshot", topic=topic).status_code == 200, PATIENCE_S, "a snapshot of the board")
    with wall.client.stream("GET", "/stream", params={"topic": topic}) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        assert any(line.startswith("event: snapshot") for line in lines)
        assert act(wall.address, "revoke", {"display": display}).status_code == 201
        revoked_s = time.monotonic()
        for _ in lines:
            assert time.monotonic() - revoked_s < DARK_S
        assert time.monotonic() - revoked_s < DARK_S
    assert (wall.get("/snapshot", topic=topic).status_code, wall.get("/stream", topic=topic).status_code) == (401, 401)
    assert wall.get("/wall/hall").headers["location"].startswith("/pair")
    page = wall.get("/pair")
    assert page.status_code == 200 and "data-ended" in page.text
    assert [each["id"] for each in displays(wall.address)["revoked"]] == [display]


def test_a_wall_gets_nothing_but_its_board(wall: Wall) -> None:
    wall.pair()
    ok = wait_until(lambda: wall.get("/snapshot", topic="wall:hall").status_code == 200, PATIENCE_S, "a snapshot")
    assert ok and wall.get("/snapshot", topic="line").status_code == 200
    foreign = ("wall:queues", "wall:main", "wall:main/people", "floor", "rollup", "team:dawn", "team:~everyone", "evidence:dawn",
               "curves:dawn", "rollup:dawn", "rollup:~no-team", "seats", "seats:full")  # fmt: skip
    assert {topic: wall.get("/snapshot", topic=topic).status_code for topic in foreign} == dict.fromkeys(foreign, 404)
    assert {topic: wall.get("/stream", topic=topic).status_code for topic in foreign} == dict.fromkeys(foreign, 404)
    pages = ("/wall/queues", "/wall/main", "/team/dawn", "/rollup", "/campaigns", "/me", "/health", "/displays")
    assert {path: wall.get(path).status_code for path in pages} == dict.fromkeys(pages, 404)
    data = (
        "/displays.json",
        "/health.json",
        "/explain?agent=a1",
        "/curve?agent=a1",
        "/me.json",
        "/appeals",
        "/flags",
        "/session.json",
    )
    assert {path: wall.get(path).status_code for path in data} == dict.fromkeys(data, 404)
    acts = ("/displays/find", "/displays/approve", "/displays/refuse", "/displays/revoke", "/appeals", "/decisions", "/flags",
            "/feedback", "/letters", "/sign-out", "/session/continue")  # fmt: skip
    assert {path: wall.client.post(path, json={}).status_code for path in acts} == dict.fromkeys(acts, 404)


def test_a_wall_without_people_gets_none(wall: Wall) -> None:
    wall.pair(people="none")
    wait_until(lambda: wall.get("/snapshot", topic="wall:hall").status_code == 200, PATIENCE_S, "a snapshot")
    assert "seats" not in wall.get("/snapshot", topic="wall:hall").json()
    assert wall.get("/snapshot", topic="wall:hall/people").status_code == 404


def test_the_token_of_another_wall_a_wrong_one_and_one_in_the_address_open_nothing(wall: Wall) -> None:
    wall.pair()
    other = Wall(wall.address)
    other.pair("queues")
    assert [other.get("/snapshot", topic=topic).status_code for topic in ("wall:hall", "wall:queues")] in (
        [404, 200],
        [404, 503],
    )
    token = wall.client.cookies["callfloor-wall"]
    bare = Wall(wall.address)
    assert bare.get("/snapshot", topic="wall:hall", token=token).status_code in (400, 401)
    assert bare.get("/wall/hall", token=token, **{"callfloor-wall": token}).status_code == 303
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:5], "", "0000." + token[5:]):
        bare.client.cookies.set("callfloor-wall", wrong)
        assert bare.get("/snapshot", topic="wall:hall").status_code == 401
    bare.client.cookies.set("callfloor-wall", token)
    assert bare.get("/snapshot", topic="wall:hall").status_code != 401  # the token alone is what opens it
    bare.client.cookies.set("callfloor", token)
    bare.client.cookies.delete("callfloor-wall")
    assert bare.get("/snapshot", topic="wall:hall").status_code == 401
    for each in (other, bare):
        each.client.close()


def test_an_expired_wall_is_dark(redis_url: str) -> None:
    moved = [0]
    clock = lambda: wall_clock_ms() + moved[0]  # noqa: E731
    sites = SiteWatch.fixed(replace(BOARDS, grants=signing.GRANTS))
    with serving(redis_url, watch=sites, displays=display_service(redis_url, signing.KEY, clock)) as address:
        wall = Wall(address)
        wall.pair()
        assert wall.get("/wall/hall").status_code == 200
        moved[0] = 91 * 86_400_000
        assert wall.get("/wall/hall").status_code == 303
        assert wall.get("/snapshot", topic="wall:hall").status_code == 401
        wall.client.close()


def test_a_wall_in_use_gets_a_new_token_each_day_and_the_one_of_before_stays_for_a_power_cut(redis_url: str) -> None:
    moved = [0]
    clock = lambda: wall_clock_ms() + moved[0]  # noqa: E731
    sites = SiteWatch.fixed(replace(BOARDS, grants=signing.GRANTS))
    with serving(redis_url, watch=sites, displays=display_service(redis_url, signing.KEY, clock)) as address:
        wall = Wall(address)
        wall.pair()
        first = wall.client.cookies["callfloor-wall"]
        assert wall.get("/wall/hall").status_code == 200 and wall.client.cookies["callfloor-wall"] == first
        moved[0] = 25 * 3_600_000
        answer = wall.get("/wall/hall")
        assert wall.client.cookies["callfloor-wall"] != first
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie and "max-age=34560000" in cookie
        wall.client.cookies.set("callfloor-wall", first)  # the disk of the screen did not have the new one yet
        assert wall.get("/wall/hall").status_code == 200
        wall.client.close()


def test_a_wall_has_a_few_streams_and_the_next_one_is_refused(wall: Wall) -> None:
    wall.pair()
    with ExitStack() as leaving:
        asked = [
            leaving.enter_context(
                wall.client.stream("GET", "/stream", params={"topic": "wall:hall/people", "viewer": f"{n}"})
            )
            for n in range(ACCOUNT_STREAMS + 1)
        ]
        assert [answer.status_code for answer in asked] == [200] * ACCOUNT_STREAMS + [429]


def test_after_five_wrong_codes_an_account_waits(wall: Wall) -> None:
    asked = wall.ask_code()
    wrong = {"code": "2222 2222" if asked["code"] != "22222222" else "3333 3333"}
    assert [act(wall.address, "find", wrong).status_code for _ in range(6)] == [404, 404, 404, 404, 404, 429]
    right = {"code": asked["code"], "location": "east", "board": "hall"}
    locked = act(wall.address, "approve", right)
    assert locked.status_code == 429 and locked.json()["until_ms"] > wall_clock_ms()
    assert wall.get("/pair.json").json()["state"] == "waiting"
    another = signing.person("lin", "admin")
    assert act(wall.address, "approve", right, another).status_code == 201


def test_only_administrators_manage_displays(wall: Wall) -> None:
    asked = wall.ask_code()
    body = {"code": asked["code"], "location": "east", "board": "hall"}
    for who in (signing.person("gu", "lead:dawn"), signing.person("su", "supervisor"), signing.agent("a1")):
        assert act(wall.address, "approve", body, who).status_code == 404
        assert patient_http.get(f"{wall.address}/displays.json", who=who).status_code == 404
    assert act(wall.address, "approve", body, None).status_code == 401
    assert act(wall.address, "approve", body | {"board": "none"}).status_code == 422
    assert act(wall.address, "approve", body | {"location": " "}).status_code == 422
    assert act(wall.address, "refuse", {"code": asked["code"]}).status_code == 201
    assert wall.get("/pair.json").json() == {"state": "refused"}
    assert wall.get("/wall/hall").status_code == 303


def test_the_list_says_what_waits_and_what_hangs_and_has_no_secret(wall: Wall) -> None:
    waiting = Wall(wall.address)
    asked = waiting.ask_code()
    display = wall.pair(location="三楼西墙")
    found = displays(wall.address)
    assert [each["id"] for each in found["waiting"]] == [asked["id"]]
    assert [(each["id"], each["location"], each["board"]) for each in found["walls"]] == [(display, "三楼西墙", "hall")]
    assert (found["on"], found["soon"]) == (1, 0)
    text = json.dumps(found)
    secrets = [
        asked["code"],
        wall.client.cookies["callfloor-wall"][5:],
        waiting.client.cookies["callfloor-pairing"][5:],
    ]
    assert [secret for secret in secrets if secret in text] == []
    waiting.client.close()


def test_the_newest_acts_stand_in_the_list_as_the_log_has_them(wall: Wall) -> None:
    display = wall.pair()
    act(wall.address, "revoke", {"display": display})
    found = wait_until(
        lambda: acts if len(acts := displays(wall.address)["acts"] or []) == 2 else None, PATIENCE_S, "both acts"
    )
    assert found is not None
    assert [(each["by"], each["what"].split(":")[0]) for each in found] == [
        (ADMIN.name, f"revoke {display}"),
        (ADMIN.name, f"approve {display}"),
    ]
    assert set(found[0]) == {"time_ms", "by", "what"}, "an administrator sees no other row, and no address"
