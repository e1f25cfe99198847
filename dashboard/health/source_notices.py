"""What is noticed of each source in the newest two business days of the log, in JSON, and what to do about it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from streams.source_days import MISROUTED
from streams.store.source_reports import NAMING_A_STATE, SourceReport

MOST_ROWS = 200
MOST_SENTENCES = 20
MORE = "noticed_more"
OPEN_STATE = "open_state"


def noticed_told(reports: Iterable[SourceReport], works_council: bool) -> list[dict[str, Any]]:
    """One object per source and kind: how many, of how many records of the source, and the first as an example.

    Those that ask for something come first, what counts for nobody before the rest; ``MOST_ROWS`` at most. Under a works
    council no state of an agent is an example.
    """
    rows = [
        {
            "source": each.source,
            "kind": kind,
            "n": found.count,
            "records": each.noticed.records,
            "act": kind != MISROUTED or each.is_misrouted,
            "example": dict(found.example),
        }
        for each in reports
        for kind, found in each.findings
        if not (works_council and kind in NAMING_A_STATE)
    ]
    return sorted(rows, key=lambda row: (not row["act"], row["kind"] != MISROUTED))[:MOST_ROWS]


def open_states_told(forgotten: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """States of over 16 hours that go on, one object per source; the page lists the agents, so it asks for nothing."""
    sources = sorted({each["source"] or "" for each in forgotten})
    of = {source: [each for each in forgotten if (each["source"] or "") == source] for source in sources}
    return [
        {
            "source": source,
            "kind": OPEN_STATE,
            "n": len(states),
            "records": None,
            "act": False,
            "example": {"id": states[0]["agent"], "state": states[0]["state"], "since": states[0]["since"]},
        }
        for source, states in of.items()
    ]


def noticed_to_do(noticed: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """A sentence each in the order of ``noticed_told``, of misrouted records only above 1 in 100 of a source.

    Beyond ``MOST_SENTENCES`` one more says that there is more.
    """
    urgent = [each for each in noticed or () if each["act"]]
    said = [
        {"code": each["kind"], **each["example"], **{name: each[name] for name in ("source", "n", "records")}}
        for each in urgent[:MOST_SENTENCES]
    ]
    return said + ([{"code": MORE}] if len(urgent) > len(said) else [])
