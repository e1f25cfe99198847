"""A floor of agents over many shifts, told to a real store as events, and the evidence about it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np

from dashboard.floor.day_ring import span_of
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import Follower
from dashboard.floor.partition_sums import StatesNow
from dashboard.people.drops import default_limit
from dashboard.people.evidence import Evidence, EvidenceNow
from dashboard.people.history import History
from dashboard.people.history_loader import ShiftCache
from dashboard.rules.evidence import Verdict
from dashboard.site.load import Site, Spell, Team
from streams.site_time import DAY_MS, HOUR_MS, Day, SiteTime
from tests.dashboard.partitions import NOON_MS, Partition, call, reader, state

TIME = SiteTime("Asia/Shanghai")
TODAY = TIME.day(NOON_MS)
OPENS_MS = TODAY.start_ms + 9 * HOUR_MS
SHIFT_HOURS = 8


def floor_site(agents: Iterable[str], stratum: str | None = None) -> Site:
    """One team."""
    roster = tuple(Spell(agent, agent, agent, None, "dawn", None, None, stratum=stratum) for agent in agents)
    return Site(zone="Asia/Shanghai", teams=(Team("dawn", "晨曦组", "Dawn", "outbound"),), roster=roster)


def names(count: int) -> list[str]:
    return [f"agent-{n:02}" for n in range(count)]


@dataclass
class Floor:
    """Writes shifts: 9 to 17 o'clock, calls at random instants, ``per_hour`` of an agent who is on pace."""

    client: Any
    agents: list[str]
    pace: Mapping[str, float] = field(default_factory=dict)
    per_hour: float = 10.0
    seed: int = 1

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.site = floor_site(self.agents)
        self.partitions = [Partition(self.client, at) for at in (0, 1)]

    def write(self, records: Iterable[tuple[str, bytes]]) -> None:
        """Each agent has a partition."""
        shares: list[list[tuple[str, bytes]]] = [[], []]
        for record in records:
            shares[sum(record[0].encode()) % 2].append(record)
        for partition, share in zip(self.partitions, shares, strict=True):
            if share:
                partition.write(*share)

    def work(self, day: int, hours: float = SHIFT_HOURS, agents: Collection[str] | None = None) -> None:
        """A shift ``day`` days before today (0: today, and nobody goes home)."""
        opens_ms = OPENS_MS - day * DAY_MS
        present = self.agents if agents is None else agents
        self.write(record for agent in present for record in self.shift(agent, opens_ms, hours, ends=day > 0))

    def shift(self, agent: str, opens_ms: int, hours: float, ends: bool) -> Iterator[tuple[str, bytes]]:
        yield state(agent, opens_ms, "available")
        at_ms = float(opens_ms)
        while (at_ms := at_ms + self.chance.expovariate(self.per_hour * self.pace.get(agent, 1.0)) * HOUR_MS) < (
            opens_ms + hours * HOUR_MS
        ):
            yield call(agent, f"{agent}-{int(at_ms)}", int(at_ms))
        if ends:
            yield state(agent, opens_ms + int(hours * HOUR_MS), "offline")

    def history(self) -> History:
        """Of the shifts before today, read at once."""
        return history(self.client, self.site)

    def board(self, day: Day = TODAY) -> "Board":
        return Board(self.client, self.site, day)


def history(client: Any, site: Site, now_ms: int = NOON_MS) -> History:
    """Read in one round."""
    shelf = ShiftCache(reader(client), site, default_limit, lambda: None)
    shelf.read(now_ms)
    assert shelf.history is not None
    return shelf.history


class Board:
    """What the read model holds for the evidence of one day."""

    def __init__(self, client: Any, site: Site, day: Day = TODAY) -> None:
        self.lines = Lines(site, day.label)
        self.followers = [Follower(reader(client), at, span_of(day)) for at in (0, 1)]
        self.evidence = Evidence(site, TIME, self.lines, day)
        self.states = StatesNow(self.lines)

    def now(
        self,
        now_ms: int,
        known: History | None,
        restarts: Mapping[str, date] | None = None,
        review_open: Collection[str] = (),
        net: float = 0.0,
        target_by_now: float = float("nan"),
    ) -> EvidenceNow:
        """The evidence at an instant, everybody with the same net and target."""
        for follower in self.followers:
            follower.follow()
        rings = [(f.ring, self.lines.rows(f.ring.lines)) for f in self.followers]
        codes, since_ms = self.states.read_states(self.followers)
        owed = (np.full(len(self.lines), value) for value in (net, target_by_now))
        return self.evidence.evidence_at(now_ms, rings, codes, since_ms, known, restarts or {}, review_open, *owed)

    def verdicts(self, found: EvidenceNow) -> dict[str, str]:
        """Agent -> the word."""
        words = [Verdict(code).name.lower() for code in found.verdict.tolist()]
        return {person.id: word for person, word in zip(self.lines.people, words, strict=True)}

    def row(self, agent: str) -> int:
        return [person.id for person in self.lines.people].index(agent)


def day_before(days: int) -> date:
    """The label of a day so many days before today."""
    return TODAY.label - timedelta(days=days)
