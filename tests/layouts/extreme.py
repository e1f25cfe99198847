"""The example at its limits: names of 24 Latin letters and 8 Han characters, figures of six digits where a site can have them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from layouts.parts.page_site import PageSite
from tests.browser.drawn import curve
from tests.browser.told import AGENT as MYSELF
from tests.browser.told import period, told
from tests.layouts.example import COLUMNS, example_site, team_snapshot
from tests.layouts.rolled import rollup_agents, rollup_snapshot
from tests.layouts.seated import example_queues, seats_snapshot

NAME, NAME_EN = "东北大客户服务组", "Northeast Key Accounts B"
PERSON, PERSON_EN = "欧阳慕容晓芸子涵", "Alexandra Montgomery-Lee"
_SITE, _SITE_EN = "华东第一客户联络中心", "East China Contact Centre"


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"name": NAME, "name_en": NAME_EN}


def extreme_site() -> PageSite:
    """The example's site with long names."""
    site = example_site()
    teams = tuple(replace(team, name=NAME, name_en=NAME_EN) for team in site.teams)
    return replace(site, name=_SITE, name_en=_SITE_EN, teams=teams)


def _floor(snapshot: dict[str, Any]) -> dict[str, Any]:
    counts = {"net": 751_319, "handled": 785_951, "deducted": 34_632, "net_if_withdrawn": 756_447, "pending": 12_833}
    due = {"due": 755_437, "gap": -14_227, "not_assessed_net": 10_009}
    last30 = {"handled": 152_660, "deducted": 11_036, "net": 141_624, "assessed_net": 141_124, "due": 151_728}
    teams = [_named(team) | {"net": 32_236, "gap": -12_350} for team in snapshot["teams"]]
    floor = snapshot["floor"] | counts | due | {"last30": snapshot["floor"]["last30"] | last30}
    return snapshot | {"floor": floor, "teams": teams}


def extreme_board() -> dict[str, Any]:
    """A wall of a hundred thousand calls an hour."""
    snapshot = _floor(seats_snapshot())
    snapshot["floor"]["queues"] = [
        _named(queue) | {"offered": 152_082, "answered": 131_032, "abandoned": 21_050} for queue in example_queues(8)
    ]
    return snapshot


def extreme_team() -> dict[str, Any]:
    """A team of persons with long names, some of whom handle thousands a day."""
    snapshot = _floor(team_snapshot())
    place = {
        name: COLUMNS.index(name) for name in ("name", "name_en", "handled", "deducted", "net", "due", "converted")
    }
    for row in snapshot["agents"]["rows"]:
        row[place["name"]], row[place["name_en"]] = PERSON, PERSON_EN
        for name, value in (("handled", 2_888), ("deducted", 444), ("net", 2_444), ("due", 2_666), ("converted", 888)):
            row[place[name]] = value if row[place["handled"]] else row[place[name]]
    looked = snapshot["desk"]["look_first"]
    long = {"name": PERSON, "name_en": PERSON_EN}
    desk = {"look_first": {kind: [one | long for one in looked[kind]] for kind in ("people", "facts")}}
    desk["alerts"] = [one | long for one in snapshot["desk"]["alerts"]]
    return snapshot | {"desk": snapshot["desk"] | desk}


def extreme_rollup() -> dict[str, Any]:
    """Months of some hundred thousand calls a team, and a site of nearly a million."""
    snapshot = rollup_snapshot()
    rollup = snapshot["rollup"]
    for row in (rollup["site"], *rollup["rows"]):
        for name in ("net", "due", "target", "volume", "handled", "net_if_withdrawn", "net_high", "net_low"):
            row[name] = None if row[name] is None else row[name] * 2
    rollup["rows"] = [_named(row) for row in rollup["rows"]]
    rollup["today"]["teams"] = [_named(team) for team in rollup["today"]["teams"]]
    campaigns = [
        _named(row) | {"done": 427_930, "list_size": 642_000, "attempts": 414_120} for row in snapshot["campaigns"]
    ]
    return snapshot | {"campaigns": campaigns}


def extreme_me() -> dict[str, Any]:
    """An agent with a long name in a team with a long name; a month of six digits."""
    big = {"calls": 398_888, "deducted": 14_848, "net": 384_040, "target": 500_000, "target_by_now": 371_800}
    month = period(date="2026-11", **big, pending=6_666, appealed=222, net_low=384_040, net_high=390_706, pace=1.033)
    team = {"id": "dawn", "name": NAME, "name_en": NAME_EN}
    return told(name=PERSON, name_en=PERSON_EN, team=team, month=month)


SNAPSHOTS: dict[str, Callable[[], dict[str, Any]]] = {
    "wall": extreme_board,
    "team": extreme_team,
    "rollup": extreme_rollup,
    "campaigns": extreme_rollup,
}
"""By the name of the opening; the others have the usual one."""
ANSWERS: dict[str, dict[str, tuple[int, Any]]] = {
    "rollup": {"GET /snapshot": (200, rollup_agents())},
    "me": {"GET /me.json": (200, extreme_me()), "GET /curve": (200, curve(MYSELF))},
    "phone": {"GET /me.json": (200, extreme_me())},
}
