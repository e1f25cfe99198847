"""Hidden groups: whatever is shown, what is left of the whole is never that of a few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.small_groups import LEAST_MEMBERS, hidden_groups, pools


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ((9, 8, 12), set()),
        ((9, 5, 4, 12), {1, 2}),
        ((9, 5, 12), {0, 1}),
        ((9, 4, 9, 12), {0, 1}),
        ((9, 0, 12), {1}),
        ((9, 5), {0, 1}),
        ((3, 2), {0, 1}),
        ((), set()),
    ],
)
def test_a_small_group_takes_the_next_larger_one_with_it(sizes: tuple[int, ...], hidden: set[int]) -> None:
    assert hidden_groups(sizes, LEAST_MEMBERS) == hidden


def test_without_a_least_size_none_is_hidden() -> None:
    assert hidden_groups((0, 1, 9), 0) == frozenset()
    assert pools((), (0, 1, 9), "aab", 0) == []


groups = st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["inbound", "outbound"])), max_size=9)


@given(groups, st.integers(0, 7))
def test_what_is_left_of_the_whole_is_nobody_or_eight(found: list[tuple[int, str]], outside: int) -> None:
    sizes, kinds = [size for size, _ in found], [kind for _, kind in found]
    hidden = hidden_groups(sizes, LEAST_MEMBERS)
    together = pools(hidden, sizes, kinds, LEAST_MEMBERS)
    everything = sum(sizes[at] for at in hidden)
    assert {at for at, size in enumerate(sizes) if size < LEAST_MEMBERS} <= hidden
    assert everything == 0 or everything >= LEAST_MEMBERS or len(hidden) == len(sizes)
    pooled = [sum(sizes[at] for at in pool) for pool in together]
    assert all(count >= LEAST_MEMBERS for count in pooled)
    assert sum(pooled) == (everything if everything >= LEAST_MEMBERS else 0)
    more = hidden_groups(sizes, LEAST_MEMBERS, outside)
    left = outside + sum(sizes[at] for at in more)
    assert hidden <= more
    assert left == 0 or left >= LEAST_MEMBERS or len(more) == len(sizes)
