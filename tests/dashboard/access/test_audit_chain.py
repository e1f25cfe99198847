"""A row that was edited, left out, put in or moved is found at its number; an untouched log has no fault."""

import hashlib
import json
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.audit_chain import Chain, ChainFault, Head
from dashboard.access.audit_rows import NO_ROW, AuditRow, NoRow, decode_row, encode_row, make_row
from tests.dashboard.access.audit_rows_made import START_MS, chained, check, entry

ROWS = 9


def faults(values: list[bytes], begin: int = 0) -> list[tuple[int | None, str]]:
    return [(fault.seq, fault.reason) for fault in check(values, begin).faults]


def forged(value: bytes, **changes: object) -> bytes:
    """A row with other content and the hash that fits: its writer could have written it."""
    row = msgspec.structs.asdict(msgspec.structs.replace(decode_row(value), **changes))
    place = {name: row.pop(name) for name in ("time_ms", "writer", "seq", "prev", "hash")}
    place.pop("hash")
    return encode_row(make_row(entry(**row), **place))


def test_an_untouched_log_is_intact() -> None:
    """The control of everything below."""
    _, first = chained(ROWS)
    chain, values = chained(ROWS, Chain(head=decode_row(first[-1]).hash))
    found = check([*first, *values])
    assert (found.faults, found.rows, found.intact) == ([], 2 * ROWS, 2 * ROWS)
    assert found.heads[chain.writer][:3] == (chain.writer, ROWS, chain.head)


@pytest.mark.parametrize("seq", range(1, ROWS + 1))
@pytest.mark.parametrize(
    "change", [{"account": "oidc:2"}, {"whom": None}, {"time_ms": 0}, {"what": ""}, {"prev": NO_ROW[1:] + "1"}]
)
def test_an_edited_row_is_found(seq: int, change: dict[str, object]) -> None:
    _, values = chained(ROWS)
    values[seq - 1] = encode_row(msgspec.structs.replace(decode_row(values[seq - 1]), **change))
    assert faults(values) == [(seq, "edited: its hash is another")]


@pytest.mark.parametrize("seq", range(1, ROWS))
def test_an_edited_row_with_the_hash_that_fits_is_found_by_the_next_one(seq: int) -> None:
    _, values = chained(ROWS)
    values[seq - 1] = forged(values[seq - 1], whom="8101")
    assert faults(values) == [(seq, "another row than the next one names")]


@pytest.mark.parametrize("seq", range(1, ROWS))
def test_a_row_that_was_left_out_is_found(seq: int) -> None:
    _, values = chained(ROWS)
    del values[seq - 1]
    assert faults(values) == [(seq, "missing, or moved behind the next")]


@pytest.mark.parametrize("seq", range(1, ROWS))
def test_rows_that_changed_places_are_found(seq: int) -> None:
    _, values = chained(ROWS)
    values[seq - 1], values[seq] = values[seq], values[seq - 1]
    assert faults(values) == [(seq, "missing, or moved behind the next")]


@pytest.mark.parametrize("seq", range(2, ROWS))
def test_a_row_that_was_put_in_is_found(seq: int) -> None:
    _, values = chained(ROWS)
    twin = forged(values[seq - 1], whom="8101")
    assert faults([*values[:seq], twin, *values[seq:]]) == [(seq, "there twice, or put in")]
    before = faults([*values[: seq - 1], twin, *values[seq - 1 :]])
    assert before == [(seq, "there twice, or put in")]


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff", b"[1]", b'{"account":"a"}'])
def test_what_is_no_row_is_found_at_its_place(value: bytes) -> None:
    _, values = chained(ROWS)
    found = check([*values[:3], value, *values[3:]])
    assert [(fault.offset, fault.writer, fault.seq) for fault in found.faults] == [(3, "", None)]
    assert found.intact == ROWS


