"""The one table of routes: method, path, who may, what answers, the rules of the outer layer, and the fields of the query.

Nothing is served that does not stand here: the gate refuses it, and the server does not start while its application answers a
path without a row. A path is a pattern of Starlette.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from re import Pattern
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, compile_path

from dashboard.access.refusals import NOT_THEIRS, REFUSALS, Refused, refusal_of
from dashboard.web import appeal_routes, audit_routes, display_routes, flag_routes, health_routes, live_routes
from dashboard.web.audit_routes import FILTERS
from dashboard.web.company_routes import CompanyRoutes
from dashboard.web.errors import ERRORS, answer_error
from dashboard.web.page_routes import PageRoutes
from dashboard.web.pair_routes import PairRoutes
from dashboard.web.policies import ADMINS, AGENTS, ANYBODY, AUDITORS, DISPLAYS, PERSONS, VIEWERS, Policy
from dashboard.web.probe_routes import ProbeRoutes
from dashboard.web.request_door import door_of
from dashboard.web.route_rules import MOST_BODY_BYTES, RouteRules
from dashboard.web.sign_in_routes import SignInRoutes

DATA = RouteRules()
ACT = RouteRules(most_body_bytes=MOST_BODY_BYTES)
CONFIRMED_ACT = RouteRules(most_body_bytes=MOST_BODY_BYTES, needs_confirmation=True)
PAGE = RouteRules(is_page=True)
EMBEDDED = RouteRules(is_page=True, embeddable=True)
FILE = RouteRules(is_static=True)
STREAM = RouteRules(is_stream=True)
MACHINE = RouteRules(machine=True, most_body_bytes=MOST_BODY_BYTES)
PROBE = RouteRules(machine=True, any_host=True)
Handler = Callable[..., Awaitable[Response]]
"""(request, door) -> answer; of a route for anybody (request) -> answer. It may raise web.errors.ERRORS."""


class BoardRoute(NamedTuple):
    """One row. ``handler`` None: Dash answers. ``fields``: the names that the query may have; None: any, as on a page."""

    method: str
    path: str
    who: Policy
    rules: RouteRules
    handler: Handler | None = None
    fields: str | None = None

    @property
    def is_act(self) -> bool:
        """Whether a person does something by it."""
        return self.method == "POST" and self.handler is not None

    @property
    def is_for_anybody(self) -> bool:
        """Whether it answers without a session."""
        return self.who is ANYBODY


def board_routes(
    pages: PageRoutes, probes: ProbeRoutes, sign_in: SignInRoutes, company: CompanyRoutes, pair: PairRoutes
) -> tuple[BoardRoute, ...]:
    """The table. The last row answers every other path that a person looks at: it is a page or no page."""
    return (
        BoardRoute("GET", "/healthz", ANYBODY, PROBE, probes.live, ""),
        BoardRoute("GET", "/readyz", ANYBODY, PROBE, probes.ready, ""),
        BoardRoute("GET", "/sign-in", ANYBODY, PAGE, sign_in.page),
        BoardRoute("POST", "/sign-in", ANYBODY, ACT, sign_in.check_password),
        BoardRoute("GET", "/sign-in/company", ANYBODY, PAGE, company.depart),
        BoardRoute("GET", "/sign-in/callback", ANYBODY, PAGE, company.arrive),
        BoardRoute("GET", "/sign-in/confirm", PERSONS, PAGE, sign_in.confirm_page),
        BoardRoute("POST", "/sign-in/confirm", PERSONS, ACT, sign_in.confirm),
        BoardRoute("GET", "/sign-in/link", ANYBODY, PAGE, sign_in.use_link, "code"),
        BoardRoute("POST", "/sign-out", PERSONS, ACT, sign_in.sign_out, ""),
        BoardRoute("POST", "/sign-out/back-channel", ANYBODY, MACHINE, company.end_sessions, ""),
        BoardRoute("GET", "/session.json", PERSONS, DATA, sign_in.session, ""),
        BoardRoute("POST", "/session/continue", PERSONS, ACT, sign_in.go_on, ""),
        BoardRoute("POST", "/demo/sign-in", ANYBODY, ACT, sign_in.choose_role, ""),
        BoardRoute("GET", "/snapshot", VIEWERS, DATA, live_routes.snapshot, "topic viewer"),
        BoardRoute("GET", "/stream", VIEWERS, STREAM, live_routes.stream, "topic viewer"),
        BoardRoute("GET", "/explain", PERSONS, DATA, appeal_routes.explain, "agent period date"),
        BoardRoute("GET", "/curve", PERSONS, DATA, appeal_routes.curve, "agent"),
        BoardRoute("GET", "/me.json", AGENTS, DATA, appeal_routes.my_page, ""),
        BoardRoute("GET", "/appeals", PERSONS, DATA, appeal_routes.list_appeals, "agent state"),
        BoardRoute("POST", "/appeals", AGENTS, ACT, appeal_routes.file_appeal, ""),
        BoardRoute("POST", "/decisions", PERSONS, CONFIRMED_ACT, appeal_routes.decide_appeal, ""),
        BoardRoute("POST", "/feedback", PERSONS, ACT, appeal_routes.send_feedback, ""),
        BoardRoute("GET", "/flags", PERSONS, DATA, flag_routes.list_flags, "team agent state"),
        BoardRoute("POST", "/flags", PERSONS, ACT, flag_routes.act_on_flag, ""),
        BoardRoute("GET", "/health.json", ADMINS, DATA, health_routes.health_report, ""),
        BoardRoute("POST", "/letters", ADMINS, CONFIRMED_ACT, health_routes.replay_letters, ""),
        BoardRoute("GET", "/pair", ANYBODY, PAGE, pair.page),
        BoardRoute("POST", "/pair", ANYBODY, ACT, pair.ask_code, ""),
        BoardRoute("GET", "/pair.json", ANYBODY, DATA, pair.read_pairing, ""),
        BoardRoute("GET", "/displays.json", DISPLAYS, DATA, display_routes.list_displays, ""),
        BoardRoute("POST", "/displays/find", DISPLAYS, ACT, display_routes.find_display, ""),
        BoardRoute("POST", "/displays/approve", DISPLAYS, CONFIRMED_ACT, display_routes.approve_display, ""),
        BoardRoute("POST", "/displays/refuse", DISPLAYS, ACT, display_routes.refuse_display, ""),
        BoardRoute("POST", "/displays/revoke", DISPLAYS, CONFIRMED_ACT, display_routes.revoke_display, ""),
        BoardRoute("GET", "/audit.json", AUDITORS, DATA, audit_routes.read_audit, f"{FILTERS} agent"),
        BoardRoute("POST", "/audit/verify", AUDITORS, ACT, audit_routes.verify_audit, ""),
        BoardRoute("GET", "/audit/export", AUDITORS, DATA, audit_routes.export_audit, FILTERS),
        BoardRoute("GET", "/assets/{file:path}", ANYBODY, FILE),
        BoardRoute("GET", "/_dash-component-suites/{package}/{file:path}", ANYBODY, FILE),
        BoardRoute("GET", "/_favicon.ico", ANYBODY, FILE),
        BoardRoute("GET", "/_dash-layout", VIEWERS, DATA),
        BoardRoute("GET", "/_dash-dependencies", VIEWERS, DATA),
        BoardRoute("POST", "/_dash-update-component", VIEWERS, ACT),
        BoardRoute("GET", "/", VIEWERS, PAGE, pages.home),
        BoardRoute("GET", "/wall/{board}", VIEWERS, PAGE, pair.board),
        BoardRoute("GET", "/me", VIEWERS, EMBEDDED, pages.page),
        BoardRoute("GET", "/{path:path}", VIEWERS, PAGE, pages.page),
    )


class RouteTable:
    """The rows, ready to be searched."""

    def __init__(self, rows: Sequence[BoardRoute]) -> None:
        self.rows = rows
        self._compiled: list[tuple[Pattern[str], BoardRoute]] = [(compile_path(row.path)[0], row) for row in rows]

    def find(self, method: str, path: str) -> BoardRoute | None:
        """The first row of a method and a path; a HEAD is a GET without the body."""
        wanted = "GET" if method == "HEAD" else method
        return next((row for form, row in self._compiled if row.method == wanted and form.match(path)), None)

    def rules(self, method: str, path: str) -> RouteRules:
        """The rules of a request for the outer layer; without a row those of data, which take no body."""
        row = self.find(method, path)
        return DATA if row is None else row.rules

    def served(self) -> list[Route]:
        """The routes that the board answers itself, in the order of the table."""
        return [Route(row.path, _endpoint(row, row.handler), methods=[row.method]) for row in self.rows if row.handler]

    def require_policies(self, served: Iterable[BaseRoute]) -> None:
        """Raises RuntimeError where the application answers a path that has no row."""
        rows = {(row.method, row.path) for row in self.rows}
        for route in served:
            path = getattr(route, "path", "")
            methods = {"GET"} if isinstance(route, Mount) else (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
            for method in methods:
                if not any(row == method and _covers(form, path) for row, form in rows):
                    raise RuntimeError(
                        f"{method} {path or route!r} is served and has no row in dashboard/web/routes.py"
                    )


def _covers(form: str, path: str) -> bool:
    """Whether a row is that of a route: the same pattern up to the names in it; a mount is the beginning of its files."""
    return _nameless(form) in (_nameless(path), _nameless(f"{path}/{{file:path}}"), _nameless(f"/{path.lstrip('/')}"))


def _nameless(path: str) -> str:
    return "{}".join(part.partition("}")[2] if number else part for number, part in enumerate(path.split("{")))


def _endpoint(row: BoardRoute, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    # A page asks neither Redis nor Kafka: an OSError of it is a fault of ours.
    expected: tuple[type[Exception], ...] = (Refused,) if row.rules.is_page and not row.is_for_anybody else ERRORS

    async def endpoint(request: Request) -> Response:
        try:
            _require_fields(request, row)
            return await (handler(request) if row.is_for_anybody else _noted(request, row, handler))
        except expected as error:
            return answer_error(error)

    return endpoint


async def _noted(request: Request, row: BoardRoute, handler: Handler) -> Response:
    """The answer to a viewer; a refusal of what is not theirs stands in the audit log."""
    door = door_of(request)
    try:
        return await handler(request, door)
    except REFUSALS as error:
        refusal = refusal_of(error)
        if refusal.status == 403 or refusal.word in NOT_THEIRS or (row.is_act and refusal.status == 404):
            door.note_denied(refusal.word, request.query_params.get("agent"))
        raise


def _require_fields(request: Request, row: BoardRoute) -> None:
    allowed = None if row.fields is None else row.fields.split()
    if allowed is not None and (unknown := [name for name in request.query_params if name not in allowed]):
        takes = f"it takes {', '.join(allowed)}" if allowed else "it takes none"
        raise Refused(400, "unknown_field", f"this address takes no {unknown[0]!r}: {takes}")
