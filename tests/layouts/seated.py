"""A board of the example's site with all its pages: queues, and seats in the shape of the topic ``seats``."""

from typing import Any

from layouts.parts.page_site import PageBoard
from tests.layouts.example import NOW_MS, floor_snapshot
from tests.layouts.judged import sort_of_alert

BOARD = PageBoard("main", ("floor", "queues", "agents"), 30_000, "alias")
COLUMNS = ["seat", "team", "alias", "alias_en", "state", "since", "handled", "deducted", "net"]
_ALIASES = [("拾光", "Ray"), ("北辰", "Polar"), ("白露", "Dew"), ("子衿", "Coral"), ("南乔", "Elm"), ("星野", "Orion"),
            ("阿朗", "Dale"), ("晴川", "Skye"), ("墨言", "Inky"), ("听风", "Gust"), ("云开", "Cloud"), ("林深", "Grove"),
            ("若水", "Rill"), ("小满", "Maple"), ("青禾", "Reed"), ("清欢", "Joy"), ("初见", "Fresh"), ("长安", "Amber"),
            ("知夏", "Wren"), ("半夏", "Sage")]  # fmt: skip
_STATES = ["talk", "hold", "available", "ringing", "wrap", "break", "training", "meeting", "offline", None]
TEAMS = ["dawn", "voyage", "pine", "swan", "sail", "spring", "bedrock", "lake", "compass"]


def seats_snapshot(now_ms: int = NOW_MS, age_s: float | None = 0.4, teams: list[str] | None = None) -> dict[str, Any]:
    """The snapshot of the topic ``seats``: twenty seats a team; the ninth has gone home, the tenth has not come."""
    seated = [(team, at) for team in teams or TEAMS for at in range(len(_ALIASES))]
    rows = [_seat(now_ms, seat, team, at) for seat, (team, at) in enumerate(seated)]
    floor = floor_snapshot(now_ms, age_s)
    floor["floor"] |= {"queues": example_queues(), "alerts": queue_alerts()}
    return floor | {"seats": {"columns": COLUMNS, "rows": rows}}


def _seat(now_ms: int, seat: int, team: str, at: int) -> list[Any]:
    state, (alias, alias_en) = _STATES[at % len(_STATES)], _ALIASES[at]
    handled = 0 if state is None else 150 + at
    since = None if state is None else now_ms - 1000 * (4 + 61 * at)
    return [
        seat,
        team,
        alias,
        alias_en,
        state,
        since,
        handled,
        at % 7 if handled else 0,
        handled - (at % 7 if handled else 0),
    ]


def example_queues(count: int = 4) -> list[dict[str, Any]]:
    """The last one is of a telephone system that has been silent."""
    named = [
        ("billing", "账单", "Billing"),
        ("faults", "报障", "Faults"),
        ("service", "客服", "Service"),
        ("vip", "贵宾", "VIP"),
    ]
    more = [(f"q{n}", f"队列 {n}", f"Queue {n}") for n in range(len(named), count)]
    found = [_queue(n, *names) for n, names in enumerate([*named, *more][:count])]
    found[-1] |= {"waiting": None, "longest_wait_s": None, "ready": None}
    return found


def _queue(n: int, id_: str, name: str, name_en: str) -> dict[str, Any]:
    offered, answered = 1082 + 101 * n, 1032 + 60 * n
    waiting = {"waiting": 23 if n == 0 else n, "longest_wait_s": 95 + 3600 * (n == 1), "ready": 6 - n % 6}
    counts = {
        "offered": offered,
        "answered": answered,
        "in_time": answered - 90 * n,
        "timed": offered,
        "abandoned": offered - answered,
    }
    share = round((answered - 90 * n) / offered, 4)
    return {"id": id_, "name": name, "name_en": name_en, "at": NOW_MS, **waiting, **counts, "in_time_share": share}


def queue_alerts() -> list[dict[str, Any]]:
    """Too many wait in one queue, too few are answered in time in another."""
    waiting = {"id": "billing", "name": "账单", "name_en": "Billing", "value": 23, "limit": 20}
    late = {"id": "faults", "name": "报障", "name_en": "Faults", "value": 0.847, "limit": 0.85}
    sorts = (sort_of_alert("queue_waiting") | waiting, sort_of_alert("queue_in_time") | late)
    return [one | {"since": NOW_MS - 60_000} for one in sorts]
