"""Rows of the audit log: who looked at whom, who changed what, who was refused; and the hash that holds each in its chain.

A row names people, times and places, and never a number of performance. Its value in Kafka is canonical JSON: sorted names, no
spaces, UTF-8. Its hash is the SHA-256 of the same JSON without ``hash``, and has the hash of the row before in it (``prev``).
"""

import hashlib
from typing import Literal, get_args

import msgspec

from streams.site_time import HOUR_MS, MINUTE_MS

Kind = Literal["viewed_person", "watched", "exported", "decided", "set", "paired", "denied", "signed_in", "signed_out"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SPANS_MS: dict[Kind, int] = {"viewed_person": 15 * MINUTE_MS, "watched": HOUR_MS}
"""Reads: of those that are alike in such a span the first has a row. Everything else has a row each time."""
NO_ROW = "0" * 64
"""``prev`` of the first row of a log."""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, before it has a place in a chain.

    ``agent``: the agent of the account, if it is one. ``whom`` and ``team``: the agent or the team concerned. ``what``: the
    topic, the case or the change, in a few words. ``where``: the route, the page or the command.
    """

    account: str
    name: str
    kind: Kind
    where: str
    agent: str | None = None
    whom: str | None = None
    team: str | None = None
    what: str = ""
    address: str | None = None

    @property
    def likeness(self) -> tuple[str | None, ...]:
        """Two reads with the same are alike."""
        return (self.account, self.kind, self.whom, self.team, self.what if self.kind == "watched" else None)


class AuditLink(AuditEntry, frozen=True, kw_only=True):
    """An entry at its place: what the hash is taken of."""

    time_ms: int
    writer: str
    seq: int
    prev: str


class AuditRow(AuditLink, frozen=True, kw_only=True):
    """A row as the log has it."""

    hash: str


class NoRow(ValueError):
    """A value that is no row, or not written as rows are."""


_canonical = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(AuditRow)


def make_row(entry: AuditEntry, time_ms: int, writer: str, seq: int, prev: str) -> AuditRow:
    """The row of an entry behind the row whose hash is ``prev``."""
    link = AuditLink(**msgspec.structs.asdict(entry), time_ms=time_ms, writer=writer, seq=seq, prev=prev)
    return AuditRow(**msgspec.structs.asdict(link), hash=_hash(link))


def encode_row(row: AuditRow) -> bytes:
    """A row -> its value in Kafka."""
    return _canonical.encode(row)


def decode_row(value: bytes | None) -> AuditRow:
    """The mirror of ``encode_row``. Raises NoRow, also for the same row in another spelling."""
    try:
        row = _decoder.decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NoRow(str(error)) from error
    if encode_row(row) != value:
        raise NoRow("not canonical JSON")
    return row


def is_intact(row: AuditRow) -> bool:
    """Whether the hash is that of the row."""
    link = AuditLink(**{name: getattr(row, name) for name in AuditLink.__struct_fields__})
    return row.hash == _hash(link)


def _hash(link: AuditLink) -> str:
    return hashlib.sha256(_canonical.encode(link)).hexdigest()