def test_another_spelling_of_a_row_is_no_row() -> None:
    _, (value,) = chained(1)
    fields = json.loads(value)
    for other in (json.dumps(fields), json.dumps(fields, separators=(",", ":")), '{"more":1,' + value.decode()[1:]):
        with pytest.raises(NoRow):
            decode_row(other.encode())
    assert decode_row(json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def test_anybody_can_compute_the_hash() -> None:
    """As docs/operations.md says it, without our code."""
    _, values = chained(2)
    rows = [json.loads(value) for value in values]
    for row in rows:
        rest = {name: value for name, value in row.items() if name != "hash"}
        text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == row["hash"]
    assert [row["prev"] for row in rows] == [NO_ROW, rows[0]["hash"]]


def test_a_whole_chain_that_was_left_out_is_found_by_the_one_behind_it() -> None:
    first, values = chained(1)
    second, more = chained(1, Chain(head=first.head))
    _, last = chained(2, Chain(head=second.head))
    assert faults([*values, *more, *last]) == []
    assert faults([*values, *last]) == [(1, "the row before this chain is missing")]


def test_a_log_that_retention_shortened_is_intact_and_a_shortened_one_is_not() -> None:
    _, values = chained(ROWS)
    assert faults(values[4:], begin=4) == []
    assert faults(values[4:]) == [(1, "missing, or moved behind the next")]


def test_a_broken_chain_says_nothing_of_the_others() -> None:
    first, values = chained(3)
    _, others = chained(3, Chain(head=first.head))
    found = check([values[0], values[2], *others])
    assert [fault[1:3] for fault in found.faults] == [(first.writer, 2)]
    assert found.intact == 4
    found = check([values[0], values[1], values[2].replace(b"8100", b"8101"), *others])
    assert found.faults[0][:3] == (2, first.writer, 3)
    assert found.intact == 5


def test_kept_heads_find_rows_that_were_cut_off_and_a_log_that_was_written_anew() -> None:
    chain, values = chained(ROWS)
    kept = [Head(chain.writer, ROWS, chain.head)]
    assert check(values, kept=kept).faults == []
    _, longer = chained(2, chain)
    assert check([*values, *longer], kept=kept).faults == []
    (cut,) = check(values[:-2], kept=kept).faults
    assert (cut.writer, cut.seq) == (chain.writer, ROWS - 1)
    anew = list(values)
    rows = [(msgspec.structs.replace(entry(), whom="8101"), START_MS) for _ in range(ROWS)]
    _, forged_rows = Chain(chain.writer).extend(rows)
    anew = [encode_row(row) for row in forged_rows]
    assert check(anew).faults == []  # by itself it is whole
    assert check(anew, kept=kept).faults == [
        ChainFault(ROWS - 1, chain.writer, ROWS, "another row than the kept head names")
    ]
    (lost,) = check([], kept=kept).faults
    assert (lost.writer, lost.seq) == (chain.writer, 1)


CHANGES: dict[str, Callable[[list[bytes], int], list[bytes]]] = {
    "left out": lambda values, at: values[:at] + values[at + 1 :],
    "twice": lambda values, at: values[: at + 1] + values[at:],
    "moved": lambda values, at: [*values[:at], *values[at + 1 :], values[at]],
    "edited": lambda values, at: [*values[:at], forged(values[at], name="x"), *values[at + 1 :]],
}


@given(st.data())
def test_no_change_inside_a_log_of_several_writers_goes_unseen(data: st.DataObject) -> None:
    """Each writer has a row behind the change, so that a chain can show it."""
    chains = [Chain() for _ in range(3)]
    values: list[bytes] = []
    order = data.draw(st.lists(st.integers(0, 2), max_size=12)) + [0, 1, 2]
    for writer in order:
        chains[writer], rows = chains[writer].extend([(entry(), START_MS)])
        values += map(encode_row, rows)
    assert check(values).faults == []
    at = data.draw(st.integers(0, len(values) - 4)) if len(values) > 3 else None
    if at is not None:
        changed = CHANGES[data.draw(st.sampled_from(sorted(CHANGES)))](values, at)
        assert check(changed).faults != []


@given(st.builds(dict, what=st.text(), name=st.text(), address=st.none() | st.text()), st.integers(0, 2**53))
def test_a_row_comes_back_as_it_was(changes: dict[str, str | None], time_ms: int) -> None:
    row = make_row(entry(**changes), time_ms, "w", 1, NO_ROW)
    assert isinstance(decode_row(encode_row(row)), AuditRow)
    assert decode_row(encode_row(row)) == row
