"""Under a works council no sum that a surface shows gives that of few: not with three others, nor with yesterday's.

Every surface is a row of SURFACES: a floor -> the sets of agents behind its sums, as the functions that publish give them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, example, find, given, settings
from hypothesis import strategies as st

from dashboard.board.frame_types import TeamFigures
from dashboard.floor.allowed_teams import AllowedTeams, allowed_on, find_allowed
from dashboard.floor.lines import spells_in_force
from dashboard.floor.visible_groups import HiddenTeams, _Roster
from dashboard.rules.figures import Whole
from dashboard.rules.small_groups import LEAST_MEMBERS
from dashboard.site.load import Campaign, Spell, Team
from tests.dashboard.board.council_floor import MOST_AGENTS, TODAY, YESTERDAY, Agents, CouncilFloor

MOST_SUMS = 4
FIRST = TODAY.replace(day=1)
Sets = list[Agents]


def strips(floor: CouncilFloor) -> Iterator[TeamFigures]:
    """The strips of the topic ``floor``."""
    yield from (team for at, team in enumerate(floor.tick.teams) if at not in floor.tick.hidden)
    yield from floor.tick.others


def decoded(floor: CouncilFloor, sums: Iterable[float | int | None]) -> Sets:
    return [agents for each in sums if (agents := floor.decode(each))]


def floor_day(floor: CouncilFloor) -> Sets:
    return decoded(floor, [floor.tick.floor.handled, *(strip.handled for strip in strips(floor))])


def floor_net(floor: CouncilFloor) -> Sets:
    return decoded(floor, [floor.tick.floor.net, *(strip.net for strip in strips(floor))])


def floor_last30(floor: CouncilFloor) -> Sets:
    return decoded(floor, [floor.tick.floor.last30.net, *(strip.last30_net for strip in strips(floor))])


def floor_month(floor: CouncilFloor) -> Sets:
    return decoded(floor, [floor.tick.floor.month.net, *(strip.month.net for strip in strips(floor))])


def floor_states(floor: CouncilFloor) -> Sets:
    """Counts of states have no bits: they are of the members who are signed in, and as many."""
    found = []
    on = {spell.agent: spell.team for spell in spells_in_force(floor.roster, floor.day, floor.day)}
    pools = {f"pool {n}": teams for n, teams in enumerate(floor.judged.board.small.pools.values())}
    names = [[team.id] for team in floor.teams] + [[floor.teams[at].id for at in teams] for teams in pools.values()]
    kept = [ids for at, ids in enumerate(names) if at >= len(floor.teams) or at not in floor.tick.hidden]
    everybody = {*on, *floor.strangers} & floor.signed_in
    if floor.tick.floor.states.signed_in is not None:
        assert floor.tick.floor.states.signed_in == len(everybody)
        found.append(frozenset(everybody))
    for strip, ids in zip(strips(floor), kept, strict=True):
        if strip.states.signed_in is not None:
            members = {agent for agent, team in on.items() if team in ids} & floor.signed_in
            assert strip.signed_in == strip.states.signed_in == len(members)
            found.append(frozenset(members))
    return [each for each in found if each]


def everyone_day(floor: CouncilFloor) -> Sets:
    """The page of everyone, and the wall beside it."""
    return [*floor_day(floor), *decoded(floor, [floor.tick.everyone.handled])]


def everyone_month(floor: CouncilFloor) -> Sets:
    return [*floor_month(floor), *decoded(floor, [floor.tick.everyone.month.net])]


def rollup_month(floor: CouncilFloor) -> Sets:
    return decoded(floor, [floor.rollup.site.handled, *(row.handled for row in floor.rollup.rows)])


def sheet_day(floor: CouncilFloor) -> Sets:
    return decoded(floor, [row["handled"] for row in floor.rows_of_sheet("day")])


def sheet_month(floor: CouncilFloor) -> Sets:
    return decoded(floor, [row["handled"] for row in floor.rows_of_sheet("month")])


def totals_day(floor: CouncilFloor) -> Sets:
    return decoded(floor, [row["handled"] for row in floor.rows_of_totals("day")])


def totals_hour(floor: CouncilFloor) -> Sets:
    return decoded(floor, [row["handled"] for row in floor.rows_of_totals("hour")])


def totals_minute(floor: CouncilFloor) -> Sets:
    return decoded(floor, [row["handled"] for row in floor.rows_of_totals("minute")])


def totals_month(floor: CouncilFloor) -> Sets:
    return decoded(floor, [row["handled"] for row in floor.rows_of_totals("month")])


SURFACES: dict[str, Callable[[CouncilFloor], Sets]] = {
    each.__name__: each
    for each in (
        *(
            floor_day,
            floor_net,
            floor_last30,
            floor_states,
            everyone_day,
            sheet_day,
            totals_day,
            totals_hour,
            totals_minute,
        ),
        *(floor_month, everyone_month, rollup_month, sheet_month, totals_month),
    )
}
MONTHLY = tuple(name for name in SURFACES if name.endswith("month"))
"""Their sums go on from day to day, so those of yesterday can be taken from those of today."""


def by_the_rule_before(floor: CouncilFloor) -> Sets:
    """The control: the strips of the month by sizes of the day alone, and the floor."""
    on = spells_in_force(floor.roster, floor.day, floor.day)
    month = spells_in_force(floor.roster, FIRST, floor.day)
    sizes = {team.id: sum(spell.team == team.id for spell in on) for team in floor.teams}
    by_size = sorted(sizes, key=lambda id: sizes[id])
    hidden = {id for id in sizes if sizes[id] < LEAST_MEMBERS}
    while len(hidden) < len(sizes) and 0 < sum(sizes[id] for id in hidden) < LEAST_MEMBERS:
        hidden.add(by_size[len(hidden)])
    teams = [{spell.agent for spell in month if spell.team == id} for id in sizes if id not in hidden]
    whole = {spell.agent for spell in month} | {*floor.strangers}
    return [frozenset(found & floor.in_month) for found in (whole, *teams) if found & floor.in_month]


@cache
def coefficients(count: int) -> Whole:
    """(combinations x count): -1, 0, 1 of up to four; one of each pair of opposite signs."""
    rows = []
    for size in range(1, min(count, MOST_SUMS) + 1):
        for places in combinations(range(count), size):
            for signs in product((1, -1), repeat=size - 1):
                row = np.zeros(count, np.int64)
                row[list(places)] = (1, *signs)
                rows.append(row)
    return np.array(rows, np.int64).reshape(-1, count)


def smallest_support(sets: Sequence[Agents]) -> int:
    """Of all combinations that are somebody's: of how few."""
    unique = [*{*sets}]
    if not unique:
        return LEAST_MEMBERS
    agents = sorted(frozenset().union(*unique))
    of_sets = np.array([[agent in each for agent in agents] for each in unique], np.int64)
    support = (coefficients(len(unique)) @ of_sets != 0).sum(axis=1)
    return int(min(support[support > 0], default=LEAST_MEMBERS))


