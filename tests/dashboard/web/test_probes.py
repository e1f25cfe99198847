"""The probes of load balancers: whether a worker lives and is ready, for anybody and by any host name, without detail."""

import pytest

from tests import patient_http
from tests.dashboard.running import Clock, published, publishing, serving
from tests.dashboard.web.raw_http import exchange, request_bytes
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


def test_a_worker_is_ready_once_frames_are_published(redis_url: str) -> None:
    clock = Clock()
    with serving(redis_url, clock_ms=clock) as address:
        assert patient_http.get(f"{address}/readyz").status_code == 503
        with publishing(redis_url, clock):
            published(address)
            answer = wait_until(lambda: _ready(address), PATIENCE_S, "a ready worker")
            assert answer == "ok\n"
        wait_until(lambda: not _ready(address), PATIENCE_S, "a worker without fresh frames")
        assert patient_http.get(f"{address}/healthz").text == "ok\n"


def test_a_worker_without_redis_lives_and_is_not_ready() -> None:
    with serving("redis://127.0.0.1:1") as address:
        answers = [patient_http.get(f"{address}/{probe}", who=None) for probe in ("healthz", "readyz")]
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "ok\n"), (503, "not ok\n")]


def test_a_load_balancer_asks_by_a_host_name_of_its_own(redis_url: str) -> None:
    with serving(redis_url) as address:
        paths = ("/healthz", "/readyz", "/snapshot")
        by_address = [exchange(address, request_bytes("GET", path, host="10.0.0.7:80")).status for path in paths]
    assert by_address == [200, 503, 421]


def _ready(address: str) -> str | None:
    answer = patient_http.get(f"{address}/readyz")
    return answer.text if answer.status_code == 200 else None
