"""The book of flags: one episode per agent and rule until it is acknowledged, and not again for the same evidence.

It is made of what is kept (store) and of what people did (actions), both read again as they grow, so every book that reads
the same says the same; only the publisher's also writes.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from dashboard.actions.action_follower import Done
from dashboard.actions.flag_coaching import PastShifts, keep_shifts
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
from dashboard.actions.flag_store import FlagStore
from streams.site_time import SiteTime
from streams.store.ledger_reader import LedgerBusy

ASK_MS = 1000
"""How often is asked for what is new."""
HEAL_MS = 60_000
"""How often what is live is written again, in case that the store was set back."""


class Acts(Protocol):
    """What is needed of actions.log.ActionLog."""

    @property
    def changes(self) -> int: ...

    def refresh(self) -> None: ...

    def all(self, *kinds: str) -> Iterator[Done]: ...


class Key(NamedTuple):
    """Of which there is one live episode at most."""

    rule: Rule
    agent: str


class FlagRegister:
    """Several threads may ask at once. What is raised is FlagsAway and what the reading of actions raises of Redis.

    Attributes: ``restarts`` agent -> business day of his newest acknowledged review: only later shifts count as evidence;
    ``review_open`` agents whose review is not acknowledged. Both stay the same object as long as they are equal.
    """

    def __init__(self, store: FlagStore, acts: Acts, time: SiteTime) -> None:
        self._store = store
        self._acts = acts
        self._time = time
        self._lock = threading.RLock()
        self._episodes: dict[str, Episode] = {}
        self._of: dict[Key, dict[str, Episode]] = {}
        self._rearmed: set[str] = set()
        self._known: set[str] = set()
        self._said: dict[Key, list[FlagAct]] = {}
        self._live: dict[Key, Episode] = {}
        self._newest: dict[Key, Episode] = {}
        self._number = 0
        self._seen_changes = -1
        self._now_ms = 0
        self._asked_ms: int | None = None
        self._healed_ms: int | None = None
        self._past: PastShifts | None = None
        self._coached: frozenset[str] = frozenset()
        self.restarts: Mapping[str, date] = {}
        self.review_open: frozenset[str] = frozenset()

    def refresh(self, now_ms: int, at_once: bool = False) -> None:
        """Takes up what was opened and done since, at most once a second unless it is to be at once."""
        with self._lock:
            self._now_ms = now_ms
            if not at_once and self._asked_ms is not None and 0 <= now_ms - self._asked_ms < ASK_MS:
                return
            self._place(self._read())  # at once: the next line may not be reached
            self._place(self._acted())
            self._asked_ms = now_ms

    def update(
        self,
        found: Iterable[Sighting],
        now_ms: int,
        in_control: Collection[str] = (),
        past: PastShifts | None = None,
    ) -> None:
        """Opens what is new among what the rules see now.

        ``in_control``: agents whose quality is known to be within its limits, which arms that rule again for them.
        ``past``: finished shifts of an agent (evidence.history), kept of coached ones when it is another object than before.
        """
        with self._lock:
            self.refresh(now_ms)
            self._rearm(in_control)
            new = [opened(seen, now_ms) for seen in found if self._is_new(seen)]
            for episode in new:
                self._store.create(episode)
                self._place([self._take(episode)])
            self._heal(now_ms)
            self._follow_coached(past)

    def open(self, team: str | None = None, agent: str | None = None) -> list[Episode]:
        """Episodes that waited for somebody when last refreshed, oldest first: not acknowledged, snoozed or over."""
        with self._lock:
            wanted = [each for each in self._live.values() if team in (None, each.team) and agent in (None, each.agent)]
            found = [each for each in wanted if self.standing(each).state == "open"]
        return sorted(found, key=_age)

    def get(self, id: str) -> Episode | None:
        """The episode of an id."""
        return self._episodes.get(id)

    def all(self) -> list[Episode]:
        """Everything that is kept, oldest first."""
        with self._lock:
            return sorted(self._episodes.values(), key=_age)

    def standing(self, episode: Episode) -> EpisodeStanding:
        """How an episode stood when last refreshed."""
        with self._lock:
            said = self._said.get(Key(episode.rule, episode.agent), [])
            return stand(episode, said, self._now_ms, self._time.day(self._now_ms).label)

    def _is_new(self, seen: Sighting) -> bool:
        key = Key(seen.rule, seen.agent)
        newest, live = self._newest.get(key), self._live.get(key)
        if live is not None and (seen.rule != "drop" or live.shift == seen.shift):
            return False
        if newest is not None and seen.shift <= newest.shift:  # this shift had its own
            return False
        if seen.rule == "review":  # seen before it was known that the evidence starts anew after that day
            return seen.shift > self.restarts.get(seen.agent, date.min)
        return seen.rule != "quality" or newest is None or newest.id in self._rearmed

    def _rearm(self, in_control: Collection[str]) -> None:
        for key, episode in self._newest.items():
            is_over = key.rule == "quality" and key not in self._live and episode.id not in self._rearmed
            if is_over and key.agent in in_control:
                self._store.rearm(episode.id)
                self._rearmed.add(episode.id)

    def _read(self) -> set[Key]:
        """Takes up what the store has new -> of whom."""
        page = self._store.after(self._number)
        if page.newest < self._number:  # it was emptied or set back
            page = self._store.after(0)
        self._number = page.newest
        self._rearmed |= {entry.episode.id for entry in page.entries if entry.rearmed}
        return {self._take(entry.episode) for entry in page.entries}

    def _take(self, episode: Episode) -> Key:
        key = Key(episode.rule, episode.agent)
        self._episodes[episode.id] = self._of.setdefault(key, {})[episode.id] = episode
        return key

    def _acted(self) -> set[Key]:
        """Takes up what people did -> about whom. An action never changes, so each is read once."""
        try:
            self._acts.refresh()
        except LedgerBusy:
            return set()
        if (changes := self._acts.changes) == self._seen_changes:
            return set()
        self._seen_changes = changes
        new = [done for done in self._acts.all(*KINDS) if done.id not in self._known]
        self._known.update(done.id for done in new)
        return {key for done in new if (key := self._hear(done))}

    def _hear(self, done: Done) -> Key | None:
        said = act_of(done)
        ref = parse_id(said.ref) if said else None
        if said is None or ref is None or ref.agent != done.agent:
            return None
        key = Key(ref.rule, ref.agent)
        self._said.setdefault(key, []).append(said)
        # What was acknowledged is known from the log alone: it does not return where the store was lost.
        known = recorded(done.line.record).episode
        if known is not None and known.id == said.ref and known.id not in self._episodes:
            self._take(known)
        return key

    def _place(self, keys: Collection[Key]) -> None:
        """What follows from episodes and actions, for those of whom there is something new."""
        for key in keys:
            self._place_one(key, sorted(self._of.get(key, {}).values(), key=_age))
        restarts = {**self.restarts, **dict(self._restarts(keys))}
        self.restarts = self.restarts if restarts == self.restarts else restarts
        is_open = frozenset(key.agent for key in self._live if key.rule == "review")
        self.review_open = self.review_open if is_open == self.review_open else is_open

    def _place_one(self, key: Key, episodes: Sequence[Episode]) -> None:
        """``episodes``: all of the key, oldest first."""
        said = self._said.get(key, [])
        live = [each for each in episodes if not any(covers(one, each) for one in said)]
        self._live.pop(key, None)
        if live:  # of drops the newest: those before are over
            self._live[key] = live[-1] if key.rule == "drop" else live[0]
        if episodes:
            self._newest[key] = max(episodes, key=lambda each: each.shift)

    def _restarts(self, keys: Collection[Key]) -> Iterator[tuple[str, date]]:
        for key in keys:
            acknowledged = [said.at_ms for said in self._said.get(key, []) if said.kind == ACKNOWLEDGED]
            if key.rule == "review" and acknowledged:
                yield key.agent, self._time.day(max(acknowledged)).label

    def _heal(self, now_ms: int) -> None:
        if self._healed_ms is not None and 0 <= now_ms - self._healed_ms < HEAL_MS:
            return
        for episode in self._live.values():
            self._store.create(episode)
        self._healed_ms = now_ms

    def _follow_coached(self, past: PastShifts | None) -> None:
        coached = self._coached_now()
        if past is not None and (past is not self._past or coached != self._coached):
            keep_shifts(self._store, coached, past)
            self._past, self._coached = past, coached

    def _coached_now(self) -> frozenset[str]:
        return frozenset(key.agent for key, every in self._said.items() if any(said.kind == PLANNED for said in every))


def _age(episode: Episode) -> tuple[int, str]:
    return episode.opened_ms, episode.id
