"""The counters in the health report: partitions, sums, sources, and what is odd about sources and agents' states."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dashboard.board.site_alerts import sources_to_hear
from dashboard.floor.partition_follower import STALE_S, oldest_heartbeat
from dashboard.floor.reported import reported
from dashboard.floor.tick_facts import FORGOTTEN_MS
from dashboard.health.agent_problems import counted_agents, read_split_agents, roster_report, split_report
from dashboard.health.service_states import KafkaState, count_waiting, time_text
from dashboard.site.load import Site
from streams.events import StateNow
from streams.halts import as_object
from streams.site_time import rfc3339
from streams.source_days import MISROUTED
from streams.store.reader import Meta, Reader
from streams.store.source_reports import NAMING_A_STATE, SourceReport, source_reports

MOST_NOTICES = 200
OPEN_STATE = "open_state"
_OFFLINE = "offline"


class LatestState(NamedTuple):
    """The state of an agent now, and its source where that is known."""

    agent: str
    now: StateNow
    source: str | None


def counted_report(reader: Reader, site: Site, now_ms: int, kafka: KafkaState | None) -> dict[str, Any]:
    """The fields of HealthReport that stand in the counters. Raises what Redis raises."""
    metas = [reader.meta(partition) for partition in reader.partitions]
    totals: Counter[str] = Counter()
    for meta in metas:
        totals.update(meta.totals if meta else {})
    states, newest, beat_ms = _latest_states(reader), _newest_by_source(reader), oldest_heartbeat(metas)
    forgotten = _forgotten(states, now_ms) if site.judges_persons else []
    age_ms = None if beat_ms is None else max(0, now_ms - beat_ms)
    line_moves = age_ms is None or age_ms <= STALE_S * 1000  # else the line is silent, not the sources
    reports = source_reports(reader.source_days(number) for number in reader.partitions)
    return {
        "age_s": None if age_ms is None else age_ms / 1000,
        "partitions": [_partition(number, meta, now_ms, kafka) for number, meta in enumerate(metas)],
        "totals": dict(sorted(totals.items())),
        "sources": _sources(newest, now_ms),
        "silent": _sources(_silent(newest, states, site, now_ms), now_ms) if line_moves else [],
        "roster": roster_report(counted_agents(reader), site),
        "unreported": reported(reader.types(partition) for partition in reader.partitions).reasons,
        "forgotten": forgotten,
        "split": split_report(read_split_agents(reader)),
        "noticed": [*source_notices(reports, site.judges_persons), *_open_state_notices(forgotten)],
    }


def halted_partitions(reader: Reader) -> list[dict[str, Any]]:
    """The partitions that are counted no further, each with its topic. Raises what Redis raises."""
    return [
        {"partition": f"{reader.topic}/{number}", "halt": as_object(meta.halt)}
        for number in reader.partitions
        if (meta := reader.meta(number)) and meta.halt
    ]


def source_notices(reports: Iterable[SourceReport], judges_persons: bool) -> list[dict[str, Any]]:
    """One object per source and kind of finding in the newest two business days of the log; ``MOST_NOTICES`` at most.

    Each has the number of findings, the records of the source, and the first finding as an example. Those to act on come
    first, misrouted records before the others. Under a works council no agent's state is an example.
    """
    rows = [
        {
            "source": each.source,
            "kind": kind,
            "n": finding.count,
            "records": each.noticed.records,
            "act": kind != MISROUTED or each.is_misrouted,
            "example": dict(finding.example),
        }
        for each in reports
        for kind, finding in each.findings
        if judges_persons or kind not in NAMING_A_STATE
    ]
    return sorted(rows, key=lambda row: (not row["act"], row["kind"] != MISROUTED))[:MOST_NOTICES]


def _open_state_notices(forgotten: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One object per source of forgotten states. The page lists the agents, so there is nothing to act on."""
    by_source: dict[str, list[Mapping[str, Any]]] = {}
    for each in forgotten:
        by_source.setdefault(each["source"] or "", []).append(each)
    return [
        {
            "source": source,
            "kind": OPEN_STATE,
            "n": len(states),
            "records": None,
            "act": False,
            "example": {"id": states[0]["agent"], "state": states[0]["state"], "since": states[0]["since"]},
        }
        for source, states in sorted(by_source.items())
    ]


def _latest_states(reader: Reader) -> list[LatestState]:
    """The state of every agent; of an agent on several partitions the newest state, as on the board."""
    newest: dict[str, LatestState] = {}
    for partition in reader.partitions:
        sources = reader.state_sources(partition)
        for agent, now in reader.states(partition).items():
            if agent not in newest or now.since_ms >= newest[agent].now.since_ms:
                newest[agent] = LatestState(agent, now, sources.get(agent))
    return list(newest.values())


def _partition(number: int, meta: Meta | None, now_ms: int, kafka: KafkaState | None) -> dict[str, Any]:
    """A partition; before anything is counted all null, and no records."""
    position, newest_ms, beat_ms, totals, halt = meta[:5] if meta else (None, None, None, {}, None)
    return {
        "partition": number,
        "position": position,
        "newest": time_text(newest_ms),
        "heartbeat": time_text(beat_ms),
        "heartbeat_age_s": None if beat_ms is None else max(0, now_ms - beat_ms) // 1000,
        **{name: totals.get(name, 0) for name in ("records", "dead_lettered")},
        "halt": as_object(halt),
        "lag": count_waiting(kafka, number, position),
    }


def _newest_by_source(reader: Reader) -> dict[str, int]:
    """Source -> the instant in ms of its newest record, in any partition."""
    newest: dict[str, int] = {}
    for partition in reader.partitions:
        for source, ms in reader.sources(partition).items():
            newest[source] = max(newest.get(source, 0), ms)
    return newest


def _sources(newest: Mapping[str, int], now_ms: int) -> list[dict[str, Any]]:
    """Each source with the time of its newest record and the seconds since."""
    return [
        {"source": source, "newest": rfc3339(ms), "silent_s": max(0, now_ms - ms) // 1000}
        for source, ms in sorted(newest.items())
    ]


def _silent(newest: dict[str, int], states: Sequence[LatestState], site: Site, now_ms: int) -> dict[str, int]:
    """Watched sources that are silent although somebody is signed in. Which agents a source reports is not known."""
    if not any(now.state != _OFFLINE and now_ms - now.since_ms <= FORGOTTEN_MS for _, now, _ in states):
        return {}
    due = sources_to_hear(site, newest, site.time.day(now_ms).start_ms)
    return {source: ms for source, ms in due.items() if now_ms - ms > site.alerts.source_silent_ms}


def _forgotten(states: Sequence[LatestState], now_ms: int) -> list[dict[str, Any]]:
    """Agents whose state lasts for more than sixteen hours: they did not sign out."""
    return [
        {"agent": agent, "state": now.state, "since": rfc3339(now.since_ms), "source": source}
        for agent, now, source in sorted(states, key=lambda each: each.agent)
        if now.state != _OFFLINE and now_ms - now.since_ms > FORGOTTEN_MS
    ]
