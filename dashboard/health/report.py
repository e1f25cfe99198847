"""The answer of GET /health.json, and the list of all that needs attention, which is made from it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from dashboard.floor.partition_follower import STALE_S
from dashboard.floor.reported import uncounted
from dashboard.health.agent_problems import CURE, routes_text
from dashboard.health.check import SHORTEST_RETENTION_MS
from streams.agent_routes import Route
from streams.site_time import DAY_MS

SILENT_PUBLISHER_MS = STALE_S * 1000
FULL = 0.9
"""The share of the memory a Redis may use above which it is nearly full."""
MOST_NOTICE_TASKS = 20
MORE_NOTICES = "noticed_more"
Task = dict[str, Any]
"""``code`` and figures; the page has the words (``todo.<code>``)."""
Rows = Sequence[Mapping[str, Any]]


class HealthReport(msgspec.Struct, frozen=True, kw_only=True):
    """JSON values, times as RFC 3339. Every field with a default is null while Redis cannot be reached."""

    now: str
    site: Mapping[str, Any]
    appeals_overdue: int | None
    accounts: Sequence[str] = ()
    """Lines of the file of accounts that let nobody in."""
    viewers: Mapping[str, Any] | None = None
    kafka: Mapping[str, Any]
    dead_letters: Rows | None
    redis: Mapping[str, Any]
    replay: Mapping[str, Any] | None = None
    publisher: Mapping[str, Any] | None = None
    age_s: float | None = None
    partitions: Rows | None = None
    totals: Mapping[str, int] | None = None
    sources: Rows | None = None
    silent: Rows | None = None
    roster: Mapping[str, Any] | None = None
    unreported: Sequence[str] | None = None
    forgotten: Rows | None = None
    split: Mapping[str, Any] | None = None
    noticed: Rows | None = None
    actions_halted: Rows | None = None
    to_do: Sequence[Task] = ()


def to_do(report: HealthReport) -> list[Task]:
    """The tasks of a report, the worst first."""
    totals = report.totals or {}
    return [
        *_redis_tasks(report.redis),
        *_kafka_tasks(report.kafka),
        *_halt_tasks([*(report.partitions or ()), *(report.actions_halted or ())]),
        *_publisher_tasks(report.publisher),
        *([{"code": "site"}] if report.site["problems"] else []),
        *([{"code": "accounts", "n": len(bad), "detail": bad[0]}] if (bad := report.accounts) else []),
        *([{"code": "clock", **waiting}] if (waiting := report.site.get("waiting")) else []),
        *({"code": "silent", "source": each["source"]} for each in report.silent or ()),
        *split_tasks(report.split),
        *notice_tasks(report.noticed),
        *_count_tasks(unknown_types=totals.get("ignored", 0) if uncounted([totals]) else 0),
        *_letter_tasks(report.dead_letters or ()),
        *_count_tasks(forgotten=len(report.forgotten or ()), overdue=report.appeals_overdue),
        *roster_tasks(report.roster),
        *_viewer_tasks(report.viewers),
    ]


def split_tasks(split: Mapping[str, Any] | None) -> list[Task]:
    """The number of split agents, and one agent as an example."""
    if not split or not split["n"]:
        return []
    first = split["agents"][0]
    routes = routes_text([Route(**route) for route in first["routes"]])
    return [{"code": "split_agents", "n": split["n"], "agent": first["agent"], "routes": routes, "cure": CURE}]


def notice_tasks(noticed: Rows | None) -> list[Task]:
    """A task per notice to act on, in their order; beyond ``MOST_NOTICE_TASKS`` one more says that there are more."""
    urgent = [each for each in noticed or () if each["act"]]
    tasks = [
        {"code": each["kind"], **each["example"], **{name: each[name] for name in ("source", "n", "records")}}
        for each in urgent[:MOST_NOTICE_TASKS]
    ]
    return tasks + ([{"code": MORE_NOTICES}] if len(urgent) > len(tasks) else [])


def roster_tasks(roster: Mapping[str, Any] | None) -> list[Task]:
    """Agents outside the roster, and a site without teams."""
    if not roster:
        return []
    more = roster["missing"] - len(roster["agents"])
    missing = {"code": "roster", "n": roster["missing"], "agents": roster["agents"], "more": more}
    return [*([missing] if roster["missing"] else []), *([] if roster["teams"] else [{"code": "no_teams"}])]


def _redis_tasks(redis: Mapping[str, Any]) -> Iterable[Task]:
    if not redis["reachable"]:
        yield {"code": "redis"}
        return
    if "policy" in redis and redis["policy"] is None:
        yield {"code": "policy_hidden"}
    if redis.get("policy") not in (None, "noeviction"):
        yield {"code": "policy", "policy": redis["policy"]}
    most = redis.get("most_bytes")
    if most and redis["used_bytes"] > FULL * most:
        yield {"code": "memory", "share": redis["used_bytes"] / most}


def _kafka_tasks(kafka: Mapping[str, Any]) -> Iterable[Task]:
    if kafka["reachable"] is False:
        yield {"code": "kafka", "detail": kafka["error"]}
    if kafka["reachable"] and kafka["log_append_time"] is None:
        yield {"code": "settings_hidden"}
    if kafka["log_append_time"] is False:
        yield {"code": "append_time"}
    if kafka["retention_days"] is not None and kafka["retention_days"] * DAY_MS < SHORTEST_RETENTION_MS:
        yield {"code": "retention", "days": kafka["retention_days"]}
    yield from ({"code": "transaction", **each} for each in kafka.get("held") or ())


def _halt_tasks(partitions: Rows) -> Iterable[Task]:
    """The partitions that are counted no further, by the reason."""
    for each in partitions:
        if halt := each.get("halt"):
            figures = {"partition": each["partition"], "offset": halt["offset"], "detail": halt["detail"]}
            yield {"code": f"halted_{halt['reason']}", **figures}


def _publisher_tasks(publisher: Mapping[str, Any] | None) -> list[Task]:
    if publisher is None:
        return []
    age_s = publisher["tick_age_s"]
    silent = publisher["host"] is None or age_s is None or age_s * 1000 > SILENT_PUBLISHER_MS
    return [{"code": "publisher"}] if silent else []


def _letter_tasks(letters: Rows) -> list[Task]:
    late = sum(each["waiting"] for each in letters if each.get("by_rebuild"))
    return _count_tasks(letters=sum(each["waiting"] for each in letters) - late, too_late=late)


def _viewer_tasks(viewers: Mapping[str, Any] | None) -> Iterable[Task]:
    """Messages on a channel of frames that are none, and browsers whose stream carries nothing, so that they poll."""
    if viewers and viewers.get("malformed"):
        yield {"code": "malformed", "n": viewers["malformed"], "topic": viewers["malformed_topic"]}
    if viewers and viewers["asking"]:
        yield {"code": "asking", "n": viewers["asking"], "since": viewers["asking_since"]}


def _count_tasks(**counts: int | None) -> list[Task]:
    """A task per code with a count above 0."""
    return [{"code": code, "n": count} for code, count in counts.items() if count]
