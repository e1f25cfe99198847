"""The cast of a simulated floor: its agents with their traits, teams, queues and campaigns. The same for a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

from streams.simulator.names import DAWN, TEAMS, people


@dataclass(frozen=True, slots=True)
class Agent:
    """One person at a desk. Shares are 0..1; ``pace`` 1 is the floor's usual speed; ``line`` is a campaign or a queue.

    ``slump_h``: hours into the first shift from which on the agent is slow; ``falls_by``: points of quality that the agent
    lost with the first shift; ``is_steady``: never away.
    """

    id: str
    name: str
    name_en: str
    alias: str
    alias_en: str
    team: str
    direction: str
    line: str
    shift: str = "day"
    pace: float = 1.0
    sale_share: float = 0.055
    short_share: float = 0.03
    complaint_share: float = 0.044
    quality: float = 88.5
    satisfied_share: float = 0.86
    overstays: float = 0.05
    evaluated_share: float = 0.029
    slump_h: float | None = None
    falls_by: float = 0.0
    is_steady: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedTeam:
    id: str
    name: str
    name_en: str
    direction: str
    line: str
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class SimulatedCampaign:
    """An outbound list. ``done_share`` of it was done when the first simulated shift began; a day adds ``day_share``."""

    id: str
    name: str
    name_en: str
    list_size: int
    done_share: float
    day_share: float
    began_days_ago: int
    ends_in_days: int


@dataclass(frozen=True, slots=True)
class SimulatedFloor:
    """All agents, teams and campaigns, and their tables for the files of a site. ``build_floor`` makes one."""

    agents: tuple[Agent, ...]
    crews: tuple[SimulatedTeam, ...]
    drives: tuple[SimulatedCampaign, ...]

    def roster(self) -> list[dict[str, str]]:
        """Rows for roster.csv (docs/site.md), in seat order."""
        columns = ("name", "name_en", "alias", "alias_en", "team")
        return [{"agent": agent.id} | {name: getattr(agent, name) for name in columns} for agent in self.agents]

    def teams(self) -> list[dict[str, str]]:
        """Tables for ``[[teams]]``: id, name, name_en, profile (its direction)."""
        return [{"id": t.id, "name": t.name, "name_en": t.name_en, "profile": t.direction} for t in self.crews]

    def queues(self) -> list[dict[str, str]]:
        """Tables for ``[[queues]]``: id, name, name_en."""
        lines = dict.fromkeys(crew.line for crew in self.crews if crew.direction == "inbound")
        return [_queue_table(line) for line in lines]

    def campaigns(self, today: date) -> list[dict[str, object]]:
        """Tables for ``[[campaigns]]``, with dates around ``today``."""
        return [
            {
                "id": drive.id,
                "name": drive.name,
                "name_en": drive.name_en,
                "direction": "outbound",
                "starts": today - timedelta(days=drive.began_days_ago),
                "ends": today + timedelta(days=drive.ends_in_days),
                "success_dispositions": ["sale"],
            }
            for drive in self.drives
        ]


def build_floor(agents: int = 180, teams: int = 9, seed: int = 1) -> SimulatedFloor:
    """A floor of that size; 180 agents in 9 teams are the ones of the demo. Five teams of nine call out."""
    if not 1 <= teams <= agents:
        raise ValueError(f"{agents} agents cannot fill {teams} teams: each team needs one agent at least")
    crews = tuple(_crews(teams))
    cast = tuple(_cast(agents, crews, Random(f"floor/{seed}")))
    return SimulatedFloor(cast, crews, tuple(_drives(cast)))


QUEUES = {"spring": "service", "bedrock": "billing", "lake": "faults", "compass": "vip"}
"""Team -> the queue it answers."""
_QUEUE_NAMES = {
    "service": ("客服", "Service"),
    "billing": ("账单", "Billing"),
    "faults": ("报障", "Faults"),
    "vip": ("贵宾", "VIP"),
}


def _queue_table(line: str) -> dict[str, str]:
    """The queue of a second lap of teams carries the number of the lap."""
    id, dash, again = line.partition("-")
    name, name_en = _QUEUE_NAMES[id]
    return {"id": line, "name": name + dash + again, "name_en": name_en + dash + again}


def _crews(count: int) -> Iterator[SimulatedTeam]:
    for n in range(count):
        lap, at = divmod(n, len(TEAMS))
        id, name, name_en, direction, pace = TEAMS[at]
        again = f"-{lap + 1}" if lap else ""
        line = QUEUES[id] + again if direction == "inbound" else ("renewal-11" if at < 3 else "gigabit-12")
        yield SimulatedTeam(id + again, name + again, name_en + again, direction, line, pace)


def _cast(count: int, crews: tuple[SimulatedTeam, ...], rng: Random) -> Iterator[Agent]:
    first = 8100 if count <= 1900 else 10_000
    for n, person in enumerate(islice(people(), count)):
        team = crews[n * len(crews) // count]
        agent = Agent(str(first + n), *person, team.id, team.direction, team.line)
        usual = _with_traits(agent, team, rng)
        yield replace(usual, **_demo_traits(n, count), **_planted_traits(n, count, usual))


def _with_traits(agent: Agent, team: SimulatedTeam, rng: Random) -> Agent:
    """A few who overstay breaks, the rest spread around their team."""
    return replace(
        agent,
        shift=rng.choices(("day", "long", "mid", "early"), (82, 9, 6, 3))[0],
        pace=team.pace * rng.lognormvariate(0.0, 0.05),
        sale_share=min(0.14, rng.gammavariate(9, 0.0061)),
        short_share=min(0.2, rng.gammavariate(4, 0.008)),
        complaint_share=min(0.11, rng.gammavariate(9, 0.0049)),
        quality=min(96.0, rng.gauss(89.5, 1.9)),
        satisfied_share=min(0.97, rng.gauss(0.86, 0.05)),
        overstays=0.35 if rng.random() < 0.06 else 0.04,
    )


_TRAITS: dict[str, dict[str, Any]] = {
    "林晓芸": {"overstays": 0.2},
    "赵敏": {"pace": 0.99, "shift": "day", "overstays": 0.6},
    "吴昊": {"pace": 0.98, "shift": "day"},
    "何雪": {"shift": "mid"},
    "刘子涵": {"pace": 1.12, "shift": "day"},
    "朱琳": {"short_share": 0.165, "pace": 1.1, "shift": "day"},
    "陈思远": {"complaint_share": 0.065, "shift": "day"},
    "徐静": {"shift": "mid"},
    "孙立": {"pace": 1.35, "shift": "day"},
    "郭磊": {"shift": "late"},
    "郑一鸣": {"shift": "late", "complaint_share": 0.01},
    "梁博": {"pace": 0.8, "shift": "day"},
    "宋佳": {"shift": "absent"},
    "高远": {"shift": "leave"},
}


def _demo_traits(n: int, count: int) -> dict[str, Any]:
    """The traits of the first team that the pictures of the design show; only on the floor of the demo."""
    return _TRAITS.get(DAWN[n][0], {}) if n < len(DAWN) and count == 180 else {}


_SLOW_OUT, _SLOW_IN = 0.67, 0.61
"""Shares of the usual pace: a call is also dialled, rung and waited for, so about 70 % of the peers' calls come of it."""
_PLANTED: dict[int, tuple[str, float]] = {
    0: ("slow", _SLOW_OUT),
    1: ("slow", _SLOW_OUT),
    51: ("slump", 2.2),
    66: ("quality", 15.0),
    88: ("slow", _SLOW_OUT),
    112: ("slow", _SLOW_IN),
    147: ("slow", _SLOW_IN),
}
"""Seat of every 180 -> what the board should find: slow in every shift, slow from an hour of the first shift on, or worse
calls from the first shift on."""


