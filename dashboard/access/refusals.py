"""The refusals of the board: one table from exceptions to status, word and message. docs/routes.md lists the words."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from dashboard.access.account_file import BadAccounts
from dashboard.access.rare_warnings import RareWarnings
from dashboard.actions.acting_person import Refused
from dashboard.board.bus import AWAY
from dashboard.floor.periods import BadPeriod
from dashboard.health.letter_replay import ReplayRefused
from dashboard.live.hub import UnknownTopic
from streams.actions import ProduceBusy, ProduceFailed
from streams.store.errors import advice_of, error_text, is_mistake, passes
from streams.store.ledger_reader import LedgerBusy

__all__ = ["NOT_THEIRS", "NotYours", "REFUSALS", "Refusal", "Refused", "refusal_of"]
_warnings = RareWarnings(logging.getLogger(__name__))
"""Anybody may ask while Redis refuses, as often as they like."""
_KAFKA_AWAY = "Kafka did not take it; nothing is lost by trying again."


NOT_THEIRS = ("not_found", "unknown_topic")
"""The words of what is not there, or not the viewer's."""


class NotYours(Refused):
    """There is no such thing, or it is not the viewer's to see: the answer is the same."""

    def __init__(self) -> None:
        super().__init__(404, "not_found", "there is none, or it is not yours to see")


class Refusal(NamedTuple):
    """Status as in HTTP, word for programs, message for people."""

    status: int
    word: str
    message: str


def _redis_error(error: Exception) -> Refusal:
    if passes(error):
        return Refusal(503, "redis_away", "Redis cannot be reached; ask again once it can.")
    mistake = error if is_mistake(error) else None
    _warnings.note(type(error).__name__, f"Redis refuses: {error_text(error)}", level=logging.ERROR, mistake=mistake)
    return Refusal(503, "redis_refuses", f"Redis refuses: {error_text(error)}; {advice_of(error)}.")


def _bad_accounts(error: BadAccounts) -> Refusal:
    _warnings.note("accounts", f"nobody goes on by a local account: {error}", level=logging.ERROR)
    return Refusal(503, "bad_accounts", "The file of local accounts cannot be read, so nobody can use one.")


def _unknown_topic(error: UnknownTopic) -> Refusal:
    return Refusal(404, "unknown_topic", f"There is no topic {str(error)!r}, or it is not yours to see.")


_TABLE: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], Refusal]], ...] = (
    ((Refused, ReplayRefused), lambda error: Refusal(error.status, error.word, str(error))),
    ((BadAccounts,), _bad_accounts),
    ((BadPeriod,), lambda error: Refusal(400, "bad_period", str(error))),
    ((UnknownTopic,), _unknown_topic),
    ((LedgerBusy, ProduceBusy), lambda error: Refusal(503, "busy", str(error))),
    ((ProduceFailed,), lambda error: Refusal(503, "kafka_away", _KAFKA_AWAY)),
    (AWAY, _redis_error),
)
"""Exceptions -> their refusal; the first row that fits."""
REFUSALS = tuple(kind for kinds, _ in _TABLE for kind in kinds)
"""The exceptions that a route expects of the door. Any other is a fault of callfloor."""


def refusal_of(error: Exception) -> Refusal:
    """The refusal of an error in REFUSALS. Raises StopIteration for any other."""
    return next(make(error) for kinds, make in _TABLE if isinstance(error, kinds))
