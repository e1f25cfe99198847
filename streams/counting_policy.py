"""The counting policy of a site for the fold. It comes as constructor arguments, never from a file."""

import msgspec

from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS

BY_REBUILD = frozenset({"too_late"})
"""Reasons whose dead letters are never replayed: the line of the fact may be forgotten, so it could count twice. Only a rebuild
after a change of `lateness` or `fact_lateness` counts them."""


class Projects(msgspec.Struct, frozen=True, kw_only=True):
    """The project of each campaign and of each queue that is in one."""

    campaigns: dict[str, str] = {}
    queues: dict[str, str] = {}

    def find(self, campaign: str | None, queue: str | None) -> str | None:
        """The project that a fact counts in: that of its campaign, else that of its queue."""
        project = None if campaign is None else self.campaigns.get(campaign)
        return self.queues.get(queue) if project is None and queue is not None else project


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of counting (docs/rules.md 1 and 2). A change holds for later records."""

    lateness_ms: int = 72 * HOUR_MS
    """Of calls, states and snapshots."""
    fact_lateness_ms: int = 100 * DAY_MS
    """Of complaints, evaluations, surveys and conduct records, and at most the life of their lines (``fact_lateness``)."""
    future_ms: int = 5 * MINUTE_MS
    short_call_s: int = 10
    effective_call_s: int = 30
    answer_in_s: int = 20
    short_abandon_s: int = 5
    satisfied_points: int = 7500
    success_dispositions: frozenset[str] = frozenset({"sale"})
    campaign_success: dict[str, frozenset[str]] = {}
    projects: Projects | None = None
    """None: the site has no project with a campaign or a queue."""

    def is_success(self, disposition: str | None, campaign: str | None) -> bool:
        """Whether a call's disposition is a success for its campaign, or for the site where it has none."""
        if campaign is not None and campaign in self.campaign_success:
            return disposition in self.campaign_success[campaign]
        return disposition in self.success_dispositions


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How long cells and lines live, measured by the log's newest event time, never by the machine's clock."""

    minutes_ms: int = 48 * HOUR_MS
    hours_ms: int = 40 * DAY_MS
    months: int = 25
    ledger_ms: int = 100 * DAY_MS


def fact_lateness(counting: Counting, retention: Retention) -> int:
    """How late (ms) complaints, evaluations, surveys and conduct records may be: a later one might count twice."""
    return min(counting.fact_lateness_ms, retention.ledger_ms)


def line_days(counting: Counting, retention: Retention) -> int:
    """Business days of the log, with the running one, on which a line of the ledger may have been written."""
    return max(counting.lateness_ms, retention.ledger_ms) // DAY_MS + 2
