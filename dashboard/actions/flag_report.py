"""The report of a month's flags: were they useful, and do they fall on some groups more than on others?

Pure: the roster of the month, its episodes and how each stands -> rows.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.actions.flag_episodes import RULES, Episode
from dashboard.actions.flag_standing import EpisodeStanding
from dashboard.rules.months import month_label
from dashboard.rules.wilson import share
from dashboard.site.load import Site, Spell

LEAST_USEFUL = 0.5
"""The least share of useful flags among those that were answered (docs/method.md 13)."""
RAISE = "raise thresholds"
COLUMNS = {
    "month": "period[M]",
    "by": "string",
    "group": "string",
    **dict.fromkeys(("agents", "flagged", "never_flagged"), "Int64"),
    **dict.fromkeys(("share", "low", "high"), "Float64"),
    **dict.fromkeys(("flags", *RULES, "acknowledged", "contested", "useful", "not_useful"), "Int64"),
    "useful_share": "Float64",
    "advice": "string",
}
"""Every column with its dtype in a DataFrame."""
NONE, MIXED, UNKNOWN, REGULAR = "none", "mixed", "unknown", "regular"
_DECIMALS = 4


@dataclass(frozen=True)
class Flagged:
    """An episode and how it stands."""

    episode: Episode
    standing: EpisodeStanding


def report(site: Site, first: date, last: date, flagged: Iterable[Flagged]) -> list[dict[str, Any]]:
    """The month first..last -> rows of ``COLUMNS``: all, by rule, then by the group of each agent of the roster in that month.

    ``share`` is that of agents flagged at least once, with its 95 % Wilson interval ``low``..``high``. Flags of agents
    who are not on the roster count in no row.
    """
    spells = _spells(site, first, last)
    found = [each for each in flagged if first <= each.episode.shift <= last and each.episode.agent in spells]
    rows = [_row("all", "all", spells, found, advises=True)]
    rows += [_row("rule", rule, spells, [f for f in found if f.episode.rule == rule], advises=True) for rule in RULES]
    for by, group_of in _groupings(site, first, last).items():
        members = defaultdict(set)
        for spell in spells.values():
            members[group_of(spell)].add(spell.agent)
        for group, agents in sorted(members.items()):
            rows.append(_row(by, group, agents, [f for f in found if f.episode.agent in agents]))
    return [{"month": month_label(first), **row} for row in rows]


def _row(by: str, group: str, agents: Collection[str], found: list[Flagged], advises: bool = False) -> dict[str, Any]:
    hit, n = len({each.episode.agent for each in found}), len(agents)
    of_agents = share([hit], [n], [n])
    rules = Counter(each.episode.rule for each in found)
    useful = Counter(each.standing.useful for each in found)
    answered = useful[True] + useful[False]
    useful_share = useful[True] / answered if answered else None
    return {
        "by": by,
        "group": group,
        "agents": n,
        "flagged": hit,
        "never_flagged": n - hit,
        "share": _figure(hit / n) if n else None,
        "low": _figure(of_agents.low[0]) if n else None,
        "high": _figure(of_agents.high[0]) if n else None,
        "flags": len(found),
        **{rule: rules[rule] for rule in RULES},
        "acknowledged": sum(each.standing.state == "acknowledged" for each in found),
        "contested": sum(each.standing.contested for each in found),
        "useful": useful[True],
        "not_useful": useful[False],
        "useful_share": None if useful_share is None else _figure(useful_share),
        "advice": RAISE if advises and useful_share is not None and useful_share < LEAST_USEFUL else None,
    }


def _groupings(site: Site, first: date, last: date) -> dict[str, Callable[[Spell], str]]:
    """By what is reported: the group of an agent in this month."""
    shifts, kinds, starts = _shift_patterns(site, first, last), _employment(site, last), _starts(site)
    profiles = {team.id: team.profile for team in site.teams}
    # Without a rota everybody works the first shift.
    no_shift = site.shifts[0].id if site.shifts and not site.rota else NONE
    return {
        "shift": lambda spell: shifts.get(spell.agent, no_shift),
        "employment": lambda spell: kinds.get(spell.agent, REGULAR),
        "tenure": lambda spell: tenure(starts.get(spell.agent), last),
        "profile": lambda spell: spell.profile or profiles.get(spell.team, UNKNOWN),
        "team": lambda spell: spell.team,
    }


def tenure(start: date | None, at: date) -> str:
    """Whole months on the roster, in three steps."""
    if start is None:
        return UNKNOWN
    months = (at.year - start.year) * 12 + at.month - start.month - (at.day < start.day)
    return "<3 months" if months < 3 else "3-12 months" if months < 12 else ">=12 months"


def _spells(site: Site, first: date, last: date) -> dict[str, Spell]:
    """The newest spell of each agent that touches the month."""
    touching = (spell for spell in site.roster if spell.touches(first, last))
    return {spell.agent: spell for spell in sorted(touching, key=lambda spell: spell.from_ or date.min)}


def _shift_patterns(site: Site, first: date, last: date) -> dict[str, str]:
    """The shift of more than half of an agent's days; otherwise ``mixed``."""
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for each in site.rota:
        if first <= each.day <= last:
            days[each.agent][each.shift] += 1
    most = {agent: (*counts.most_common(1)[0], counts.total()) for agent, counts in days.items()}
    return {agent: shift if 2 * count > total else MIXED for agent, (shift, count, total) in most.items()}


def _employment(site: Site, day: date) -> dict[str, str]:
    """The kind of employment of each agent on a day."""
    started = (each for each in site.employment if each.from_ <= day)
    return {each.agent: each.kind for each in sorted(started, key=lambda each: each.from_)}


def _starts(site: Site) -> dict[str, date]:
    """The first day on the roster; agents without one have always been there."""
    first: dict[str, date] = {}
    for spell in site.roster:
        first[spell.agent] = min(first.get(spell.agent, date.max), spell.from_ or date.min)
    return {agent: start for agent, start in first.items() if start != date.min}


def _figure(value: float) -> float:
    return round(float(value), _DECIMALS)
