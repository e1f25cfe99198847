"""The outer layer under attack, by bytes on a connection to a server at work."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest

from dashboard.web.http_protocol import MOST_HEADER_BYTES, BoundedProtocol
from dashboard.web.outer_layer import RequestBounds
from dashboard.web.route_rules import MOST_BODY_BYTES
from dashboard.web.web_address import WebAddress
from tests import patient_http
from tests.dashboard.running import serving
from tests.dashboard.web.raw_http import RawAnswer, connecting, exchange, is_closed, read_answer, request_bytes
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
UPDATE = "/_dash-update-component"
SHORT = RequestBounds(requests=4, streams=2, body_s=0.3)
JSON = "Content-Type: application/json"


@pytest.fixture
def address(redis_url: str) -> Iterator[str]:
    with serving(redis_url, is_demo=True) as address:
        yield address


@pytest.fixture
def narrow(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server with few places and short deadlines."""
    monkeypatch.setattr(BoundedProtocol, "headers_s", 0.3)
    with serving(redis_url, is_demo=True, bounds=SHORT) as address:
        yield address


def word(answer: RawAnswer) -> tuple[int, str]:
    """The status and the word of an error."""
    return answer.status, json.loads(answer.body)["error"]


@pytest.mark.parametrize("path", ["/", "/wall/main", "/_dash-layout", "/snapshot?topic=floor", "/assets/10-tokens.css"])
@pytest.mark.parametrize("body", ["Content-Length: 400000000", "Content-Length: 1", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_question_has_no_body(address: str, method: str, path: str, body: str) -> None:
    answer = exchange(address, request_bytes(method, path, JSON, body))
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_body_of_400_mb_is_not_taken_into_memory(address: str) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    with connecting(address) as line:
        line.sendall(request_bytes("GET", "/", JSON, "Content-Length: 400000000"))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for _ in range(400):
                line.sendall(b"1" * 1_000_000)
    assert process.memory_info().rss - before < 30_000_000


@pytest.mark.parametrize("length", ["Content-Length: 65537", "Transfer-Encoding: chunked"])
def test_an_act_has_a_body_of_64_kib_at_most(address: str, length: str) -> None:
    chunk = b"".join([b"1000\r\n" + b" " * 4096 + b"\r\n"] * 17)
    with connecting(address) as line:
        line.sendall(request_bytes("POST", UPDATE, JSON, length) + (chunk if "chunked" in length else b""))
        answer = read_answer(line)
    assert (word(answer), answer.headers["connection"]) == ((413, "too_long"), "close")
    whole = request_bytes("POST", UPDATE, JSON, f"Content-Length: {MOST_BODY_BYTES}") + b" " * MOST_BODY_BYTES
    assert word(exchange(address, whole)) == (400, "bad_body")  # the application has it


def test_a_body_that_does_not_come_ends_at_its_deadline(narrow: str) -> None:
    answer = exchange(narrow, request_bytes("POST", UPDATE, JSON, "Content-Length: 10") + b"{}")
    assert (word(answer), answer.headers["connection"]) == ((408, "slow_body"), "close")


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "])
def test_headers_that_do_not_come_end_the_connection(narrow: str, sent: bytes) -> None:
    with connecting(narrow) as line:
        line.sendall(sent)
        assert is_closed(line)


def test_the_headers_of_a_second_request_have_the_same_deadline(narrow: str) -> None:
    with connecting(narrow) as line:
        line.sendall(request_bytes("GET", "/nothing"))
        assert read_answer(line).status == 404
        line.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert is_closed(line)


def test_a_stream_outlives_the_deadline_of_its_headers(narrow: str) -> None:
    with patient_http.stream("GET", f"{narrow}/stream?topic=floor") as answer:
        pulses = 0
        for line in answer.iter_lines():
            pulses += line.startswith("event: outage")
            if pulses == 1:  # it comes two seconds later
                return
    raise AssertionError("the stream ended")


def test_headers_without_end_are_refused_and_not_kept(address: str) -> None:
    before, process = psutil.Process().memory_info().rss, psutil.Process()
    with connecting(address) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for number in range(200_000):
                line.sendall(f"X{number}: {'y' * 1000}\r\n".encode())
    assert process.memory_info().rss - before < 30_000_000
    endless = request_bytes("GET", "/", f"X: {'y' * MOST_HEADER_BYTES}").rstrip()
    assert exchange(address, endless).status == 400


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"x" * 1000,
        request_bytes("POST", UPDATE, JSON, "Transfer-Encoding: chunked") + b"1;" + b"x" * 1000,
        request_bytes("POST", UPDATE, JSON, "Transfer-Encoding: chunked") + b"0\r\nX: " + b"x" * 1000,
        request_bytes("GET", "/healthz") * 10,
    ],
    ids=["path", "extension of a chunk", "trailer", "requests ahead"],
)
def test_whatever_has_no_end_is_not_kept(address: str, endless: bytes) -> None:
    process = psutil.Process()
    with connecting(address) as line:
        before = process.memory_info().rss
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            line.sendall(endless)
            rest = endless if endless.endswith(b"\r\n\r\n") else b"x" * 1000
            for _ in range(200_000):
                line.sendall(rest)
    assert process.memory_info().rss - before < 30_000_000


