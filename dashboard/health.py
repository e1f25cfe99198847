"""How the line is: the site in force and what is wrong with its newest change, the partitions, the freshness, the sources."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.counts.followers import oldest_heartbeat
from dashboard.live.bus import AWAY
from dashboard.site.watch import SiteState, SiteWatch
from streams.site_time import rfc3339
from streams.store_reader import Meta, Reader

FORGOTTEN_MS = 16 * 3_600_000
"""A state that lasts longer was not signed out of."""


@dataclass(frozen=True)
class Health:
    """``reader`` opens the counters when it is asked for, and raises what is in AWAY while that cannot be."""

    sites: SiteWatch
    reader: Callable[[], Reader]
    now_ms: Callable[[], int]

    def report(self) -> dict[str, Any]:
        """JSON values; times are RFC 3339. Without Redis what is counted is null, and ``redis`` says why."""
        now_ms = self.now_ms()
        head = {"now": rfc3339(now_ms), "site": _site(self.sites.state)}
        try:
            return {**head, "redis": {"reachable": True}, **_counted(self.reader(), now_ms)}
        except AWAY as error:
            nothing = dict.fromkeys(("age_s", "partitions", "totals", "sources", "forgotten"))
            return {**head, "redis": {"reachable": False, "error": str(error)}, **nothing}


def _site(state: SiteState) -> dict[str, Any]:
    return {
        "name": state.site.name,
        "file": state.file,
        "loaded_at": rfc3339(state.loaded_ms),
        "problems": [problem._asdict() for problem in state.problems],
    }


def _counted(reader: Reader, now_ms: int) -> dict[str, Any]:
    metas = [reader.meta(partition) for partition in reader.partitions]
    beat = oldest_heartbeat(metas)
    totals: Counter[str] = Counter()
    for meta in metas:
        totals.update(meta.totals if meta else {})
    return {
        "age_s": None if beat is None else max(0, now_ms - beat) / 1000,
        "partitions": [_partition(number, meta) for number, meta in enumerate(metas)],
        "totals": dict(sorted(totals.items())),
        "sources": _sources(reader),
        "forgotten": _forgotten(reader, now_ms),
    }


def _partition(number: int, meta: Meta | None) -> dict[str, Any]:
    if meta is None:
        return {
            "partition": number,
            "position": None,
            "newest": None,
            "heartbeat": None,
            "records": 0,
            "dead_lettered": 0,
        }
    sums = {name: meta.totals.get(name, 0) for name in ("records", "dead_lettered")}
    times = {"newest": _time(meta.newest_ms), "heartbeat": _time(meta.heartbeat_ms)}
    return {"partition": number, "position": meta.position, **times, **sums}


def _sources(reader: Reader) -> list[dict[str, Any]]:
    """Who sends, and when something of his came last."""
    newest: dict[str, int] = {}
    for partition in reader.partitions:
        for source, ms in reader.sources(partition).items():
            newest[source] = max(newest.get(source, 0), ms)
    return [{"source": source, "newest": rfc3339(ms)} for source, ms in sorted(newest.items())]


def _forgotten(reader: Reader, now_ms: int) -> list[dict[str, Any]]:
    """Agents whose state lasts for more than sixteen hours."""
    found = [item for partition in reader.partitions for item in reader.states(partition).items()]
    return [
        {"agent": agent, "state": now.state, "since": rfc3339(now.since_ms)}
        for agent, now in sorted(found)
        if now.state != "offline" and now_ms - now.since_ms > FORGOTTEN_MS
    ]


def _time(ms: int | None) -> str | None:
    return None if ms is None else rfc3339(ms)
