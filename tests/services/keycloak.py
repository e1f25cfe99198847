"""A real Keycloak with a realm of its own: a client that must use PKCE, groups, personnel numbers, and people with passwords.

Keycloak is fetched and built once into the cache. A server keeps everything in memory, and its realm has a name of its own, so
whoever answers under it is this process.
"""

import html
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page

from dashboard.access.oidc_settings import OidcSettings
from streams.security import Secret
from streams.simulator.embedded import ServerProcess, started
from tests.services.guarded import guarded
from tests.services.maven import cached, java, run_maven

VERSION = "26.7.3"
CLIENT, SECRET, PASSWORD = "callfloor", "the secret of the client", "the password of everybody"
_FETCH = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_PARTS = ("conf", "lib", "providers", "themes", "version.txt")
_LEAN = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_OPENS = [f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in ("util", "util.concurrent", "security")]
_SERVER = ("--optimized", "--cache=local", "--http-enabled=true", "--http-host=127.0.0.1", "--hostname-strict=false")


class Person(NamedTuple):
    """Somebody with an account of the company."""

    user: str
    first: str
    last: str
    agent: str | None
    groups: tuple[str, ...]


PEOPLE = {
    person.user: person
    for person in (
        Person("gu.ming", "Ming", "Gu", "8101", ()),
        Person("lin.yue", "Yue", "Lin", None, ("dawn-leads",)),
        Person("fang.jun", "Jun", "Fang", None, ("supervisors", "auditors")),
    )
}


class Keycloak:
    """A running server. ``issuer`` is what the setting oidc-issuer says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._realm = f"callfloor-{uuid4().hex[:8]}"
        self._running: ServerProcess | None = None

    @property
    def issuer(self) -> str:
        assert self._running, "Keycloak is not running"
        return f"{self._running.address}/realms/{self._realm}"

    @property
    def settings(self) -> OidcSettings:
        """The client of the realm, as this server knows it."""
        return OidcSettings(self.issuer, CLIENT, Secret(value=SECRET))

    def start(self) -> None:
        """Starts it on a free port and waits until the realm answers."""
        home = distribution()
        for part in _PARTS:
            (self._folder / part).symlink_to(home / part)
        imports = self._folder / "data" / "import"
        imports.mkdir(parents=True)
        (imports / f"{self._realm}-realm.json").write_text(json.dumps(_realm(self._realm)), "utf-8")
        self._running = started(self._launch, self._answers, self._folder)

    def stop(self) -> None:
        """Ends it; nothing of it is left."""
        if self._running:
            self._running.stop()

    def set_client(self, **attributes: str) -> None:
        """Sets attributes of the client, such as ``backchannel.logout.url``, as an administrator of the realm."""
        with self._administering() as http:
            (client,) = http.get("/clients", params={"clientId": CLIENT}).raise_for_status().json()
            client["attributes"] |= attributes
            http.put(f"/clients/{client['id']}", json=client).raise_for_status()

    def log_out(self, user: str) -> None:
        """Ends all sessions of a person, as an administrator does; Keycloak tells its clients so."""
        with self._administering() as http:
            (person,) = http.get("/users", params={"username": user, "exact": "true"}).raise_for_status().json()
            http.post(f"/users/{person['id']}/logout").raise_for_status()

    @contextmanager
    def _administering(self) -> Iterator[httpx.Client]:
        """A client of the realm's administration."""
        assert self._running
        root = self._running.address
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": PASSWORD}
        with httpx.Client(base_url=f"{root}/admin/realms/{self._realm}") as http:
            answer = http.post(f"{root}/realms/master/protocol/openid-connect/token", data=form).raise_for_status()
            http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            yield http

    def _launch(self, port: int) -> ServerProcess:
        admin = ["-Dkc.bootstrap-admin-username=admin", f"-Dkc.bootstrap-admin-password={PASSWORD}"]
        command = [*_command(self._folder, *admin), "start", *_SERVER, f"--http-port={port}", "--import-realm"]
        return guarded(f"http://127.0.0.1:{port}", command, self._folder)

    def _answers(self, running: ServerProcess) -> bool:
        try:
            return httpx.get(f"{running.address}/realms/{self._realm}", timeout=5).is_success
        except httpx.HTTPError:
            return False


