"""A board of two teams over a real Redis, and everybody who may ask it. What belongs to a person has a mark of its own.

Every id, name and text of a person of the team dawn begins with ZQD, of the team lake with ZQL; whoever may not see a team must
not get a byte of its mark. No other word of the board holds one of them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import msgspec

from dashboard.access.identity import Identity
from dashboard.actions.flag_episodes import Sighting, opened
from dashboard.board.bus import FrameWriter
from dashboard.board.bus_flags import RedisFlags
from dashboard.board.frame_types import FrameHead
from dashboard.board.topics import TopicFrame, evidence_topic
from dashboard.health.health_service import HealthService
from dashboard.settings import load
from dashboard.site.load import Site
from dashboard.site.types import BoardPages, Grant, Project, Spell
from dashboard.site.watch import SiteWatch
from dashboard.wiring.connections import Connections
from dashboard.wiring.dead_letters import letter_service
from dashboard.wiring.serving import appeal_service, flag_service
from streams.actions import OutgoingRecord
from streams.site_time import DAY_MS, MINUTE_MS
from streams.store.client import open_redis
from tests import signing
from tests.dashboard import partitions
from tests.dashboard.partitions import (
    MIDNIGHT_MS,
    NOON_MS,
    TOPIC,
    Partition,
    call,
    complaint,
    evaluation,
    event,
    heartbeat,
    state,
)
from tests.dashboard.running import BoardServer, Clock, board_server, publishing

DAWN, LAKE = "ZQD", "ZQL"
"""The marks of the two teams."""
DAWN_AGENTS, LAKE_AGENTS = ("ZQD1", "ZQD2"), ("ZQL1", "ZQL2")
MOVED = "ZQM1"
"""In the team lake until the 15th, in the team dawn since."""
UNKNOWN = "ZQX9"
TODAY = date(2026, 11, 23)
CLIENT = "client:north"


def _spell(agent: str, team: str, first: date | None = None, last: date | None = None, **more: Any) -> Spell:
    return Spell(agent, f"{agent}号", f"{agent} Doe", f"{agent[2]}-{agent[3]}", team, first, last, **more)


SITE = replace(
    partitions.SITE,
    boards=(
        BoardPages("main", ("floor", "agents"), names="alias"),
        BoardPages("east", ("agents",), names="full"),
        BoardPages("north", ("floor",), project="north"),
    ),
    projects=(
        Project("north", "北方", "North", None, ("renewal",), (), ("dawn",)),
        Project("south", "南方", "South", None, (), ("sales",), ("lake",)),
    ),
    roster=(
        _spell("ZQD1", "dawn"),
        _spell("ZQD2", "dawn", has_probation=True),
        _spell("ZQL1", "lake"),
        _spell("ZQL2", "lake"),
        _spell(MOVED, "lake", None, date(2026, 11, 15)),
        _spell(MOVED, "dawn", date(2026, 11, 16), None),
    ),
    grants=(*signing.grants("dawn", "lake"), Grant(None, CLIENT, CLIENT, None, "north", None, None)),
)

PEOPLE: dict[str, Identity | None] = {
    "nobody": None,
    **{agent: signing.agent(agent) for agent in (*DAWN_AGENTS, *LAKE_AGENTS)},
    "lead": signing.person("leads-dawn", "lead:dawn"),
    "other lead": signing.person("leads-lake", "lead:lake"),
    **{role: signing.person(role, role) for role in ("supervisor", "manager", "quality", "planner", "hr")},
    **{role: signing.person(role, role) for role in ("admin", "auditor")},
    "client": signing.person("client", CLIENT),
    "no role": signing.person("nobody-yet"),
    "operator": signing.OPERATOR,
}
"""Name -> the person; ``nobody`` is not signed in, ``operator`` is the user of the machine."""
AGENTS = (*DAWN_AGENTS, *LAKE_AGENTS)


class Post:
    """Takes what would go to Kafka; ``before`` is called first."""

    def __init__(self) -> None:
        self.records: list[OutgoingRecord] = []
        self.before: Callable[[], None] = lambda: None

    def __call__(self, records: list[OutgoingRecord]) -> None:
        self.before()
        self.records += records


class TwoTeams(NamedTuple):
    """The board, and what it sent to Kafka."""

    server: BoardServer
    post: Post
    clock: Clock
    client: Any


def fill(client: Any) -> None:
    """Counts a morning of everybody, and what is personal of it: cases, scores, conduct, flags."""
    parts = [Partition(client, at, append_ms=NOON_MS) for at in range(partitions.PARTITIONS)]
    for number, agent in enumerate((*DAWN_AGENTS, *LAKE_AGENTS, MOVED)):
        at_ms, own = NOON_MS - (50 - number) * MINUTE_MS, parts[number % 2]
        own.write(state(agent, at_ms, "available"))
        own.write(*(call(agent, f"{agent}-c{n}", at_ms + n * MINUTE_MS) for n in range(7 + number)))
        own.write(*(call(agent, f"{agent}-d{day}", NOON_MS - day * DAY_MS) for day in range(1, 12)))
        own.write(complaint(agent, f"{agent}-k1", at_ms + 1), complaint(agent, f"{agent}-k2", at_ms + 2))
        own.write(complaint(agent, f"{agent}-old", NOON_MS - 11 * DAY_MS))
        own.write(evaluation(agent, f"{agent}-e1", at_ms + 3, 80.0 + number))
        own.write(_decided(agent, "k1", at_ms + 4, "confirmed"), _decided(agent, "k1", at_ms + 5, "appealed"))
        # An agent's records lie in one partition; the shifts of today are of everybody.
        RedisFlags(client).create(opened(_sighting(agent), at_ms))
    for part in parts:
        part.write(heartbeat(NOON_MS - 200))
    FrameWriter(client).publish([_evidence("dawn", DAWN_AGENTS), _evidence("lake", LAKE_AGENTS)])


def _evidence(team: str, agents: Sequence[str]) -> TopicFrame:
    """What the publisher says of the agents of a team once it has a history of their shifts."""
    head = msgspec.structs.asdict(FrameHead("zq", 1, NOON_MS, 0.2, tz_offset_min=480))
    stamp = {name: value for name, value in head.items() if value is not msgspec.UNSET}
    snapshot = msgspec.json.encode(stamp | {"agents": {agent: {"verdict": f"{agent} review"} for agent in agents}})
    return TopicFrame(evidence_topic(team), snapshot, None)


def _decided(agent: str, case: str, at_ms: int, decision: str) -> tuple[str, bytes]:
    data = {"complaint_id": f"{agent}-{case}", "agent": agent, "decision": decision, "reason": f"{agent} says no"}
    return agent, event("complaint.decided", at_ms, data)


def _sighting(agent: str) -> Sighting:
    team = "lake" if agent.startswith(LAKE) else "dawn"
    return Sighting(agent, team, "review", TODAY, {"log_e": 7.0, "who": agent})


@contextmanager
def two_teams(url: str, site: Site = SITE, watch: SiteWatch | None = None, **more: Any) -> Iterator[TwoTeams]:
    """The board over a Redis, published and not yet running. ``more``: as ``board_server`` takes it."""
    client, clock, post = open_redis(url), Clock(), Post()
    fill(client)
    sites = watch or SiteWatch.fixed(site)
    settings = load({"redis": url, "topic": TOPIC, "actions": f"{TOPIC}-actions", "kafka": "127.0.0.1:1"}, {})
    connections = Connections(settings, clock)
    appeals = replace(appeal_service(connections, lambda: sites.site, clock), post=post)
    flags = replace(flag_service(connections, lambda: sites.site), post=post, now_ms=clock)
    try:
        with letter_service(connections) as letters, publishing(url, clock, watch=sites):
            health = HealthService(sites, connections.event_counters, clock, letters=letters)
            services = {"appeals": appeals, "flags": flags, "health": health, "clock_ms": clock}
            yield TwoTeams(board_server(url, sites, **services, **more), post, clock, client)
    finally:
        connections.close()
        client.close()


def morning_ms(hour: int) -> int:
    """An hour of today."""
    return MIDNIGHT_MS + hour * 60 * MINUTE_MS
