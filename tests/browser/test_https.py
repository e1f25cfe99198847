"""The board on https, as it is opened to a network: each role signs in with a password, in a Chromium that verifies the board.

The certificate is of an authority that this Chromium trusts as it trusts those of the world, and nobody else does.
"""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Error, sync_playwright

from dashboard.access.account_file import Account, AccountFile
from dashboard.access.accounts import AccountService
from dashboard.access.passwords import PasswordHashes
from dashboard.access.web_endpoint import WebEndpoint
from dashboard.site.types import Grant
from tests.browser.conftest import DESK, Seen, watched
from tests.browser.real_board import Board
from tests.dashboard.partitions import PARTITIONS, Partition
from tests.dashboard.running import SignInWays, answering
from tests.dashboard.web.role_questions import BEGINNINGS, pages
from tests.dashboard.web.two_teams import SITE, two_teams
from tests.services.chromium import ARGUMENTS, executable
from tests.services.https import TrustedHttps, trusted_https
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.browser, pytest.mark.services]
NAME = "board.example"
URL = f"https://{NAME}"
PASSWORD = "a password of some length"
HASHES = PasswordHashes(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
AGENT, LEAD, CLIENT = "ZQD1", "lead", "client"
ROLES = ("supervisor", "quality", "planner", "hr", "manager", "admin", "auditor")
GRANTS = (
    Grant("local:zqd1", None, "agent", None, None, None, None),
    Grant("local:lead", None, "lead", "dawn", None, None, None, "周岚"),
    Grant("local:client", None, "client:north", None, "north", None, None),
    *(Grant(f"local:{role}", None, role, None, None, None, None) for role in ROLES),
)
PAGES = [(each.path, each.allowed) for each in pages()]
LIVE = "window.callfloor && callfloor.painted && callfloor.painted.seq !== undefined && callfloor.state === 'live'"
_NOT_THEIRS = "status of 404"


class OpenBoard(NamedTuple):
    """A board at work under its public name. ``address``: where it listens; ``trusts``: a browser that has the authority."""

    address: str
    https: TrustedHttps
    trusts: Browser
    doubts: Browser


@pytest.fixture(scope="module")
def board(redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBoard]:
    redis_server.start()
    redis_server.flush()
    folder = tmp_path_factory.mktemp("https")
    https = trusted_https(folder, NAME)
    web = WebEndpoint("127.0.0.1:0", URL, https.tls)
    ways = SignInWays(AccountService(accounts_of_everybody(folder), HASHES))
    with (
        two_teams(redis_server.url, replace(SITE, grants=GRANTS), web=web, ways=ways) as teams,
        answering(teams.server) as address,
        beating(Board(address, teams.server, partitions(teams.client), teams.clock)),
        sync_playwright() as playwright,
    ):
        arguments = [*ARGUMENTS, f"--host-resolver-rules=MAP {NAME}:443 {urlsplit(address).netloc}"]
        program = executable(playwright)
        trusts = playwright.chromium.launch(executable_path=program, args=arguments, env={**https.browser_environment})
        doubts = playwright.chromium.launch(executable_path=program, args=arguments, env={"HOME": str(folder)})
        yield OpenBoard(address, https, trusts, doubts)
        trusts.close()
        doubts.close()


def accounts_of_everybody(folder: Path) -> str:
    """The file with a local account for each role."""
    file, path = AccountFile(), folder / "accounts"
    for name in (AGENT, LEAD, CLIENT, *ROLES):
        is_agent = name == AGENT
        file.add(Account(name.lower(), HASHES.make(name.lower(), PASSWORD), AGENT if is_agent else None, 1, name))
    path.touch(0o600)
    path.write_text(file.text, "utf-8")
    return str(path)


def partitions(client: Any) -> list[Partition]:
    return [Partition(client, at) for at in range(PARTITIONS)]


@contextmanager
def beating(board: Board) -> Iterator[None]:
    """The line is at work until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=board.beat, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(PATIENCE_S)


@contextmanager
def signed_in(board: OpenBoard, name: str) -> Iterator[Seen]:
    """A browser of a person who typed name and password, on the page that they came to."""
    context = board.trusts.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    seen = Seen(page, watched(page, NAME))
    page.goto(URL)
    page.fill("[name=account]", name.lower())
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.keyboard.press("Enter")
    yield seen
    context.close()
    assert seen.complaints == []


@pytest.mark.parametrize("name", [AGENT, LEAD, CLIENT, *ROLES])
def test_each_role_signs_in_and_has_its_pages_with_live_figures_and_no_other(board: OpenBoard, name: str) -> None:
    with signed_in(board, name) as seen:
        seen.page.wait_for_url(lambda url: urlsplit(url).path == BEGINNINGS[name])
        (cookie,) = seen.page.context.cookies()
        kept = {key: cookie[key] for key in ("name", "domain", "path", "secure", "httpOnly", "sameSite")}
        assert kept == {
            "name": "__Host-callfloor",
            "domain": NAME,
            "path": "/",
            "secure": True,
            "httpOnly": True,
            "sameSite": "Lax",
        }
        for path in (path for path, allowed in PAGES if name in allowed):
            seen.page.goto(URL + path)
            seen.until(LIVE)
            assert seen.page.evaluate("isSecureContext") and seen.page.locator("h1").count() == 1, path
        assert seen.complaints == []
        for path in (path for path, allowed in PAGES if name not in allowed):
            answer = seen.page.goto(URL + path)
            assert answer is not None and (answer.status, seen.page.locator("main.said").count()) == (404, 1), path
        assert [text for text in seen.complaints if _NOT_THEIRS not in text] == []
        seen.complaints.clear()


def test_every_role_has_a_page_or_is_said_to_have_none() -> None:
    assert {name for name in (AGENT, LEAD, CLIENT, *ROLES) if not any(name in allowed for _, allowed in PAGES)} == {
        name for name in (AGENT, LEAD, CLIENT, *ROLES) if BEGINNINGS[name] == "/sign-in"
    }


def test_a_lead_sees_why_and_an_agent_the_same_of_themselves(board: OpenBoard) -> None:
    with signed_in(board, LEAD) as seen:
        seen.until(LIVE)
        seen.page.locator(f'.ag-row[row-id="{AGENT}"] .nm').click()
        seen.until("document.querySelectorAll('#drawer .case').length >= 2")
        deducted = seen.page.locator("#drawer [data-slot=deducted]").inner_text()
    with signed_in(board, AGENT) as seen:
        seen.until("document.querySelectorAll('.ro').length >= 2")
        assert int(deducted) == 2
        assert seen.page.locator(".ro").get_by_role("button", name="申诉").count() >= 1


def test_a_browser_that_does_not_trust_the_authority_does_not_connect(board: OpenBoard) -> None:
    page = board.doubts.new_page()
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(f"{URL}/sign-in")
    page.close()


def test_the_certificate_is_of_the_name_and_the_authority(board: OpenBoard) -> None:
    trusting = ssl.create_default_context(cafile=str(board.https.ca))
    with httpx.Client(verify=trusting, timeout=PATIENCE_S) as client:
        for name, status in ((NAME, 200), ("localhost", 421)):
            answer = client.get(f"{board.address}/sign-in", headers={"Host": name}, extensions={"sni_hostname": name})
            assert answer.status_code == status
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            client.get(f"{board.address}/sign-in", extensions={"sni_hostname": "other.example"})
