"""What may not happen to a text: to be cut off, to lie over another, to stand beside its column, to have uneven figures."""

from pathlib import Path

from tests.browser.conftest import Show

_SCRIPT = Path(__file__).with_suffix(".js")
_KINDS = ("overflowing", "cut", "overlapping", "uneven")
_OF_A_ROW = ("net", "due", "attainment", "chance", "score", "deducted_share")
_OF_THE_TABLE = ("handled", "deducted", "net", "due", "converted", "csat", "short")
_OF_A_CAMPAIGN = ("done", "left", "attempts", "connect", "drop", "converted", "conversion")
COLUMNS = {
    "wall floor": [*(f".tr:not(.th) > .r:nth-child({at})" for at in (5, 6)), ".kv b"],
    "wall queues": [f".qr:not(.qh) > .r:nth-child({at}) > span:first-child" for at in (2, 5)],
    "team": [f'.ag-row .ag-right-aligned-cell[col-id="{name}"]' for name in _OF_THE_TABLE],
    "drawer": [".case .effect"],
    "rollup": [
        f".{table} tbody .c-{name}" for table, names in (("ru", _OF_A_ROW), ("cp", _OF_A_CAMPAIGN)) for name in names
    ],
    "campaigns": [f".cp tbody .c-{name}" for name in _OF_A_CAMPAIGN],
    "me": [".ro .e:not(.pts)"],
    "phone": [".ro .e:not(.pts)"],
}
"""Where figures stand in a column: selectors of its cells, by view."""


def misfits(seen: Show, view: str) -> list[str]:
    """What does not fit in the view that stands there, in words that begin with the kind."""
    found = {kind: _found(seen, kind) for kind in _KINDS}
    found["ragged"] = _found(seen, "ragged", COLUMNS.get(view, []))
    return [f"{kind}: {each}" for kind, all_ in found.items() for each in dict.fromkeys(all_)]


def by_colour_alone(seen: Show) -> list[str]:
    """What is told by the colour of its text and by nothing else."""
    return _found(seen, "alone")


def _found(seen: Show, check: str, *arguments: list[str]) -> list[str]:
    if not seen.page.evaluate("Boolean(window.fitting)"):
        seen.page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
    found: list[str] = seen.page.evaluate(f"(all) => fitting.{check}(...all)", list(arguments))
    return found
