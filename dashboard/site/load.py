"""The site file and the lists beside it: what a centre decides, read once and checked as a whole.

``load_site`` gives a frozen ``Site`` or raises ``SiteError`` with every problem found, each with file, line and what is
allowed. Keys are listed in ``dashboard.site.models``, columns in ``dashboard.site.lists``.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from dashboard.rules.small_groups import LEAST_MEMBERS
from dashboard.site.build import site_fields
from dashboard.site.fields import zone as zone_of
from dashboard.site.lists import Lists
from dashboard.site.problems import Problem, Problems, SiteError
from dashboard.site.sections import Sections
from dashboard.site.toml_lines import read_toml
from dashboard.site.types import (
    PROFILES,
    Alerts,
    BoardPages,
    Calendar,
    Campaign,
    EmploymentFrom,
    Grant,
    Interval,
    LeaveDay,
    PolicyBlock,
    Profile,
    Project,
    Queue,
    RotaDay,
    ShiftTimes,
    Spell,
    Team,
    default_policies,
)
from dashboard.site.works_council import Level, PersonsWithheld, usual_level
from streams.counting_policy import Counting, Retention
from streams.site_time import SiteTime

__all__ = ["Campaign", "Problem", "Queue", "Site", "SiteError", "Spell", "Team", "load_site"]


@dataclass(frozen=True)
class Site:
    """Everything the centre decides. ``policies`` is never empty, oldest first."""

    name: str = "callfloor"
    name_en: str = "callfloor"
    zone: str = "UTC"
    business_day_start: str = "00:00"
    counting_since: date | None = None
    duty_phone: str | None = None
    language: str = "zh"
    works_council: Level = "judge"
    """How far single persons are shown and judged."""
    embed_in: tuple[str, ...] = ()
    """Origins whose pages may embed an agent's own page."""
    counting: Counting = Counting()
    retention: Retention = Retention()
    teams: tuple[Team, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    queues: tuple[Queue, ...] = ()
    """Those that have a name; another is shown by its id."""
    projects: tuple[Project, ...] = ()
    roster: tuple[Spell, ...] = ()
    policies: tuple[PolicyBlock, ...] = field(default_factory=default_policies)
    shifts: tuple[ShiftTimes, ...] = ()
    calendar: Calendar = Calendar(None, frozenset(), frozenset())
    alerts: Alerts = Alerts()
    boards: tuple[BoardPages, ...] = ()
    rota: tuple[RotaDay, ...] = ()
    """Empty: everybody works the first shift on every workday of the calendar."""
    schedule: tuple[Interval, ...] = ()
    leave: tuple[LeaveDay, ...] = ()
    employment: tuple[EmploymentFrom, ...] = ()
    grants: tuple[Grant, ...] = ()
    """Who may see what, in the order of access.csv."""

    @cached_property
    def time(self) -> SiteTime:
        """The clock of the site: its zone and the start of its business day."""
        return SiteTime(self.zone, self.business_day_start)

    @property
    def judges_persons(self) -> bool:
        """Whether single persons have a pace, a score, evidence, flags, and a time in their state."""
        return self.works_council == "judge"

    @property
    def shows_persons(self) -> bool:
        """Whether anybody but the person sees what one person counted."""
        return self.works_council != "teams"

    @cached_property
    def grants_by_holder(self) -> dict[tuple[str | None, str | None], tuple[Grant, ...]]:
        """(account, None) or (None, group) -> its grants, in the order of access.csv."""
        found: dict[tuple[str | None, str | None], tuple[Grant, ...]] = {}
        for grant in self.grants:
            holder = grant.account, grant.group
            found[holder] = (*found.get(holder, ()), grant)
        return found

    def without_grants(self) -> "Site":
        """The site as the board needs it: who may see a frame does not change it."""
        return replace(self, grants=())

    @property
    def least_members(self) -> int:
        """The least size of a group that is shown by itself; 0 where every person is judged."""
        return 0 if self.judges_persons else LEAST_MEMBERS

    def require_persons(self, what: str) -> None:
        """Raises PersonsWithheld where ``what``, which has rows of persons, is not to be had on this site."""
        if not self.shows_persons:
            raise PersonsWithheld(
                f'{what}: [site] works_council is "teams", so no row of a person is given; ask for teams or the site'
            )

    def policy(self, month: date) -> PolicyBlock:
        """The block in force in the month of a day; before the first block, the first."""
        first = month.replace(day=1)
        return next((block for block in reversed(self.policies) if block.effective_from <= first), self.policies[0])

    def profile(self, spell: Spell, block: PolicyBlock) -> Profile | None:
        """The profile that judges an agent: their own or the team's; None if the block has none of that id."""
        teams = {team.id: team.profile for team in self.teams}
        return block.profiles.get(spell.profile or teams.get(spell.team, ""))

    def spell(self, agent: str, first: date, last: date) -> Spell | None:
        """The agent's newest spell that touches the days first..last (both counted), None if there is none."""
        found = [s for s in self.roster if s.agent == agent and s.touches(first, last)]
        return max(found, key=lambda s: s.from_ or date.min) if found else None


def load_site(path: str | Path | None, zone: str | None = None) -> Site:
    """A site file (and the lists beside it) -> Site; None -> the defaults in ``zone``, without one UTC.

    ``zone``: of the setting. Raises SiteError, also where a site file has another zone than the setting.
    """
    if path is None:
        return Site() if zone is None else _site_of_zone(zone)
    path = Path(path)
    problems = Problems(str(path))
    sections = Sections(read_toml(path, problems), problems)
    fields = site_fields(sections)
    profiles = sections.ids("policies", "profiles") | PROFILES.keys()
    shifts = {shift.id: shift for shift in fields["shifts"]}
    time = SiteTime(fields.get("zone", Site.zone), fields.get("business_day_start", Site.business_day_start))
    projects = sections.ids("projects")
    lists = Lists(path.parent, sections.ids("teams"), projects, profiles, shifts, time, problems)
    fields |= lists.fields()
    if zone is not None and fields.get("zone", zone) != zone:
        words = (
            f'site.zone is "{fields["zone"]}", the setting `zone` says "{zone}": leave the setting out, or say the same'
        )
        sections.add(("site", "zone"), words)
    problems.raise_any()
    return Site(**fields)


def _site_of_zone(zone: str) -> Site:
    problems = Problems("setting zone (--zone or CALLFLOOR_ZONE)")
    try:
        zone_of(zone)
    except ValueError as error:
        problems.add(0, f'must be {error}, not "{zone}"')
    problems.raise_any()
    return Site(zone=zone, works_council=usual_level(zone, None))
