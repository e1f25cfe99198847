"""A site and its lines on one day -> the Plan."""

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from dashboard.floor.lines import Lines
from dashboard.floor.plan import HANDLED, NO_PROFILE, Judging, PeriodPlan, Plan, weights_of
from dashboard.floor.schedule import pack, seconds
from dashboard.floor.timetables import Hours, HoursOf, Month, Timetable, fractions, group_pairs
from dashboard.rules import eligibility, targets
from dashboard.rules.deduction import Numbers
from dashboard.rules.eligibility import Person, Standing
from dashboard.rules.figures import Flags, Whole
from dashboard.site.load import Site
from dashboard.site.types import PolicyBlock, Profile, Spell
from streams.metrics import INDEX
from streams.site_time import Day, SiteTime


class Planner:
    """Makes the plans of one site. The timetables of a month serve all of its days."""

    def __init__(self, site: Site, clock: SiteTime) -> None:
        self._site = site
        self._clock = clock
        self._month: Month | None = None

    def plan(self, lines: Lines, day: Day) -> Plan:
        """The plan of a business day for the rows of ``lines``."""
        if self._month is None or self._month.first != day.label.replace(day=1):
            self._month = Month(self._site, self._clock, day.label)
            self._hours = HoursOf(self._month)
            self._known: dict[Hours, Timetable] = {}
        block = self._site.policy(day.label)
        teams = {team.id: team.profile for team in self._site.teams}
        profiles = [block.profiles.get(spell.profile or teams.get(spell.team, "")) for spell in lines.spells]
        timetables, which = self._timetables(lines.spells, profiles)
        judging = self._judging(lines.spells, profiles, block)
        mass = [targets.has_mass(pack(each.pieces)) for each in timetables]
        counts = np.array(mass, np.bool_).reshape(-1, len(self._month.days))[which]
        where, kinds = self._month.labels().index(day.label), tuple(block.profiles.values())
        pairs = zip(lines.spells, profiles, strict=True)
        target = _numbers([p.month_target if p and s.month_target is None else s.month_target for s, p in pairs])
        asked, shares = _asked(self._month, timetables, which, target, counts, where)
        plan = Plan(day, block, kinds, tuple(timetables), which, where, shares, counts, asked, judging)
        return plan.grown(len(lines))

    def _timetables(self, spells: Sequence[Spell], profiles: Sequence[Profile | None]) -> tuple[list[Timetable], Whole]:
        """The different ones, an empty one last, and which of them each spell has."""
        assert self._month is not None
        places: dict[Hours, int] = {}
        at = []
        for spell, profile in zip(spells, profiles, strict=True):
            hours = self._hours.hours(spell.agent, spell.team, profile.arrival if profile else ())
            at.append(places.setdefault(hours, len(places)))
        for hours in (*places, Hours()):
            if hours not in self._known:
                self._known[hours] = self._month.timetable(hours)
        return [self._known[hours] for hours in (*places, Hours())], np.array(at, np.int64)

    def _judging(self, spells: Sequence[Spell], profiles: Sequence[Profile | None], block: PolicyBlock) -> Judging:
        standings = tuple(self._standings(spells, block))
        place = {name: at for at, name in enumerate(block.profiles)}
        return Judging(
            standings=standings,
            assessed=np.array([each.assessed for each in standings], np.bool_),
            profile=np.array([place[each.id] if each else NO_PROFILE for each in profiles], np.int64),
            volume=np.array([INDEX[each.volume] if each else HANDLED for each in profiles], np.int64),
            target_handle_s=_numbers([each.target_handle_s if each else None for each in profiles]),
            weights=np.array([*map(weights_of, profiles), weights_of(None)])[:-1],
        )

    def _standings(self, spells: Sequence[Spell], block: PolicyBlock) -> Iterator[Standing]:
        employment = group_pairs((each.agent, (each.from_, each.kind)) for each in self._site.employment)
        assert self._month is not None
        known: dict[Hashable, Standing] = {}
        for spell in spells:
            agent, kinds = spell.agent, employment.get(spell.agent, ())
            leave = tuple((each.day, each.fraction, each.is_maternity) for each in self._hours.leave(agent))
            rules = spell.has_probation, spell.regularised_on, spell.post, kinds
            # All that decides a standing; most agents share theirs with many others.
            traits = rules, self._hours.shifts(agent), self._hours.away(agent), leave
            if traits not in known:
                person = Person(
                    has_probation=spell.has_probation,
                    regularised_on=spell.regularised_on,
                    employment=kinds,
                    working_days=self._hours.working_days(agent),
                    leave=dict(fractions((day, part) for day, part, is_maternity in leave if not is_maternity)),
                    maternity={day for day, _, is_maternity in leave if is_maternity},
                    post=spell.post,
                )
                month = self._month
                known[traits] = eligibility.standing(person, month.first, month.holidays, block.excluded_posts)
            yield known[traits]


def _numbers(values: Sequence[float | None]) -> Numbers:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _asked(
    month: Month, timetables: Sequence[Timetable], rows: Whole, target: Numbers, counts: Flags, where: int
) -> tuple[dict[str, PeriodPlan], Numbers]:
    """The plan of the day and of the month per row, and the month's target over its days; ``rows`` has the timetables."""
    weekday = [month.site.calendar.weekday_weights[each.label.weekday()] for each in month.days]
    before, work = (
        np.array([[seconds(day) for day in getattr(each, name)] for each in timetables], np.int64)
        for name in ("before", "work")
    )
    owed, kept = (targets.day_weights(each, weekday)[rows] for each in (before, work))
    spread = targets.spread(target, owed, kept)
    over = counts & (np.arange(len(month.days)) < where)
    work, has_target = work[rows], np.asarray(target > 0, np.bool_)
    today_s, none = work[:, where], np.zeros(len(rows), np.int64)
    shares = np.where(np.isnan(target)[:, None], np.nan, np.nan_to_num(spread.day_share))
    later_s = work[:, where + 1 :].sum(axis=1)
    earlier = np.nan_to_num(targets.owed_before(target, owed, kept, over))
    return {
        "day": PeriodPlan(shares[:, where], none.astype(np.float64), today_s, none, has_target),
        "month": PeriodPlan(spread.effective, earlier, work.sum(axis=1), later_s, has_target),
    }, shares
