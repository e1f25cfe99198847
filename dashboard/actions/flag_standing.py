"""How an episode stands: a fold of what people did about it, in which neither order nor repetition matters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

import msgspec

from dashboard.actions.acting_person import plain
from dashboard.actions.action_follower import Done
from dashboard.actions.flag_episodes import Episode
from streams.site_time import parse_rfc3339

Kind = Literal[
    "flag.acknowledged", "flag.snoozed", "flag.noted", "flag.contested", "coaching.planned", "coaching.closed"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
ACKNOWLEDGED, SNOOZED, NOTED, CONTESTED, PLANNED, CLOSED = KINDS
State = Literal["open", "snoozed", "acknowledged", "over"]
STATES: tuple[State, ...] = ("open", "snoozed", "acknowledged", "over")


class FlagAct(NamedTuple):
    """One thing that somebody did about an episode. Instants are ms."""

    at_ms: int
    id: str
    ref: str
    kind: str
    by: str
    text: str | None
    due: str | None
    until_ms: int | None
    useful: bool | None


class Recorded(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in the ``record`` of an action: whether the flag was useful, and with an acknowledgement the flag itself."""

    useful: bool | None = None
    episode: Episode | None = None


class Coaching(NamedTuple):
    """What was agreed, until when, and when it was closed (None: not yet)."""

    planned: FlagAct
    closed: FlagAct | None


@dataclass(frozen=True)
class EpisodeStanding:
    """An episode at one moment."""

    state: State
    acknowledged: FlagAct | None
    snoozed_until_ms: int | None
    """Also one that has passed."""
    useful: bool | None
    """The newest word on it; None: nobody said."""
    contested: bool
    coachings: tuple[Coaching, ...]
    said: tuple[FlagAct, ...]
    """Oldest first."""

    @property
    def is_live(self) -> bool:
        """Whether it still waits for somebody."""
        return self.state in ("open", "snoozed")


def act_of(done: Done) -> FlagAct | None:
    """An action of the log; None where it says nothing about an episode, or by whom it may not be said.

    Only the agent himself contests, and everything else is said by others.
    """
    line = done.line
    if line.kind not in KINDS or line.ref is None:
        return None
    if (plain(line.by) == done.agent) != (line.kind == CONTESTED):
        return None
    return FlagAct(
        line.at_ms,
        done.id,
        line.ref,
        line.kind,
        line.by,
        line.text,
        line.due,
        _instant(line.until),
        recorded(line.record).useful,
    )


def recorded(record: str | None) -> Recorded:
    """JSON -> what it says; what is not of that form says nothing."""
    try:
        return msgspec.json.decode(record or "{}", type=Recorded)
    except msgspec.DecodeError:
        return Recorded()


def covers(said: FlagAct, episode: Episode) -> bool:
    """Whether an acknowledgement is of this episode: of its id, or of one of the same rule and agent that came later."""
    return said.kind == ACKNOWLEDGED and (said.ref == episode.id or episode.opened_ms <= said.at_ms)


def stand(episode: Episode, said: Iterable[FlagAct], now_ms: int, today: date) -> EpisodeStanding:
    """What was said about the rule and agent of an episode -> how it stands now. ``today``: the business day.

    A drop is one of its shift: once that is over it is history. A snooze ends by itself, the newest one counts.
    """
    every = sorted(set(said))
    acknowledged = next((each for each in every if covers(each, episode)), None)
    own = tuple(each for each in every if each.ref == episode.id)
    until_ms = next((each.until_ms for each in reversed(own) if each.kind == SNOOZED), None)
    return EpisodeStanding(
        state=_state(episode, acknowledged, until_ms, now_ms, today),
        acknowledged=acknowledged,
        snoozed_until_ms=until_ms,
        useful=next((each.useful for each in reversed(own) if each.useful is not None), None),
        contested=any(each.kind == CONTESTED for each in own),
        coachings=_coachings(own),
        said=own,
    )


def _state(episode: Episode, acknowledged: FlagAct | None, until_ms: int | None, now_ms: int, today: date) -> State:
    if acknowledged is not None:
        return "acknowledged"
    if episode.rule == "drop" and episode.shift < today:
        return "over"
    return "snoozed" if until_ms is not None and now_ms < until_ms else "open"


def _coachings(said: Iterable[FlagAct]) -> tuple[Coaching, ...]:
    """A closing closes everything that is planned and not closed yet."""
    found: list[Coaching] = []
    for each in said:
        if each.kind == PLANNED:
            found.append(Coaching(each, None))
        elif each.kind == CLOSED:
            found = [one if one.closed else one._replace(closed=each) for one in found]
    return tuple(found)


def _instant(text: str | None) -> int | None:
    try:
        return None if text is None else parse_rfc3339(text)
    except ValueError:
        return None
