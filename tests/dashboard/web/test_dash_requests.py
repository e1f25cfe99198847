"""What reaches Dash is what a page asks for, its faults are in the log, and no variable of the environment opens it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from dashboard.access.board_services import board_services
from dashboard.access.sign_in import sign_in_service
from dashboard.access.web_endpoint import LOOPBACK
from dashboard.board.bus import FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.settings import drop_dash_variables
from dashboard.site.watch import SiteWatch
from dashboard.web.app import build
from dashboard.web.pages import Page
from dashboard.web.policies import VIEWERS
from dashboard.web.serve import Server, config_of
from layouts.shell import index_string
from streams.simulator.embedded import free_port
from tests import patient_http, signing
from tests.dashboard.cli.program import STOP_S, started
from tests.dashboard.partitions import SITE
from tests.dashboard.running import AuditInMemory, BoardServer, answering, serving
from tests.waiting import wait_until

pytestmark = pytest.mark.services
AWAY = "redis://127.0.0.1:1"
PATHNAME = {"id": "address", "property": "pathname", "value": "/wall/main"}
SEARCH = {"id": "address", "property": "search", "value": ""}
GOOD = {
    "output": "page.children",
    "outputs": {"id": "page", "property": "children"},
    "inputs": [PATHNAME, SEARCH],
    "changedPropIds": ["address.pathname"],
}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(AWAY, is_demo=True) as address:  # whose wall opens without a session, so without Redis too
        yield address


def _post(url: str, **what: Any) -> httpx.Response:
    answer: httpx.Response = patient_http.post(url, who=None, **what)
    return answer


@pytest.mark.parametrize(
    "body",
    ["{}", "[", "[]", "1", "null", b"\xff"]
    + [
        json.dumps({**GOOD, **other})
        for other in (
            {"inputs": [{**PATHNAME, "value": {"a": 1}}, SEARCH]},
            {"inputs": [{**PATHNAME, "value": "/" * 5000}, SEARCH]},
            {"inputs": [{**PATHNAME, "id": "page"}, SEARCH]},
            {"inputs": [SEARCH, PATHNAME]},
            {"inputs": []},
            {"output": "other.children"},
        )
    ],
)  # fmt: skip
def test_what_no_page_asks_is_refused_and_no_fault_of_ours(address: str, body: str | bytes) -> None:
    assert _post(f"{address}/_dash-update-component", content=body, headers=JSON).status_code == 400


@pytest.mark.parametrize(
    ("more", "headers"),
    [
        ({}, JSON),
        ({}, {"content-type": "text/plain"}),
        ({"outputs": None}, JSON),
        ({"outputs": 5}, JSON),
        ({"changedPropIds": 5}, JSON),
        ({"state": 5}, JSON),
        ({"cancelJob": "1", "cacheKey": "2", "job": "3", "oldJob": ["4"]}, JSON),
    ],
)
def test_what_else_a_body_holds_does_not_reach_dash(
    address: str, more: dict[str, object], headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = _post(f"{address}/_dash-update-component", content=json.dumps({**GOOD, **more}), headers=headers)
    assert (answer.status_code, "data-lang" in answer.text) == (200, True)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_fault_of_a_page_inside_of_dash_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object) -> NoReturn:
        raise RuntimeError("nobody foresaw this")

    sites, broken_page = SiteWatch.fixed(SITE), Page("/wall/main", VIEWERS, "wall", broken, broken)
    services = board_services(sites, FrameReader(AWAY), AuditInMemory())
    sign_in = sign_in_service(AWAY, signing.KEY, sites, wall_clock_ms, is_demo=True)
    server = Server(config_of(build(services, sign_in, pages=(broken_page,)).server, LOOPBACK), services)
    with answering(BoardServer(server, signing.Signer(AWAY, sites), sign_in)) as address:
        answer = _post(f"{address}/_dash-update-component", json=GOOD)
    assert answer.status_code == 500 and "nobody foresaw" not in answer.text
    assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == ["nobody foresaw this"]


def test_nothing_reloads(address: str) -> None:
    assert patient_http.get(f"{address}/_reload-hash", who=None).status_code == 404


def test_the_name_of_a_site_fills_in_nothing() -> None:
    page = index_string("zh", "dark", "wall", "a {%config%} {%scripts%} <b>")
    assert page.count("{%config%}") == page.count("{%scripts%}") == 1
    assert "<title>a {&#37;config%} {&#37;scripts%} &lt;b&gt;</title>" in page


def test_the_variables_of_dash_are_dropped_and_no_others() -> None:
    others = {"CALLFLOOR_KAFKA": "k", "DASHED": "x"}
    environment = {"_DASH_FASTAPI_CONFIG": "{}", "DASH_DEBUG": "true", "dash_debug": "true", **others}
    drop_dash_variables(environment)
    assert environment == others


def test_no_variable_makes_the_server_show_its_source(tmp_path: Path) -> None:
    """Dash would add its console to every page, answer a fault with the source, and send its requests elsewhere."""
    port = free_port()
    opening = {"DASH_UI": "true", "_DASH_FASTAPI_CONFIG": '{"debug":true}', "DASH_REQUESTS_PATHNAME_PREFIX": "/evil/"}
    arguments = ("serve", "--demo", "--listen", f"127.0.0.1:{port}", "--redis", AWAY, "--zone", "UTC")
    with started(tmp_path, *arguments, **opening) as serve:
        wait_until(lambda: "the board is at" in serve.said, STOP_S, "the web server")
        page = patient_http.get(f"http://127.0.0.1:{port}/wall/main", who=None).text
    config = json.loads(
        page.partition('<script id="_dash-config" type="application/json">')[2].partition("</script>")[0]
    )
    assert (config["requests_pathname_prefix"], config["ui"], config.get("hot_reload")) == ("/", False, None)