@st.composite
def floors(draw: st.DrawFn) -> CouncilFloor:
    """Teams of any size; some agents moved, came or went in the month, most often last night."""
    count = draw(st.integers(1, 5))
    directions = draw(st.lists(st.sampled_from(("outbound", "inbound")), min_size=count, max_size=count))
    teams = tuple(Team(f"t{at}", f"组{at}", f"Team {at}", of) for at, of in enumerate(directions))
    sizes = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    room = MOST_AGENTS - 5
    roster: list[Spell] = []
    for team, size in zip(teams, sizes, strict=True):
        for _ in range(min(size, room - len(roster))):
            roster.append(Spell(f"a{len(roster):02}", "人", "Person", None, team.id, None, None))
    moves = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, count - 1), st.sampled_from(DAYS)), max_size=4))
    moved: list[Spell] = []
    for at, to, day in moves:
        if at < len(roster) and roster[at].from_ is None and roster[at].to is None:
            before = roster[at]
            roster[at] = before._replace(to=day - timedelta(days=1))
            if to != 0 or before.team != "t0":
                moved.append(before._replace(team=teams[to].id, from_=day))
    strangers = tuple(f"s{n}" for n in range(draw(st.sampled_from((0, 0, 1, 3)))))
    agents = sorted({spell.agent for spell in roster} | {*strangers})
    some = st.sampled_from((0, 1, 2, 3)).flatmap(lambda every: subset(agents, every))
    called, lately, signed_in = (frozenset(draw(some)) for _ in range(3))
    # Not held (docs/rules.md 9): a move last night in a month in which few of some row had a call.
    in_month = frozenset(agents if moved else draw(some)) | called
    return CouncilFloor(tuple(roster) + tuple(moved), teams, strangers, in_month, called, lately & called, signed_in)


