"""What the publisher shows beside counting and judging, each by a thread: evidence, quality trends, flags, overdue appeals and
the finished days of the month.

They read with a connection of their own, so that a tick never waits for them. Another site ends them and starts others;
under a works council those that would look at persons are not started at all.
"""

from contextlib import ExitStack
from typing import Any

from dashboard.actions.appeal_messages import Topics
from dashboard.actions.appeal_register import count_overdue
from dashboard.actions.appeal_rules import AppealRules
from dashboard.board.bus import AWAY
from dashboard.board.publish import wall_clock_ms
from dashboard.board.side_jobs import FlagWatch, RepeatedQuery, SideJobs
from dashboard.floor.month_course import PastDays, past_days
from dashboard.people.history_loader import HistoryLoader
from dashboard.people.quality_trends import QualityFollower, Trends
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.appeals import Opening
from dashboard.wiring.flags import action_partitions, flag_register
from streams.store.client import open_redis
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader

_OVERDUE_EVERY_S = 300.0
_PAST_DAYS_EVERY_S = 60.0


class BoardParts:
    """The parts for one site after the other; ``partitions``: of the topic of events. A context: it ends its threads."""

    def __init__(self, settings: Settings, partitions: int) -> None:
        self._settings, self._partitions = settings, partitions
        self._running = ExitStack()

    def __enter__(self) -> "BoardParts":
        return self

    def __exit__(self, *error: object) -> None:
        self._running.close()

    def __call__(self, site: Site) -> SideJobs:
        """Starts the parts of a site, after those of the site before have ended. Raises what Redis raises."""
        self._running.close()
        self._running = stack = ExitStack()
        persons = not site.works_council
        return SideJobs(
            history=stack.enter_context(self._history(site).running()) if persons else None,
            trends=stack.enter_context(self._trends(site).following()),
            flags=stack.enter_context(self._flags(site).following()) if persons else None,
            overdue=stack.enter_context(self._overdue(site).following(_OVERDUE_EVERY_S)),
            past_days=stack.enter_context(self._past_days(site).following(_PAST_DAYS_EVERY_S)),
        )

    def _client(self) -> Any:
        client = open_redis(self._settings.redis)
        self._running.callback(client.close)
        return client

    def _history(self, site: Site) -> HistoryLoader:
        reader = Reader(self._client(), self._settings.topic, self._partitions)
        return HistoryLoader(reader, site, wall_clock_ms, AWAY)

    def _trends(self, site: Site) -> Trends:
        client, topic = self._client(), self._settings.topic
        ledgers = LedgerReader(client, topic, self._partitions, site.time)
        reading = QualityFollower(ledgers, Reader(client, topic, self._partitions))
        return Trends(reading, AWAY, persons=not site.works_council)

    def _flags(self, site: Site) -> FlagWatch:
        client = self._client()
        partitions = action_partitions(client, self._settings, self._partitions)
        return FlagWatch(flag_register(client, self._settings, site, partitions), AWAY)

    def _past_days(self, site: Site) -> RepeatedQuery[PastDays]:
        reader, time = Reader(self._client(), self._settings.topic, self._partitions), site.time
        return RepeatedQuery("past-days", lambda: past_days(reader, site, time, wall_clock_ms()), AWAY)

    def _overdue(self, site: Site) -> RepeatedQuery[int]:
        opening = Opening(self._settings, lambda: site)
        self._running.callback(opening.close)
        topics = Topics(self._settings.topic, self._settings.actions)
        rules = AppealRules(site, site.time, topics)
        return RepeatedQuery("overdue-appeals", lambda: count_overdue(rules, opening(), wall_clock_ms()), AWAY)
