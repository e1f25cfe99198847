"""The columns of a cell: one table of metrics, their arithmetic in a batch and their bytes in Redis.

A *cell* is the integer amounts of one line (an agent, ``~unattributed``, a campaign, a queue, a project) in one bucket (minute,
hour block, business day, month). Three forms, each the best for its work:

- *amounts*: one Python integer with a signed 64-bit lane per metric. Adding two amounts is one addition, so folding a
  fact costs the same whatever it counts; a difference may be negative.
- *packed*: the bytes in Redis. ``schema`` (1 byte), a mask of the metrics that are not zero (8 bytes, little endian), then
  each of those as a zigzag LEB128 varint in the order of the table. 20 to 45 bytes where plain 64-bit columns are 320.
- *rows*: ``int64`` array (cells x metrics), for the read model.

A new metric goes to the end of the table: the mask has room for 64. ``SCHEMA`` changes where stored cells no longer
have the meaning of this table; cells of another schema are refused (``streams.store.identity``).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Metric(NamedTuple):
    """One column: its name everywhere (code, totals, frames), its unit and what it counts (docs/rules.md 2)."""

    name: str
    unit: str
    meaning: str


METRICS: tuple[Metric, ...] = (
    Metric("attempts", "calls", "every call.ended"),
    Metric("handled", "calls", "calls of outcome handled"),
    Metric("handled_inbound", "calls", "handled, inbound"),
    Metric("handled_outbound", "calls", "handled, outbound"),
    Metric("short", "calls", "handled, talk time present and below the site's short_call_s"),
    Metric("effective", "calls", "handled, talk time present and at least the site's effective_call_s"),
    Metric("converted", "calls", "handled, disposition is a success"),
    Metric("talk_s", "s", "talk time of handled calls"),
    Metric("hold_s", "s", "hold time of handled calls"),
    Metric("wrap_s", "s", "wrap-up time of handled calls"),
    Metric("in_time", "calls", "handled inbound, answered within the site's answer_in_s"),
    Metric("wait_s", "s", "queue time before the answer of handled calls"),
    Metric("abandoned", "calls", "calls of outcome abandoned"),
    Metric("complaints_pending", "complaints", "recorded or under appeal"),
    Metric("complaints_confirmed", "complaints", "confirmed or upheld"),
    Metric("complaints_reversed", "complaints", "withdrawn or overturned"),
    Metric("repeat_enquiries_pending", "repeat enquiries", "recorded or under appeal"),
    Metric("repeat_enquiries_confirmed", "repeat enquiries", "confirmed or upheld"),
    Metric("repeat_enquiries_reversed", "repeat enquiries", "withdrawn or overturned"),
    Metric("evaluations", "evaluations", "scored evaluations"),
    Metric("evaluation_points", "points/100", "sum of scores 0-100 in hundredths"),
    Metric("critical_fails", "evaluations", "evaluations with a critical fail"),
    Metric("conduct_records", "records", "conduct records"),
    Metric("conduct_points", "points/100", "sum of signed conduct points in hundredths"),
    Metric("surveys_offered", "surveys", "surveys offered"),
    Metric("surveys_answered", "surveys", "surveys answered"),
    Metric("survey_points", "points/100", "sum of survey scores 0-100 in hundredths"),
    Metric("surveys_satisfied", "surveys", "answered surveys of at least the site's satisfied points"),
    Metric("state_available_s", "s", "time available or ringing"),
    Metric("state_talk_s", "s", "time talking"),
    Metric("state_hold_s", "s", "time holding"),
    Metric("state_wrap_s", "s", "time in wrap-up"),
    Metric("state_break_s", "s", "time on break"),
    Metric("state_training_s", "s", "time in training"),
    Metric("state_meeting_s", "s", "time in a meeting"),
    Metric("state_other_s", "s", "time in another state"),
    Metric("offered", "calls", "inbound calls of outcome handled or abandoned"),
    Metric("abandoned_short", "calls", "abandoned, wait present and below the site's short_abandon_s"),
    Metric("waits_known", "calls", "handled inbound, wait present: the calls that in_time is a part of"),
    Metric("talks_known", "calls", "handled, talk time present: the calls that short and effective are parts of"),
)
NAMES: tuple[str, ...] = tuple(metric.name for metric in METRICS)
INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}
COUNT = len(METRICS)
SCHEMA = 2

_LANE_BITS = 64
_OF_CALLS = (
    *("talk_s", "hold_s", "wrap_s", "wait_s", "attempts", "handled", "handled_inbound", "handled_outbound"),
    *("talks_known", "short", "effective", "converted", "offered", "waits_known", "in_time", "abandoned"),
    "abandoned_short",
)
_LANES = (*_OF_CALLS, *(name for name in NAMES if name not in _OF_CALLS))
"""The metrics in the order of their lanes: those of a usual call come first, so that its amounts are a short integer."""
_COLUMN_LANES = np.array([_LANES.index(name) for name in NAMES])
_BIAS = sum(1 << (_LANE_BITS * i + _LANE_BITS - 1) for i in range(COUNT))
_MASK_BYTES = 8
_HEAD_BYTES = 1 + _MASK_BYTES
ONE: dict[str, int] = {name: 1 << (_LANE_BITS * i) for i, name in enumerate(_LANES)}
"""Amounts of 1 of each metric: ``2 * ONE["talk_s"] + ONE["handled"]``."""

Rows = NDArray[np.int64]


class UnknownSchema(ValueError):
    """Redis holds cells of another version of this table. They must be counted again and are never guessed."""


def to_rows(amounts: Sequence[int]) -> Rows:
    """Amounts -> int64 (len(amounts) x COUNT); each lane must lie within +-2**63."""
    size = COUNT * _LANE_BITS // 8
    raw = b"".join([(a + _BIAS).to_bytes(size, "little") for a in amounts])
    lanes = np.frombuffer(raw, dtype="<u8").reshape(len(amounts), COUNT)
    return (lanes ^ np.uint64(1 << 63)).view(np.int64)[:, _COLUMN_LANES]


def to_amounts(row: Rows) -> int:
    """One row -> its amounts."""
    return sum(value * ONE[NAMES[at]] for at, value in enumerate(row.tolist()) if value)


def pack(rows: Rows) -> list[bytes]:
    """Rows (n x COUNT) -> n packed cells."""
    if not len(rows):
        return []
    present = rows != 0
    values = rows[present]
    body, lengths = _varints(((values << 1) ^ (values >> 63)).view(np.uint64))
    per_cell = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(np.bincount(np.nonzero(present)[0], weights=lengths, minlength=len(rows)), out=per_cell[1:])
    heads, ends = _heads(present), per_cell.tolist()
    return [heads[i * _HEAD_BYTES : (i + 1) * _HEAD_BYTES] + body[ends[i] : ends[i + 1]] for i in range(len(rows))]


def unpack(cells: Iterable[bytes]) -> Rows:
    """Packed cells -> rows (n x COUNT). Raises UnknownSchema."""
    cells = list(cells)
    rows = np.zeros((len(cells), COUNT), dtype=np.int64)
    if not cells:
        return rows
    heads = np.frombuffer(b"".join([c[:_HEAD_BYTES] for c in cells]), dtype=np.uint8).reshape(-1, _HEAD_BYTES)
    if (heads[:, 0] != SCHEMA).any():
        raise UnknownSchema(f"cells of schema {set(heads[:, 0].tolist())}, this program reads {SCHEMA}")
    present = np.unpackbits(heads[:, 1:], axis=1, bitorder="little")[:, :COUNT].astype(bool)
    zigzag = _integers(b"".join([c[_HEAD_BYTES:] for c in cells]))
    rows[present] = (zigzag >> np.uint64(1)).view(np.int64) ^ -(zigzag & np.uint64(1)).view(np.int64)
    return rows


def _heads(present: NDArray[np.bool_]) -> bytes:
    """Schema and mask of each cell, joined."""
    mask = np.packbits(present, axis=1, bitorder="little")
    heads = np.zeros((len(mask), _HEAD_BYTES), dtype=np.uint8)
    heads[:, 0] = SCHEMA
    heads[:, 1 : 1 + mask.shape[1]] = mask
    return heads.tobytes()


def _varints(values: NDArray[np.uint64]) -> tuple[bytes, NDArray[np.int64]]:
    """LEB128 of each value, joined, and the length of each."""
    thresholds = np.array([1 << (7 * k) for k in range(1, 10)], dtype=np.uint64)
    lengths = 1 + np.searchsorted(thresholds, values, side="right")
    ends = np.cumsum(lengths)
    out = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    starts = ends - lengths
    for k in range(int(lengths.max(initial=0))):
        longer = lengths > k
        part = (values[longer] >> np.uint64(7 * k)) & np.uint64(0x7F)
        more = (lengths[longer] > k + 1).astype(np.uint64) << np.uint64(7)
        out[starts[longer] + k] = (part | more).astype(np.uint8)
    return out.tobytes(), lengths


def _integers(raw: bytes) -> NDArray[np.uint64]:
    """The mirror of _varints."""
    octets = np.frombuffer(raw, dtype=np.uint8)
    ends = np.nonzero(octets < 0x80)[0]
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    shift = (np.arange(len(octets)) - np.repeat(starts, ends - starts + 1)) * 7
    parts = (octets & 0x7F).astype(np.uint64) << shift.astype(np.uint64)
    return np.add.reduceat(parts, starts) if len(starts) else np.zeros(0, dtype=np.uint64)


TOTALS = (
    *("records", "consumed", "applied", "duplicates", "superseded"),
    *("dead_lettered", "ignored", "heartbeats", "misrouted", "conflicts"),
)
"""``misrouted`` is a part of applied, ``conflicts`` of duplicates."""
