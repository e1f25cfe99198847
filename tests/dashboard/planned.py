"""A small floor with targets, shifts and every kind of agent, for tests of what is judged."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from dashboard.rules.deduction import DeductionPolicy
from dashboard.site.load import Site, Spell, Team
from dashboard.site.types import EVERYBODY, Interval, LeaveDay, PolicyBlock, ShiftTimes, Whose
from streams.site_time import HOUR_MS, MINUTE_MS
from tests.dashboard.partitions import MIDNIGHT_MS, SITE

DAY = date(2026, 11, 23)
WORKDAYS = 21
"""Of November 2026: Monday to Friday."""
SHIFT = ShiftTimes("day", "09:00", "18:00", (("12:00", "13:00"),))
"""Eight planned hours."""
WEIGHTS = {"volume": 0.5, "quality": 0.3, "conduct": 0.2}


def at(hour: int, minute: int = 0) -> int:
    """An instant of the day in ms."""
    return MIDNIGHT_MS + hour * HOUR_MS + minute * MINUTE_MS


def block(month_target: int | None = WORKDAYS * 80, **changes: Any) -> PolicyBlock:
    """A policy whose outbound profile owes ten calls per planned hour."""
    found = SITE.policies[0]
    profiles = {name: replace(each, month_target=month_target) for name, each in found.profiles.items()}
    return replace(found, **({"version": "2026-11", "profiles": profiles} | changes))


def site(**changes: Any) -> Site:
    """a1 and a2 outbound; b1 inbound, on probation; b2 of a team of their own, on leave today."""
    roster = (
        Spell("a1", "安一", "An", "A", "dawn", None, None),
        Spell("a2", "安二", "Bo", "B", "dawn", None, None),
        Spell("b1", "白一", "Cy", "C", "lake", None, None, has_probation=True),
        Spell("b2", "白二", "Di", "D", "lake", None, None),
    )
    usual: dict[str, Any] = {
        "teams": (Team("dawn", "晨曦组", "Dawn", "outbound"), Team("lake", "镜湖组", "Lake", "inbound", "inbound")),
        "roster": roster, "policies": (block(),), "shifts": (SHIFT,), "leave": (LeaveDay("b2", DAY, 1.0),),
    }  # fmt: skip
    return replace(SITE, **(usual | changes))


def deducting(policy: DeductionPolicy) -> Site:
    """The same floor under another policy of deduction."""
    return site(policies=(block(deduction=policy),))


def training(start: str, end: str, who: Whose = EVERYBODY) -> Interval:
    """A rostered training of today."""
    times = (datetime.combine(DAY, datetime.strptime(text, "%H:%M").time()) for text in (start, end))
    return Interval(who, "training", *times)
