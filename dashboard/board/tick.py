"""One tick: everything the board knows and shows at an instant, as one frozen value that the frames are written from.

Volumes add up over all rows; nets are floored per agent first and then added; ratios are pooled, never averaged.
Numbers and codes only: words and formats are the page's. An unknown value is None, with the reason beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace

from dashboard.board.few_view import FewInMonth, FewNow, few_in_month, few_now, floor_without_few
from dashboard.board.frame_types import (
    FloorFigures,
    HalfHourSeries,
    LastHalfHour,
    ListProgress,
    MeanScore,
    MonthFigures,
    PaceBand,
    RebuildProgress,
    SurveyCounts,
    TeamFigures,
)
from dashboard.board.json_numbers import DECIMALS, TENTH, plain, plain_all, score, share, structs
from dashboard.board.lead_view import site_alert_lines
from dashboard.board.people_now import PeopleNow
from dashboard.board.queues_view import queue_figures
from dashboard.board.rollup_now import RollupNow
from dashboard.board.tier_view import (
    count_states,
    missing_reasons,
    month_figures,
    pace_bands,
    quality_columns,
    survey_shares,
    tier_columns,
    without_unreported,
)
from dashboard.floor.agent_table import AgentTable, agent_table
from dashboard.floor.board_plan import BoardPlan
from dashboard.floor.campaigns import CampaignNow
from dashboard.floor.few_people import WHOLE
from dashboard.floor.judged_now import JudgedNow, MonthNow
from dashboard.floor.lines import Lines
from dashboard.floor.tick_facts import HALF_HOUR_MS, HalfHours
from dashboard.floor.tiers import Groups, Tiers, groups, tiers
from dashboard.floor.visible_groups import (
    EVERYONE,
    EVERYONE_NAME,
    EVERYONE_NAME_EN,
    OTHERS,
    OTHERS_NAME,
    OTHERS_NAME_EN,
    direction_of,
    find_places,
)
from dashboard.rules.ewma import TrendState
from dashboard.rules.tiers import GroupSums
from dashboard.site.load import Site
from streams.metrics import INDEX


@dataclass(frozen=True, eq=False)
class Tick:
    """What a tick hands on. A member that did not change since the tick before may be the same object."""

    now_ms: int
    """The instant that is shown; figures that stand still are judged at an earlier one (``judged.facts.now_ms``)."""
    age_s: float | None
    judged: JudgedNow
    people: PeopleNow
    floor: FloorFigures
    teams: Sequence[TeamFigures]
    """All teams of the site file, those that are not shown by themselves too."""
    hidden: frozenset[int]
    """Indices of the teams that are not shown by themselves: they have no topic and stand in no frame."""
    others: Sequence[TeamFigures]
    """The hidden teams that are shown together."""
    everyone: TeamFigures
    agents: AgentTable | None
    """None: no row of a person is shown."""
    rollup: RollupNow | None = None
    """The same object as long as it was not looked at again; None: not looked at."""
    rebuilding: RebuildProgress | None = None
    """The counters are known to be wrong, and no page may show them."""

    @property
    def lines(self) -> Lines:
        """The lines of the day."""
        return self.judged.facts.lines

    @property
    def listed(self) -> tuple[int, ...]:
        """Indices of the teams whose agents are on the page of everyone; NO_TEAM: those in no team."""
        return self.judged.board.listed


@dataclass(frozen=True)
class _Months:
    """The month of each group."""

    month: MonthNow
    site: MonthFigures
    teams: list[MonthFigures]
    """In the order of the site file; the last are the lines in no team."""
    everyone: MonthFigures
    others: list[MonthFigures]
    few: FewInMonth | None


class TickMaker:
    """Makes the ticks of one day of a site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._months: _Months | None = None

    def make(self, judged: JudgedNow, people: PeopleNow) -> Tick:
        """One tick, judged and watched."""
        facts, months = judged.facts, self._months_of(judged.month)
        few = few_now(judged, months.few, self._site.least_members)
        floor = _floor(judged, people, months.site)
        return Tick(
            now_ms=facts.now_ms,
            age_s=facts.age_s,
            judged=judged,
            people=people,
            floor=floor if few is None else floor_without_few(floor, few),
            teams=_teams(judged, people, months.teams, few),
            hidden=judged.board.small.hidden,
            others=_others(judged, months.others, few),
            everyone=_everyone(judged, months.everyone, few),
            agents=self._agents(judged, people),
        )

    def _agents(self, judged: JudgedNow, people: PeopleNow) -> AgentTable | None:
        if not self._site.shows_persons:
            return None
        return agent_table(judged.facts, judged.day, judged.board.why, people.marks, self._site.judges_persons)

    def _months_of(self, month: MonthNow) -> _Months:
        if self._months is None or self._months.month is not month:
            board = month.board
            (site,), teams = month_figures(month.site, board.site), month_figures(month.teams, board.teams)
            by = _together(month.board, month.lines)
            others = month_figures(tiers(month.judged, by), by) if board.small.pools else []
            everyone, few = (
                month_figures(month.everyone, board.everyone)[0],
                few_in_month(month, self._site.least_members),
            )
            self._months = _Months(month, site, teams, everyone, others, few)
        return self._months