DAYS = (date(2026, 11, 10), date(2026, 11, 22), TODAY, TODAY, TODAY)


def subset(agents: list[str], every: int) -> st.SearchStrategy[list[str]]:
    """All agents, or so that about one in ``every`` is missing."""
    if not every or not agents:
        return st.just(agents)
    return st.lists(st.integers(0, every), min_size=len(agents), max_size=len(agents)).map(
        lambda keep: [agent for agent, on in zip(agents, keep, strict=True) if on]
    )


def yesterday_of(floor: CouncilFloor) -> CouncilFloor:
    """The floor at the end of the day before: at that instant nothing of today is counted."""
    return replace(floor, day=YESTERDAY, called=NOBODY, lately=NOBODY, signed_in=NOBODY)


NOBODY: Agents = frozenset()


def team_of(id: str, size: int, begin: int) -> list[Spell]:
    return [Spell(f"a{begin + n:02}", "人", "Person", None, id, None, None) for n in range(size)]


def one_moved(day: date = TODAY) -> CouncilFloor:
    """Last night one of nine moved to a team of nine; another team is small."""
    first, *others = team_of("t0", 9, 0)
    moved = (first._replace(to=day - timedelta(days=1)), first._replace(team="t1", from_=day))
    roster = (*moved, *others, *team_of("t1", 9, 9), *team_of("t2", 12, 18))
    teams = tuple(Team(f"t{n}", "组", "Team", "outbound") for n in range(3))
    agents = frozenset(spell.agent for spell in roster)
    return CouncilFloor(roster, teams, (), agents, agents, agents, agents)


QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])

FINDING = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def supports(floor: CouncilFloor) -> dict[str, int]:
    """Surface -> the fewest people whose figures its sums give, of today, and of a month with those of yesterday."""
    before = yesterday_of(floor)
    return {
        name: smallest_support([*surface(floor), *(surface(before) if name in MONTHLY else ())])
        for name, surface in SURFACES.items()
    }


def companion_moved() -> CouncilFloor:
    """One went from a team of eight to an empty one, so both are one row today; a stranger needs one beside it each day."""
    first, *others = team_of("t1", 8, 0)
    moved = (first._replace(to=YESTERDAY), first._replace(team="t0", from_=TODAY))
    roster = (*moved, *others, *team_of("t2", 8, 8))
    teams = tuple(Team(f"t{n}", "组", "Team", "outbound") for n in range(3))
    agents = frozenset({spell.agent for spell in roster} | {"s0"})
    return CouncilFloor(roster, teams, ("s0",), agents, agents, agents, agents)


@QUICK
@given(floors())
@example(companion_moved())
@example(one_moved())
@example(one_moved(YESTERDAY))
def test_no_combination_of_the_sums_of_a_surface_is_that_of_few(floor: CouncilFloor) -> None:
    assert {name: people for name, people in supports(floor).items() if people < LEAST_MEMBERS} == {}


