"""The site of a simulated floor: a documented site file and its lists, laid on the shifts that the floor really works."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from dashboard.floor.periods import month_period
from dashboard.site.calendar import calendar
from dashboard.site.lists import FILES
from dashboard.site.reading import fields_of
from streams.simulator.floor import Agent, SimulatedFloor
from streams.simulator.shift import HOURS, LUNCH, LUNCHES_H, OPENING_MS, Duty, rush
from streams.simulator.simulator import Simulator
from streams.site_time import HOUR_MS, MINUTE_MS, SiteTime

OUTBOUND_A_DAY, INBOUND_A_DAY = 232, 88
"""Net calls that a day shift owes: five and a half hours into it the floor is a little short of what is due."""
COUNTRY = "CN"
_LUNCH_MIN = 45
_OWN_LIST = 15
"""A team of so many has a part of the campaign's list to itself; in smaller ones there are too few peers."""
_DAY_H = 8.25
"""A day shift without lunch."""
_MEETINGS = {"*": (0.05, 9), "lake": (4.4, 22)}
"""Whose, hours since the floor opened, minutes; a name stands for the teams that begin with it."""
_ON_PROBATION, _TEMPORARY = "梁博", "郭磊"
AGENTS = "agents"
"""The group of all agents."""
_PEOPLE = (
    ("han.jing", "韩静", "manager"),
    ("gu.ming", "顾明", "supervisor"),
    ("yu.min", "俞敏", "quality"),
    ("pan.yun", "潘云", "planner"),
    ("song.yi", "宋怡", "hr"),
    ("bai.chuan", "白川", "admin"),
    ("qin.yue", "秦岳", "auditor"),
)
_LEADS = {"dawn": "周岚"}
Row = Mapping[str, object]


def day_start(shift_start_ms: int, zone: str) -> str:
    """A business day's start that no shift beginning at that time of day crosses: the full hour before the first sign-in."""
    before = datetime.fromtimestamp((shift_start_ms - OPENING_MS) / 1000, ZoneInfo(zone))
    return (before - timedelta(minutes=1)).strftime("%H:00")


def write_site(
    folder: Path, floor: SimulatedFloor, simulator: Simulator, shift_start_ms: int, zone: str, earlier: int = 0
) -> Path:
    """site.toml and its lists -> the path of the first. ``earlier``: days before the shift that are counted too."""
    site = SimulatedSite(floor, simulator, shift_start_ms, zone, earlier)
    path = folder / "site.toml"
    path.write_text(site.text(), encoding="utf-8")
    for name, rows in site.lists().items():
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(fields_of(FILES[name])), restval="")
            writer.writeheader()
            writer.writerows(rows)
    return path


