"""The errors of the web server: one table from exceptions to status, word and message, and the answers made of it.

An error is ``{"error": word, "message": text}``; docs/routes.md lists the words. Pages have their errors in words, see
error_pages.
"""

import logging
from collections.abc import Callable
from typing import Any

import msgspec
from dash.exceptions import DependencyException, InvalidResourceError
from starlette.responses import Response

from dashboard.actions.acting_person import Refused
from dashboard.board.bus import AWAY
from dashboard.floor.periods import BadPeriod
from dashboard.health.letter_replay import ReplayRefused
from dashboard.live.hub import UnknownTopic
from layouts.wording.words import load_words
from streams.actions import ProduceBusy, ProduceFailed
from streams.store.errors import advice_of, error_text, is_mistake, passes
from streams.store.ledger_reader import LedgerBusy

log = logging.getLogger(__name__)
NO_SCRIPT = (DependencyException, InvalidResourceError)
"""Dash has no such file of a component."""
_KAFKA_AWAY = "Kafka did not take it; nothing is lost by trying again."
PAGE_STATUS = {"own_page": 400, "no_agent": 404, "no_page": 404, "small_team": 404, "failed": 500}
"""Word of an error page -> its status."""
WebError = tuple[int, str, str]
"""(status as in HTTP, word for programs, message for people)."""


def _redis_error(error: Exception) -> WebError:
    if passes(error):
        return (503, "redis_away", "Redis cannot be reached; ask again once it can.")
    log.error("Redis refuses: %s", error_text(error), exc_info=error if is_mistake(error) else None)
    return (503, "redis_refuses", f"Redis refuses: {error_text(error)}; {advice_of(error)}.")


def _unknown_topic(error: UnknownTopic) -> WebError:
    topics = "There are floor, rollup, team:~everyone, and team:<id> for each team."
    return (404, "unknown_topic", f"There is no topic {str(error)!r}. {topics}")


def _failed(error: object) -> WebError:
    return (PAGE_STATUS["failed"], "failed", load_words("en")["refusal.failed"])


_TABLE: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], WebError]], ...] = (
    ((Refused, ReplayRefused), lambda error: (error.status, error.word, str(error))),
    ((BadPeriod,), lambda error: (400, "bad_period", str(error))),
    ((UnknownTopic,), _unknown_topic),
    (NO_SCRIPT, lambda error: (404, "no_script", "There is no such script.")),
    ((LedgerBusy,), lambda error: (503, "busy", str(error))),
    ((ProduceBusy,), lambda error: (503, "busy", str(error))),
    ((ProduceFailed,), lambda error: (503, "kafka_away", _KAFKA_AWAY)),
    (AWAY, _redis_error),
    ((Exception,), _failed),
)
"""Exceptions -> their error; the first row that fits."""
ERRORS = tuple(kind for kinds, _ in _TABLE[:-1] for kind in kinds)
"""The exceptions that routes expect. Any other is a fault of callfloor, and goes to the log."""


def answer_error(error: Exception) -> Response:
    """The answer to an error, as every route gives it."""
    return _answer(next(make(error) for kinds, make in _TABLE if isinstance(error, kinds)))


def answer_fault() -> Response:
    """The answer to an error that no route expects, of any type: an OSError of a page is no word about Redis."""
    return _answer(_failed(None))


def _answer(error: WebError) -> Response:
    status, word, message = error
    answer = json_response({"error": word, "message": message}, status)
    if status in (429, 503):
        answer.headers["Retry-After"] = "1"
    return answer


def json_response(body: Any, status: int = 200) -> Response:
    """JSON that no cache keeps."""
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status, media_type="application/json", headers=headers)
