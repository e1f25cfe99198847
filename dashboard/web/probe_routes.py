"""GET /healthz and /readyz: whether a worker lives and is ready to serve, for load balancers; anonymous, without detail."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.live.hub import Hub


def probe_routes(hub: Hub) -> list[Route]:
    """The two routes over the hub of the worker."""

    async def live(request: Request) -> Response:
        """200 while the worker works; 503 once it ends, and it then has to be started again."""
        return _answer(hub.works)

    async def ready(request: Request) -> Response:
        """200 while Redis answers and the frames are fresh; else 503."""
        return _answer(hub.works and await hub.is_fresh())

    return [Route("/healthz", live, methods=["GET"]), Route("/readyz", ready, methods=["GET"])]


def _answer(good: bool) -> Response:
    return PlainTextResponse("ok\n") if good else PlainTextResponse("not ok\n", 503, {"Retry-After": "1"})