def distribution() -> Path:
    """The folder with Keycloak, built for a server in memory: .cache/keycloak-<version> in the checkout."""
    return cached(f"keycloak-{VERSION}", _fetch)


def company_browser() -> httpx.Client:
    """A client with cookies that, as browsers do, sends secure ones to this machine without TLS too."""

    def trust(_: httpx.Response) -> None:
        for cookie in client.cookies.jar:
            cookie.secure = False

    client = httpx.Client(event_hooks={"response": [trust]})
    return client


def sign_in(browser: httpx.Client, url: str, user: str) -> str:
    """Opens the URL of a sign-in and, where Keycloak asks, enters the password -> the URL that it sends the browser back to."""
    answer = browser.get(url)
    while not answer.has_redirect_location:
        form = re.search(r'<form[^>]*id="kc-form-login"[^>]*action="([^"]+)"', answer.text)
        assert form, f"no form to sign in: {answer.status_code} {answer.text}"
        answer = browser.post(html.unescape(form[1]), data={"username": user, "password": PASSWORD})
    return answer.headers["Location"]


def sign_in_on_page(page: Page, user: str) -> None:
    """Enters the password on Keycloak's page, which the page shows."""
    page.fill("#username", user)
    page.fill("#password", PASSWORD)
    page.click("#kc-login")


def _fetch(folder: Path) -> None:
    artifact = f"-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
    run_maven("Keycloak", _FETCH, artifact, f"-DoutputDirectory={folder}")
    (packed,) = folder.glob("*.zip")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    packed.unlink()
    (unpacked,) = folder.iterdir()
    for each in list(unpacked.iterdir()):
        each.rename(folder / each.name)
    unpacked.rmdir()
    lean = ("--db=dev-mem", "--health-enabled=false", "--metrics-enabled=false")
    built = guarded("", [*_command(folder), "build", *lean], folder)
    assert built.process.wait(300) == 0, (folder / "server.log").read_text()[-2000:]


def _command(home: Path, *properties: str) -> list[str]:
    manager = "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"
    where = (f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home / 'conf'}", manager)
    jar = ("-cp", str(home / "lib" / "quarkus-run.jar"), "io.quarkus.bootstrap.runner.QuarkusEntryPoint")
    return [java(), *_LEAN, *_OPENS, *where, *properties, *jar]


def _realm(name: str) -> dict[str, Any]:
    return {
        "realm": name,
        "enabled": True,
        "sslRequired": "none",
        "groups": [
            {"name": group} for group in sorted({group for person in PEOPLE.values() for group in person.groups})
        ],
        "users": [_user(person) for person in PEOPLE.values()],
        "clients": [_client()],
    }


def _user(person: Person) -> dict[str, Any]:
    return {
        "username": person.user,
        "enabled": True,
        "emailVerified": True,
        "email": f"{person.user}@example.com",
        "firstName": person.first,
        "lastName": person.last,
        "attributes": {"employee_number": [person.agent]} if person.agent else {},
        "groups": [f"/{group}" for group in person.groups],
        "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
    }


def _client() -> dict[str, Any]:
    """Any port of this machine may be gone back to (RFC 8252, 7.3): a board of the tests listens on a free one."""
    own = "http://127.0.0.1/*"
    return {
        "clientId": CLIENT,
        "secret": SECRET,
        "protocol": "openid-connect",
        "publicClient": False,
        "standardFlowEnabled": True,
        "directAccessGrantsEnabled": False,
        "redirectUris": [own],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": own,
            "backchannel.logout.session.required": "true",
        },
        "protocolMappers": [
            _mapper("groups", "oidc-group-membership-mapper", **{"full.path": "false"}),
            _mapper("employee_number", "oidc-usermodel-attribute-mapper", **{"user.attribute": "employee_number"}),
        ],
    }


def _mapper(claim: str, kind: str, **config: str) -> dict[str, Any]:
    asked = {"claim.name": claim, "id.token.claim": "true", "jsonType.label": "String", **config}
    return {"name": claim, "protocol": "openid-connect", "protocolMapper": kind, "config": asked}


@pytest.fixture(scope="session")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    """A running Keycloak for the whole session."""
    server = Keycloak(tmp_path_factory.mktemp("keycloak"))
    try:
        server.start()
        yield server
    finally:
        server.stop()
