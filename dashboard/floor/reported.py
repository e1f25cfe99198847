"""Of what some source has ever said something. What no source has ever reported is unknown: it is shown as —, never as 0.

A pure function of the types ever taken, which are counted per partition with the position (streams). The first fact of a kind
makes it known for good, whatever day is looked at.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_TYPES: dict[str, tuple[str, ...]] = {
    "calls": ("call.ended",),
    "states": ("agent.state",),
    "complaints": ("complaint.recorded", "complaint.decided"),
    "evaluations": ("evaluation.scored", "evaluation.decided"),
    "surveys": ("survey.answered",),
    "conduct": ("conduct.recorded",),
    "campaigns": ("campaign.snapshot",),
    "queues": ("queue.snapshot",),
}
"""Kind of facts -> the types of events that report it."""
_REASONS = {
    "calls": "no_call_source",
    "states": "no_state_source",
    "complaints": "no_complaint_source",
    "evaluations": "no_evaluation_source",
    "surveys": "no_survey_source",
    "conduct": "no_conduct_source",
    "campaigns": "no_campaign_source",
    "queues": "no_queue_source",
}


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
        """Kind -> why nothing is known of it, None where something is; the reasons are codes that pages have words for."""
        return {kind: None if known else _REASONS[kind] for kind, known in self._asdict().items()}

    @property
    def reasons(self) -> list[str]:
        """The reasons alone, of what is missing."""
        return [reason for reason in self.missing.values() if reason is not None]


ALL_REPORTED = Reported()
COUNTED = ("applied", "duplicates", "superseded")
"""What becomes of a record that is no dead letter."""
_NOT_COUNTED = ("dead_lettered", "ignored")


def reported(partitions: Iterable[Mapping[str, int]]) -> Reported:
    """Type -> facts of it ever taken, of every partition -> what is known."""
    seen = {name for types in partitions for name, count in types.items() if count}
    return Reported(**{kind: bool(seen.intersection(types)) for kind, types in _TYPES.items()})


def uncounted(partitions: Iterable[Mapping[str, int]]) -> int:
    """The totals of every partition -> how many records came where not one was ever counted; 0 once one was."""
    sums: Counter[str] = Counter()
    for totals in partitions:
        sums.update(totals)
    return 0 if any(sums[name] for name in COUNTED) else sum(sums[name] for name in _NOT_COUNTED)
