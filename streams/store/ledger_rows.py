"""Packs ledger lines into bytes and back: calls and states as rows that numpy reads and writes, other facts as msgpack.

There is one blob per commit and kind. Strings (keys, campaigns, queues) are numbers in the partition's list of names; ids and
reasons stand behind the rows, with their lengths in the rows; recordings and projects stand last. A line of a later blob
replaces an earlier one, so a blob never changes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.ledger.calls import CallLine
from streams.ledger.facts import FactLine
from streams.ledger.states import StateEntry

_NONE = 0xFFFFFFFF
GONE = "~"
"""Stands in the list of names for one that no row uses any more."""
CALL_ROW = np.dtype(
    [("version", "<u8")]
    + [(name, "<u4") for name in ("key", "minute", "campaign", "queue", "talk_s", "hold_s", "wrap_s", "wait_s")]
    + [("flags", "<u2"), ("id_bytes", "<u4"), ("stamp", "<u4"), ("source", "<u4")]
)
STATE_ROW = np.dtype([("key", "<u4"), ("agent", "<u4"), ("entry", "<i8"), ("reason_bytes", "<u2")])
_FactRow = tuple[str, str, str, FactLine]
_facts = msgspec.msgpack.Decoder(list[_FactRow])
_Tail = dict[int, str] | tuple[dict[int, str], bytes]
"""Recordings by the index of their row; where a call has a project, with the number of the project's name of every row (u4)."""
_tail = msgspec.msgpack.Decoder(_Tail)
_HEAD_BYTES = 8
"""Head of a blob of calls: the number of rows and the length of their ids (u4 each)."""


class Names:
    """The strings of a partition by number, in the order of their first use. ``fresh`` are not stored yet."""

    def __init__(self, stored: Sequence[str] = ()) -> None:
        self._names = list(stored)
        self._numbers = {name: number for number, name in enumerate(stored)}
        self.fresh: list[str] = []

    def number(self, name: str | None) -> int:
        """The number of a name; a new one is noted as fresh."""
        if name is None:
            return _NONE
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._names)
            self._names.append(name)
            self.fresh.append(name)
        return number

    def stored_number(self, name: str) -> int:
        """The number of a stored name; for any other, a number that no row has as its key."""
        return self._numbers.get(name, _NONE)

    def forget_unused(self, used: Collection[int]) -> list[int]:
        """Forgets the names whose numbers are not ``used`` -> these numbers, which are GONE from now on."""
        gone = [number for number, name in enumerate(self._names) if number not in used and name != GONE]
        for number in gone:
            if self._numbers.get(self._names[number]) == number:
                del self._numbers[self._names[number]]
            self._names[number] = GONE
        return gone

    def name(self, number: int) -> str | None:
        """The name of a number."""
        return None if number == _NONE else self._names[number]

    def text(self, number: int) -> str:
        """The name of a number that stands for a name."""
        return self._names[number]


def pack_calls(calls: Mapping[tuple[str, str], CallLine], names: Names) -> bytes:
    """(key, call id) -> line, as one blob: head, rows, ids, and recordings and projects if there are any."""
    ids = [call_id.encode() for _, call_id in calls]
    rows = [
        (
            line.version,
            names.number(key),
            line.minute,
            names.number(line.campaign),
            names.number(line.queue),
            line.talk_s,
            line.hold_s,
            line.wrap_s,
            line.wait_s,
            line.flags,
            len(call_id),
            line.stamp,
            names.number(line.source),
        )
        for ((key, _), line), call_id in zip(calls.items(), ids, strict=True)
    ]
    joined = b"".join(ids)
    head = len(rows).to_bytes(4, "little") + len(joined).to_bytes(4, "little")
    recordings = {at: line.recording for at, line in enumerate(calls.values()) if line.recording is not None}
    projects = [line.project for line in calls.values()]
    tail: _Tail = recordings
    if any(projects):
        tail = recordings, np.array([names.number(project) for project in projects], "<u4").tobytes()
    return head + np.array(rows, dtype=CALL_ROW).tobytes() + joined + (msgspec.msgpack.encode(tail) if tail else b"")


