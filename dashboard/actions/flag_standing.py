"""The state of an episode: a fold of the actions on it, in which neither order nor repetition matters."""

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
STATES: tuple[State, ...] = get_args(State)


class FlagAct(NamedTuple):
    """One action on an episode. Instants are ms."""

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
    """The ``record`` of an action: whether the flag was useful, and with an acknowledgement the episode itself."""

    useful: bool | None = None
    episode: Episode | None = None


class Coaching(NamedTuple):
    """The plan with its text and date, and the action that closed it (None: not yet)."""

    planned: FlagAct
    closed: FlagAct | None


@dataclass(frozen=True)
class EpisodeStanding:
    """An episode at one moment."""

    state: State
    acknowledged: FlagAct | None
    snoozed_until_ms: int | None
    """The end of the newest snooze, also of one that is over."""
    useful: bool | None
    """The newest answer; None: nobody answered."""
    contested: bool
    coachings: tuple[Coaching, ...]
    acts: tuple[FlagAct, ...]
    """Oldest first."""

    @property
    def is_live(self) -> bool:
        """Whether it still waits for somebody."""
        return self.state in ("open", "snoozed")


def act_of(done: Done) -> FlagAct | None:
    """An action of the log; None where it is not on an episode, or is by the wrong person.

    Only the agents themselves contest; every other action is by others.
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
    """JSON -> its content; JSON of another form is empty."""
    try:
        return msgspec.json.decode(record or "{}", type=Recorded)
    except msgspec.DecodeError:
        return Recorded()


def covers(act: FlagAct, episode: Episode) -> bool:
    """Whether an act acknowledges this episode: by its id, or later by that of another one of the same rule and agent."""
    return act.kind == ACKNOWLEDGED and (act.ref == episode.id or episode.opened_ms <= act.at_ms)


def stand(episode: Episode, acts: Iterable[FlagAct], now_ms: int, today: date) -> EpisodeStanding:
    """The acts on the rule and agent of an episode -> how it stands now. ``today``: the business day.

    A drop belongs to its shift: after the shift it is over. A snooze ends by itself, the newest one counts.
    """
    every = sorted(set(acts))
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
        acts=own,
    )


def _state(episode: Episode, acknowledged: FlagAct | None, until_ms: int | None, now_ms: int, today: date) -> State:
    if acknowledged is not None:
        return "acknowledged"
    if episode.rule == "drop" and episode.shift < today:
        return "over"
    return "snoozed" if until_ms is not None and now_ms < until_ms else "open"


def _coachings(acts: Iterable[FlagAct]) -> tuple[Coaching, ...]:
    """An end closes every coaching that is planned and not closed yet."""
    coachings: list[Coaching] = []
    for each in acts:
        if each.kind == PLANNED:
            coachings.append(Coaching(each, None))
        elif each.kind == CLOSED:
            coachings = [plan if plan.closed else plan._replace(closed=each) for plan in coachings]
    return tuple(coachings)


def _instant(text: str | None) -> int | None:
    try:
        return None if text is None else parse_rfc3339(text)
    except ValueError:
        return None
