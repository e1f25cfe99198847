"""One agent of a floor judged for themselves: their site, their store and their row of the sheet, for the cost of one agent.

The numbers are those of the whole board, because no rule of an agent's row looks at another row.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from dashboard.floor.counter_store import AgentCounterStore
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import Moment, Period, end_of, live
from dashboard.floor.sheet import Row, row_of
from dashboard.site.load import Site
from dashboard.site.types import EVERYBODY, Whose
from streams.events import StateNow
from streams.site_time import Bucket, SiteTime
from streams.store.reader import Cells, Meta

_K = TypeVar("_K")
_T = TypeVar("_T")


class SingleAgentStore:
    """A store in which only one line counted something."""

    def __init__(self, store: AgentCounterStore, line: str) -> None:
        self._store = store
        self._line = line
        self._has = [store.counts_of(partition, line) for partition in store.partitions]

    @property
    def partitions(self) -> range:
        """All of them: what is kept is asked of each."""
        return self._store.partitions

    def meta(self, partition: int) -> Meta | None:
        """Where the partition stands."""
        return self._store.meta(partition)

    def buckets(self, partition: int, kind: str) -> list[int]:
        """None of a partition that never counted anything of him."""
        return self._store.buckets(partition, kind) if self._has[partition] else []

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]:
        """His cells; buckets without one are left out."""
        found, rows = self._store.cells_of(partition, kind, keys, self._line)
        return [(Bucket(kind, key), [self._line], rows[at : at + 1]) for at, key in enumerate(found)]

    def types(self, partition: int) -> dict[str, int]:
        """What was ever reported, of anybody."""
        return self._store.types(partition)

    def states(self, partition: int) -> dict[str, StateNow]:
        """His state."""
        state = self._store.state_of(partition, self._line)
        return {} if state is None else {self._line: state}


class SiteByAgent:
    """A site's lists by agent: made once for a site, then anybody is picked out of them."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._roster = _grouped((each.agent, each) for each in site.roster)
        self._rota = _grouped((each.agent, each) for each in site.rota)
        self._leave = _grouped((each.agent, each) for each in site.leave)
        self._employment = _grouped((each.agent, each) for each in site.employment)
        self._schedule = _grouped((each.who, each) for each in site.schedule)

    def pick_agent(self, agent: str) -> Site:
        """The site as if it had one agent. Its rota keeps a line of somebody if it has any: without one everybody works."""
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


def _grouped(pairs: Iterable[tuple[_K, _T]]) -> dict[_K, tuple[_T, ...]]:
    found: dict[_K, list[_T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def judge_of(
    store: AgentCounterStore, site: Site, clock: SiteTime, now_ms: Callable[[], int]
) -> Callable[[str, Period], Row | None]:
    """A store and a site -> what says how an agent stands in a period (``explain.Judge``). Several threads may ask at once.

    A period that runs is judged as it stands now, one that is over at its end; one that is ahead has no row.
    """
    floor = SiteByAgent(site)

    def judge(agent: str, period: Period) -> dict[str, Any] | None:
        moment = _moment(period, now_ms(), clock)
        if moment is None:
            return None
        past = BoardJudge(SingleAgentStore(store, agent), floor.pick_agent(agent), clock)
        row = row_of(past.judge(period.kind, moment), agent)
        return None if row is None else dict(row)

    return judge


def _moment(period: Period, now_ms: int, clock: SiteTime) -> Moment | None:
    if period.start_ms(clock) > now_ms:
        return None
    if now_ms < period.end_ms(clock):
        return live(now_ms, clock)
    return end_of(clock.day_of(period.last), now_ms, clock)
