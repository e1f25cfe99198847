"""The answers of the web server in JSON. An error is ``{"error": word, "message": text}``; docs/routes.md lists the words.

Pages have their errors in words, see error_pages.
"""

from typing import Any

import msgspec
from dash.exceptions import DependencyException, InvalidResourceError
from starlette.responses import Response

from dashboard.access.attempts import Locked
from dashboard.access.refusals import REFUSALS, Refusal, refusal_of
from layouts.wording.words import load_words

NO_SCRIPT = (DependencyException, InvalidResourceError)
"""Dash has no such file of a component."""
ERRORS: tuple[type[Exception], ...] = (*REFUSALS, *NO_SCRIPT)
"""The exceptions that routes expect. Any other is a fault of callfloor, and goes to the log."""
PAGE_STATUS = {"no_page": 404, "small_team": 404, "failed": 500}
"""Word of an error page -> its status."""
_AGAIN = (429, 503)
_NO_SCRIPT = Refusal(404, "no_script", "There is no such script.")


def answer_error(error: Exception) -> Response:
    """The answer to one of ERRORS, as every route gives it."""
    return answer_refusal(_NO_SCRIPT if isinstance(error, NO_SCRIPT) else refusal_of(error))


def answer_fault() -> Response:
    """The answer to an error that no route expects, of any type: an OSError of a page is no word about Redis."""
    return answer_refusal(Refusal(PAGE_STATUS["failed"], "failed", load_words("en")["refusal.failed"]))


def answer_refusal(refusal: Refusal) -> Response:
    """A refusal in JSON."""
    answer = json_response({"error": refusal.word, "message": refusal.message}, refusal.status)
    if refusal.status in _AGAIN:
        answer.headers["Retry-After"] = "1"
    return answer


def answer_locked(error: Locked) -> Response:
    """429 with the instant from which it may be tried again."""
    message = "too many tries; wait until the time in until_ms"
    return json_response({"error": "locked", "message": message, "until_ms": error.until_ms}, 429)


def json_response(body: Any, status: int = 200) -> Response:
    """JSON that no cache keeps."""
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status, media_type="application/json", headers=headers)
