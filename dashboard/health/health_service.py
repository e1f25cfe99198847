"""The report on the line: the site file, the partitions, the sources, Kafka, Redis, the publisher, dead letters.

Its ``to_do`` is the short form: the codes of all that needs attention.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from dashboard.board.bus import AWAY
from dashboard.health.counted_report import counted_report, halted_partitions
from dashboard.health.letter_replay import LetterReplayService
from dashboard.health.report import HealthReport, to_do
from dashboard.health.service_states import (
    KafkaState,
    PublisherState,
    kafka_report,
    letters_report,
    publisher_report,
    redis_report,
)
from dashboard.site.watch import SiteState, SiteWatch
from streams.metrics import UnknownSchema
from streams.site_time import rfc3339
from streams.store.client import RedisState
from streams.store.errors import error_text
from streams.store.reader import Reader

_UNREADABLE: tuple[type[Exception], ...] = (*AWAY, UnknownSchema)


@dataclass(frozen=True)
class HealthService:
    """Reports over its sources; a source that is left out is null in the report, or missing.

    ``counters`` and ``action_counters`` open the counters of the events and of what people do here. They, ``redis`` and
    ``publisher`` raise what is in bus.AWAY while Redis is away; ``overdue`` and ``kafka`` never wait.
    """

    sites: SiteWatch
    counters: Callable[[], Reader]
    now_ms: Callable[[], int]
    overdue: Callable[[], int | None] = lambda: None
    """Appeals whose deadline is over; None: not known."""
    accounts: Callable[[], Sequence[str]] = lambda: ()
    """Lines of the file of accounts that let nobody in."""
    kafka: Callable[[], KafkaState | None] = lambda: None
    redis: Callable[[], RedisState | None] = lambda: None
    publisher: Callable[[], PublisherState | None] | None = None
    letters: LetterReplayService | None = None
    action_counters: Callable[[], Reader] | None = None

    def report(self, viewers: Mapping[str, Any] | None = None) -> HealthReport:
        """``viewers``: the report of the web worker's viewers, see live/viewers.py; None: the process serves nobody."""
        now_ms, state, kafka = self.now_ms(), self.sites.state, self.kafka()
        try:
            in_redis = self._read_redis(now_ms, kafka)
        except _UNREADABLE as error:
            in_redis = {"redis": {"reachable": False, "error": error_text(error)}}
        report = HealthReport(
            now=rfc3339(now_ms),
            site=_site(state),
            appeals_overdue=self.overdue(),
            accounts=self.accounts(),
            viewers=viewers,
            kafka=kafka_report(kafka),
            dead_letters=letters_report(kafka),
            **in_redis,
        )
        return replace(report, to_do=to_do(report))

    def _read_redis(self, now_ms: int, kafka: KafkaState | None) -> dict[str, Any]:
        return {
            "redis": redis_report(self.redis()),
            "replay": self.letters.newest_report() if self.letters else None,
            "publisher": publisher_report(self.publisher(), now_ms) if self.publisher else None,
            **counted_report(self.counters(), self.sites.state.site, now_ms, kafka),
            "actions_halted": halted_partitions(self.action_counters()) if self.action_counters else [],
        }


def _site(state: SiteState) -> dict[str, Any]:
    """The site in force, the problems of its newest change, and a zone or day start that waits to be counted by."""
    waiting = None
    if state.waiting is not None:
        counted = {f"counted_{name}": value for name, value in state.site.time.clock._asdict().items()}
        waiting = {**state.waiting._asdict(), **counted}
    return {
        "name": state.site.name,
        "file": state.file,
        "loaded_at": rfc3339(state.loaded_ms),
        "problems": [problem._asdict() for problem in state.problems],
        "waiting": waiting,
    }
