"""An explanation as lines for people at a terminal."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO

from dashboard.actions.explain import Explanation
from dashboard.actions.explain_terms import Term, TermRecord
from streams.site_time import SiteTime, parse_rfc3339, rfc3339


def write_text(explanation: Explanation, time: SiteTime, out: IO[str]) -> None:
    """Writes it; times are the site's wall clock."""
    out.writelines(f"{line}\n" for line in _lines(explanation, time))


def _lines(found: Explanation, time: SiteTime) -> Iterator[str]:
    team = f", team {found.team}" if found.team else ", in no team of the roster"
    published = f" (published {found.policy_published})" if found.policy_published else ""
    yield f"{found.name} ({found.agent}){team}: {found.period.kind} {found.period.label}, policy {found.policy}{published}"
    if found.as_of_ms:
        yield f"counted up to {_wall(rfc3339(found.as_of_ms), time)}"
    if found.net_low != found.net_high:
        ends = f"{found.net_low:g} (all confirmed) to {found.net_high:g} (all withdrawn)"
        yield f"some cases are not decided yet: net from {ends}"
    if found.assessed is False:
        yield f"not assessed: {', '.join(found.reasons)}"
    for term in found.terms:
        yield ""
        yield f"{term.name}: {_value(term)}   ({term.formula})"
        yield from (f"  {line}" for line in _table(term.records, time))


def _value(term: Term) -> str:
    if term.value is None:
        return f"no number ({term.reason})"
    return f"{term.value:.6g} {term.unit}"


def _table(records: tuple[TermRecord, ...], time: SiteTime) -> Iterator[str]:
    for record in records:
        when = _wall(record.time, time) if record.time and record.kind != "day" else record.date or ""
        count = f"{record.count} records no longer kept one by one" if record.kind == "day" else record.id
        yield f"{record.effect:+10.4g}  {when:<16}  {record.kind:<14}  {record.status or '':<12}  {count}".rstrip()
        for made in sorted(record.decisions, key=lambda made: made.time_ms):
            by = f" by {made.by}" if made.by else ""
            reason = f": {made.reason}" if made.reason else ""
            yield f"{'':12}{_wall(rfc3339(made.time_ms), time)}  {made.decision}{by}{reason}"


def _wall(text: str, time: SiteTime) -> str:
    return f"{datetime.fromtimestamp(parse_rfc3339(text) / 1000, time.zone):%Y-%m-%d %H:%M}"
