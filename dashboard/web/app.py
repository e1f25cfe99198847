"""The web application: the pages by Dash, and the routes of numbers and actions, on one FastAPI server."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from dash import Dash, Input, Output
from dash.backends._fastapi import FastAPIDashServer
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.board_services import BoardServices
from dashboard.access.rate_limit import Rate, RateLimiter
from dashboard.access.rights_watch import RightsWatch
from dashboard.access.sign_in import SignInService
from dashboard.web.build_id import build_id
from dashboard.web.company_routes import CompanyRoutes
from dashboard.web.cookies import LOOPBACK_COOKIE, SessionCookie
from dashboard.web.dash_requests import DashFaults, PageRequests
from dashboard.web.error_pages import answer_failure
from dashboard.web.errors import NO_SCRIPT, answer_error
from dashboard.web.gate import ACT_RATE, Gate
from dashboard.web.heavy_reads import READ_RATE, HeavyReads
from dashboard.web.page_routes import PageRoutes
from dashboard.web.pages import PAGES, Page
from dashboard.web.pair_routes import PairRoutes
from dashboard.web.probe_routes import ProbeRoutes
from dashboard.web.routes import RouteTable, board_routes
from dashboard.web.screen_cookies import ScreenCookies
from dashboard.web.sign_in_log import SignInLog
from dashboard.web.sign_in_routes import SignInRoutes
from dashboard.web.thread_pools import make_pools
from dashboard.web.web_address import THIS_MACHINE, WebAddress

NO_SCRIPT_OF_A_PAGE = r"^(stream_worker|demo_keys)\.js$"
"""The shared worker of all tabs, and the script of the sign-in of the demo: they are served, and no page of Dash loads them."""
_RELOAD = "/_reload-hash"
_HERE = Path(__file__).resolve().parent.parent


class WebApplication(NamedTuple):
    """``server`` answers what passes the gate; ``script_hashes``: those of the scripts that stand in a page."""

    server: FastAPI
    table: RouteTable
    script_hashes: Sequence[str]


def build(
    services: BoardServices,
    sign_in: SignInService,
    cookie: SessionCookie = LOOPBACK_COOKIE,
    pages: Sequence[Page] = PAGES,
    read_rate: Rate = READ_RATE,
    act_rate: Rate = ACT_RATE,
    address: WebAddress = THIS_MACHINE,
) -> WebApplication:
    """The application over the services of a worker; it follows changes of the site file."""
    # Live data comes by the stream: without this every page would keep a second, idle socket open.
    FastAPIDashServer.websocket_capability = False

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        # Dash adds a route when the server starts, so only now all of them are there.
        table.require_policies(server.routes)
        try:
            async with services.hub.running(RightsWatch(services, sign_in).keep_asking()):
                yield
        finally:
            await sign_in.close()
            await services.close()

    server = FastAPI(lifespan=running, docs_url=None, redoc_url=None, openapi_url=None)
    server.state.pools = make_pools()
    server.state.heavy_reads = HeavyReads(read_rate)
    server.add_middleware(DashFaults)  # before Dash adds its own, which goes around it
    app = _dash(server, services.sites.site.name)
    page_routes = PageRoutes(app, pages, build_id(), sign_in.is_demo)
    pair = PairRoutes(services, ScreenCookies(cookie.is_secure), page_routes)
    log = SignInLog(services.audit, sign_in)
    signing, company = SignInRoutes(sign_in, cookie, address, log), CompanyRoutes(sign_in, cookie, address, log)
    table = RouteTable(board_routes(page_routes, ProbeRoutes(services), signing, company, pair))
    app.layout = page_routes.layout
    app.callback(Output("page", "children"), Input("address", "pathname"), Input("address", "search"))(page_routes.draw)
    # Dash looks for assets at its first own request; a page that came before would be without them.
    app._setup_server()  # type: ignore[no-untyped-call]  # noqa: SLF001
    # Nothing reloads here: the route only names the assets.
    server.router.routes[:] = [route for route in server.routes if getattr(route, "path", "") != _RELOAD]
    # Before the routes of Dash, which would answer every path with an empty page; the last row takes what no other does.
    *first, rest = table.served()
    server.router.routes[:0] = first
    server.router.routes.append(rest)
    for kind in NO_SCRIPT:
        server.add_exception_handler(kind, _answer_no_script)
    server.add_exception_handler(Exception, answer_failure)
    server.add_middleware(PageRequests)
    server.add_middleware(
        Gate,
        table=table,
        services=services,
        sign_in=sign_in,
        cookie=cookie,
        not_found=page_routes.not_found,
        acts=RateLimiter(act_rate),
    )
    return WebApplication(server, table, app.csp_hashes())


async def _answer_no_script(request: Request, error: Exception) -> Response:
    return answer_error(error)


def _dash(server: FastAPI, title: str) -> Dash:
    # The assets lie in the package in a wheel, on top of the repository otherwise.
    assets = next(path for path in (_HERE / "assets", _HERE.parent / "assets") if path.is_dir())
    # Dash's annotations know Flask only; an empty update_title leaves the tab's title alone.
    options: dict[str, Any] = {"server": server, "assets_folder": str(assets), "compress": True}
    return Dash("callfloor", title=title, update_title="", assets_ignore=NO_SCRIPT_OF_A_PAGE, **options)
