"""How the line is: the site in force and what is wrong with its newest change, the partitions, the sources, the dead letters.

``to_do`` is the short of it: what somebody should look after, by code.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from dashboard.board.bus import AWAY
from dashboard.board.site_alerts import watched
from dashboard.floor.partition_follower import STALE_S, oldest_heartbeat
from dashboard.floor.reported import reported
from dashboard.floor.tick_facts import FORGOTTEN_MS
from dashboard.health.letter_replay import LetterDesk
from dashboard.health.observed import KafkaSeen
from dashboard.health.report import Around, kafka_told, lag_of, letters_told, publisher_told, store_told, to_do, unseen
from dashboard.health.roster_gap import agents_seen, roster_told
from dashboard.health.source_notices import noticed_told, open_states_told
from dashboard.health.split_agents import split_now, split_told
from dashboard.site.load import Site
from dashboard.site.watch import SiteState, SiteWatch
from streams.events import StateNow
from streams.halts import as_object
from streams.metrics import UnknownSchema
from streams.site_time import rfc3339
from streams.store.errors import error_text
from streams.store.reader import Meta, Reader
from streams.store.source_reports import source_reports

_OFFLINE = "offline"
_UNREADABLE: tuple[type[Exception], ...] = (*AWAY, UnknownSchema)


class AgentState(NamedTuple):
    """The state of an agent now, and who sent it where that is known."""

    agent: str
    now: StateNow
    source: str | None


def not_counted() -> int | None:
    """Nobody looks after appeals."""
    return None


@dataclass(frozen=True)
class Health:
    """``reader`` opens the counters when it is asked for, and raises what is in AWAY while that cannot be."""

    sites: SiteWatch
    reader: Callable[[], Reader]
    now_ms: Callable[[], int]
    overdue: Callable[[], int | None] = not_counted
    """Appeals that nobody has decided in time; None: not known. It never blocks."""
    around: Around = Around()
    """The log, Redis and the publisher."""
    letters: LetterDesk | None = None
    """What replays dead letters; None: nobody does."""
    actions: Callable[[], Reader] | None = None
    """As ``reader``, of what people did here; None: nobody acts."""

    def report(self, viewers: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """JSON values; times are RFC 3339. Without Redis what is counted is null, and ``redis`` says why.

        ``viewers``: what the web worker says of its viewers, see web/viewers.py; None: nobody is served.
        """
        now_ms, state, kafka = self.now_ms(), self.sites.state, self.around.kafka()
        head = {"now": rfc3339(now_ms), "site": _site(state), "appeals_overdue": self.overdue(), "viewers": viewers}
        found = {
            **head,
            "kafka": kafka_told(kafka),
            "dead_letters": letters_told(kafka),
            **self._of_redis(now_ms, kafka),
        }
        return {**found, "to_do": to_do(found)}

    def _of_redis(self, now_ms: int, kafka: KafkaSeen | None) -> dict[str, Any]:
        """What stands in Redis; all of it null while it cannot be reached."""
        looks = self.around
        try:
            here = {"redis": store_told(looks.store()), "replay": self.letters.last() if self.letters else None}
            publisher = None if looks.publisher is unseen else publisher_told(looks.publisher(), now_ms)
            counted = _counted(self.reader(), self.sites.state.site, now_ms, kafka)
            halted = _halted(self.actions()) if self.actions else []
            return {**here, "publisher": publisher, **counted, "actions_halted": halted}
        except _UNREADABLE as error:
            nothing = dict.fromkeys(
                (
                    "age_s",
                    "partitions",
                    "totals",
                    "sources",
                    "silent",
                    "forgotten",
                    "roster",
                    "unreported",
                    "split",
                    "noticed",
                    "actions_halted",
                    "publisher",
                    "replay",
                )
            )
            return {"redis": {"reachable": False, "error": error_text(error)}, **nothing}


def _site(state: SiteState) -> dict[str, Any]:
    return {
        "name": state.site.name,
        "file": state.file,
        "loaded_at": rfc3339(state.loaded_ms),
        "problems": [problem._asdict() for problem in state.problems],
        "waiting": _waiting(state),
    }


def _waiting(state: SiteState) -> dict[str, str] | None:
    """The zone and day start of the file where what is counted has others, and these."""
    if state.waiting is None:
        return None
    counted = {f"counted_{name}": value for name, value in state.site.time.clock._asdict().items()}
    return {**state.waiting._asdict(), **counted}


def _counted(reader: Reader, site: Site, now_ms: int, kafka: KafkaSeen | None) -> dict[str, Any]:
    metas = [reader.meta(partition) for partition in reader.partitions]
    lag = lag_of(kafka, {number: meta.position if meta else None for number, meta in enumerate(metas)})
    beat = oldest_heartbeat(metas)
    totals: Counter[str] = Counter()
    for meta in metas:
        totals.update(meta.totals if meta else {})
    states = _states(reader)
    forgotten = [] if site.works_council else _forgotten(states, now_ms)
    newest, age_ms = _newest(reader), None if beat is None else max(0, now_ms - beat)
    heard = age_ms is None or age_ms <= STALE_S * 1000  # else it is the line that is silent
    return {
        "age_s": None if age_ms is None else age_ms / 1000,
        "partitions": [{**_partition(number, meta, now_ms), "lag": lag[number]} for number, meta in enumerate(metas)],
        "totals": dict(sorted(totals.items())),
        "sources": _sources(newest, now_ms),
        "silent": _sources(_silent(newest, states, site, now_ms), now_ms) if heard else [],
        "roster": roster_told(agents_seen(reader), site),
        "unreported": reported(reader.types(partition) for partition in reader.partitions).reasons,
        "forgotten": forgotten,
        "split": split_told(split_now(reader)),
        "noticed": [
            *noticed_told(
                source_reports(reader.source_days(number) for number in reader.partitions), site.works_council
            ),
            *open_states_told(forgotten),
        ],
    }


def _states(reader: Reader) -> list[AgentState]:
    """The state of every agent: of one known in several partitions the newest run stands, as on the board."""
    newest: dict[str, AgentState] = {}
    for partition in reader.partitions:
        sources = reader.state_sources(partition)
        for agent, now in reader.states(partition).items():
            if agent not in newest or now.since_ms >= newest[agent].now.since_ms:
                newest[agent] = AgentState(agent, now, sources.get(agent))
    return list(newest.values())


def _partition(number: int, meta: Meta | None, now_ms: int) -> dict[str, Any]:
    if meta is None:
        return {
            "partition": number,
            "position": None,
            "newest": None,
            "heartbeat": None,
            "heartbeat_age_s": None,
            "records": 0,
            "dead_lettered": 0,
            "halt": None,
        }
    sums = {name: meta.totals.get(name, 0) for name in ("records", "dead_lettered")}
    times = {"newest": _time(meta.newest_ms), "heartbeat": _time(meta.heartbeat_ms)}
    age_s = None if meta.heartbeat_ms is None else max(0, now_ms - meta.heartbeat_ms) // 1000
    return {
        "partition": number,
        "position": meta.position,
        **times,
        "heartbeat_age_s": age_s,
        **sums,
        "halt": as_object(meta.halt),
    }


def _halted(reader: Reader) -> list[dict[str, Any]]:
    """The partitions that are not counted any further, each with its topic."""
    return [
        {"partition": f"{reader.topic}/{number}", "halt": as_object(meta.halt)}
        for number in reader.partitions
        if (meta := reader.meta(number)) and meta.halt
    ]


def _newest(reader: Reader) -> dict[str, int]:
    """Source -> when something of it came last, in any partition."""
    newest: dict[str, int] = {}
    for partition in reader.partitions:
        for source, ms in reader.sources(partition).items():
            newest[source] = max(newest.get(source, 0), ms)
    return newest


def _sources(newest: dict[str, int], now_ms: int) -> list[dict[str, Any]]:
    """Who sends, when something of his came last, and how many seconds ago that is."""
    return [
        {"source": source, "newest": rfc3339(ms), "silent_s": max(0, now_ms - ms) // 1000}
        for source, ms in sorted(newest.items())
    ]


def _silent(newest: dict[str, int], states: list[AgentState], site: Site, now_ms: int) -> dict[str, int]:
    """Sources that must be heard from and were not, though somebody is signed in. Whose agents they report is not known."""
    if not any(now.state != _OFFLINE and now_ms - now.since_ms <= FORGOTTEN_MS for _, now, _ in states):
        return {}
    day = site.time.day(now_ms)
    found = watched(site, newest, day.start_ms)
    return {source: ms for source, ms in found.items() if now_ms - ms > site.alerts.source_silent_ms}


def _forgotten(states: list[AgentState], now_ms: int) -> list[dict[str, Any]]:
    """Agents whose state lasts for more than sixteen hours: they did not sign out. Not under a works council."""
    return [
        {"agent": agent, "state": now.state, "since": rfc3339(now.since_ms), "source": source}
        for agent, now, source in sorted(states, key=lambda each: each.agent)
        if now.state != _OFFLINE and now_ms - now.since_ms > FORGOTTEN_MS
    ]


def _time(ms: int | None) -> str | None:
    return None if ms is None else rfc3339(ms)
