"""The moment comes up without a broker and shows what it always shows; the pictures stand on it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests import patient_http
from tests.moment.moment import before_today
from tests.moment.serving import serving
from tests.moment.when import MOMENT_MS

pytestmark = pytest.mark.services


class Shown(NamedTuple):
    """The floor before its first call and at the moment, as a page gets them; and what /health.json says then."""

    morning: dict[str, Any]
    now: dict[str, Any]
    health: dict[str, Any]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with before_today(tmp_path_factory.mktemp("moment"), 0) as moment, serving(moment) as url:
        moment.board.publish()
        morning = _snapshot(url)
        moment.arrive()
        moment.board.publish()
        yield Shown(morning, _snapshot(url), patient_http.get(f"{url}/health.json").json())


def _snapshot(url: str) -> dict[str, Any]:
    found: dict[str, Any] = patient_http.get(f"{url}/snapshot", params={"topic": "floor"}).json()
    return found


def test_the_morning_is_empty_and_the_moment_is_that_of_the_design(shown: Shown) -> None:
    assert shown.morning["floor"]["empty"]
    floor = shown.now["floor"]
    assert (shown.now["now"], shown.now["age_s"]) == (MOMENT_MS, 0.0)
    assert (floor["handled"], floor["deducted"], floor["net"]) == (16_333, 600, 15_733)
    assert (floor["states"]["total"], len(shown.now["teams"]), len(floor["queues"])) == (180, 9, 4)


def test_its_clocks_stand(shown: Shown) -> None:
    assert shown.health["now"] == "2026-11-23T06:32:09Z"
    assert shown.health["age_s"] == 0.0
    assert sum(each["records"] for each in shown.health["partitions"]) == shown.health["totals"]["records"]
