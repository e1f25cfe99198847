"""An explanation as lines for people at a terminal."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO

from dashboard.actions.explain import Explanation
from dashboard.actions.explain_terms import Term
from streams.site_time import SiteTime, parse_rfc3339


def write_text(explanation: Explanation, time: SiteTime, out: IO[str]) -> None:
    """Writes it; times are the site's wall clock."""
    out.writelines(f"{line}\n" for line in _lines(explanation, time))


def _lines(explanation: Explanation, time: SiteTime) -> Iterator[str]:
    head = f"{explanation.name} ({explanation.agent})"
    team = f"team {explanation.team}" if explanation.team else "in no team of the roster"
    published = f" (published {explanation.policy_published})" if explanation.policy_published else ""
    yield f"{head}, {team}: {explanation.period} {explanation.date}, policy {explanation.policy}{published}"
    if explanation.as_of:
        yield f"counted up to {_wall(explanation.as_of, time)}"
    if explanation.net_low != explanation.net_high:
        ends = f"{explanation.net_low:g} (all confirmed) to {explanation.net_high:g} (all withdrawn)"
        yield f"some cases are not decided yet: net from {ends}"
    if explanation.assessed is False:
        yield f"not assessed: {', '.join(explanation.reasons)}"
    for term in explanation.terms:
        value = f"no number ({term.reason})" if term.value is None else f"{term.value:.6g} {term.unit}"
        yield ""
        yield f"{term.name}: {value}   ({term.formula})"
        yield from (f"  {line}" for line in _records(term, time))


def _records(term: Term, time: SiteTime) -> Iterator[str]:
    for record in term.records:
        day = record.id if record.kind == "plan" and record.id != term.name else record.date or ""
        when = _wall(record.time, time) if record.time and record.kind != "day" else day
        what = f"{record.count} records no longer kept one by one" if record.kind == "day" else record.id
        yield f"{record.effect:+10.4g}  {when:<16}  {record.kind:<14}  {record.status or '':<12}  {what}".rstrip()
        for made in record.decisions:
            by = f" by {made.by}" if made.by else ""
            reason = f": {made.reason}" if made.reason else ""
            yield f"{'':12}{_wall(made.time, time)}  {made.decision}{by}{reason}"


def _wall(text: str, time: SiteTime) -> str:
    return f"{datetime.fromtimestamp(parse_rfc3339(text) / 1000, time.zone):%Y-%m-%d %H:%M}"
