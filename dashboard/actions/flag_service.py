"""Where people see flags and act on them. It writes to Kafka and reads back what was counted."""

import time as clock
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from dashboard.actions.acting_person import Refused
from dashboard.actions.flag_actions import Acting, action_of
from dashboard.actions.flag_coaching import before_after
from dashboard.actions.flag_episodes import Episode
from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.flag_standing import Coaching, EpisodeStanding, FlagAct
from dashboard.actions.flag_store import FlagStore
from dashboard.site.load import Site
from streams.actions import Action, OutgoingRecord, action
from streams.site_time import rfc3339

SEEN_WITHIN_S = 5.0
MOST = 500
_ASK_EVERY_S = 0.02


class FlagSources(NamedTuple):
    """The reading side, open."""

    book: FlagRegister
    store: FlagStore


@dataclass(frozen=True)
class FlagService:
    """``kept`` opens the reading side for a site and raises what Redis raises; ``topic``: of actions."""

    site: Callable[[], Site]
    kept: Callable[[Site], FlagSources]
    post: Callable[[list[OutgoingRecord]], None]
    topic: str
    now_ms: Callable[[], int]

    def flags(self, team: str | None, agent: str | None, state: str | None) -> dict[str, Any]:
        """Episodes in JSON, newest first, at most 500 of them; ``more`` is how many are left out. Raises Refused."""
        site, kept = self._open()
        found = [
            (each, standing)
            for each in reversed(kept.book.all())
            if team in (None, each.team) and agent in (None, each.agent)
            if state in (None, (standing := kept.book.standing(each)).state)
        ]
        return {"flags": self._objects(site, kept.store, found[:MOST]), "more": max(0, len(found) - MOST)}

    def act(self, who: str, asked: Acting) -> dict[str, Any]:
        """Does it in the name of ``who`` -> the episode then; ``counted`` is false where that takes long. Raises Refused."""
        site, kept = self._open()
        episode = kept.book.get(asked.ref)
        if episode is None:
            raise Refused(404, "no_flag", f"there is no flag {asked.ref!r}")
        now_ms = self.now_ms()
        today = site.time.day(now_ms).label
        new = action_of(episode, kept.book.standing(episode), who, asked, now_ms, today)
        self.post([action(self.topic, new, now_ms)])
        counted = self._waited(episode, new.action_id)
        site, kept = self._open()
        _require_mine(kept.book.standing(episode), new, asked)
        (shown,) = self._objects(site, kept.store, [(episode, kept.book.standing(episode))])
        return {"action_id": new.action_id, "counted": counted, **shown}

    def _open(self) -> tuple[Site, FlagSources]:
        site = self.site()
        if site.works_council:
            raise Refused(404, "works_council", "this site computes no flags of persons")
        kept = self.kept(site)
        kept.book.refresh(self.now_ms(), at_once=True)
        return site, kept

    def _waited(self, episode: Episode, action_id: str) -> bool:
        """Whether what was sent is counted within a few seconds. Opened each time: the first action makes the log."""
        until_s = clock.monotonic() + SEEN_WITHIN_S
        while not (counted := _has(self._open()[1].book.standing(episode), action_id)) and clock.monotonic() < until_s:
            clock.sleep(_ASK_EVERY_S)
        return counted

    def _objects(
        self, site: Site, store: FlagStore, found: Iterable[tuple[Episode, EpisodeStanding]]
    ) -> list[dict[str, Any]]:
        found = list(found)
        time = site.time
        shifts = store.shifts(sorted({each.agent for each, standing in found if standing.coachings}))
        spells = {spell.agent: spell for spell in site.roster}
        leads = {team.id: team.lead for team in site.teams}

        def shown(episode: Episode, standing: EpisodeStanding) -> dict[str, Any]:
            of = spells.get(episode.agent)
            coached = [
                _coaching(one) | before_after(shifts.get(episode.agent, {}), time.day(one.planned.at_ms).label)
                for one in standing.coachings
            ]
            names = {"name": of.name if of else episode.agent, "name_en": of.name_en if of else episode.agent}
            seen_by = [id for id in (episode.agent, leads.get(episode.team or "")) if id]
            return {**_episode(episode), **names, "seen_by": seen_by, **_standing(standing), "coaching": coached}

        return [shown(*each) for each in found]


def _require_mine(standing: EpisodeStanding, new: Action, asked: Acting) -> None:
    """Of two people who do the same at once the first in the log did it, and the other is told. Raises Refused."""
    for said in standing.said:
        if said.id == new.action_id and (said.by, said.text, said.useful) != (new.by, new.text, asked.useful):
            raise Refused(409, "already_acknowledged", f"{said.by} did that at the same time: nothing of yours is kept")


def _has(standing: EpisodeStanding, action_id: str) -> bool:
    return any(said.id == action_id for said in standing.said)


def _episode(episode: Episode) -> dict[str, Any]:
    return {
        "id": episode.id,
        "agent": episode.agent,
        "team": episode.team,
        "rule": episode.rule,
        "opened": rfc3339(episode.opened_ms),
        "shift": episode.shift.isoformat(),
        "facts": episode.facts,
    }


def _standing(standing: EpisodeStanding) -> dict[str, Any]:
    acknowledged, until_ms = standing.acknowledged, standing.snoozed_until_ms
    return {
        "state": standing.state,
        "useful": standing.useful,
        "contested": standing.contested,
        "snoozed_until": rfc3339(until_ms) if until_ms is not None and standing.state == "snoozed" else None,
        "acknowledged": {"by": acknowledged.by, "at": rfc3339(acknowledged.at_ms)} if acknowledged else None,
        "actions": [_said(each) for each in standing.said],
    }


def _said(said: FlagAct) -> dict[str, Any]:
    until = None if said.until_ms is None else rfc3339(said.until_ms)
    words = {"text": said.text, "due": said.due, "until": until, "useful": said.useful}
    return {"id": said.id, "kind": said.kind, "by": said.by, "at": rfc3339(said.at_ms), **words}


def _coaching(one: Coaching) -> dict[str, Any]:
    planned, closed = one.planned, one.closed
    return {
        "planned": rfc3339(planned.at_ms),
        "by": planned.by,
        "text": planned.text,
        "due": planned.due,
        "closed": rfc3339(closed.at_ms) if closed else None,
    }
