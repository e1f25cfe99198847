"""A board of one project as it comes by its topic: sums with large figures, campaigns, and queues."""

from typing import Any

from layouts.parts.page_site import PageBoard
from tests.layouts.rolled import rollup_snapshot
from tests.layouts.seated import example_queues

PROJECT_BOARD = PageBoard(
    "north", ("floor", "queues"), 30_000, "alias", "北方宽带续约与增值业务", "Northern broadband renewals"
)


def project_snapshot(reason: str | None = None) -> dict[str, Any]:
    """The snapshot of ``project:<id>``; ``reason``: why its figures are withheld."""
    whole = rollup_snapshot()
    head = {name: whole[name] for name in ("epoch", "seq", "now", "age_s", "tz_offset_min")}
    sums = {
        "handled": 123_456,
        "offered": 23_456,
        "abandoned": 1_234,
        "complaints": 345,
        "score": 88.4,
        "scored": 1_240,
    }
    figures = sums | {"csat": 0.912, "answered": 3_456}
    if reason is not None:
        figures = dict.fromkeys(figures)
    project = {
        "id": "north",
        "name": PROJECT_BOARD.project,
        "name_en": PROJECT_BOARD.project_en,
        **figures,
        "reason": reason,
    }
    lists = {"campaigns": whole["campaigns"][:5], "queues": example_queues(7)}
    return head | {"project": project} | (lists if reason is None else {"campaigns": [], "queues": []})
