"""GET /curve over a real Redis: the agent's own minutes, the published expectation of the peers, what the plan asks."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import orjson
import pytest

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.curve_service import NOTHING, CurveService, PublishedCurve, published_curve
from dashboard.board.bus import snapshot_key
from dashboard.board.topics import curve_topic
from dashboard.floor.single_agent import judge_of
from dashboard.rules.deduction import DeductionPolicy, Mode
from dashboard.settings import load
from dashboard.site.load import Site
from dashboard.site.types import RotaDay
from dashboard.site.watch import SiteWatch
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service
from streams.actions import OutgoingRecord
from streams.site_time import MINUTE_MS, SiteTime
from streams.store.client import open_redis
from tests import patient_http
from tests.dashboard.partitions import NOON_MS, TOPIC, Partition, call, complaint, decided, reader, state
from tests.dashboard.planned import DAY, at, deducting, site
from tests.dashboard.running import answering, board_server

pytestmark = pytest.mark.services
KNOWN = PublishedCurve([None] * 9 + [8.0, 9.0, 10.0], 2.0, 0, 88.0, 4.0, [90.0, 84.5, 91.0])


def no_post(records: list[OutgoingRecord]) -> None:
    raise AssertionError("nobody acts here")


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    """Two agents since nine o'clock, in two partitions, with cases of one of them."""
    client = open_redis(redis_url)
    first, second = (Partition(client, number, append_ms=NOON_MS) for number in (0, 1))
    first.write(state("a1", at(9), "available"), *(call("a1", f"c{n}", at(9) + n * 9 * MINUTE_MS) for n in range(19)))
    first.write(complaint("a1", "k1", at(9, 30)), complaint("a1", "k2", at(10, 40), "repeat_enquiry"))
    first.write(complaint("a1", "k3", at(11, 5)), decided("a1", "k3", at(11, 30), "withdrawn"))
    second.write(state("a2", at(9), "available"), call("a1", "elsewhere", at(10, 2)), call("z9", "stray", at(10)))
    yield client
    client.close()


def appeal_service_of(client: Any, redis_url: str, floor: Site) -> AppealService:
    settings = load({"redis": redis_url, "topic": TOPIC, "actions": f"{TOPIC}-actions"}, {})
    connections = Connections(settings)
    judge = judge_of(reader(client), floor, SiteTime(floor.zone), lambda: NOON_MS)
    desk = appeal_service(connections, lambda: floor, lambda: NOON_MS)
    return replace(desk, post=no_post, judges=lambda _: judge)


@pytest.mark.parametrize("mode", Mode)
def test_it_ends_at_the_numbers_of_the_explanation(client: Any, redis_url: str, mode: Mode) -> None:
    desk = appeal_service_of(client, redis_url, deducting(DeductionPolicy(mode)))
    found = msgspec.to_builtins(CurveService(desk).read_curves("a1", KNOWN))
    terms = {term.name: term.value for term in desk.explain("a1", "day", None).terms}
    assert (found["counted"][-1], found["net"]) == (terms["calls"], terms["net"])
    assert found["due"][-1] == pytest.approx(terms["target_by_now"], abs=0.006)
    assert found["times"][-1] == found["at"] == NOON_MS
    assert found["exposure_s"] == 3 * 3600
    assert found["expected"][-1] == pytest.approx(27.0)
    assert {len(found[name]) for name in ("counted", "expected", "low", "high", "due")} == {len(found["times"])}
    assert all(step >= 0 for name in ("counted", "expected") for step in np.diff(found[name]))


class CountedList(tuple[Any, ...]):
    """A list of the site that counts how often it is gone through."""

    passes = 0

    def __iter__(self) -> Iterator[Any]:
        self.passes += 1
        return super().__iter__()


def test_the_lists_of_a_site_are_grouped_once_and_not_per_request(client: Any, redis_url: str) -> None:
    rota = CountedList((RotaDay("a1", DAY, "day"), RotaDay("a2", DAY, "day")))
    curves = CurveService(appeal_service_of(client, redis_url, site(rota=rota)))
    before = rota.passes
    answers = [curves.read_curves(agent, KNOWN).due for agent in ("a1", "a2", "a1")]
    assert answers[0] == answers[2] and rota.passes == before + 1


def test_the_scores_stand_with_their_trend_and_limits(client: Any, redis_url: str) -> None:
    found = msgspec.to_builtins(CurveService(appeal_service_of(client, redis_url, site())).read_curves("a1", KNOWN))[
        "quality"
    ]
    assert (found["points"], found["centre"]) == ([90.0, 84.5, 91.0], 88.0)
    assert found["trend"] == [88.2, 87.83, 88.15]
    assert found["low"][0] == pytest.approx(88 - 3.3 * 4 * 0.1, abs=0.006)


def test_what_is_not_known_is_null_and_his_calls_stand_all_the_same(client: Any, redis_url: str) -> None:
    curves = CurveService(appeal_service_of(client, redis_url, site()))
    found = msgspec.to_builtins(curves.read_curves("a1", NOTHING))
    assert {found[name] for name in ("expected", "low", "high", "quality")} == {None}
    assert found["counted"][-1] == 20
    nobody = msgspec.to_builtins(curves.read_curves("b2", KNOWN))
    assert (nobody["times"], nobody["due"], nobody["net"]) == ([], None, 0.0)


def test_who_is_in_no_team_and_who_is_not_there(client: Any, redis_url: str) -> None:
    curves = CurveService(appeal_service_of(client, redis_url, site()))
    assert (curves.team_of("a1"), curves.team_of("z9")) == ("dawn", None)
    with pytest.raises(Refused, match="no agent 'ghost'"):
        curves.team_of("ghost")


def test_under_a_works_council_nobody_is_held_against_peers(client: Any, redis_url: str) -> None:
    curves = CurveService(appeal_service_of(client, redis_url, replace(site(), works_council="count")))
    with pytest.raises(Refused, match="against peers"):
        curves.team_of("a1")


def test_the_route(client: Any, redis_url: str) -> None:
    known: dict[str, Any] = {"rates": [None] * 9 + [8.0, 9.0, 10.0], "phi": 2.0, "carried_s": 0}
    raw = orjson.dumps(
        {
            "epoch": "e",
            "seq": 1,
            "now": NOON_MS,
            "age_s": 0.5,
            "tz_offset_min": 480,
            "at": NOON_MS,
            "agents": {"a1": known},
        }
    )
    client.set(snapshot_key(curve_topic("dawn")), raw)
    assert (
        published_curve(raw, "a1") == PublishedCurve(known["rates"], 2.0)
        and published_curve(raw, "a2") == published_curve(None, "a1") == NOTHING
    )
    desk = appeal_service_of(client, redis_url, site())
    with answering(board_server(redis_url, SiteWatch.fixed(site()), appeals=desk)) as address:
        answers = {
            who: patient_http.get(f"{address}/curve", params={"agent": who}) for who in ("a1", "z9", "", "ghost")
        }
    assert {who: answer.status_code for who, answer in answers.items()} == {"a1": 200, "z9": 200, "": 400, "ghost": 404}
    assert answers["a1"].headers["cache-control"] == "no-store"
    assert answers["z9"].json()["expected"] is None
    assert answers["a1"].json()["counted"][-1] == 20