@pytest.mark.parametrize(
    "sent",
    [
        request_bytes("GET", "/wall/main", "Host: localhost"),
        request_bytes("GET", "/wall/main", host=""),
        b"GET /wall/main HTTP/1.0\r\n\r\n",
        request_bytes("CONNECT", "127.0.0.1:80"),
        request_bytes("OPTIONS", "*"),
    ],
)
def test_a_request_names_one_host_and_a_path(address: str, sent: bytes) -> None:
    assert exchange(address, sent).status == 400


def test_a_foreign_host_is_refused_with_every_security_header(address: str) -> None:
    answer, good = (
        exchange(address, request_bytes("GET", "/wall/main", host=host)) for host in ("evil.example", "localhost:80")
    )
    assert (word(answer), good.status) == ((421, "foreign_host"), 200)
    security = {name for name in good.headers if name not in ("content-length", "content-type", "date", "vary")}
    assert {"content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"} < security
    assert security <= answer.headers.keys()


@pytest.mark.parametrize(
    ("public", "host", "origin"),
    [
        (None, "127.0.0.1:8050", "http://127.0.0.1:8050"),
        (None, "LocalHost:80", "http://localhost"),
        (None, "evil.example", None),
        ("https://board.example", "board.example", "https://board.example"),
        ("https://board.example", "Board.Example:443", "https://board.example"),
        ("https://board.example", "board.example:8443", None),
        ("https://board.example", "127.0.0.1:8050", None),
        ("https://board.example:8443", "board.example:8443", "https://board.example:8443"),
        ("https://board.example:8443", "board.example", None),
    ],
)
def test_a_host_has_the_origin_that_browsers_give_its_pages(public: str | None, host: str, origin: str | None) -> None:
    assert WebAddress(public).origin_of("https" if public else "http", host) == origin
    assert public is None or WebAddress(public).origin_of("http", host) is None


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:3000", "ftp://localhost", "chrome-extension://localhost", "http://127.8.8.8", "null", "http://[::1"]
    + ["https://127.0.0.1", "http://127.0.0.1:1", "http://evil.example", "http://127.0.0.1.evil.example", ""],
)  # fmt: skip
def test_an_act_comes_from_the_very_origin_of_the_board(address: str, origin: str) -> None:
    sent = [
        request_bytes("POST", UPDATE, JSON, f"Origin: {each}", "Content-Length: 0")
        for each in (origin, "http://127.0.0.1")
    ]
    assert [word(exchange(address, each)) for each in sent] == [(403, "foreign_page"), (400, "bad_body")]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    "path", ["/snapshot?topic=none", "/stream?topic=none", "/_dash-layout", "/me", "/assets/10-tokens.css"]
)
def test_another_site_reads_nothing_and_learns_nothing(address: str, site: str, path: str) -> None:
    foreign = exchange(address, request_bytes("GET", path, f"Sec-Fetch-Site: {site}", "Sec-Fetch-Mode: no-cors"))
    assert word(foreign) == (403, "foreign_page")
    for site in ("same-origin", "none"):
        assert exchange(address, request_bytes("GET", path, f"Sec-Fetch-Site: {site}")).status != 403


def test_a_link_on_another_site_opens_pages_and_no_data(address: str) -> None:
    follows = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
    opened = [exchange(address, request_bytes("GET", path, *follows)).status for path in ("/wall/main", "/snapshot")]
    assert opened == [200, 403]
    framed = request_bytes("GET", "/wall/main", *follows[:2], "Sec-Fetch-Dest: iframe")
    assert exchange(address, framed).status == 403