def test_the_rule_before_gave_single_persons_away() -> None:
    """The control arm: by sizes of the day alone one who moves is the difference of two days, and strangers what is left."""

    def isolates_in_two_days(floor: CouncilFloor) -> bool:
        return smallest_support([*by_the_rule_before(floor), *by_the_rule_before(yesterday_of(floor))]) < LEAST_MEMBERS

    assert isolates_in_two_days(one_moved()) and not isolates_in_two_days(one_moved(FIRST))
    assert find(floors(), lambda floor: smallest_support(by_the_rule_before(floor)) < LEAST_MEMBERS, settings=FINDING)


@pytest.mark.parametrize("name", ["floor_day", "floor_net", "floor_last30", "floor_states", "everyone_day"])
def test_with_hidden_teams_alone_a_surface_gives_persons_away(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control arm of presence: a large team in which few are at work is not hidden."""
    monkeypatch.setattr("dashboard.board.tick.few_now", lambda judged, month, least: None)
    assert find(floors(), lambda floor: smallest_support(SURFACES[name](floor)) < LEAST_MEMBERS, settings=FINDING)


@pytest.mark.parametrize("name", MONTHLY)
def test_a_rule_that_forgets_yesterday_gives_away_who_moved(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control arm of two days in a row."""
    find_hidden = _Roster.find_hidden

    def forgetful(roster: _Roster, label: date) -> HiddenTeams:
        roster._cell = np.zeros_like(roster._cell)  # noqa: SLF001
        return find_hidden(roster, label)

    monkeypatch.setattr(_Roster, "find_hidden", forgetful)
    floor = one_moved()
    assert smallest_support([*SURFACES[name](floor), *SURFACES[name](yesterday_of(floor))]) == 1


@pytest.mark.parametrize("name", ["totals_minute", "totals_day", "sheet_day"])
def test_without_rows_of_few_tables_give_persons_away(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control arm of tables: hidden teams alone, whoever had a call."""
    monkeypatch.setattr("dashboard.floor.totals._few_of", lambda by, site, newest: None)
    monkeypatch.setattr("dashboard.floor.sheet.rows_with_few", lambda small, lines, site, acting: small)
    monkeypatch.setattr("dashboard.floor.sheet._without_few", lambda board, by, site, found, named, group: found)
    assert find(floors(), lambda floor: smallest_support(SURFACES[name](floor)) < LEAST_MEMBERS, settings=FINDING)


def test_large_teams_that_stay_are_all_shown() -> None:
    """The rule hides no more than it must: nothing on a floor where nobody moved and everybody is at work."""
    floor = one_moved(FIRST)
    for name, surface in SURFACES.items():
        assert len({*surface(floor)}) >= 4 - (name == "everyone_day"), name


def test_a_team_is_back_the_day_after_somebody_moved() -> None:
    floor = one_moved()
    assert [len(floor_month(each)) for each in (yesterday_of(floor), floor)] == [4, 3]
    assert len(floor_month(replace(floor, day=TODAY + timedelta(days=1)))) == 4


@given(floors(), st.sampled_from(("outbound", "inbound")))
@settings(max_examples=60, deadline=None)
def test_a_campaign_is_shown_where_the_teams_allowed_on_it_have_eight_people(floor: CouncilFloor, of: str) -> None:
    campaign = Campaign("c", "c", "c", of, None, None, None)
    site = replace(floor.site, campaigns=(campaign,))
    people = [s for s in spells_in_force(floor.roster, TODAY, TODAY) if s.team in find_allowed(site, "campaign", "c")]
    assert {team.direction for team in floor.teams if team.id in find_allowed(site, "campaign", "c")} <= {of}
    assert allowed_on(site, TODAY).is_enough("campaign", "c") == (len(people) >= LEAST_MEMBERS)
    assert AllowedTeams(replace(site, works_council="judge"), {}).is_enough("queue", "any")
