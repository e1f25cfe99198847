"""Flags of one site: the list of episodes, and acting on one. Actions go to Kafka and are read back from the counters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from dashboard.actions.acting_person import Actor, Refused
from dashboard.actions.action_follower import wait_until_counted
from dashboard.actions.flag_actions import Acting, action_of
from dashboard.actions.flag_coaching import PeerRatio, before_after
from dashboard.actions.flag_episodes import Episode, Rule
from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.flag_standing import Coaching, EpisodeStanding, FlagAct, State
from dashboard.actions.flag_store import FlagStore, ShiftCount
from dashboard.site.load import Site
from streams.actions import OutgoingRecord, action
from streams.events import Action
from streams.site_time import SiteTime, rfc3339

MOST = 500


class Acknowledgement(msgspec.Struct, frozen=True):
    """Person and time of an acknowledgement."""

    by: str
    at: str


class FlagActView(msgspec.Struct, frozen=True):
    """One action on a flag."""

    id: str
    kind: str
    by: str
    at: str
    text: str | None
    due: str | None
    until: str | None
    useful: bool | None


class CoachingView(msgspec.Struct, frozen=True):
    """A coaching, and the agent's ratio to peers before it was planned and after."""

    planned: str
    by: str
    text: str | None
    due: str | None
    closed: str | None
    before: PeerRatio | None
    after: PeerRatio | None


class FlagView(msgspec.Struct, frozen=True, kw_only=True):
    """One episode as GET /flags lists it: its numbers, the people who see it and what they did. Times as in RFC 3339."""

    id: str
    agent: str
    name: str
    name_en: str
    team: str | None
    readers: list[str] = msgspec.field(name="seen_by")
    """The agent, and the lead of the team."""
    rule: Rule
    opened: str
    shift: str
    facts: dict[str, Any]
    state: State
    useful: bool | None
    contested: bool
    snoozed_until: str | None
    acknowledged: Acknowledgement | None
    actions: list[FlagActView]
    coaching: list[CoachingView]


class FlagList(msgspec.Struct, frozen=True):
    """Episodes, newest first; ``more`` counts those that are left out."""

    flags: list[FlagView]
    more: int


@dataclass(frozen=True)
class FlagService:
    """``register`` opens that of a site and raises what Redis raises; ``topic``: that of actions."""

    site: Callable[[], Site]
    register: Callable[[Site], FlagRegister]
    post: Callable[[list[OutgoingRecord]], None]
    topic: str
    now_ms: Callable[[], int]

    def list_flags(
        self,
        team: str | None = None,
        agent: str | None = None,
        state: str | None = None,
        may: Callable[[Episode], bool] = lambda episode: True,
    ) -> FlagList:
        """Episodes of a team, an agent and in a state that one ``may`` see, newest first, at most 500. Raises Refused."""
        site, register = self._open()
        wanted = [
            (each, standing)
            for each in reversed(register.all())
            if team in (None, each.team) and agent in (None, each.agent) and may(each)
            if state in (None, (standing := register.standing(each)).state)
        ]
        return FlagList(_views(site, register.store, wanted[:MOST]), max(0, len(wanted) - MOST))

    def act(self, who: Actor, asked: Acting, may: Callable[[Episode], bool] = lambda episode: True) -> dict[str, Any]:
        """Acts in the name of ``who`` -> the episode then; ``counted`` is false where that takes long. Raises Refused.

        ``may``: whether an episode is this person's to see; any other does not exist for them.
        """
        site, register = self._open()
        episode = register.get(asked.ref)
        if episode is None or not may(episode):
            raise Refused(404, "no_flag", f"there is no flag {asked.ref!r}")
        now_ms = self.now_ms()
        today = site.time.day(now_ms).label
        new = action_of(episode, register.standing(episode), who, asked, now_ms, today)
        self.post([action(self.topic, new, now_ms)])
        counted = wait_until_counted(lambda: self._is_counted(episode, new.action_id))
        site, register = self._open()
        standing = register.standing(episode)
        _require_first(standing, new, asked)
        (view,) = _views(site, register.store, [(episode, standing)])
        return {"action_id": new.action_id, "counted": counted, **msgspec.to_builtins(view)}

    def _open(self) -> tuple[Site, FlagRegister]:
        site = self.site()
        if not site.judges_persons:
            raise Refused(404, "works_council", "this site computes no flags of persons")
        register = self.register(site)
        register.refresh(self.now_ms(), at_once=True)
        return site, register

    def _is_counted(self, episode: Episode, action_id: str) -> bool:
        """Opens the sources each time: the first action makes the log."""
        return any(act.id == action_id for act in self._open()[1].standing(episode).acts)


def _require_first(standing: EpisodeStanding, new: Action, asked: Acting) -> None:
    """Where two people do the same at once the first in the log did it. Raises Refused for the other."""
    for act in standing.acts:
        if act.id == new.action_id and (act.by, act.text, act.useful) != (new.by, new.text, asked.useful):
            raise Refused(409, "already_acknowledged", f"{act.by} did that at the same time: nothing of yours is kept")


def _views(site: Site, store: FlagStore, episodes: Iterable[tuple[Episode, EpisodeStanding]]) -> list[FlagView]:
    episodes = list(episodes)
    time = site.time
    shifts = store.shifts(sorted({episode.agent for episode, standing in episodes if standing.coachings}))
    spells = {spell.agent: spell for spell in site.roster}
    leads = {team.id: team.lead for team in site.teams}

    def view(episode: Episode, standing: EpisodeStanding) -> FlagView:
        spell, acknowledged, until_ms = spells.get(episode.agent), standing.acknowledged, standing.snoozed_until_ms
        return FlagView(
            id=episode.id,
            agent=episode.agent,
            name=spell.name if spell else episode.agent,
            name_en=spell.name_en if spell else episode.agent,
            team=episode.team,
            readers=[id for id in (episode.agent, leads.get(episode.team or "")) if id],
            rule=episode.rule,
            opened=rfc3339(episode.opened_ms),
            shift=episode.shift.isoformat(),
            facts=episode.facts,
            state=standing.state,
            useful=standing.useful,
            contested=standing.contested,
            snoozed_until=rfc3339(until_ms) if until_ms is not None and standing.state == "snoozed" else None,
            acknowledged=Acknowledgement(acknowledged.by, rfc3339(acknowledged.at_ms)) if acknowledged else None,
            actions=[_act(act) for act in standing.acts],
            coaching=[_coaching(each, shifts.get(episode.agent, {}), time) for each in standing.coachings],
        )

    return [view(*each) for each in episodes]


def _act(act: FlagAct) -> FlagActView:
    until = None if act.until_ms is None else rfc3339(act.until_ms)
    return FlagActView(act.id, act.kind, act.by, rfc3339(act.at_ms), act.text, act.due, until, act.useful)


def _coaching(coaching: Coaching, shifts: dict[Any, ShiftCount], time: SiteTime) -> CoachingView:
    planned, closed = coaching.planned, coaching.closed
    ratios = before_after(shifts, time.day(planned.at_ms).label)
    return CoachingView(
        planned=rfc3339(planned.at_ms),
        by=planned.by,
        text=planned.text,
        due=planned.due,
        closed=rfc3339(closed.at_ms) if closed else None,
        before=ratios["before"],
        after=ratios["after"],
    )
