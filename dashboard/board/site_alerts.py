"""Alerts about queues, teams, sources and the line itself, as a table of kinds. No person is in them."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from dashboard.board.alert_facts import AlertFacts
from dashboard.board.alert_kinds import NONE_COUNTED, NONE_GIVEN, Alert, AlertKind
from dashboard.floor.partition_follower import STALE_S
from dashboard.site.load import Site
from streams.halts import REASONS

LEAST_TIMED = 10
"""A queue's share in time means nothing before so many of its calls are known to be in time or not."""
FRESH_AGAIN_S = 5.0
_TEAM_BACK = 0.25
_SHARE_BACK = 0.02
_DECIMALS = 3
Subject = tuple[str, str | None, str | None]
Compare = Callable[[float, float], bool]


class Reading(NamedTuple):
    """What a kind measures about one subject."""

    value: float
    team: str | None = None
    subject: str | None = None
    limit: float | None = None
    """None: the limit of the site file."""
    since_ms: int | None = None
    """The subject's time; None: the alert begins when it comes."""
    may_come: bool = True


@dataclass(frozen=True, kw_only=True)
class SiteAlertKind(AlertKind):
    """An alert comes where ``comes(value, limit)``. Once on, it ends where that is false and ``goes(value, limit)`` is true, or
    where nothing is measured; without a ``goes`` only so."""

    measure: Callable[[AlertFacts], Iterable[Reading]]
    comes: Compare = operator.gt
    goes: Compare = lambda value, limit: False
    explains_stale: bool = False
    """It comes while the line is stale too: it says why."""


def site_alerts(facts: AlertFacts, before: Mapping[Subject, Alert]) -> tuple[Alert, ...]:
    """One tick and what was on -> what is on, in the order of kind, team and subject."""
    on = []
    for kind in SITE_KINDS:
        limit = kind.limit_in(facts.site.alerts)
        if kind.limits and not limit:
            continue
        readings = [_judged(kind, reading, limit, facts, before) for reading in kind.measure(facts)]
        on += sorted(filter(None, readings), key=lambda each: (each.team or "", each.subject or ""))
    return tuple(on)


def subject_of(alert: Alert) -> Subject:
    """What an alert is about."""
    return alert.kind, alert.team, alert.subject


def about_teams(site: Sequence[Alert]) -> dict[str | None, list[Alert]]:
    """Id of a team -> those of these alerts that its lead is told too, in their order."""
    for_leads = {kind.id for kind in SITE_KINDS if kind.audience == "both"}
    found: dict[str | None, list[Alert]] = {}
    for each in site:
        if each.kind in for_leads:
            found.setdefault(each.team, []).append(each)
    return found


def _judged(
    kind: SiteAlertKind, reading: Reading, limit: float | None, facts: AlertFacts, before: Mapping[Subject, Alert]
) -> Alert | None:
    """The alert, if it is on."""
    limit = limit if reading.limit is None else reading.limit
    was = before.get((kind.id, reading.team, reading.subject))
    comes = reading.may_come and kind.comes(reading.value, limit or 0) and (kind.explains_stale or not facts.is_stale)
    if not comes and (was is None or kind.goes(reading.value, limit or 0)):
        return None
    since_ms = reading.since_ms or (was.since_ms if was is not None else facts.now_ms)
    value = None if kind.unit == "ms" else round(reading.value, _DECIMALS)
    shown_limit = None if limit is None else round(limit, _DECIMALS)
    return Alert(kind.id, reading.team, None, reading.subject, since_ms, value, shown_limit)


def _at_most(share: float) -> Compare:
    return lambda value, limit: value <= limit * share


def _stale(facts: AlertFacts) -> Iterator[Reading]:
    if facts.age_s is not None:
        age_ms = facts.age_s * 1000
        yield Reading(age_ms, limit=STALE_S * 1000, since_ms=facts.now_ms - round(age_ms))


def _halted(reason: str, facts: AlertFacts) -> Iterator[Reading]:
    for partition, why in facts.halted.items():
        if why == reason:
            yield Reading(partition, subject=str(partition))


def _none_given(facts: AlertFacts) -> Iterator[Reading]:
    """Not one record of any source has its agent as the key: one alert for all sources."""
    if _has_no_agent(facts):
        yield Reading(sum(each.noticed.records for each in facts.sources_noticed))


