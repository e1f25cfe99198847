"""A book over things that stand in for Kafka and Redis, for laws about what it says; the real ones: test_bus_flags, services."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from dashboard.actions.action_follower import Done
from dashboard.actions.flag_episodes import Episode, Rule, Sighting
from dashboard.actions.flag_store import EpisodePage, ShiftCount, StoredEpisode
from streams.site_time import SiteTime
from streams.store.ledger_reader import ActionLine

TIME = SiteTime("Asia/Shanghai")
DAY = date(2026, 11, 23)
NOON_MS = TIME.day_of(DAY).start_ms + 12 * 3_600_000


class MemoryFlags:
    """A FlagStore of one process, without a clock: claims never run out, and every turn is the caller's."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.kept: dict[str, Episode] = {}
        self.rearmed: set[str] = set()
        self.untold: list[str] = []
        self.owners: dict[str, str] = {}
        self.series: dict[str, dict[date, ShiftCount]] = {}
        self.erased: set[str] = set()

    def erase(self, agent: str) -> int:
        self.erased.add(agent)
        gone = [id for id, episode in self.kept.items() if episode.agent == agent]
        for id in gone:
            del self.kept[id]
            self.sent(id)
        self.series.pop(agent, None)
        return len(gone)

    def create(self, episode: Episode) -> bool:
        if episode.id in self.kept or episode.agent in self.erased:
            return False
        self.kept[episode.id] = episode
        self.order.append(episode.id)
        self.untold.append(episode.id)
        return True

    def after(self, number: int) -> EpisodePage:
        return EpisodePage(
            len(self.order),
            [StoredEpisode(self.kept[id], id in self.rearmed) for id in self.order[number:] if id in self.kept],
            len(self.erased),
        )

    def rearm(self, id: str) -> None:
        self.rearmed.add(id)

    def unsent(self, most: int) -> list[Episode]:
        return [self.kept[id] for id in self.untold[:most]]

    def claim(self, id: str, owner: str) -> bool:
        return id in self.untold and self.owners.setdefault(id, owner) == owner

    def sent(self, id: str) -> None:
        self.untold = [each for each in self.untold if each != id]

    def turn(self, every_ms: int) -> bool:
        return True

    def keep_shifts(self, agent: str, shifts: Mapping[date, ShiftCount]) -> None:
        if agent not in self.erased:
            self.series[agent] = dict(shifts)

    def shifts(self, agents: Sequence[str]) -> dict[str, dict[date, ShiftCount]]:
        return {agent: self.series[agent] for agent in agents if agent in self.series}


class MemoryActs:
    """What people did, in the order in which it is heard of; an id counts once."""

    def __init__(self) -> None:
        self.done: dict[str, Done] = {}
        self.changes = 0
        self.fault: Exception | None = None
        """What reading ends in, until it is taken away."""

    def refresh(self) -> None:
        if self.fault is not None:
            raise self.fault

    def all(self, *kinds: str) -> Iterator[Done]:
        return iter([done for done in self.done.values() if done.line.kind in kinds])

    def hear(self, *done: Done) -> None:
        for each in done:
            self.done.setdefault(each.id, each)
        self.changes += 1


def done(
    kind: str, ref: str, agent: str = "a1", by: str = "lead", at_ms: int = NOON_MS, id: str = "", **more: str | None
) -> Done:
    """An action as the log has it."""
    line = ActionLine(stamp=0, gives=True, at_ms=at_ms, by=f"unverified:{by}", kind=kind, ref=ref, **more)
    return Done(agent, id or f"{kind}-{ref}-{at_ms}-{by}", line)


def seen(agent: str = "a1", rule: Rule = "review", day: int = 0) -> Sighting:
    """A rule points at an agent, so many days after the first."""
    return Sighting(agent, "dawn", rule, DAY + timedelta(days=day), {"log_e": 7.0})
