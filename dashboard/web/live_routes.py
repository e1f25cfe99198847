"""GET /snapshot and GET /stream: the live numbers, as JSON once or as server-sent events until the browser leaves.

``/stream?topic=A&topic=B&viewer=ID`` carries several topics, one stream for all tabs of a browser. A browser whose stream
carries nothing polls ``/snapshot?topic=A&viewer=ID`` every two seconds, with If-None-Match: an unchanged snapshot is a 304.
"""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboard.access.door import Door
from dashboard.access.refusals import Refused
from dashboard.web.request_door import bearer_of

_JSON = "application/json"
_STREAM_HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""Each keeps some proxy from holding events back, to pack or to gather them."""
_MOST_TOPICS = 256


async def snapshot(request: Request, door: Door) -> Response:
    """The newest snapshot of ``topic``: 200, 304 if the browser has it, 404 unknown topic, 503 none or Redis away.

    ``viewer``: the browser that polls because its stream carries nothing.
    """
    topic, viewer = request.query_params.get("topic", ""), request.query_params.get("viewer", "")
    raw = await door.snapshot(topic, viewer)
    if raw is None:
        why = "Nothing was published in the last 5 minutes: is `callfloor publish` running?"
        raise Refused(503, "no_publisher", why)
    return _answer(request, door, topic, raw)


async def stream(request: Request, door: Door) -> Response:
    """Server-sent events of every ``topic``: ``snapshot`` first, then ``frame``; ``outage`` while numbers stand still.

    ``pulse``: nothing is new, and the line works. A topic that does not exist, or is not the viewer's, is left out; 404 where
    none is left, 400 where there are too many. ``viewer``: the browser, which has one stream. The stream ends when one of its
    topics is no longer the viewer's: the browser asks again, and learns why.
    """
    if request.method != "GET":  # a HEAD would hold a viewer that reads nothing
        return Response(status_code=405, headers={"Allow": "GET"})
    asked = request.query_params.getlist("topic")
    if len(asked) > _MOST_TOPICS:
        raise Refused(400, "too_many_topics", f"One stream carries at most {_MOST_TOPICS} topics.")
    topics = door.select_topics(asked)
    events = door.stream(topics, request.query_params.get("viewer", ""), bearer_of(request))
    return StreamingResponse(events, headers=_STREAM_HEADERS, media_type="text/event-stream")


def _answer(request: Request, door: Door, topic: str, raw: bytes) -> Response:
    etag = f'"{door.tick_of(raw)}"'
    headers = {"ETag": etag, "Cache-Control": "no-store"}
    cached = request.headers.get("if-none-match", "")
    if etag in cached or cached.strip() == "*":
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(raw, media_type=_JSON, headers=headers)
    packed = door.pack(topic, raw)
    return Response(packed, media_type=_JSON, headers=headers | {"Content-Encoding": "gzip"})