def _others(judged: JudgedNow, months: list[MonthFigures], few: FewNow | None) -> list[TeamFigures]:
    """The teams that are shown together; more than one team has no band and no trend."""
    together, lines = judged.board.small.pools, judged.facts.lines
    if not together:
        return []
    by, rows = _together(judged.board, lines), range(len(lines.teams), len(lines.teams) + len(together))
    return _team_figures(
        judged, tiers(judged.day, by), by, few, rows,
        id=[*together], name=[OTHERS_NAME] * len(together), name_en=[OTHERS_NAME_EN] * len(together),
        direction=[id.removeprefix(OTHERS) for id in together],
        agents=[sum(len(lines.members[team]) for team in teams) for teams in together.values()],
        month=months[: len(together)],
    )  # fmt: skip


def _together(board: BoardPlan, lines: Lines) -> Groups:
    place, count = find_places(lines, board.small.pools.values()), len(board.small.pools) + 1
    return groups(board.plan, place[: len(board.plan)], count)


def _floor(judged: JudgedNow, people: PeopleNow, month: MonthFigures) -> FloorFigures:
    facts, board, on = judged.facts, judged.board, people.alerts
    sums = {name: int(total) for name, total in zip(INDEX, facts.day.sum(axis=0), strict=True)}
    states = replace(count_states(facts.state, board.site)[0], total=facts.lines.agents())
    figures: dict[str, list[Any]] = tier_columns(judged.day, judged.site, board.site) | {
        "attempts": [sums["attempts"]],
        "converted": [sums["converted"]],
        "abandoned": [sums["abandoned"]],
        "last30": [_last30(judged, people.bands.last30)],
        "states": [states],
        "quality": [MeanScore(score(sums["evaluation_points"], sums["evaluations"]), sums["evaluations"])],
        "surveys": [SurveyCounts(sums["surveys_satisfied"], sums["surveys_answered"])],
        "survey": survey_shares(judged.day, board.site),
        "month": [month],
    }
    (floor,) = structs(
        FloorFigures,
        **without_unreported(figures, facts.reported),
        missing=[missing_reasons(facts.reported, on.none_counted)],
        half_hours=[_half_hours(facts.half_hours, board, facts.now_ms)],
        campaigns=[_list_progress(facts.campaigns, judged.site)],
        queues=[[queue_figures(queue, facts.lines) for queue in facts.queues]],
        alerts=[site_alert_lines(facts.lines, on.site)],
        empty=[not facts.day.any() and not (on.none_given or on.none_counted)],
        none_given=[on.none_given],
        none_counted=[on.none_counted],
    )
    return floor


def _last30(judged: JudgedNow, half: float) -> LastHalfHour:
    """``half``: half the width of the band around 1, NaN: not known. The pace is that of the assessed: ``assessed_net`` / due."""
    current, due = judged.last30.current, judged.board.due_in_window(judged.facts.now_ms)
    assessed_net = float(current.net[judged.day.assessed].sum())
    return LastHalfHour(
        handled=int(judged.facts.last30[:, 0].sum()),
        deducted=plain(current.deducted.sum()),
        net=plain(current.net.sum()),
        assessed_net=plain(assessed_net),
        due=None if due is None else round(due, TENTH),
        pace=share(assessed_net, due),
        band=None if np.isnan(half) else PaceBand(round(max(0.0, 1 - half), DECIMALS), round(1 + half, DECIMALS)),
    )


