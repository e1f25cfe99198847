"""The outline of a day that is over: the same calls, complaints and scores, with states added up by the hour.

An agent's day holds seven hundred changes of state, and what counts of them later is their sums. So each stretch of work
within one hour becomes four pieces at most (talk, hold, wrap-up, available): the seconds of every hour are those of the
whole day, exposure too. Breaks, meetings, trainings and the sign-out stay as they were.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise

from streams.simulator.outbox import SimulatedEvent
from streams.site_time import HOUR_MS

WORK = {"available": "available", "ringing": "available", "talk": "talk", "hold": "hold", "wrap": "wrap"}
"""State of a stretch of work -> what it counts as."""
_PIECES = ("talk", "hold", "wrap", "available")
_SNAPSHOTS = ("queue.snapshot", "campaign.snapshot")
Piece = tuple[int, int, str, SimulatedEvent]
"""[from, to) in ms within one hour, the state it counts as, the event that began it."""


def outline(events: Iterable[SimulatedEvent], hour_of: Callable[[int], int]) -> list[SimulatedEvent]:
    """A whole day in the order of sending -> the same in fewer events and in order of ``sent_ms``.

    ``hour_of``: an instant -> the start of its hour block in ms. Every agent's last state must be ``offline``. Snapshots
    are left out: newer ones are known.
    """
    outlined: list[SimulatedEvent] = []
    states: dict[str, dict[int, SimulatedEvent]] = {}
    for event in events:
        if event.type == "agent.state":
            states.setdefault(event.key, {})[event.time_ms] = event
        elif event.type not in _SNAPSHOTS:
            outlined.append(event)
    for of_agent in states.values():
        outlined += _coarse([of_agent[at] for at in sorted(of_agent)], hour_of)
    return sorted(outlined, key=lambda event: event.sent_ms)


def _coarse(states: list[SimulatedEvent], hour_of: Callable[[int], int]) -> Iterator[SimulatedEvent]:
    pieces = (piece for begin, end in pairwise(states) for piece in _pieces(begin, end.time_ms, hour_of))
    for (is_work, _), group in groupby(pieces, lambda piece: (piece[2] in _PIECES, hour_of(piece[0]))):
        stretch = list(group)
        yield from (
            _added_up(stretch) if is_work else (begin for from_ms, _, _, begin in stretch if from_ms == begin.time_ms)
        )
    yield states[-1]


def _pieces(begin: SimulatedEvent, end_ms: int, hour_of: Callable[[int], int]) -> Iterator[Piece]:
    """One state, cut where an hour begins."""
    state, at_ms = str(begin.data["state"]), begin.time_ms
    while at_ms < end_ms:
        until_ms = min(end_ms, hour_of(at_ms) + HOUR_MS)
        yield at_ms, until_ms, WORK.get(state, state), begin
        at_ms = until_ms


def _added_up(stretch: list[Piece]) -> Iterator[SimulatedEvent]:
    """A stretch of work within one hour -> one event for each of its states."""
    at_ms, _, _, like = stretch[0]
    for work in _PIECES:
        length_ms = sum(to_ms - from_ms for from_ms, to_ms, state, _ in stretch if state == work)
        if length_ms:
            id, data = f"s-{like.key}-{at_ms}", {"agent": like.key, "state": work}
            yield like._replace(time_ms=at_ms, id=id, data=data, sent_ms=at_ms)
        at_ms += length_ms
