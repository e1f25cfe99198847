"""The report on flags: numbers that add up, groups as the lists have them, and no agent named."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.actions.flag_episodes import RULES, Rule, opened
from dashboard.actions.flag_report import COLUMNS, RAISE, Flagged, report, tenure
from dashboard.actions.flag_standing import ACKNOWLEDGED, CONTESTED, NOTED, act_of, stand
from dashboard.site.load import Site, Spell, Team
from dashboard.site.types import EmploymentFrom, RotaDay, ShiftTimes
from tests.dashboard.actions.flag_floor import DAY, NOON_MS, done, seen

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
SITE = Site(
    teams=(Team("dawn", "D", "D", "outbound", "outbound"), Team("lake", "L", "L", "inbound", "inbound")),
    shifts=(ShiftTimes("day", "09:00", "18:00"), ShiftTimes("night", "21:00", "06:00")),
    roster=(
        Spell("a1", "a1", "a1", None, "dawn", None, None),
        Spell("a2", "a2", "a2", None, "dawn", date(2025, 1, 1), date(2026, 11, 10)),
        Spell("a2", "a2", "a2", None, "lake", date(2026, 11, 11), None, profile="trial"),
        Spell("a3", "a3", "a3", None, "lake", date(2026, 10, 2), None),
        Spell("a4", "a4", "a4", None, "lake", date(2026, 12, 1), None),
    ),
    rota=tuple(
        RotaDay(agent, FIRST + timedelta(days=n), shift)
        for agent, shifts in {"a1": ["day"] * 3 + ["night"], "a2": ["day", "night"]}.items()
        for n, shift in enumerate(shifts)
    ),
    employment=(EmploymentFrom("a3", date(2026, 10, 2), "external_part_time"), EmploymentFrom("a1", LAST, "temporary")),
)


def flagged(agent: str, rule: Rule = "review", day: int = 0, useful: bool | None = None, *more: str) -> Flagged:
    episode = opened(seen(agent, rule, day), NOON_MS)
    record = None if useful is None else f'{{"useful": {str(useful).lower()}}}'
    acts = [done(ACKNOWLEDGED, episode.id, agent, record=record)] if useful is not None else []
    acts += [done(kind, episode.id, agent, by=agent if kind == CONTESTED else "lead") for kind in more]
    return Flagged(episode, stand(episode, filter(None, map(act_of, acts)), NOON_MS, DAY))


def groups(rows: Sequence[dict[str, object]], by: str) -> dict[object, tuple[object, object]]:
    return {row["group"]: (row["agents"], row["flagged"]) for row in rows if row["by"] == by}


def test_the_month_is_counted_by_rule_and_by_what_people_are() -> None:
    found = [
        flagged("a1", "review", useful=True),
        flagged("a1", "drop", useful=False),
        flagged("a2", "drop", 1, None, NOTED, CONTESTED),
        flagged("a9"),
        flagged("a3", day=30),
    ]
    rows = report(SITE, FIRST, LAST, found)
    assert rows[0] == {
        "month": "2026-11", "by": "all", "group": "all", "agents": 3, "flagged": 2, "never_flagged": 1,
        "share": 0.6667, "low": 0.2077, "high": 0.9385, "flags": 3, "review": 1, "drop": 2, "quality": 0,
        "acknowledged": 2, "contested": 1, "useful": 1, "not_useful": 1, "useful_share": 0.5, "advice": None,
    }  # fmt: skip
    assert groups(rows, "rule") == {"review": (3, 1), "drop": (3, 2), "quality": (3, 0)}
    assert [row["advice"] for row in rows if row["by"] == "rule"] == [None, RAISE, None]
    assert groups(rows, "shift") == {"day": (1, 1), "mixed": (1, 1), "none": (1, 0)}
    assert groups(rows, "employment") == {"regular": (1, 1), "temporary": (1, 1), "external_part_time": (1, 0)}
    assert groups(rows, "tenure") == {"unknown": (1, 1), ">=12 months": (1, 1), "<3 months": (1, 0)}
    assert groups(rows, "profile") == {"outbound": (1, 1), "trial": (1, 1), "inbound": (1, 0)}
    assert groups(rows, "team") == {"dawn": (1, 1), "lake": (2, 1)}
    assert not {"a1", "a2", "a3"} & {str(value) for row in rows for value in row.values()}


def test_nobody_there_and_nothing_flagged_is_no_share() -> None:
    rows = report(Site(), FIRST, LAST, [])
    assert [(row["by"], row["agents"], row["share"], row["useful_share"]) for row in rows] == [
        ("all", 0, None, None), *[("rule", 0, None, None)] * 3,
    ]  # fmt: skip


def test_without_a_rota_everybody_works_the_first_shift() -> None:
    rows = report(Site(teams=SITE.teams, shifts=SITE.shifts, roster=SITE.roster), FIRST, LAST, [])
    assert groups(rows, "shift") == {"day": (3, 0)}


@pytest.mark.parametrize(
    ("start", "step"),
    [
        (None, "unknown"), (date(2026, 9, 1), "<3 months"), (date(2026, 8, 31), "<3 months"),
        (date(2026, 8, 30), "3-12 months"), (date(2025, 12, 1), "3-12 months"), (date(2025, 11, 30), ">=12 months"),
    ],
)  # fmt: skip
def test_tenure_is_in_whole_months(start: date | None, step: str) -> None:
    assert tenure(start, LAST) == step


@given(
    st.lists(
        st.builds(
            flagged,
            st.sampled_from(["a1", "a2", "a3", "a9"]),
            st.sampled_from(RULES),
            st.integers(-30, 10),
            st.sampled_from([None, True, False]),
        ),
        max_size=20,
    )
)
def test_every_grouping_adds_up_to_all(found: list[Flagged]) -> None:
    rows = report(SITE, FIRST, LAST, found)
    whole = rows[0]
    assert all(tuple(row) == tuple(COLUMNS) for row in rows)
    for by in ("shift", "employment", "tenure", "profile", "team"):
        part = [row for row in rows if row["by"] == by]
        for column in ("agents", "flagged", "never_flagged", "flags", *RULES, "acknowledged", "useful", "not_useful"):
            assert sum(row[column] for row in part) == whole[column], (by, column)
    assert sum(row["flags"] for row in rows if row["by"] == "rule") == whole["flags"]
    assert all(row["low"] <= row["share"] <= row["high"] for row in rows if row["agents"])