def _half_hours(half: HalfHours, board: BoardPlan, now_ms: int) -> HalfHourSeries:
    due, due_by_now = board.due_by_half_hour(half.start_ms, len(half.net), now_ms)
    return HalfHourSeries(
        start=half.start_ms,
        step_ms=HALF_HOUR_MS,
        handled=[*half.handled],
        net=[plain(value) for value in half.net],
        running=len(half.handled) - 1,
        due=[round(owed, TENTH) for owed in due],
        due_by_now=None if due_by_now is None else round(due_by_now, TENTH),
    )


def _list_progress(running: tuple[CampaignNow, ...], whole: Tiers) -> ListProgress:
    if not running:
        return ListProgress(None, None, None, None)
    done, size = (sum(each.snapshot.figures[name] or 0 for each in running) for name in ("done", "list_size"))
    return ListProgress(done, size, share(done, size), _planned_share(running, whole))


def _planned_share(running: tuple[CampaignNow, ...], whole: Tiers) -> float | None:
    """The share of their lists that campaigns would have done by now at an even pace over their working days."""
    sizes = [each.snapshot.figures["list_size"] or 0 for each in running]
    if not sum(sizes) or not all(each.days for each in running):
        return None
    owed, by_now = whole.tier.target[0], whole.tier.target_by_now[0]
    today = by_now / owed if owed > 0 else 0.0
    shares = ((each.over + today * each.works_today) / (each.days or 1) for each in running)
    return share(float(sum(part * size for part, size in zip(shares, sizes, strict=True))), sum(sizes))


def _teams(judged: JudgedNow, people: PeopleNow, months: list[MonthFigures], few: FewNow | None) -> list[TeamFigures]:
    """The groups are the teams and, last, the agents in no team."""
    lines = judged.facts.lines
    trends: list[str | None] = [None] * len(lines.teams)
    if people.trend is not None and judged.facts.reported.evaluations:
        trends = [TrendState(code).word for code in people.trend.teams.state.tolist()[: len(lines.teams)]]
    return _team_figures(
        judged, judged.teams, judged.board.teams, few, range(len(lines.teams)),
        id=[team.id for team in lines.teams], name=[team.name for team in lines.teams],
        name_en=[team.name_en for team in lines.teams], direction=[team.direction for team in lines.teams],
        agents=[len(members) for members in lines.members], band=pace_bands(people.bands.low, people.bands.high),
        quality_trend=trends, month=months[: len(lines.teams)],
    )  # fmt: skip


def _everyone(judged: JudgedNow, month: MonthFigures, few: FewNow | None) -> TeamFigures:
    """All agents as a team; more than one team has no band and no trend."""
    (everyone,) = _team_figures(
        judged, judged.everyone, judged.board.everyone, few, [WHOLE],
        id=[EVERYONE], name=[EVERYONE_NAME], name_en=[EVERYONE_NAME_EN],
        direction=[direction_of(judged.facts.lines.teams)],
        agents=[int((judged.board.everyone.group == 0).sum())], month=[month],
    )  # fmt: skip
    return everyone


def _team_figures(
    judged: JudgedNow, found: Tiers, by: Groups, few: FewNow | None, rows: Sequence[int], **named: list[Any]
) -> list[TeamFigures]:
    """``named``: the fields that groups do not share, of as many groups as are wanted; the first of ``by``.

    ``few``: whose figures are withheld; ``rows``: the rows of the groups there, WHOLE for everyone.
    """
    sums, count = GroupSums(by.group, by.count), len(named["id"])
    named = {"band": [None] * count, "quality_trend": [None] * count, **named}
    states = count_states(judged.facts.state, by)
    figures = tier_columns(judged.day, found, by) | {
        "last30_net": plain_all(sums(judged.last30.current.net)),
        **quality_columns(judged.day, by),
        "signed_in": [each.signed_in for each in states],
        "states": states,
        "survey": survey_shares(judged.day, by),
    }
    shared = {name: column[:count] for name, column in figures.items()}
    columns = without_unreported(shared, judged.facts.reported) | named
    return structs(TeamFigures, **(columns if few is None else few.withhold(columns, rows)))
