"""Notices in the log of the consume process, each given once: partitions that stand still, and sources with wrong keys."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from streams.kafka_log.topics import NoSuchTopic, Unreachable
from streams.ledger.partition_state import PartitionState
from streams.store.source_reports import misrouted_text, source_reports, source_text

STILL_S = 15.0
_log = logging.getLogger(__name__)


class StandstillNotices:
    """Names partitions that stand still before the end of their log, with the reason.

    ``reasons`` asks Kafka: partition -> in words, what holds it back. It may raise topics.Unreachable.
    """

    def __init__(self, reasons: Callable[[], Mapping[int, str]]) -> None:
        self._reasons = reasons
        self._stood: dict[int, tuple[int, float]] = {}
        self._named: set[tuple[int, int]] = set()
        self._next_s = time.monotonic()

    def check_positions(self, positions: Mapping[int, int], end: Callable[[int], int | None]) -> None:
        """``positions``: partition -> the offset that is read next; ``end``: where the log of a partition ends, if known."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        self._next_s = now_s + 1
        self._stood = {
            number: was if (was := self._stood.get(number)) and was[0] == position else (position, now_s)
            for number, position in positions.items()
        }
        still = {
            number: position
            for number, (position, since_s) in self._stood.items()
            if now_s - since_s >= STILL_S and (number, position) not in self._named and (end(number) or 0) > position
        }
        if still:
            self._next_s = now_s + STILL_S
            with suppress(Unreachable, NoSuchTopic):  # polling raises these too
                reasons = self._reasons()
                for number, position in still.items():
                    nothing = (
                        f"partition {number}: Kafka gives nothing from offset {position} on, though the log goes on to "
                    )
                    _log.warning("%s", reasons.get(number) or f"{nothing}{end(number)}; see the broker's log")
                    self._named.add((number, position))


class MisroutedNotices:
    """Names a source whose records count for nobody: when it begins, and when it ends."""

    def __init__(self) -> None:
        self._named: dict[int, frozenset[str]] = {}
        self._checked: dict[int, int] = {}

    def check_partition(self, partition: int, state: PartitionState) -> None:
        """To be called after a commit; it costs nothing where no record is misrouted."""
        named = self._named.get(partition, frozenset())
        if not named and state.totals["misrouted"] == self._checked.get(partition, 0):
            return
        self._checked[partition] = state.totals["misrouted"]
        reports = {each.source: each for each in source_reports([state.source_days]) if each.is_misrouted}
        for source in sorted(reports.keys() - named):
            _log.warning("partition %d: %s", partition, misrouted_text(reports[source]))
        for source in sorted(named - reports.keys()):
            _log.info(
                "partition %d: %s sends its records under their agents' keys again", partition, source_text(source)
            )
        self._named[partition] = frozenset(reports)
