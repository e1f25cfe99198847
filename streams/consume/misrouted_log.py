"""The log of ``consume`` names a source whose records count for nobody: once when it begins, once when it ends."""

import logging

from streams.ledger.partition_state import Known
from streams.store.source_reports import misrouted_text, source_reports, source_text

_log = logging.getLogger(__name__)


class MisroutedLog:
    """Remembers per partition which sources were named and at which count of misrouted records it looked last."""

    def __init__(self) -> None:
        self._named: dict[int, frozenset[str]] = {}
        self._looked: dict[int, int] = {}

    def look(self, partition: int, known: Known) -> None:
        """Looks at what is known of a partition after a commit; it costs nothing where no record is misrouted."""
        named = self._named.get(partition, frozenset())
        if not named and known.totals["misrouted"] == self._looked.get(partition, 0):
            return
        self._looked[partition] = known.totals["misrouted"]
        reports = {each.source: each for each in source_reports([known.source_days]) if each.is_misrouted}
        for source in sorted(reports.keys() - named):
            _log.warning("partition %d: %s", partition, misrouted_text(reports[source]))
        for source in sorted(named - reports.keys()):
            _log.info(
                "partition %d: %s sends its records under their agents' keys again", partition, source_text(source)
            )
        self._named[partition] = frozenset(reports)