class SimulatedSite:
    """The content of the files. Days are those on which a shift starts; ``label`` gives the business day it lies on."""

    def __init__(
        self, floor: SimulatedFloor, simulator: Simulator, shift_start_ms: int, zone: str, earlier: int
    ) -> None:
        self._floor = floor
        self._simulator = simulator
        self._zone = ZoneInfo(zone)
        self._start = datetime.fromtimestamp(shift_start_ms / 1000, self._zone).replace(
            tzinfo=None, second=0, microsecond=0
        )
        self._day_start = day_start(shift_start_ms, zone)
        self._time = SiteTime(zone, self._day_start)
        today = self._start.date()
        self.since = self._label([*simulator.working_days_before(earlier), today][0])
        first = self.since.replace(day=1)
        last = month_period(self._label(today)).last
        near = simulator.working_days(first - timedelta(days=1), last + timedelta(days=1))
        self._days = {day: self._label(day) for day in near if first <= self._label(day) <= last}
        self._duties = {day: simulator.duties(day) for day in self._days}

    def text(self) -> str:
        """The site file: the template beside this module, filled in. It is an example too: a centre's says the same."""
        month, template = self.since.replace(day=1), files(__package__).joinpath("simulated_site.toml")
        return Template(template.read_text("utf-8")).substitute(
            zone=self._zone.key,
            day_start=self._day_start,
            since=self.since,
            lateness=max(7, (self._start.date() - self.since).days + 2),
            month=month,
            version=month_period(month).label,
            published=month - timedelta(days=12),
            outbound=self._month_target(OUTBOUND_A_DAY),
            inbound=self._month_target(INBOUND_A_DAY),
            arrival=_toml(self._arrival()),
            country=COUNTRY,
            workdays=f"[{', '.join(map(str, self._corrections()))}]",
            teams="\n".join(_tables("teams", ({**t, "lead": f"lead-{t['id']}"} for t in self._floor.teams()))),
            shifts="\n".join(_tables("shifts", self._shifts())),
            queues="\n".join(_tables("queues", self._floor.queues())),
            campaigns="\n".join(_tables("campaigns", self._floor.campaigns(self._start.date()))),
        )

    def lists(self) -> dict[str, list[Row]]:
        """File name -> its rows."""
        return {
            "roster.csv": list(self._roster()),
            "rota.csv": list(self._rota()),
            "schedule.csv": [*self._meetings(), *self._trainings()],
            "leave.csv": list(self._leave()),
            "employment.csv": list(self._employment()),
            "access.csv": list(self._access()),
        }

    def _label(self, day: date) -> date:
        return self._time.day(self._simulator.shift_start_ms(day)).label

    def _month_target(self, a_day: float) -> int:
        """The target of the running month, whatever its number of shifts."""
        this = max(self._days.values())
        return round(a_day * sum(label.replace(day=1) == this.replace(day=1) for label in self._days.values()))

    def _arrival(self) -> list[float]:
        """How busy the hours of the local clock are."""
        opened = self._start.hour * 60 + self._start.minute
        return [round(sum(rush((60 * h + m - opened) % 1440 / 60) for m in range(60)) / 60, 2) for h in range(24)]

    def _corrections(self) -> list[date]:
        """Days that the floor works though the country does not."""
        usual = calendar(COUNTRY, (), (), (1.0,) * 7)
        return sorted({label for label in self._days.values() if not usual.is_workday(label)})

    def _shifts(self) -> Iterator[dict[str, object]]:
        for kind, (begin, end) in HOURS.items():
            for wave in LUNCHES_H if _has_lunch(kind) else (None,):
                lunch = [] if wave is None else [[self._clock(wave), self._clock(wave + _LUNCH_MIN / 60)]]
                times = {"start": self._clock(begin), "end": self._clock(end), "breaks": lunch}
                yield {"id": _shift_id(kind, wave), **times}

    def _clock(self, hours: float) -> str:
        return f"{self._start + timedelta(minutes=round(hours * 60)):%H:%M}"

    def _roster(self) -> Iterator[Row]:
        """An agent with other hours than the day shift has their own target."""
        for agent, row in zip(self._floor.agents, self._floor.roster(), strict=True):
            hours = _hours(_kind(agent))
            a_day = OUTBOUND_A_DAY if agent.direction == "outbound" else INBOUND_A_DAY
            yield {
                **row,
                "stratum": self._stratum(agent),
                "month_target": "" if hours == _DAY_H else self._month_target(a_day * hours / _DAY_H),
                "has_probation": "true" if agent.name == _ON_PROBATION else "",
            }

    def _stratum(self, agent: Agent) -> str:
        """Agents on the same list or queue are compared; each team calls its own part of a campaign."""
        crew = sum(each.team == agent.team for each in self._floor.agents)
        return f"{agent.line}/{agent.team}" if agent.direction == "outbound" and crew >= _OWN_LIST else agent.line

    def _rota(self) -> Iterator[Row]:
        for day, duties in self._duties.items():
            for agent in self._floor.agents:
                kind = _kind(agent)
                shift = _shift_id(kind, self._wave(day, duties[agent.id]) if _has_lunch(kind) else None)
                yield {"agent": agent.id, "date": day, "shift": shift}

    def _wave(self, day: date, duty: Duty) -> float:
        """The wave of the agent's lunch; the first if they are not there."""
        opened_ms = self._simulator.shift_start_ms(day)
        lunches = [(pause.at_ms - opened_ms) / HOUR_MS for pause in duty.pauses if pause.reason == LUNCH]
        return max((wave for wave in LUNCHES_H if lunches and wave <= lunches[0] + 0.01), default=LUNCHES_H[0])

    def _meetings(self) -> Iterator[Row]:
        for day in self._days:
            for whose, (hour, minutes) in _MEETINGS.items():
                teams = [f"team:{team.id}" for team in self._floor.crews if team.id.startswith(whose)]
                for each in ["*"] if whose == "*" else teams:
                    start = datetime.combine(day, self._start.time()) + timedelta(minutes=round(hour * 60))
                    yield _interval(each, "meeting", start, minutes)

    def _trainings(self) -> Iterator[Row]:
        for duties in self._duties.values():
            for agent, duty in duties.items():
                for pause in duty.pauses:
                    if pause.state == "training":
                        start = datetime.fromtimestamp(pause.at_ms / 1000, self._zone).replace(tzinfo=None)
                        yield _interval(
                            agent, "training", start.replace(second=0, microsecond=0), pause.length_ms // MINUTE_MS
                        )

    def _leave(self) -> Iterator[Row]:
        """A day of leave for every announced absence."""
        for day, label in self._days.items():
            for agent, duty in self._duties[day].items():
                if duty.sign_in_ms is None and not duty.remarks:
                    yield {"agent": agent, "date": label, "fraction": 1, "kind": "annual"}

    def _employment(self) -> Iterator[Row]:
        began = self.since.replace(day=1) - timedelta(days=90)
        for agent in self._floor.agents:
            if agent.name == _TEMPORARY:
                yield {"agent": agent.id, "from": began, "kind": "temporary"}

    def _access(self) -> Iterator[Row]:
        """A person for each role; every agent is in one group, and every team has its lead."""
        for account, name, role in _PEOPLE:
            yield {"account": f"local:{account}", "role": role, "name": name}
        for team in self._floor.teams():
            name = _LEADS.get(str(team["id"]), f"{team['name']}班长")
            yield {"account": f"local:lead-{team['id']}", "role": "lead", "team": team["id"], "name": name}
        yield {"group": AGENTS, "role": "agent"}


def _kind(agent: Agent) -> str:
    """The kind of shift; the day shift for an agent who is absent or on leave."""
    return agent.shift if agent.shift in HOURS else "day"


def _has_lunch(kind: str) -> bool:
    begin, end = HOURS[kind]
    return begin == 0 and end > 5


def _hours(kind: str) -> float:
    begin, end = HOURS[kind]
    return end - begin - (_LUNCH_MIN / 60 if _has_lunch(kind) else 0)


def _shift_id(kind: str, wave: float | None) -> str:
    return kind if wave is None else f"{kind}-{LUNCHES_H.index(wave) + 1}"


def _interval(whose: str, kind: str, start: datetime, minutes: int) -> Row:
    return {"agent": whose, "kind": kind, "start": start, "end": start + timedelta(minutes=minutes)}


def _tables(name: str, tables: Iterable[Mapping[str, object]]) -> Iterator[str]:
    for table in tables:
        yield "\n".join([f"[[{name}]]", *(f"{key} = {_toml(value)}" for key, value in table.items()), ""])


def _toml(value: object) -> str:
    """A TOML value: dates bare, texts, numbers and lists as JSON, which TOML shares."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