def _planted_traits(n: int, count: int, usual: Agent) -> dict[str, Any]:
    """The traits of a planted agent, on a floor of any size; smaller floors have these seats closer together."""
    size = min(count, 180)
    planted = {seat * size // 180: what for seat, what in _PLANTED.items()}.get(n % 180)
    if planted is None:
        return {}
    kind, amount = planted
    traits: dict[str, dict[str, Any]] = {
        "slow": {"pace": usual.pace * amount},
        "slump": {"slump_h": amount},
        "quality": {"falls_by": amount, "evaluated_share": 0.06, "quality": 90.0},
    }
    return traits[kind] | {"shift": "day", "is_steady": True}


def _drives(cast: tuple[Agent, ...]) -> Iterator[SimulatedCampaign]:
    """List sizes follow the seats that work on them, so that a day moves the share by a few per cent."""
    names = {"renewal-11": ("宽带续约", "Broadband renewal", 0.585, 4_000, 21, 4)}
    names["gigabit-12"] = ("千兆升级", "Gigabit upgrade", 0.312, 4_600, 12, 23)
    for id, (name, name_en, share, per_seat, began, ends) in names.items():
        seats = sum(agent.line == id for agent in cast)
        if seats:
            yield SimulatedCampaign(id, name, name_en, seats * per_seat, share, 220 / per_seat, began, ends)
