"""Alerts about queues, teams, sources and the line itself. No person is in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dashboard.board.alert_facts import AlertFacts
from dashboard.board.alert_kinds import (
    APPEALS_OVERDUE,
    DEAD_LETTERS,
    HALTED,
    MISROUTED,
    NONE_COUNTED,
    NONE_GIVEN,
    OF_SITE,
    QUEUE_IN_TIME,
    QUEUE_WAITING,
    SOURCE_SILENT,
    STALE,
    TEAM_BEHIND,
    Alert,
)
from dashboard.floor.partition_follower import STALE_S
from dashboard.floor.queues import QueueNow
from dashboard.floor.visible_groups import hidden_teams
from dashboard.site.load import Site

LEAST_TIMED = 10
"""Calls of a queue of which it is known whether they were in time, before their share means anything."""
FRESH_AGAIN_S = 5.0
_QUEUE_BACK = 0.8
_SHARE_BACK = 0.02
_DEAD_BACK = 0.5
_SOURCE_BACK = 0.5
_TEAM_BACK = 0.25
_OF_THE_LINE = (STALE, *HALTED.values())
"""Told also of a line that stands still: they say why."""
Place = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class _Found:
    """One kind about one subject: whether it comes on, and if not whether it is clearly over; between the two it stays."""

    alert: Alert
    on: bool
    over: bool
    is_own_time: bool = False
    """Whether ``since_ms`` is the subject's and not that of the alert."""


def site_alerts(facts: AlertFacts, before: Mapping[Place, Alert]) -> tuple[Alert, ...]:
    """One tick and what was on -> what is on, in the order of kind, team and subject."""
    on = []
    for found in (
        *_line(facts),
        *_misrouted(facts),
        *_sources(facts),
        *_queues(facts),
        *_teams(facts),
        *_appeals(facts),
    ):
        was = before.get(place(found.alert))
        comes = found.on and (not facts.is_stale or found.alert.kind in _OF_THE_LINE)
        if comes or (was is not None and not found.over):
            since_ms = was.since_ms if was is not None and not found.is_own_time else found.alert.since_ms
            on.append(found.alert._replace(since_ms=since_ms))
    return tuple(sorted(on, key=lambda each: (OF_SITE.index(each.kind), each.team or "", each.subject or "")))


def place(alert: Alert) -> Place:
    """What an alert is about."""
    return alert.kind, alert.team, alert.subject


def _line(facts: AlertFacts) -> Iterator[_Found]:
    if facts.age_s is not None:
        beat_ms = facts.now_ms - round(facts.age_s * 1000)
        limit = STALE_S * 1000
        yield _Found(Alert(STALE, since_ms=beat_ms, limit=limit), facts.is_stale, facts.age_s <= FRESH_AGAIN_S, True)
    for partition, reason in sorted(facts.halted.items()):
        alert = Alert(HALTED[reason], subject=str(partition), since_ms=facts.now_ms, value=partition)
        yield _Found(alert, True, False)
    if limit := facts.site.alerts.dead_letters:
        count = facts.dead_letters
        alert = Alert(DEAD_LETTERS, since_ms=facts.now_ms, value=count, limit=limit)
        yield _Found(alert, count > limit, count <= limit * _DEAD_BACK)
    if facts.uncounted:
        yield _Found(Alert(NONE_COUNTED, since_ms=facts.now_ms, value=facts.uncounted), True, False)


def _misrouted(facts: AlertFacts) -> Iterator[_Found]:
    """Records that count for nobody: each source with too many of them, or one alert where not one record has an agent."""
    records = sum(each.noticed.records for each in facts.sources_noticed)
    astray = sum(each.noticed.astray for each in facts.sources_noticed)
    if astray and astray == records and any(each.misrouted for each in facts.sources_noticed):
        yield _Found(Alert(NONE_GIVEN, since_ms=facts.now_ms, value=records), True, False)
        return
    for each in facts.sources_noticed:
        if each.is_misrouted:
            alert = Alert(MISROUTED, subject=each.source, since_ms=facts.now_ms, value=each.misrouted)
            yield _Found(alert, True, False)


def watched(site: Site, sources: Mapping[str, int], day_start_ms: int) -> dict[str, int]:
    """The sources that must not fall silent: those of the site file, or else all that sent something today."""
    named = site.alerts.sources
    return {source: ms for source, ms in sources.items() if (source in named if named else ms >= day_start_ms)}


def _sources(facts: AlertFacts) -> Iterator[_Found]:
    limit, there = facts.site.alerts.source_silent_ms, bool(facts.signed_in.any())
    for source, newest_ms in watched(facts.site, facts.sources or {}, facts.day_start_ms).items():
        silent = facts.now_ms - newest_ms
        over = not there or silent <= limit * _SOURCE_BACK
        alert = Alert(SOURCE_SILENT, subject=source, since_ms=newest_ms, limit=limit)
        yield _Found(alert, there and silent > limit, over, True)


def _queues(facts: AlertFacts) -> Iterator[_Found]:
    limits = facts.site.alerts
    for queue in facts.queues:
        if limits.queue_waiting and queue.waiting is not None:
            most = limits.queue_waiting
            alert = Alert(QUEUE_WAITING, None, None, queue.id, facts.now_ms, queue.waiting, most)
            yield _Found(alert, queue.waiting > most, queue.waiting <= most * _QUEUE_BACK)
        if limits.queue_in_time is not None and queue.in_time_share is not None:
            yield _in_time(facts, queue, limits.queue_in_time, queue.in_time_share)


def _in_time(facts: AlertFacts, queue: QueueNow, least: float, share: float) -> _Found:
    alert = Alert(QUEUE_IN_TIME, None, None, queue.id, facts.now_ms, round(share, 3), least)
    return _Found(alert, share < least and queue.timed >= LEAST_TIMED, share >= min(1.0, round(least + _SHARE_BACK, 6)))


def _teams(facts: AlertFacts) -> Iterator[_Found]:
    """Those not clearly back. A team whose members could be told from its number is left out."""
    pace, low = facts.teams.pace, facts.teams.low
    hidden = hidden_teams(facts.lines, facts.site).hidden
    for at in np.nonzero(pace < low + _TEAM_BACK * (1 - low))[0].tolist():
        if at not in hidden:
            value, limit = round(float(pace[at]), 3), round(float(low[at]), 3)
            alert = Alert(TEAM_BEHIND, facts.lines.teams[at].id, None, None, facts.now_ms, value, limit)
            yield _Found(alert, bool(pace[at] < low[at]), False)


def _appeals(facts: AlertFacts) -> Iterator[_Found]:
    count = facts.appeals_overdue
    yield _Found(Alert(APPEALS_OVERDUE, since_ms=facts.now_ms, value=count), count > 0, count == 0)
