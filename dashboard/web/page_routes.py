"""The pages of the site in force: their HTML, and their content, which each page requests by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from dash import Dash, dcc, html
from dash.backends._fastapi import get_current_request, reset_current_request, set_current_request
from dash.development.base_component import Component
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.access.door import Door
from dashboard.web.error_pages import error_page, in_both_languages
from dashboard.web.pages import SIGN_IN, Page, find_page, first_path, look_of, site_of
from dashboard.web.request_door import door_of
from layouts.shell import index_string


@dataclass(frozen=True)
class PageRoutes:
    """``build``: the id of this build; ``pages``: the table of pages; ``is_demo``: every page says that it is one."""

    app: Dash
    pages: Sequence[Page]
    build: str
    is_demo: bool = False

    def layout(self) -> Component:
        """The same for every page: its content comes by ``draw``."""
        return html.Div([dcc.Location(id="address", refresh=False), html.Div(id="page")])

    def draw(self, pathname: str | None, search: str | None) -> Component | None:
        """The content of the page at an address, for the viewer of the request; None where there is none for them."""
        door = door_of(get_current_request())
        site = site_of(door, self.pages, is_demo=self.is_demo)
        found = find_page(self.pages, unquote(pathname or ""), site)
        if found is None or not found.page.who.allows(door.scope, found.values):
            return None
        look = look_of(dict(parse_qsl((search or "").removeprefix("?"))), found.page.density, door.site.language)
        return found.page.draw(look, site, found.values)

    async def home(self, request: Request, door: Door) -> Response:
        """Leads to the first page that the viewer may open."""
        path = first_path(door)
        if path == SIGN_IN:  # a role without a page
            return RedirectResponse(f"{SIGN_IN}?why=no_page")
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(path + query)

    async def page(self, request: Request, door: Door) -> Response:
        """The HTML of a page in its language and theme; an error page with 404 where there is none for the viewer."""
        path, site = request.url.path, site_of(door, self.pages, is_demo=self.is_demo)
        found = find_page(self.pages, path, site) or find_page(self.pages, unquote(path), site)
        if found is None:
            return self.not_found(request, door)
        if not found.page.who.allows(door.scope, found.values):
            return self._to_choose(request) if self.is_demo and door.viewer.board else self.not_found(request, door)
        density = found.page.density
        look = look_of(request.query_params, density, door.site.language)
        title = found.page.title(look.lang, site, found.values)
        return HTMLResponse(
            self._html(request, index_string(look.lang, look.theme, density, title, self.build, is_demo=self.is_demo))
        )

    def _to_choose(self, request: Request) -> Response:
        """The demo's wall needs nobody; every other page of the demo leads to its people."""
        address = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return RedirectResponse(f"{SIGN_IN}?next={quote(address, safe='')}", 303)

    def not_found(self, request: Request, door: Door) -> Response:
        """An error page with a link to where the viewer begins."""
        door.log.note_denied()
        links = {first_path(door): in_both_languages("home")}
        why = "small_team" if self._is_small(request.url.path, door) else "no_page"
        return error_page(request, why, links, least=str(door.site.least_members), path=request.url.path)

    def _is_small(self, path: str, door: Door) -> bool:
        """Whether the path is the page of a hidden team that the viewer could see otherwise."""
        paths = {f"/team/{quote(team, safe='')}" for team in door.hidden_teams.hidden if door.scope.sees_team(team)}
        return path in paths or quote(unquote(path), safe="/") in paths

    def _html(self, request: Request, template: str) -> str:
        token = set_current_request(request)  # type: ignore[no-untyped-call]
        try:
            self.app.index_string = template
            content: str = self.app.index()  # type: ignore[no-untyped-call]
            return content
        finally:
            reset_current_request(token)  # type: ignore[no-untyped-call]
