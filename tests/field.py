"""The field inputs: what was met in strange companies, as records that come in today's way."""

import csv
from collections.abc import Iterator
from pathlib import Path

from streams.decode import Record

APPEND_MS = 1_796_004_000_000
"""An hour after what they tell of."""
FOLDER = Path(__file__).parent / "cases" / "field"


def field_records(name: str, key: str | None = None) -> Iterator[Record]:
    """The events of a field input in their order, under the keys of its log.csv, or all under one key."""
    folder = FOLDER / name
    values = (folder / "events.jsonl").read_bytes().splitlines()
    keys = [key] * len(values) if key is not None else _keys(folder / "log.csv")
    for offset, (value, text) in enumerate(zip(values, keys, strict=True)):
        yield Record(offset, APPEND_MS + offset, (text or "").encode(), value)


def _keys(path: Path) -> list[str | None]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["key"] for row in csv.DictReader(file)]
