"""The register of flags: one episode per agent and rule until it is acknowledged, and none again for the same evidence.

It is made of the store of episodes and of the actions of people, both followed, so every register shows the same; only the
publisher's opens episodes.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from dashboard.actions.action_follower import ActionFollower, Done
from dashboard.actions.flag_coaching import FinishedShifts, keep_shifts
from dashboard.actions.flag_episodes import Episode, Rule, Sighting, opened, parse_id
from dashboard.actions.flag_standing import (
    ACKNOWLEDGED,
    KINDS,
    PLANNED,
    EpisodeStanding,
    FlagAct,
    act_of,
    covers,
    recorded,
    stand,
)
from dashboard.actions.flag_store import KEPT_DAYS, FlagStore
from streams.site_time import DAY_MS, SiteTime
from streams.store.ledger_reader import LedgerBusy

ASK_MS = 1000
"""How often the store and the actions are asked for what is new."""
HEAL_MS = 60_000
"""How often live episodes are written again, in case the store was set back."""


class Key(NamedTuple):
    """An agent and a rule: there is at most one live episode of them."""

    rule: Rule
    agent: str


class FlagRegister:
    """Episodes and how each stands. Several threads may ask at once. Raises FlagsAway and what reading actions raises.

    Attributes: ``restarts`` agent -> business day of the newest acknowledged review: only later shifts count as evidence;
    ``review_open`` agents whose review is not acknowledged. Both stay the same object as long as they are equal. ``store`` has
    the shifts of coached agents too.
    """

    def __init__(self, store: FlagStore, actions: ActionFollower, time: SiteTime) -> None:
        self.store = store
        self._actions = actions
        self._time = time
        self._lock = threading.RLock()
        self._erasures = 0
        self._now_ms = 0
        self._asked_ms: int | None = None
        self._healed_ms: int | None = None
        self._past: FinishedShifts | None = None
        self._coached: frozenset[str] = frozenset()
        self.restarts: Mapping[str, date] = {}
        self.review_open: frozenset[str] = frozenset()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._episodes: dict[str, Episode] = {}
        self._by_key: dict[Key, dict[str, Episode]] = {}
        self._rearmed: set[str] = set()
        self._read_ids: set[str] = set()
        self._acts: dict[Key, list[FlagAct]] = {}
        self._live: dict[Key, Episode] = {}
        self._newest: dict[Key, Episode] = {}
        self._number = 0
        self._changes = -1

    def refresh(self, now_ms: int, at_once: bool = False) -> None:
        """Takes up new episodes and actions, at most once a second unless ``at_once``."""
        with self._lock:
            self._now_ms = now_ms
            if not at_once and self._asked_ms is not None and 0 <= now_ms - self._asked_ms < ASK_MS:
                return
            self._settle(self._read_episodes())  # at once: the next line may not be reached
            self._settle(self._read_actions())
            self._asked_ms = now_ms

    def open_episodes(
        self,
        sightings: Iterable[Sighting],
        now_ms: int,
        in_control: Collection[str] = (),
        past: FinishedShifts | None = None,
    ) -> None:
        """Opens an episode for every new sighting.

        ``in_control``: agents whose quality is within its limits, which arms that rule again for them.
        ``past``: the finished shifts of an agent; those of coached agents are kept whenever it is another object than before.
        """
        with self._lock:
            self.refresh(now_ms)
            self._rearm(in_control)
            for episode in [opened(sighting, now_ms) for sighting in sightings if self._is_new(sighting)]:
                self.store.create(episode)
                self._settle([self._add(episode)])
            self._heal(now_ms)
            self._follow_coached(past)

    def waiting(self, team: str | None = None, agent: str | None = None) -> list[Episode]:
        """Episodes that are open at the last refresh, oldest first: not acknowledged, snoozed or over."""
        with self._lock:
            wanted = [each for each in self._live.values() if team in (None, each.team) and agent in (None, each.agent)]
            return sorted((each for each in wanted if self.standing(each).state == "open"), key=_age)

    def get(self, id: str) -> Episode | None:
        """The episode of an id."""
        return self._episodes.get(id)

    def all(self) -> list[Episode]:
        """Every episode, oldest first."""
        with self._lock:
            return sorted(self._episodes.values(), key=_age)

    def standing(self, episode: Episode) -> EpisodeStanding:
        """How an episode stands at the last refresh."""
        with self._lock:
            acts = self._acts.get(Key(episode.rule, episode.agent), [])
            return stand(episode, acts, self._now_ms, self._time.day(self._now_ms).label)

    def _is_new(self, sighting: Sighting) -> bool:
        key = Key(sighting.rule, sighting.agent)
        newest, live = self._newest.get(key), self._live.get(key)
        if live is not None and (sighting.rule != "drop" or live.shift == sighting.shift):
            return False
        if newest is not None and sighting.shift <= newest.shift:  # this shift has had its episode
            return False
        if (
            sighting.rule == "review"
        ):  # the rule may have run before it knew that the evidence starts again after that day
            return sighting.shift > self.restarts.get(sighting.agent, date.min)
        return sighting.rule != "quality" or newest is None or newest.id in self._rearmed

    def _rearm(self, in_control: Collection[str]) -> None:
        for key, episode in self._newest.items():
            is_over = key.rule == "quality" and key not in self._live and episode.id not in self._rearmed
            if is_over and key.agent in in_control:
                self.store.rearm(episode.id)
                self._rearmed.add(episode.id)

    def _read_episodes(self) -> set[Key]:
        """Adds new episodes of the store -> their keys."""
        page = self.store.after(self._number)
        if page.erasures != self._erasures:  # somebody's episodes and actions are gone
            self._begin_anew()
            self._erasures = page.erasures
            page = self.store.after(0)
        if page.newest < self._number:  # it was emptied or set back
            page = self.store.after(0)
        self._number = page.newest
        self._rearmed |= {entry.episode.id for entry in page.entries if entry.rearmed}
        return {self._add(entry.episode) for entry in page.entries}

    def _add(self, episode: Episode) -> Key:
        key = Key(episode.rule, episode.agent)
        self._episodes[episode.id] = self._by_key.setdefault(key, {})[episode.id] = episode
        return key

    def _read_actions(self) -> set[Key]:
        """Adds new actions -> their keys. An action never changes, so each is read once."""
        try:
            self._actions.refresh()
        except LedgerBusy:
            return set()
        if (changes := self._actions.changes) == self._changes:
            return set()
        self._changes = changes
        new = [done for done in self._actions.all(*KINDS) if done.id not in self._read_ids]
        self._read_ids.update(done.id for done in new)
        return {key for done in new if (key := self._add_action(done))}

    def _add_action(self, done: Done) -> Key | None:
        act = act_of(done)
        ref = parse_id(act.ref) if act else None
        if act is None or ref is None or ref.agent != done.agent:
            return None
        key = Key(ref.rule, ref.agent)
        self._acts.setdefault(key, []).append(act)
        # The log alone keeps what was acknowledged: it does not open again where the store was lost.
        episode = recorded(done.line.record).episode
        if episode is not None and episode.id == act.ref and episode.id not in self._episodes:
            self._add(episode)
        return key

    def _settle(self, keys: Collection[Key]) -> None:
        """Derives what follows from episodes and acts, for the keys that have new ones."""
        for key in keys:
            self._settle_key(key, sorted(self._by_key.get(key, {}).values(), key=_age))
        restarts = {**self.restarts, **dict(self._restarts(keys))}
        self.restarts = self.restarts if restarts == self.restarts else restarts
        review_open = frozenset(key.agent for key in self._live if key.rule == "review")
        self.review_open = self.review_open if review_open == self.review_open else review_open

    def _settle_key(self, key: Key, episodes: Sequence[Episode]) -> None:
        """``episodes``: all of the key, oldest first."""
        acts = self._acts.get(key, [])
        live = [each for each in episodes if not any(covers(act, each) for act in acts)]
        self._live.pop(key, None)
        if live:  # of drops the newest: those before are over
            self._live[key] = live[-1] if key.rule == "drop" else live[0]
        if episodes:
            self._newest[key] = max(episodes, key=lambda each: each.shift)

    def _restarts(self, keys: Collection[Key]) -> Iterator[tuple[str, date]]:
        for key in keys:
            acknowledged = [act.at_ms for act in self._acts.get(key, []) if act.kind == ACKNOWLEDGED]
            if key.rule == "review" and acknowledged:
                yield key.agent, self._time.day(max(acknowledged)).label

    def _heal(self, now_ms: int) -> None:
        if self._healed_ms is not None and 0 <= now_ms - self._healed_ms < HEAL_MS:
            return
        for episode in self._live.values():
            if now_ms - episode.opened_ms < KEPT_DAYS * DAY_MS:  # older ones ran out there, as they should
                self.store.create(episode)
        self._healed_ms = now_ms

    def _follow_coached(self, past: FinishedShifts | None) -> None:
        coached = frozenset(key.agent for key, acts in self._acts.items() if any(act.kind == PLANNED for act in acts))
        if past is not None and (past is not self._past or coached != self._coached):
            keep_shifts(self.store, coached, past)
            self._past, self._coached = past, coached


def _age(episode: Episode) -> tuple[int, str]:
    return episode.opened_ms, episode.id
