"""GET /snapshot and GET /stream: the live numbers, as JSON once or as server-sent events until the browser leaves.

``/stream?topic=A&topic=B&viewer=ID`` carries several topics, one stream for all tabs of a browser. A browser whose stream
carries nothing polls ``/snapshot?topic=A&viewer=ID`` every two seconds, with If-None-Match: an unchanged snapshot is a 304.
"""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dashboard.actions.acting_person import Refused
from dashboard.board.topics import stamp_of
from dashboard.live.hub import Hub, UnknownTopic
from dashboard.live.snapshots import SnapshotCache
from dashboard.web.json_api import json_route

_JSON = "application/json"
_STREAM_HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""Each keeps some proxy from holding events back, to pack or to gather them."""
_MOST_TOPICS = 256


def live_routes(hub: Hub) -> list[Route]:
    """The two routes over one hub."""

    async def snapshot(request: Request) -> Response:
        """The newest snapshot of ``topic``: 200, 304 if the browser has it, 404 unknown topic, 503 none or Redis away.

        ``viewer``: the browser that polls because its stream carries nothing.
        """
        topic, viewer = request.query_params.get("topic", ""), request.query_params.get("viewer", "")
        if viewer:
            hub.viewers.note_poll(viewer)
        raw = await hub.snapshot(topic)
        if raw is None:
            why = "Nothing was published in the last 5 minutes: is `callfloor publish` running?"
            raise Refused(503, "no_publisher", why)
        return _answer(request, hub.snapshots, topic, raw)

    async def stream(request: Request) -> Response:
        """Server-sent events of every ``topic``: ``snapshot`` first, then ``frame``; ``outage`` while numbers stand still.

        ``pulse``: nothing is new, and the line works. A topic that does not exist is left out; 404 where none exists, 400 where
        there are too many. ``viewer``: the browser, which has one stream.
        """
        if request.method != "GET":  # a HEAD would hold a viewer that reads nothing
            return Response(status_code=405, headers={"Allow": "GET"})
        asked = request.query_params.getlist("topic")
        if len(asked) > _MOST_TOPICS:
            why = f"One stream carries at most {_MOST_TOPICS} topics."
            raise Refused(400, "too_many_topics", why)
        topics = hub.select_existing(asked)
        if not topics:
            raise UnknownTopic(", ".join(asked))
        events = hub.stream(topics, request.query_params.get("viewer", ""))
        return StreamingResponse(events, media_type="text/event-stream", headers=_STREAM_HEADERS)

    return [json_route("GET", "/snapshot", snapshot), json_route("GET", "/stream", stream)]


def _answer(request: Request, snapshots: SnapshotCache, topic: str, raw: bytes) -> Response:
    stamp = stamp_of(raw)
    etag = f'"{stamp.epoch}-{stamp.seq}"'
    headers = {"ETag": etag, "Cache-Control": "no-store"}
    cached = request.headers.get("if-none-match", "")
    if etag in cached or cached.strip() == "*":
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(raw, media_type=_JSON, headers=headers)
    packed = snapshots.pack(topic, etag, raw)
    return Response(packed, media_type=_JSON, headers=headers | {"Content-Encoding": "gzip"})
