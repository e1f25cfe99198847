"""The web application: the pages by Dash, and the routes of numbers and actions, on one FastAPI server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from dash import Dash, Input, Output, dcc, html
from dash.backends._fastapi import FastAPIDashServer, reset_current_request, set_current_request
from dash.development.base_component import Component
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.actions.appeal_service import AppealService
from dashboard.actions.flag_service import FlagService
from dashboard.board.bus import FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.board.seats_view import seat_topics
from dashboard.board.topics import topics_of
from dashboard.floor.visible_groups import HiddenTeamsCache
from dashboard.health.health_service import HealthService
from dashboard.live.hub import Hub
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from dashboard.web.appeal_routes import appeal_routes
from dashboard.web.build_id import build_id
from dashboard.web.dash_requests import DashFaults, PageRequests
from dashboard.web.error_pages import answer_failure, error_page, in_both_languages
from dashboard.web.errors import NO_SCRIPT, answer_error
from dashboard.web.flag_routes import flag_routes
from dashboard.web.health_routes import health_routes
from dashboard.web.heavy_reads import READ_RATE, HeavyReads, ReadRate
from dashboard.web.live_routes import live_routes
from dashboard.web.me_routes import me_routes
from dashboard.web.pages import PAGES, Page, find_page, look_of, page_site
from dashboard.web.probe_routes import probe_routes
from dashboard.web.thread_pools import make_pools
from layouts.parts.page_site import PageSite
from layouts.shell import index_string

HOME = "/wall/main"
NO_SCRIPT_OF_A_PAGE = r"^stream_worker\.js$"
"""The file of the shared worker of all tabs: it is served, and no page loads it as a script."""
_HERE = Path(__file__).resolve().parent.parent


def build(
    sites: SiteWatch,
    bus: FrameReader,
    pages: Sequence[Page] = PAGES,
    appeals: AppealService | None = None,
    health: HealthService | None = None,
    flags: FlagService | None = None,
    clock_ms: Callable[[], int] = wall_clock_ms,
    read_rate: ReadRate = READ_RATE,
) -> Dash:
    """The application, with the routes of the services that are given; it follows changes of the site file.

    ``.server`` is the ASGI app, ``.server.state.hub`` its hub.
    """
    # Live data comes by the stream: without this every page would keep a second, idle socket open.
    FastAPIDashServer.websocket_capability = False
    hidden = HiddenTeamsCache(clock_ms)
    hub = Hub(bus, lambda: _topics(sites.site, hidden), clock_ms)
    server = FastAPI(lifespan=lambda _: hub.running(), docs_url=None, redoc_url=None, openapi_url=None)
    server.state.hub = hub
    server.state.pools = make_pools()
    server.state.heavy_reads = HeavyReads(read_rate)
    server.add_middleware(DashFaults)  # before Dash adds its own, which goes around it
    app = _dash(server, sites.site.name)
    page_routes = PageRoutes(app, sites, pages, build_id(), hidden)
    app.layout = page_routes.layout
    app.callback(Output("page", "children"), Input("address", "pathname"), Input("address", "search"))(page_routes.draw)
    # Dash looks for assets at its first own request; a page that came before would be without them.
    app._setup_server()  # type: ignore[no-untyped-call]  # noqa: SLF001
    # Nothing reloads here: the route only names the assets.
    server.router.routes[:] = [route for route in server.routes if getattr(route, "path", "") != "/_reload-hash"]
    # Before the routes of Dash, which would answer every path with an empty page.
    server.router.routes.insert(0, Route("/", _home, methods=["GET"]))
    routes = health_routes(health, hub.report) if health else []
    routes += flag_routes(flags) if flags else []
    if appeals:
        routes += appeal_routes(appeals, hub.find_snapshot)
        routes += me_routes(appeals, flags, hub.find_snapshot, page_routes.page)
    # The last route: any path is a page or no page.
    routes += [*live_routes(hub), *probe_routes(hub), Route("/{path:path}", page_routes.page, methods=["GET"])]
    server.router.routes.extend(routes)
    for kind in NO_SCRIPT:
        server.add_exception_handler(kind, _answer_no_script)
    server.add_exception_handler(Exception, answer_failure)
    server.add_middleware(PageRequests)
    return app


async def _home(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(HOME + query)


async def _answer_no_script(request: Request, error: Exception) -> Response:
    return answer_error(error)


def _topics(site: Site, hidden: HiddenTeamsCache) -> list[str]:
    small = hidden.find_hidden(site).hidden
    shown = [team.id for team in site.teams if team.id not in small]
    return [*topics_of(shown, site.judges_persons), *seat_topics(site)]


def _dash(server: FastAPI, title: str) -> Dash:
    # The assets lie in the package in a wheel, on top of the repository otherwise.
    assets = next(path for path in (_HERE / "assets", _HERE.parent / "assets") if path.is_dir())
    # Dash's annotations know Flask only; an empty update_title leaves the tab's title alone.
    options: dict[str, Any] = {"server": server, "assets_folder": str(assets), "compress": True}
    return Dash("callfloor", title=title, update_title="", assets_ignore=NO_SCRIPT_OF_A_PAGE, **options)


@dataclass(frozen=True)
class PageRoutes:
    """The pages of the site in force: their HTML, and their content, which each page requests by itself."""

    app: Dash
    sites: SiteWatch
    pages: Sequence[Page]
    build: str
    hidden: HiddenTeamsCache

    @property
    def _site(self) -> PageSite:
        return page_site(self.sites.site, self.hidden.find_hidden(self.sites.site))

    def layout(self) -> Component:
        """The same for every page: its content comes by ``draw``."""
        return html.Div([dcc.Location(id="address", refresh=False), html.Div(id="page")])

    def draw(self, pathname: str | None, search: str | None) -> Component | None:
        """The content of the page at an address."""
        found = find_page(self.pages, unquote(pathname or ""), self._site)
        if found is None:
            return None
        look = look_of(dict(parse_qsl((search or "").removeprefix("?"))), found.page.density, self.sites.site.language)
        return found.page.draw(look, self._site, found.values)

    async def page(self, request: Request) -> Response:
        """The HTML of a page in its language and theme; an error page with 404 where there is none."""
        path, site = request.url.path, self._site
        found = find_page(self.pages, path, site) or find_page(self.pages, unquote(path), site)
        if found is None:
            return self._not_found(request)
        density = found.page.density
        look = look_of(request.query_params, density, self.sites.site.language)
        title = found.page.title(look.lang, site, found.values)
        return HTMLResponse(self._html(request, index_string(look.lang, look.theme, density, title, self.build)))

    def _not_found(self, request: Request) -> Response:
        """An error page with links to the walls."""
        walls = {
            f"/wall/{quote(board.id, safe='')}": f"{in_both_languages('wall')} {board.id}"
            for board in self._site.boards
        }
        why = "small_team" if self._is_small(request.url.path) else "no_page"
        return error_page(request, why, walls, least=str(self.sites.site.least_members), path=request.url.path)

    def _is_small(self, path: str) -> bool:
        """Whether the path is the page of a hidden team."""
        site = self.sites.site
        paths = {f"/team/{team}" for team in self.hidden.find_hidden(site).hidden}
        return path in paths or unquote(path) in paths

    def _html(self, request: Request, template: str) -> str:
        token = set_current_request(request)  # type: ignore[no-untyped-call]
        try:
            self.app.index_string = template
            content: str = self.app.index()  # type: ignore[no-untyped-call]
            return content
        finally:
            reset_current_request(token)  # type: ignore[no-untyped-call]
