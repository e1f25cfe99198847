"""GET /healthz and /readyz: whether a worker lives and is ready to serve, for load balancers; anonymous, without detail."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.access.board_services import BoardServices


@dataclass(frozen=True)
class ProbeRoutes:
    """The two routes over the services of the worker."""

    services: BoardServices

    async def live(self, request: Request) -> Response:
        """200 while the worker works; 503 once it ends, and it then has to be started again."""
        return _answer(self.services.works)

    async def ready(self, request: Request) -> Response:
        """200 while Redis answers and the frames are fresh; else 503."""
        return _answer(await self.services.is_ready())


def _answer(good: bool) -> Response:
    return PlainTextResponse("ok\n") if good else PlainTextResponse("not ok\n", 503, {"Retry-After": "1"})
