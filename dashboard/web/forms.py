"""What a form of our own page sends: its fields, and the local path to which it leads."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from dashboard.access.refusals import Refused
from dashboard.web.json_api import MOST_BYTES, read_body

LONGEST_PATH = 2_000
"""Bytes of a path to go on to: those of our pages are shorter, and some of them are kept in Redis."""
FORM = "application/x-www-form-urlencoded"


def is_form(request: Request) -> bool:
    """Whether the body of a request is a form."""
    return request.headers.get("content-type", "").partition(";")[0].strip() == FORM


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form. Raises Refused."""
    if not is_form(request):
        raise Refused(415, "not_form", f"send {FORM}")
    raw = await read_body(request, MOST_BYTES)
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=bool(raw)))
    except ValueError as error:
        raise Refused(400, "bad_body", "not what a form sends") from error


def local_path(text: str) -> str:
    """A path of this board, to go on to; anything else becomes ``/``. Browsers take a backslash for a slash."""
    plain = text.replace("\\", "/")
    is_path = text.isprintable() and plain.startswith("/") and not plain.startswith("//")
    is_short = is_path and len(text.encode()) <= LONGEST_PATH
    return text if is_short and not urlsplit(text).netloc else "/"
