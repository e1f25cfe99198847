"""Pages, headers and where the server listens."""

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from dash.backends._fastapi import FastAPIDashServer
from plotly.io.json import to_json_plotly

from dashboard.access.site_view import page_site
from dashboard.settings import load
from dashboard.web.pages import PAGES, find_page, look_of
from dashboard.web.serve import ListenRefused, bind
from dashboard.web.web_address import is_local
from layouts.parts.page_site import EVERY_PAGE, PageProject
from tests import patient_http
from tests.dashboard.partitions import SITE
from tests.dashboard.running import serving

pytestmark = pytest.mark.services


@pytest.fixture
def address(redis_url: str) -> Iterator[str]:
    with serving(redis_url) as address:
        yield address


def test_every_page_of_the_table_is_drawn_in_both_languages_and_themes() -> None:
    site = page_site(SITE, viewer=replace(EVERY_PAGE, projects=(PageProject("north", "北方", "North"),)))
    names = {"team": "dawn", "board": "main", "project": "north"}
    for page in PAGES:
        path = re.sub(r"\(\?P<(\w+)>.*?\)", lambda name: names[name[1]], page.path)
        found = find_page(PAGES, path, site)
        assert found is not None
        for lang in ("zh", "en"):
            for theme in ("dark", "light"):
                drawn = found.page.draw(look_of({"lang": lang, "theme": theme}, page.density, "zh"), site, found.values)
                assert json.loads(to_json_plotly(drawn))["props"]["data-lang"] == lang


def test_a_page_comes_in_its_language_and_theme_with_its_assets(address: str) -> None:
    page = patient_http.get(f"{address}/wall/main?lang=en")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 'lang="en" data-theme="dark" data-density="wall"' in page.text
    assert "assets/10-tokens.css" in page.text
    desk = patient_http.get(f"{address}/team/dawn")
    assert 'lang="zh-CN" data-theme="light" data-density="desk"' in desk.text


def test_home_leads_to_the_wall(address: str) -> None:
    answer = patient_http.get(f"{address}/?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (307, "/wall/main?lang=en")


@pytest.mark.parametrize("path", ["/nothing", "/team/none", "/wall/other", "/openapi.json", "/docs", "/<script>"])
def test_an_unknown_page_is_a_404_in_words(address: str, path: str) -> None:
    answer = patient_http.get(f"{address}{path}")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "<script>" not in answer.text


def test_every_answer_carries_the_security_headers(address: str) -> None:
    for path in ("/wall/main", "/nothing", "/snapshot?topic=none", "/assets/10-tokens.css", "/_dash-layout"):
        headers = patient_http.get(f"{address}{path}").headers
        policy = headers["content-security-policy"]
        assert "script-src 'self' 'sha256-" in policy and "unsafe-eval" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_a_foreign_host_name_is_refused(address: str) -> None:
    assert patient_http.get(f"{address}/snapshot?topic=floor", headers={"host": "evil.example"}).status_code == 421
    assert [is_local(host) for host in ("localhost:8050", "127.0.0.1", "[::1]:80", "evil.example:80", "")] == [
        True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("host", ["LocalHost:8050", "localhost.", "127.0.0.1.:8050", "127.0.0.2:80"])
def test_this_machine_is_known_however_it_is_written(host: str) -> None:
    assert is_local(host)
    assert not is_local(f"evil.example.{host}")


def test_what_the_settings_let_through_is_listened_on() -> None:
    listen = load({"listen": "127.0.0.2:0"}, {}).web.listen
    with bind(listen) as bound:
        assert bound.getsockname()[0] == "127.0.0.2"


def test_only_a_get_becomes_a_viewer(address: str) -> None:
    answer = patient_http.head(f"{address}/stream?topic=floor")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("path", ["x/y", "dash/nothing.js", "dash/../app.py"])
def test_a_script_that_is_not_there_is_a_404(address: str, path: str) -> None:
    assert patient_http.get(f"{address}/_dash-component-suites/{path}").status_code == 404


def test_no_idle_websocket_is_offered(address: str) -> None:
    assert FastAPIDashServer.websocket_capability is False
    assert '"websocket"' not in patient_http.get(f"{address}/wall/main").text


@pytest.mark.parametrize("listen", ["8050", "127.0.0.1:", "127.0.0.1:99999"])
def test_what_is_no_host_and_port_is_refused_with_what_to_do(listen: str) -> None:
    with pytest.raises(ListenRefused, match="127.0.0.1"):
        bind(listen)


def test_a_port_in_use_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ListenRefused, match="another one running"):
        bind(f"127.0.0.1:{taken.getsockname()[1]}")
