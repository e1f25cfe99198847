"""What people do here: one action_id counts once, and nothing is ever taken back."""

from streams.events import Action
from streams.ledger.facts import ActionLine
from streams.ledger.outcome import Outcome


def fold_action(
    known: ActionLine | None, event: Action, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, ActionLine | None]:
    """The first of an id stands; what comes after is a duplicate, whatever it holds."""
    if known is not None:
        return Outcome.DUPLICATE, None
    return Outcome.APPLIED, ActionLine(
        stamp=stamp,
        gives=event.agent == key,
        at_ms=at_ms,
        by=event.by,
        kind=event.kind,
        ref=event.ref,
        text=event.text,
        due=event.due,
        until=event.until,
        outcome=event.outcome,
        record=event.record,
    )