def test_streams_do_not_take_the_places_of_questions(narrow: str) -> None:
    stream = request_bytes("GET", "/stream?topic=wall:main")
    with ExitStack() as open_ones:
        for _ in range(SHORT.streams):
            line = open_ones.enter_context(connecting(narrow))
            line.sendall(stream)
            assert read_answer(line).status == 200
        refused = exchange(narrow, stream)
        assert (word(refused), refused.headers["retry-after"]) == ((503, "busy"), "1")
        assert exchange(narrow, request_bytes("GET", "/nothing")).status == 404
    wait_until(lambda: exchange(narrow, stream).status == 200, PATIENCE_S, "a place of a stream that ended")


def test_requests_beyond_the_bound_are_refused_and_those_before_are_served(redis_url: str) -> None:
    half = request_bytes("POST", UPDATE, JSON, "Content-Length: 2") + b"{"
    with serving(redis_url, is_demo=True, bounds=RequestBounds(requests=3)) as address, ExitStack() as open_ones:
        lines = [open_ones.enter_context(connecting(address)) for _ in range(3)]
        for line in lines:
            line.sendall(half)
        ask = request_bytes("GET", "/wall/main")
        refused = wait_until(
            lambda: answer if (answer := exchange(address, ask)).status == 503 else None, PATIENCE_S, "all places taken"
        )
        assert refused is not None and refused.headers["retry-after"] == "1"
        assert exchange(address, request_bytes("GET", "/healthz")).status == 200, "a probe needs no place"
        for line in lines:
            line.sendall(b"}")
            assert word(read_answer(line)) == (400, "bad_body")
        assert exchange(address, ask).status == 200


def test_one_network_does_not_take_all_places_by_bodies_that_do_not_come(redis_url: str) -> None:
    bounds = RequestBounds(requests=6, bodies=2)
    half = request_bytes("POST", UPDATE, JSON, "Content-Length: 2") + b"{"
    with serving(redis_url, is_demo=True, bounds=bounds) as address, ExitStack() as open_ones:
        lines = [open_ones.enter_context(connecting(address)) for _ in range(6)]
        for line in lines:
            line.sendall(half)
        refused = [word(read_answer(line)) for line in lines[2:]]
        assert refused == [(503, "busy")] * 4
        other = open_ones.enter_context(connecting(address, "127.0.0.2"))
        other.sendall(half + b"}")
        assert word(read_answer(other)) == (400, "bad_body")
        assert exchange(address, request_bytes("GET", "/wall/main")).status == 200
        for line in lines[:2]:
            line.sendall(b"}")
            assert word(read_answer(line)) == (400, "bad_body")
        again = open_ones.enter_context(connecting(address))
        again.sendall(half + b"}")
        assert word(read_answer(again)) == (400, "bad_body")


def test_no_cache_keeps_an_answer_that_is_no_file(address: str) -> None:
    paths = ["/wall/main", "/", "/_dash-layout", "/_dash-dependencies", "/snapshot?topic=floor", "/nothing"]
    kept = {path: exchange(address, request_bytes("GET", path)).headers.get("cache-control", "") for path in paths}
    assert set(kept.values()) == {"no-store"}
    assert "no-store" not in exchange(address, request_bytes("GET", "/assets/10-tokens.css")).headers.get(
        "cache-control", ""
    )


@pytest.mark.parametrize(
    "sent",
    [
        request_bytes("POST", UPDATE, JSON, "Content-Length: 10") + b"{}",
        request_bytes("POST", "/feedback?as=a", JSON, "Content-Length: 10") + b"{}",
        request_bytes("CONNECT", "127.0.0.1:80"),
        request_bytes("GET", "/wall/main", "Connection: Upgrade", "Upgrade: websocket"),
        request_bytes("GET", "/wall/main", "Connection: Upgrade", "Upgrade: h2c"),
    ],
)
def test_who_leaves_or_asks_for_another_protocol_leaves_no_line_in_the_log(
    address: str, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        with connecting(address) as line:
            line.sendall(sent)
    assert exchange(address, request_bytes("GET", "/nothing")).status == 404
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR", "CRITICAL")]
