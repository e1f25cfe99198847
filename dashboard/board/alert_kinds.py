"""A kind of alert as a row of a table, and one alert as a value.

The kinds are the rows of two tables: SITE_KINDS (site_alerts) and AGENT_KINDS (agent_alerts). A new kind is a row there, its
words ``alert.<id>`` and ``alert.do_<id>`` in every language, and a line in docs/site.md. Pages and scripts know no kind by its
id: ``about`` and ``unit`` go with each alert.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from dashboard.site.types import Alerts

About = Literal["arrival", "state", "pace", "team", "queue", "appeals", "records", "source", "partition", "line"]
"""``arrival`` and ``state`` are hard facts about an agent. ``records``, ``source`` and ``partition`` stand on every wall; these
three and ``line`` lead to /health."""
Unit = Literal["ms", "count", "share", "pace", "partition"]
NONE_GIVEN = "none_given"
NONE_COUNTED = "none_counted"


@dataclass(frozen=True, kw_only=True)
class AlertKind:
    """One row of a table of kinds."""

    id: str
    audience: Literal["lead", "site", "both"]
    """Who is told: the lead of the agent's team with the page of everyone; the topic of the floor; or the floor and the lead of
    the team that the alert is about."""
    about: About
    unit: Unit
    """Unit of value and limit. An alert in ms has no value: it is the time since ``since_ms``."""
    limits: tuple[str, ...] = ()
    """Names of its limits in the site's Alerts. A limit of 0 or None: never."""

    def limit_in(self, alerts: Alerts, state: str | None = None) -> float | None:
        """Its limit on a site; a kind about states has one per state."""
        if not self.limits:
            return None
        limit: float | None = getattr(alerts, self.limits[0] if state is None else f"{state}_limit_ms")
        return limit


class Alert(NamedTuple):
    """One thing that needs attention. ``subject``: the state, the queue, the source or the partition it is about."""

    kind: str
    team: str | None = None
    agent: str | None = None
    subject: str | None = None
    since_ms: int = 0
    """Since when the state lasts; the planned start of an agent who has not arrived; the newest event of a silent source; the
    newest heartbeat where the line is stale; else since when the alert is on."""
    value: float | None = None
    """What is over or under the limit, the number of a halted partition; None where it is the time since ``since_ms``."""
    limit: float | None = None
    """None: no limit but 0."""