def unpack_calls(
    blobs: Sequence[bytes], names: Names, keys: Collection[str] | None = None
) -> Iterator[tuple[str, str, CallLine]]:
    """The mirror of pack_calls: (key, call id, line) of many blobs in the order of writing.

    With ``keys`` only the rows of these record keys; the others cost next to nothing.
    """
    parts = [_split(blob) for blob in blobs]
    rows = np.frombuffer(b"".join([part for part, _, _ in parts]), dtype=CALL_ROW)
    ids = b"".join([part for _, part, _ in parts])
    recordings, projects = _tails_of(parts, len(rows))
    id_ends = np.cumsum(rows["id_bytes"], dtype=np.int64)
    wanted = np.arange(len(rows))
    if keys is not None:
        wanted = np.flatnonzero(np.isin(rows["key"], [names.stored_number(key) for key in keys]))
    columns = (wanted, rows[wanted], id_ends[wanted], projects[wanted])
    for at, row, end, project in zip(*(column.tolist() for column in columns), strict=True):
        version, key, minute, campaign, queue, talk_s, hold_s, wrap_s, wait_s, flags, id_bytes, stamp, source = row
        line = CallLine(
            version, minute, names.name(campaign), names.name(queue), talk_s, hold_s, wrap_s, wait_s, flags, stamp,
            recordings.get(at), names.name(source), names.name(project),
        )  # fmt: skip
        yield names.text(key), ids[end - id_bytes : end].decode(), line


def _split(blob: bytes) -> tuple[bytes, bytes, bytes]:
    """A blob of calls -> its rows, its ids, its recordings and projects."""
    count, id_bytes = int.from_bytes(blob[:4], "little"), int.from_bytes(blob[4:_HEAD_BYTES], "little")
    ids_at = _HEAD_BYTES + count * CALL_ROW.itemsize
    return blob[_HEAD_BYTES:ids_at], blob[ids_at : ids_at + id_bytes], blob[ids_at + id_bytes :]


def _tails_of(parts: Sequence[tuple[bytes, bytes, bytes]], count: int) -> tuple[dict[int, str], NDArray[np.uint32]]:
    """By index among the ``count`` rows of all blobs: the recordings, and the number of the name of each row's project."""
    recordings: dict[int, str] = {}
    projects = np.full(count, _NONE, np.uint32)
    first = 0
    for rows, _, tail in parts:
        end = first + len(rows) // CALL_ROW.itemsize
        if tail:
            found = _tail.decode(tail)
            if isinstance(found, tuple):
                found, numbers = found
                projects[first:end] = np.frombuffer(numbers, "<u4")
            recordings |= {first + at: recording for at, recording in found.items()}
        first = end
    return recordings, projects


def names_in(kind: str, blob: bytes) -> set[int]:
    """The numbers of names that a blob of calls (``lc``) or of states (``ls``) uses; _NONE may be among them."""
    if kind == "lc":
        part = _split(blob)
        rows = np.frombuffer(part[0], dtype=CALL_ROW)
        columns = [*(rows[name] for name in ("key", "campaign", "queue", "source")), _tails_of([part], len(rows))[1]]
    else:
        end = 4 + int.from_bytes(blob[:4], "little") * STATE_ROW.itemsize
        rows = np.frombuffer(blob[4:end], dtype=STATE_ROW)
        columns = [rows[name] for name in ("key", "agent")]
    return set(np.unique(np.concatenate(columns)).tolist())


def in_order(hours: Iterable[Mapping[bytes, bytes]]) -> list[bytes]:
    """The blobs of some hours of a journal, by first offset, in the order in which they were written."""
    blobs = {int(start): blob for hour in hours for start, blob in hour.items()}
    return [blobs[start] for start in sorted(blobs)]


def pack_facts(facts: Mapping[tuple[str, str, str], FactLine]) -> bytes:
    """(kind, key, id) -> line, as one msgpack list."""
    return msgspec.msgpack.encode([(kind, key, fact_id, line) for (kind, key, fact_id), line in facts.items()])


def unpack_facts(blob: bytes) -> list[_FactRow]:
    """The mirror of pack_facts."""
    return _facts.decode(blob)


def pack_entries(entries: Sequence[StateEntry], names: Names) -> bytes:
    """(key, agent, timeline entry, reason) in their order: the number of rows (u4), the rows, the reasons."""
    reasons = [(reason or "").encode() for *_, reason in entries]
    rows = [
        (names.number(key), names.number(agent), entry, len(reason))
        for (key, agent, entry, _), reason in zip(entries, reasons, strict=True)
    ]
    return len(rows).to_bytes(4, "little") + np.array(rows, dtype=STATE_ROW).tobytes() + b"".join(reasons)


def unpack_entries(blob: bytes, names: Names) -> Iterator[StateEntry]:
    """The mirror of pack_entries."""
    at = 4 + int.from_bytes(blob[:4], "little") * STATE_ROW.itemsize
    for key, agent, entry, reason_bytes in np.frombuffer(blob[4:at], dtype=STATE_ROW).tolist():
        reason = blob[at : at + reason_bytes].decode() if reason_bytes else None
        at += reason_bytes
        yield names.text(key), names.text(agent), entry, reason
