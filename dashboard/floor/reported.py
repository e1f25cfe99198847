"""Which kinds of facts some source has ever reported. What no source reported is unknown: shown as —, never as 0.

``Reported`` is a pure function of the types of events ever counted, which the store has per partition. The first fact of a kind
makes it known for good, whatever day is looked at. ``without_unreported`` empties the cells of a row that rest on unknown
facts. A sealed sheet keeps its counts: they are what was approved, and later differences are taken from them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "calls": ("no_call_source", ("call.ended",)),
    "states": ("no_state_source", ("agent.state",)),
    "complaints": ("no_complaint_source", ("complaint.recorded", "complaint.decided")),
    "evaluations": ("no_evaluation_source", ("evaluation.scored", "evaluation.decided")),
    "surveys": ("no_survey_source", ("survey.answered",)),
    "conduct": ("no_conduct_source", ("conduct.recorded",)),
    "campaigns": ("no_campaign_source", ("campaign.snapshot",)),
    "queues": ("no_queue_source", ("queue.snapshot",)),
}
"""Kind of facts -> the reason where it is missing, and the types of events that report it."""


class Reported(NamedTuple):
    """Whether each kind of facts was ever reported."""

    calls: bool = True
    states: bool = True
    complaints: bool = True
    evaluations: bool = True
    surveys: bool = True
    conduct: bool = True
    campaigns: bool = True
    queues: bool = True

    @property
    def missing(self) -> dict[str, str | None]:
        """Kind -> the reason why it is unknown, None where it was reported; the reasons are codes that pages have words for."""
        return {kind: None if known else _TYPES[kind][0] for kind, known in self._asdict().items()}

    @property
    def reasons(self) -> list[str]:
        """The reasons of the missing kinds."""
        return [reason for reason in self.missing.values() if reason is not None]


ALL_REPORTED = Reported()
COUNTED = ("applied", "duplicates", "superseded")
"""The totals of records that are no dead letters."""
_NOT_COUNTED = ("dead_lettered", "ignored")


def reported(partitions: Iterable[Mapping[str, int]]) -> Reported:
    """Per partition, type -> facts of it ever counted -> the reported kinds."""
    seen = {name for types in partitions for name, count in types.items() if count}
    return Reported(**{kind: bool(seen.intersection(types)) for kind, (_, types) in _TYPES.items()})


def uncounted(partitions: Iterable[Mapping[str, int]]) -> int:
    """The totals of every partition -> the number of records received while none was ever counted; 0 once one was."""
    sums: Counter[str] = Counter()
    for totals in partitions:
        sums.update(totals)
    return 0 if any(sums[name] for name in COUNTED) else sum(sums[name] for name in _NOT_COUNTED)


_METRICS: dict[str, tuple[str, ...]] = {
    "complaints": ("complaints_", "repeat_enquiries_"),
    "evaluations": ("evaluations", "evaluation_points", "critical_fails"),
    "surveys": ("surveys_", "survey_points"),
    "conduct": ("conduct_",),
    "states": ("state_",),
}
"""Kind of facts -> how the names of their metrics begin."""
_JUDGED: dict[str, tuple[str, ...]] = {
    "calls": ("pace", "attainment", "required_rate", "volume", "score", "grade"),
    "complaints": ("deducted", "pending", "net_low", "net_high", "floored"),
    "states": ("adherence",),
}
_INSTEAD = {"states": "no_scheduled_time", "evaluations": "no_evaluations"}
"""Kind of facts -> the reason that its own replaces."""
_NO_COLUMN = frozenset({"campaigns", "queues"})
"""Kinds that have no column in a sheet."""


def without_unreported(row: Mapping[str, Any], known: Reported) -> dict[str, Any]:
    """The row with empty cells for unreported kinds; ``reasons`` ends with why they are empty."""
    kinds = [kind for kind, is_known in known._asdict().items() if not is_known and kind not in _NO_COLUMN]
    names = {name for kind in kinds for name in _JUDGED.get(kind, ())}
    starts = tuple(start for kind in kinds for start in _METRICS.get(kind, ()))
    cells = {name: None if name in names or name.startswith(starts) else cell for name, cell in row.items()}
    untrue = {_INSTEAD[kind] for kind in kinds if kind in _INSTEAD}
    reasons = [reason for kind in kinds if (reason := known.missing[kind])]
    return cells | {"reasons": [*(word for word in row["reasons"] or () if word not in untrue), *reasons]}
