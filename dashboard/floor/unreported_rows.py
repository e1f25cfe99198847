"""Rows of a sheet, as they are counted -> the same without what nobody has ever reported: an empty cell, and the reason.

A signed sheet keeps the counts: it is what was approved, and later differences are taken from it.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.floor.reported import Reported

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
"""Kind of facts -> the reason that its own takes the place of."""
_NO_COLUMN = frozenset({"campaigns", "queues"})
"""Kinds of which a sheet says nothing."""


def without_unreported(row: Mapping[str, Any], known: Reported) -> dict[str, Any]:
    """``reasons`` ends with why cells are empty."""
    kinds = [kind for kind, is_known in known._asdict().items() if not is_known and kind not in _NO_COLUMN]
    cells = {name: None if any(_is_of(name, kind) for kind in kinds) else cell for name, cell in row.items()}
    untrue = {_INSTEAD[kind] for kind in kinds if kind in _INSTEAD}
    reasons = [reason for kind in kinds if (reason := known.missing[kind])]
    return cells | {"reasons": [*(word for word in row["reasons"] or () if word not in untrue), *reasons]}


def _is_of(name: str, kind: str) -> bool:
    return name in _JUDGED.get(kind, ()) or name.startswith(_METRICS.get(kind, ()))
