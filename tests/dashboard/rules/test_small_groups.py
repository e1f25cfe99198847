"""Hidden groups: whatever is shown, what is left of the whole is never that of a few."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.figures import Whole
from dashboard.rules.small_groups import LEAST_MEMBERS, Detail, detail_of, hidden_groups, pools


def people(sizes: Sequence[int]) -> Whole:
    """Of groups that share no cell."""
    return np.array(sizes, np.int64).reshape(-1, 1)


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
    small = [at for at, size in enumerate(sizes) if size < LEAST_MEMBERS]
    assert hidden_groups([people(sizes)], LEAST_MEMBERS, small) == hidden


def test_without_a_least_size_none_is_hidden() -> None:
    assert hidden_groups([people((0, 1, 9))], 0) == frozenset()
    assert pools((), [people((0, 1, 9))], "aab", 0) == []


def test_a_group_that_lost_one_to_another_is_hidden_with_it() -> None:
    """Rows of today across those of yesterday: one of the first row is in the second now, which alone would give them away."""
    crossing = np.array([[8, 0, 0], [1, 9, 0], [0, 0, 12]])
    assert hidden_groups([people((8, 10, 12))], LEAST_MEMBERS) == set()
    assert hidden_groups([people((8, 10, 12)), crossing], LEAST_MEMBERS) == {0, 1}
    assert pools({0, 1}, [people((8, 10, 12)), crossing], "abb", LEAST_MEMBERS) == [(0, 1)]
    assert pools({0, 1}, [people((8, 10, 12))], "abb", LEAST_MEMBERS) == [(0,), (1,)]


def test_figures_of_the_assessed_are_as_exact_as_the_others_of_the_row_allow() -> None:
    found = [detail_of(*row, LEAST_MEMBERS) for row in ((20, 0), (0, 9), (20, 8), (20, 1), (7, 20), (7, 0))]
    assert found == [Detail.EXACT, Detail.EXACT, Detail.COARSE, Detail.RATIO, Detail.NONE, Detail.NONE]
    assert detail_of(3, 1, 0) is Detail.EXACT


groups = st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["inbound", "outbound"])), max_size=9)


@given(groups)
def test_what_is_left_of_the_whole_is_nobody_or_eight(found: list[tuple[int, str]]) -> None:
    sizes, kinds = [size for size, _ in found], [kind for _, kind in found]
    hidden = hidden_groups(
        [people(sizes)], LEAST_MEMBERS, [at for at, size in enumerate(sizes) if size < LEAST_MEMBERS]
    )
    together = pools(hidden, [people(sizes)], kinds, LEAST_MEMBERS)
    everything = sum(sizes[at] for at in hidden)
    assert {at for at, size in enumerate(sizes) if size < LEAST_MEMBERS} <= hidden
    assert everything == 0 or everything >= LEAST_MEMBERS or len(hidden) == len(sizes)
    pooled = [sum(sizes[at] for at in pool) for pool in together]
    assert all(count >= LEAST_MEMBERS for count in pooled)
    assert sum(pooled) == (everything if everything >= LEAST_MEMBERS else 0)
