"""The arithmetic of cells: amounts in one integer, rows of 64 bits, bytes in Redis; each turns into the others exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.metrics import COUNT, INDEX, NAMES, ONE, SCHEMA, UnknownSchema, pack, to_rows, unpack

lanes = st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300) | st.just(0)
rows = st.lists(st.lists(lanes, min_size=COUNT, max_size=COUNT), max_size=6)
small = st.dictionaries(st.sampled_from(NAMES), st.integers(-(10**9), 10**9), max_size=8)


def amounts(by_name: dict[str, int]) -> int:
    return sum(n * ONE[name] for name, n in by_name.items())


@given(rows)
def test_what_is_packed_is_unpacked(table: list[list[int]]) -> None:
    array = np.array(table, dtype=np.int64).reshape(len(table), COUNT)
    assert unpack(pack(array)).tolist() == table


@given(rows)
def test_packing_depends_on_the_row_alone(table: list[list[int]]) -> None:
    array = np.array(table, dtype=np.int64).reshape(len(table), COUNT)
    assert pack(array) == [pack(array[i : i + 1])[0] for i in range(len(table))]


@given(st.lists(small, min_size=1, max_size=6))
def test_amounts_become_rows_with_their_signs(cells: list[dict[str, int]]) -> None:
    for row, cell in zip(to_rows([amounts(cell) for cell in cells]).tolist(), cells, strict=True):
        assert row == [cell.get(name, 0) for name in NAMES]


@given(small, small)
def test_adding_amounts_adds_every_metric_and_taking_back_leaves_nothing(
    one: dict[str, int], other: dict[str, int]
) -> None:
    together = to_rows([amounts(one) + amounts(other)])[0]
    assert together.tolist() == (to_rows([amounts(one)])[0] + to_rows([amounts(other)])[0]).tolist()
    assert amounts(one) + amounts(other) - amounts(one) - amounts(other) == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [1, -1, 63, 64, -64, -65, 2**62, 2**63 - 1, -(2**63)])
def test_each_lane_keeps_to_itself(name: str, value: int) -> None:
    row = to_rows([value * ONE[name]])
    expected = [0] * COUNT
    expected[INDEX[name]] = value
    assert row[0].tolist() == expected
    assert unpack(pack(row))[0].tolist() == expected


def test_nothing_is_packed_as_nothing_and_zeros_as_a_head() -> None:
    assert pack(np.zeros((0, COUNT), dtype=np.int64)) == []
    assert unpack([]).shape == (0, COUNT)
    zeros = pack(np.zeros((2, COUNT), dtype=np.int64))
    assert zeros == [bytes([SCHEMA]) + bytes(8)] * 2
    assert not unpack(zeros).any()


def test_a_usual_cell_is_small() -> None:
    usual = (
        3 * ONE["attempts"]
        + 2 * ONE["handled"]
        + 2 * ONE["handled_outbound"]
        + 260 * ONE["talk_s"]
        + 36 * ONE["wrap_s"]
    )
    assert len(pack(to_rows([usual]))[0]) <= 18


def test_cells_of_another_schema_are_refused() -> None:
    cell = pack(to_rows([ONE["handled"]]))[0]
    with pytest.raises(UnknownSchema):
        unpack([cell, bytes([SCHEMA + 1]) + cell[1:]])
