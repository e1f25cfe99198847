"""The rules of acting on a flag (docs/rules.md 9 and 10): who may do what and when, and the action to send."""

import hashlib
import json
from datetime import date, timedelta
from typing import Annotated, NoReturn

import msgspec

from dashboard.actions.acting_person import Actor, Refused
from dashboard.actions.flag_episodes import Episode
from dashboard.actions.flag_standing import (
    ACKNOWLEDGED,
    CLOSED,
    CONTESTED,
    KINDS,
    NOTED,
    PLANNED,
    SNOOZED,
    EpisodeStanding,
    Recorded,
)
from streams.events import Action
from streams.site_time import DAY_MS, parse_rfc3339

LONGEST_SNOOZE_MS = 31 * DAY_MS
LONGEST_DUE = timedelta(days=366)
_CAN_BE_USEFUL = (ACKNOWLEDGED, NOTED, CLOSED)


class Acting(msgspec.Struct, frozen=True):
    """The body of POST /flags. ``useful``: whether the flag was, with an acknowledgement, a note or the end of a coaching;
    ``due`` a date; ``until`` an instant as in RFC 3339."""

    ref: str
    kind: str
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""
    due: str | None = None
    until: str | None = None
    useful: bool | None = None


def action_of(
    episode: Episode, standing: EpisodeStanding, who: Actor, asked: Acting, now_ms: int, today: date
) -> Action:
    """The action of ``who``, its id the same for the same deed. Raises Refused: wrong person, not now, or no sense."""
    if asked.kind not in KINDS:
        _senseless("bad_kind", f"kind must be one of {', '.join(KINDS)}")
    _require_right_person(episode, who, asked.kind)
    _require_state(episode, standing, asked.kind)
    due, until = _due(asked, today), _until(asked, now_ms)
    _require_rest(asked)
    return Action(
        action_id=_id(episode, standing, who, asked),
        agent=episode.agent,
        by=who.recorded,
        kind=next(kind for kind in KINDS if kind == asked.kind),
        ref=episode.id,
        text=asked.text.strip() or None,
        due=due,
        until=until,
        record=_record(episode, asked),
    )


def _require_right_person(episode: Episode, who: Actor, kind: str) -> None:
    is_own = who.agent == episode.agent
    if kind == CONTESTED and not is_own:
        raise Refused(403, "wrong_person", f"{episode.id} points at somebody else: only that agent contests it")
    if kind != CONTESTED and is_own:
        raise Refused(403, "own_flag", "you may not do this about a flag that points at you; contesting it is open")


def _require_state(episode: Episode, standing: EpisodeStanding, kind: str) -> None:
    if kind in (ACKNOWLEDGED, SNOOZED) and not standing.is_live:
        word = "already_acknowledged" if standing.state == "acknowledged" else "over"
        what = "was acknowledged" if standing.state == "acknowledged" else "was of a shift that is over"
        raise Refused(409, word, f"{episode.id} {what}")
    if kind == CLOSED and all(each.closed for each in standing.coachings):
        raise Refused(409, "no_coaching", f"no coaching of {episode.id} is open")


def _due(asked: Acting, today: date) -> str | None:
    if (asked.kind == PLANNED) != (asked.due is not None):
        _senseless("bad_due", "a planned coaching, and nothing else, has a date on which it is due")
    if asked.due is None:
        return None
    try:
        due = date.fromisoformat(asked.due)
    except ValueError:
        _senseless("bad_due", "due must be a date such as 2026-11-30")
    if not today <= due <= today + LONGEST_DUE:
        _senseless("bad_due", "due must be from today on, and within a year")
    return due.isoformat()


def _until(asked: Acting, now_ms: int) -> str | None:
    if (asked.kind == SNOOZED) != (asked.until is not None):
        _senseless("bad_until", "a snooze, and nothing else, has an instant until which it lasts")
    if asked.until is None:
        return None
    try:
        until_ms = parse_rfc3339(asked.until)
    except ValueError:
        _senseless("bad_until", "until must be an instant such as 2026-11-23T08:00:00+08:00")
    if not now_ms < until_ms <= now_ms + LONGEST_SNOOZE_MS:
        _senseless("bad_until", "until must be later than now, and within 31 days")
    return asked.until


def _require_rest(asked: Acting) -> None:
    if asked.useful is not None and asked.kind not in _CAN_BE_USEFUL:
        _senseless("bad_useful", f"useful goes with one of {', '.join(_CAN_BE_USEFUL)}")
    if not asked.text.strip() and asked.kind in (NOTED, CONTESTED, PLANNED):
        _senseless("no_text", f"{asked.kind} needs a text")


def _senseless(word: str, message: str) -> NoReturn:
    raise Refused(422, word, message)


def _id(episode: Episode, standing: EpisodeStanding, who: Actor, asked: Acting) -> str:
    """An episode has one acknowledgement, a coaching has one end; any other action counts once if it is the same."""
    if asked.kind == ACKNOWLEDGED:
        return f"{asked.kind}:{episode.id}"
    round = sum(each.closed is not None for each in standing.coachings)
    if asked.kind == CLOSED:
        return f"{asked.kind}:{episode.id}:{round}"
    deed = json.dumps(
        [who.recorded, asked.text.strip(), asked.due, asked.until, asked.useful, round], ensure_ascii=False
    )
    return f"{asked.kind}:{episode.id}:{hashlib.sha256(deed.encode()).hexdigest()[:16]}"


def _record(episode: Episode, asked: Acting) -> str | None:
    """Whether the flag was useful, and with an acknowledgement the episode, which so outlasts the store."""
    record = Recorded(asked.useful, episode if asked.kind == ACKNOWLEDGED else None)
    return None if record == Recorded() else msgspec.json.encode(record).decode()
