"""One agent of a floor judged separately: their site, their store and their row of the sheet, at the cost of one agent.

The numbers are those of the whole board, because no rule of an agent's row looks at another row.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dashboard.floor.counter_store import AgentCounterStore
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import Period, end_of
from dashboard.floor.sheet import row_of
from dashboard.floor.timetables import group_pairs
from dashboard.site.load import Site
from dashboard.site.types import EVERYBODY, Whose
from streams.events import StateNow
from streams.site_time import Bucket, SiteTime
from streams.store.reader import Cells


class SingleAgentStore:
    """A store in which only one line counted something."""

    def __init__(self, store: AgentCounterStore, line: str) -> None:
        self._store = store
        self.partitions = store.partitions
        self.meta = store.meta
        self.types = store.types
        self._line = line
        self._has = [store.counts_of(partition, line) for partition in store.partitions]

    def buckets(self, partition: int, kind: str) -> list[int]:
        """The buckets of a partition; none where it never counted the agent."""
        return self._store.buckets(partition, kind) if self._has[partition] else []

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]:
        """The agent's cells; buckets without one are left out."""
        found, rows = self._store.cells_of(partition, kind, keys, self._line)
        return [(Bucket(kind, key), [self._line], rows[at : at + 1]) for at, key in enumerate(found)]

    def states(self, partition: int) -> dict[str, StateNow]:
        """The state of the agent."""
        state = self._store.state_of(partition, self._line)
        return {} if state is None else {self._line: state}


class SiteByAgent:
    """The lists of a site grouped by agent once, from which the site of any single agent is made."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._roster = group_pairs((each.agent, each) for each in site.roster)
        self._rota = group_pairs((each.agent, each) for each in site.rota)
        self._leave = group_pairs((each.agent, each) for each in site.leave)
        self._employment = group_pairs((each.agent, each) for each in site.employment)
        self._schedule = group_pairs((each.who, each) for each in site.schedule)

    def pick_agent(self, agent: str) -> Site:
        """The site as if it had one agent. A rota keeps one line at least: without a rota everybody works."""
        spells = self._roster.get(agent, ())
        who = dict.fromkeys((Whose(agent), *(Whose(team=spell.team) for spell in spells), EVERYBODY))
        return replace(
            self._site,
            roster=spells,
            rota=self._rota.get(agent, self._site.rota[:1]),
            leave=self._leave.get(agent, ()),
            employment=self._employment.get(agent, ()),
            schedule=tuple(each for name in who for each in self._schedule.get(name, ())),
        )


def judge_of(
    store: AgentCounterStore, site: Site, clock: SiteTime, now_ms: Callable[[], int]
) -> Callable[[str, Period], dict[str, Any] | None]:
    """A store and a site -> the function that judges an agent in a period (``explain.Judge``). It is safe for threads.

    A running period is judged now, a finished one at its end; a period that lies ahead has no row.
    """
    floor = SiteByAgent(site)

    def judge(agent: str, period: Period) -> dict[str, Any] | None:
        at_ms = now_ms()
        today = clock.day(at_ms).label
        if period.first > today:
            return None
        moment = end_of(clock.day_of(min(period.last, today)), at_ms, clock)
        past = BoardJudge(SingleAgentStore(store, agent), floor.pick_agent(agent), clock)
        return row_of(past.judge(period.kind, moment), agent)

    return judge
