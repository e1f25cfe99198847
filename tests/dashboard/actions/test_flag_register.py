"""One episode per agent and rule until it is acknowledged, and never again for the same evidence."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.actions.action_follower import Done
from dashboard.actions.flag_episodes import RULES, Rule, episode_id, opened, parse_id
from dashboard.actions.flag_register import HEAL_MS, FlagRegister
from dashboard.actions.flag_standing import (
    ACKNOWLEDGED,
    CLOSED,
    CONTESTED,
    KINDS,
    NOTED,
    PLANNED,
    SNOOZED,
    Recorded,
    act_of,
    stand,
)
from dashboard.actions.flag_store import FlagsAway, ShiftCount
from streams.site_time import DAY_MS, rfc3339
from streams.store.ledger_reader import LedgerBusy
from tests.dashboard.actions.flag_floor import DAY, NOON_MS, TIME, MemoryActs, MemoryFlags, done, seen


class Floor:
    """A book, what it is made of, and its clock."""

    def __init__(self) -> None:
        self.store, self.acts = MemoryFlags(), MemoryActs()
        self.book = FlagRegister(self.store, self.acts, TIME)

    def see(self, *found: tuple[str, Rule], day: int = 0, at_ms: int | None = None) -> list[str]:
        """The rules see these agents on a day, and nobody else -> the ids that are open then."""
        now_ms = at_ms if at_ms is not None else NOON_MS + day * DAY_MS
        self.book.open_episodes([seen(agent, rule, day) for agent, rule in found], now_ms)
        return [each.id for each in self.book.waiting()]


@pytest.fixture
def floor() -> Floor:
    return Floor()


def test_a_rule_that_points_on_has_one_episode(floor: Floor) -> None:
    for day in range(3):
        assert floor.see(("a1", "review"), day=day) == ["review-a1-20261123"]
        assert floor.see(day=day) == ["review-a1-20261123"]
    assert floor.book.review_open == {"a1"}
    assert floor.see(("a1", "quality"), ("a2", "review"), day=3) == [
        "review-a1-20261123", "quality-a1-20261126", "review-a2-20261126",
    ]  # fmt: skip


def test_an_acknowledged_review_never_returns_for_the_same_window(floor: Floor) -> None:
    floor.see(("a1", "review"))
    floor.acts.hear(done(ACKNOWLEDGED, "review-a1-20261123", at_ms=NOON_MS + DAY_MS))
    # The evidence of that tick does not know yet: it points at the agent under the id of another shift.
    assert floor.see(("a1", "review"), day=1, at_ms=NOON_MS + DAY_MS + 5000) == []
    assert floor.book.restarts == {"a1": DAY + timedelta(days=1)}
    assert floor.book.review_open == frozenset()
    assert floor.see(("a1", "review"), day=2) == ["review-a1-20261125"]


def test_an_erased_agent_has_no_episode_and_healing_brings_none_back(floor: Floor) -> None:
    assert len(floor.see(("a1", "review"), ("a2", "review"))) == 2
    floor.store.erase("a1")
    later_ms = NOON_MS + 2 * HEAL_MS
    assert floor.see(at_ms=later_ms) == [episode_id("review", "a2", DAY)]
    assert [each.agent for each in floor.book.all()] == ["a2"]
    assert floor.store.kept.keys() == {episode_id("review", "a2", DAY)}


def test_an_episode_that_ran_out_in_the_store_is_not_written_again(floor: Floor) -> None:
    floor.see(("a1", "review"))
    floor.store.kept.clear()
    floor.see(day=399)
    assert floor.store.kept
    floor.store.kept.clear()
    floor.see(day=401)
    assert not floor.store.kept


def test_a_drop_is_one_of_its_shift(floor: Floor) -> None:
    assert floor.see(("a1", "drop")) == ["drop-a1-20261123"]
    assert floor.see(day=1) == []
    assert floor.book.standing(floor.book.all()[0]).state == "over"
    assert floor.see(("a1", "drop"), day=1, at_ms=NOON_MS + DAY_MS + 5000) == ["drop-a1-20261124"]
    floor.acts.hear(done(ACKNOWLEDGED, "drop-a1-20261124", at_ms=NOON_MS + DAY_MS + 6000))
    assert floor.see(("a1", "drop"), day=1, at_ms=NOON_MS + DAY_MS + 9000) == []
    assert floor.book.restarts == {}


def test_a_quality_drop_returns_only_after_it_was_over(floor: Floor) -> None:
    assert floor.see(("a1", "quality")) == ["quality-a1-20261123"]
    floor.acts.hear(done(ACKNOWLEDGED, "quality-a1-20261123", at_ms=NOON_MS + 1000))
    for day in (1, 2):
        assert floor.see(("a1", "quality"), day=day) == []
        assert floor.see(day=day, at_ms=NOON_MS + day * DAY_MS + 5000) == []  # nothing known is no recovery
    floor.book.open_episodes([], NOON_MS + 3 * DAY_MS, in_control=["a1"])
    again = FlagRegister(floor.store, floor.acts, TIME)  # a new process knows it too
    again.open_episodes([seen("a1", "quality", 4)], NOON_MS + 4 * DAY_MS)
    assert [each.id for each in again.waiting()] == ["quality-a1-20261127"]


def test_a_snooze_ends_by_itself_and_the_newest_counts(floor: Floor) -> None:
    id = floor.see(("a1", "review"))[0]
    until = rfc3339(NOON_MS + 3_600_000)
    floor.acts.hear(done(SNOOZED, id, at_ms=NOON_MS + 1000, until=until))
    assert floor.see(at_ms=NOON_MS + 3_599_000) == []
    assert floor.book.review_open == {"a1"}
    assert floor.see(at_ms=NOON_MS + 3_600_000) == [id]
    floor.acts.hear(done(SNOOZED, id, at_ms=NOON_MS + 3_600_001, until=rfc3339(NOON_MS + DAY_MS)))
    assert floor.see(at_ms=NOON_MS + 3_700_000) == []


def test_the_agent_himself_contests_and_does_nothing_else(floor: Floor) -> None:
    id = floor.see(("a1", "review"))[0]
    floor.acts.hear(done(ACKNOWLEDGED, id, by="a1"), done(CONTESTED, id, by="lead"), done(CONTESTED, id, by="a1"))
    assert floor.see(at_ms=NOON_MS + 2000) == [id]
    standing = floor.book.standing(floor.book.all()[0])
    assert (standing.contested, [each.by for each in standing.acts]) == (True, ["unverified:a1"])


def test_coaching_is_closed_and_planned_again() -> None:
    episode = opened(seen(), NOON_MS)
    said = [
        done(PLANNED, episode.id, at_ms=NOON_MS + 1, due="2026-11-30", text="listen to two calls"),
        done(CLOSED, episode.id, at_ms=NOON_MS + 2, text="done", record='{"useful": true}'),
        done(PLANNED, episode.id, at_ms=NOON_MS + 3, due="2026-12-07", text="again"),
    ]
    standing = stand(episode, filter(None, map(act_of, said)), NOON_MS, DAY)
    assert [(c.planned.due, c.closed and c.closed.text) for c in standing.coachings] == [
        ("2026-11-30", "done"), ("2026-12-07", None),
    ]  # fmt: skip
    assert (standing.useful, standing.state) == (True, "open")


def test_what_is_live_is_written_again_after_the_store_lost_it(floor: Floor) -> None:
    id = floor.see(("a1", "review"))[0]
    floor.store.kept.clear()
    floor.store.order.clear()
    assert floor.see(at_ms=NOON_MS + HEAL_MS) == [id]
    assert list(floor.store.kept) == [id]


def test_a_log_that_is_busy_is_read_the_next_time(floor: Floor) -> None:
    floor.see(("a1", "review"))
    floor.acts.hear(done(ACKNOWLEDGED, "review-a1-20261123", at_ms=NOON_MS))
    floor.acts.fault = LedgerBusy()
    assert floor.see(at_ms=NOON_MS + 2000) == ["review-a1-20261123"]
    floor.acts.fault = None
    assert floor.see(at_ms=NOON_MS + 4000) == []


def test_shifts_of_coached_agents_outlast_the_window(floor: Floor) -> None:
    floor.see(("a1", "review"))
    floor.acts.hear(done(PLANNED, "review-a1-20261123", due="2026-11-30"))
    first, second = {DAY: ShiftCount(70, 100, 2.0)}, {DAY + timedelta(days=1): ShiftCount(90, 100, 2.0)}
    floor.book.open_episodes([], NOON_MS + 2000, past=lambda agent: first)
    floor.book.open_episodes([], NOON_MS + 4000, past=lambda agent: second)
    assert floor.store.series == {"a1": first | second}


agents = st.sampled_from(["a1", "a2", "a-1-20261123"])


@given(st.sampled_from(RULES), agents, st.dates())
def test_an_id_says_what_it_is_made_of(rule: Rule, agent: str, shift: date) -> None:
    assert parse_id(episode_id(rule, agent, shift)) == (rule, agent, shift)


@given(st.text())
def test_any_other_text_is_no_id_or_one_that_reads_the_same_back(text: str) -> None:
    found = parse_id(text)
    assert found is None or episode_id(*found) == text


def _acts() -> st.SearchStrategy[list[Done]]:
    refs = st.builds(episode_id, st.sampled_from(RULES), st.sampled_from(["a1", "a2"]), st.just(DAY))
    act = st.builds(
        done,
        st.sampled_from(KINDS),
        refs,
        agent=st.just("a1"),
        by=st.sampled_from(["lead", "a1", "qa"]),
        at_ms=st.integers(NOON_MS, NOON_MS + 3),
        until=st.sampled_from([None, "soon", rfc3339(NOON_MS), rfc3339(NOON_MS + DAY_MS)]),
        record=st.sampled_from([None, "{}", "[]", "?", '{"useful": true}', '{"useful": false}']),
    )
    return st.lists(act, max_size=12)


@given(_acts().flatmap(lambda acts: st.tuples(st.just(acts), st.permutations(acts), st.permutations(acts))))
def test_neither_order_nor_repetition_of_actions_matters(
    orders: tuple[Sequence[Done], Sequence[Done], Sequence[Done]],
) -> None:
    acts, other, more = orders
    unique = {each.id: each for each in acts}
    said, again = list(unique.values()), [unique[each.id] for each in (*other, *more)]
    for rule in RULES:
        episode = opened(seen(rule=rule), NOON_MS)
        assert stand(episode, filter(None, map(act_of, said)), NOON_MS + 2, DAY) == stand(
            episode, filter(None, map(act_of, again)), NOON_MS + 2, DAY
        )


steps = st.lists(
    st.tuples(
        st.integers(0, 3), st.sets(st.tuples(st.sampled_from(["a1", "a2"]), st.sampled_from(RULES))),
        st.sampled_from([None, ACKNOWLEDGED, SNOOZED, NOTED]), st.booleans(),
    ), max_size=12,
)  # fmt: skip


@given(steps)
def test_there_is_one_live_episode_of_a_rule_and_agent_and_one_of_a_shift(
    steps: list[tuple[int, set[tuple[str, Rule]], str | None, bool]],
) -> None:
    floor, now_ms = Floor(), NOON_MS
    for forward, found, kind, restart in steps:
        now_ms += forward * DAY_MS + 1500
        day = (TIME.day(now_ms).label - DAY).days
        floor.see(*found, day=day, at_ms=now_ms)
        live = [(each.rule, each.agent) for each in floor.book.waiting()]
        assert len(set(live)) == len(live)
        if kind and floor.book.waiting():
            first = floor.book.waiting()[0]
            floor.acts.hear(done(kind, first.id, first.agent, at_ms=now_ms, until=rfc3339(now_ms + DAY_MS)))
        if restart:
            before, floor.book = floor.book, FlagRegister(floor.store, floor.acts, TIME)
            before.refresh(now_ms + 1, at_once=True)
            floor.book.refresh(now_ms + 1)
            assert floor.book.waiting() == before.waiting()
            assert (floor.book.restarts, floor.book.review_open) == (before.restarts, before.review_open)
    reviews = [each for each in floor.book.all() if each.rule == "review"]
    for agent in ("a1", "a2"):
        shifts = [each.shift for each in reviews if each.agent == agent]
        assert len(set(shifts)) == len(shifts)


def test_what_was_read_before_redis_went_away_is_not_lost(floor: Floor) -> None:
    floor.store.create(opened(seen(), NOON_MS))
    floor.acts.fault = FlagsAway()
    with pytest.raises(FlagsAway):
        floor.book.refresh(NOON_MS)
    floor.acts.fault = None
    assert floor.see(at_ms=NOON_MS + 1) == ["review-a1-20261123"]


def test_an_action_that_is_filed_under_another_agent_says_nothing(floor: Floor) -> None:
    id = floor.see(("a1", "review"))[0]
    floor.acts.hear(done(ACKNOWLEDGED, id, agent="a2"))
    assert floor.see(at_ms=NOON_MS + 2000) == [id]


def test_what_was_acknowledged_does_not_return_where_the_store_was_lost(floor: Floor) -> None:
    for rule in RULES:
        floor.see(("a1", rule))
        episode = floor.book.get(episode_id(rule, "a1", DAY))
        record = msgspec.json.encode(Recorded(True, episode)).decode()
        floor.acts.hear(done(ACKNOWLEDGED, episode_id(rule, "a1", DAY), at_ms=NOON_MS + 1, record=record))
    floor.store = MemoryFlags()
    floor.book = FlagRegister(floor.store, floor.acts, TIME)
    for second in (2, 4):
        assert floor.see(*(("a1", rule) for rule in RULES), at_ms=NOON_MS + second * 1000) == []
    assert floor.see(("a1", "quality"), day=1) == []
    assert (floor.store.kept, [each.rule for each in floor.book.all()]) == ({}, ["drop", "quality", "review"])
    assert [floor.book.standing(each).useful for each in floor.book.all()] == [True] * 3