def _misrouted(facts: AlertFacts) -> Iterator[Reading]:
    for each in () if _has_no_agent(facts) else facts.sources_noticed:
        if each.is_misrouted:
            yield Reading(each.misrouted, subject=each.source)


def _has_no_agent(facts: AlertFacts) -> bool:
    records = sum(each.noticed.records for each in facts.sources_noticed)
    astray = sum(each.noticed.astray for each in facts.sources_noticed)
    return 0 < astray == records and any(each.misrouted for each in facts.sources_noticed)


def sources_to_hear(site: Site, sources: Mapping[str, int], day_start_ms: int) -> dict[str, int]:
    """The sources that must not fall silent: those of the site file, or else all that sent something today."""
    named = site.alerts.sources
    return {source: ms for source, ms in sources.items() if (source in named if named else ms >= day_start_ms)}


def _sources(facts: AlertFacts) -> Iterator[Reading]:
    is_manned = bool(facts.signed_in.any())
    for source, newest_ms in sources_to_hear(facts.site, facts.sources or {}, facts.day_start_ms).items():
        yield Reading(facts.now_ms - newest_ms if is_manned else 0, subject=source, since_ms=newest_ms)


def _waiting(facts: AlertFacts) -> Iterator[Reading]:
    for queue in facts.queues:
        if queue.waiting is not None:
            yield Reading(queue.waiting, subject=queue.id)


def _in_time(facts: AlertFacts) -> Iterator[Reading]:
    for queue in facts.queues:
        if queue.in_time_share is not None:
            yield Reading(queue.in_time_share, subject=queue.id, may_come=queue.timed >= LEAST_TIMED)


def _teams(facts: AlertFacts) -> Iterator[Reading]:
    """The teams that are not clearly back, without hidden teams."""
    pace, low = facts.team_pace, facts.team_low
    for at in np.nonzero(pace < low + _TEAM_BACK * (1 - low))[0].tolist():
        if at not in facts.hidden_teams:
            yield Reading(float(pace[at]), team=facts.lines.teams[at].id, limit=float(low[at]))


SITE_KINDS: tuple[SiteAlertKind, ...] = (
    SiteAlertKind(
        id="stale", audience="site", about="line", unit="ms", measure=_stale, explains_stale=True,
        goes=lambda value, limit: value <= FRESH_AGAIN_S * 1000,
    ),
    *(
        SiteAlertKind(
            id=f"halted_{reason}", audience="site", about="partition", unit="partition", measure=partial(_halted, reason),
            comes=lambda value, limit: True, explains_stale=True,
        )
        for reason in REASONS
    ),
    SiteAlertKind(id=NONE_GIVEN, audience="site", about="records", unit="count", measure=_none_given),
    SiteAlertKind(
        id=NONE_COUNTED, audience="site", about="records", unit="count", goes=_at_most(1),
        measure=lambda facts: [Reading(facts.uncounted)],
    ),
    SiteAlertKind(id="misrouted", audience="site", about="source", unit="count", measure=_misrouted),
    SiteAlertKind(
        id="source_silent", audience="site", about="source", unit="ms", limits=("source_silent_ms",), measure=_sources,
        goes=_at_most(0.5),
    ),
    SiteAlertKind(
        id="dead_letters", audience="site", about="records", unit="count", limits=("dead_letters",), goes=_at_most(0.5),
        measure=lambda facts: [Reading(facts.dead_letters)],
    ),
    SiteAlertKind(
        id="queue_waiting", audience="site", about="queue", unit="count", limits=("queue_waiting",), measure=_waiting,
        goes=_at_most(0.8),
    ),
    SiteAlertKind(
        id="queue_in_time", audience="site", about="queue", unit="share", limits=("queue_in_time",), measure=_in_time,
        comes=operator.lt, goes=lambda value, limit: value >= min(1.0, round(limit + _SHARE_BACK, 6)),
    ),
    SiteAlertKind(id="team_behind", audience="both", about="team", unit="pace", measure=_teams, comes=operator.lt),
    SiteAlertKind(
        id="appeals_overdue", audience="site", about="appeals", unit="count", goes=_at_most(1),
        measure=lambda facts: [Reading(facts.appeals_overdue)],
    ),
)  # fmt: skip
"""In the order in which a page lists them."""
