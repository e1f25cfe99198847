"""Signing in to servers of tests: every person has a session of their own in the server's Redis, as the product makes them."""

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx

from dashboard.access.identity import Identity
from dashboard.access.sign_in import SignInService, sign_in_service
from dashboard.board.publish import wall_clock_ms
from dashboard.site.types import ROLES, Grant
from dashboard.site.watch import SiteWatch
from dashboard.web.cookies import LOOPBACK_COOKIE, SessionCookie
from tests.waiting import PATIENCE_S, wait_until

KEY = bytes(range(7, 39))
OPERATOR = Identity("os:tester", "tester")
"""The user of the machine: supervisor and admin."""
GRANTS = tuple(Grant(None, role, role, None, None, None, None) for role in ROLES if role != "lead")
"""Of a site of tests: every role but that of a lead is held by the group of its name."""
_SIGNERS: dict[str, "Signer"] = {}
"""Host and port of a server at work -> the sign-in to it."""


def grants(*teams: str) -> tuple[Grant, ...]:
    """GRANTS, and of each of these teams the lead, who is in the group ``lead:<team>``."""
    return (*GRANTS, *(Grant(None, f"lead:{team}", "lead", team, None, None, None) for team in teams))


def agent(id: str) -> Identity:
    """An agent of the roster."""
    return Identity(f"oidc:{id}", id, agent=id, groups=("agent", "agents"))


def person(name: str, *groups: str) -> Identity:
    """A person who is no agent, in these groups."""
    return Identity(f"oidc:{name}", name, groups=groups)


class Signer:
    """Begins sessions on the Redis of one server."""

    def __init__(self, url: str, sites: SiteWatch, key: bytes = KEY) -> None:
        self._url = url
        self._sites = sites
        self._key = key
        self._tokens: dict[Identity, str] = {}

    def token(self, who: Identity) -> str:
        """The token of a person's session, the same each time."""
        if who not in self._tokens:
            # In a thread: the one of a test may run the loop of Playwright.
            with ThreadPoolExecutor(1) as pool:
                self._tokens[who] = pool.submit(asyncio.run, self._begin(who)).result()
        return self._tokens[who]

    def forget(self, who: Identity) -> None:
        """The person signs in anew the next time."""
        self._tokens.pop(who, None)

    async def _begin(self, who: Identity) -> str:
        service: SignInService = sign_in_service(self._url, self._key, self._sites, wall_clock_ms)
        try:
            return await service.begin(who)
        finally:
            await service.close()


class LinkSigner(Signer):
    """The session of the user of the machine, which a link began."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, who: Identity) -> str:
        """The token of that session, for whoever asks."""
        return self._token


def use_link(said: Callable[[], str]) -> str:
    """Signs in by the link that a server of its own process prints -> the address of the server."""
    link = wait_until(lambda: re.search(r"(http://\S+)/sign-in/link\?code=\S+", said()), PATIENCE_S, "the link")
    assert link is not None
    answer = httpx.get(link[0], timeout=PATIENCE_S)
    assert answer.status_code == 303, answer.text
    register(link[1], LinkSigner(answer.cookies[LOOPBACK_COOKIE.name]))
    return link[1]


def choose_role(address: str, **role: str) -> None:
    """Signs in to a demo as the person who holds a role."""
    answer = httpx.post(f"{address}/demo/sign-in", json=role, timeout=PATIENCE_S)
    assert answer.status_code == 204, answer.text
    register(address, LinkSigner(answer.cookies[LOOPBACK_COOKIE.name]))


def register(address: str, signer: Signer | None) -> None:
    """The sign-in to the server at an address; None: it stopped."""
    where = urlsplit(address).netloc
    if signer is None:
        _SIGNERS.pop(where, None)
    else:
        _SIGNERS[where] = signer


def share(address: str, server: str) -> None:
    """The sign-in to a server holds at another address of it too."""
    register(address, _SIGNERS[urlsplit(server).netloc])


def cookies(address: str, who: Identity | None = OPERATOR) -> Mapping[str, str]:
    """The cookies of a person for a server; none for nobody, and for servers without a sign-in."""
    there = urlsplit(address)
    signer, cookie = _SIGNERS.get(there.netloc), SessionCookie(is_secure=there.scheme == "https")
    return {} if signer is None or who is None else {cookie.name: signer.token(who)}


def headers(address: str, who: Identity | None = OPERATOR) -> dict[str, str]:
    """The same as the header of a request."""
    found = "; ".join(f"{name}={value}" for name, value in cookies(address, who).items())
    return {"cookie": found} if found else {}


def browser_cookies(address: str, who: Identity = OPERATOR) -> list[dict[str, str]]:
    """The same for a context of Playwright."""
    root = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    return [{"name": name, "value": value, "url": root} for name, value in cookies(address, who).items()]


def enter(page: Any, url: str, who: Identity = OPERATOR) -> None:
    """Opens an address in a page of Playwright whose browser is signed in as a person."""
    page.context.add_cookies(browser_cookies(url, who))
    page.goto(url)


def acting(id: str) -> Identity:
    """The person of an id: agents of tests are called a1 or 8101, and anybody else supervises and decides."""
    is_agent = re.fullmatch(r"a\d+|\d{4}", id) is not None
    return agent(id) if is_agent else person(id, "supervisor", "quality", "admin")
