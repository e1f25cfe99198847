"""The data of one person: all of it for them to have, and its erasure, which is an event in every partition.

Erasing sends ``person.erased`` (docs/events.md 3); the fold does the rest, here and in every rebuild. Flags lie beside the
counters and are removed here. The rows of the lists and the files of sealed sheets stay: people keep those.
"""

import json
import time as clock
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from dashboard.actions.flag_store import FlagStore
from dashboard.site.load import Site
from streams.actions import OutgoingRecord, erasure
from streams.site_time import rfc3339
from streams.store.person_reader import HeldData, PersonReader

Show = Callable[[str], None]
_ASK_EVERY_S = 0.2
_CASES = ("evaluation", "complaint", "survey", "conduct", "call")


@dataclass(frozen=True)
class PersonalData:
    """One person in the topics of events and of actions, in the flags and in the lists of the site."""

    agent: str
    site: Site
    topics: Sequence[PersonReader]
    """Of the events and, where there is one, of the actions."""
    flags: FlagStore

    def export(self, now_ms: int, show: Show) -> dict[str, Any]:
        """Everything as JSON values; partitions are listed apart, as a person's facts may lie in several."""
        held = {reader.topic: list(reader.read(show)) for reader in self.topics}
        episodes = [entry for entry in self.flags.after(0).entries if entry.episode.agent == self.agent]
        shifts = self.flags.shifts([self.agent]).get(self.agent, {})
        return {
            "agent": self.agent,
            "exported_at": rfc3339(now_ms),
            "lists": {name: list(rows) for name, rows in self._lists()},
            "topics": {topic: [_plain(each) for each in parts] for topic, parts in held.items()},
            "flags": [msgspec.to_builtins(entry.episode) for entry in episodes],
            "shifts": {day.isoformat(): shift._asdict() for day, shift in sorted(shifts.items())},
        }

    def summary(self, show: Show) -> list[str]:
        """Lines that say what is held; empty where nothing is."""
        lines = []
        for reader in self.topics:
            for number, held in enumerate(reader.read(show)):
                lines += [f"{reader.topic}, partition {number}: {text}" for text in _in_words(held)]
        episodes = sum(entry.episode.agent == self.agent for entry in self.flags.after(0).entries)
        lines += [f"flags: {episodes}"] if episodes else []
        return lines + (["shifts that coaching is measured by"] if self.flags.shifts([self.agent]) else [])

    def roster_rows(self) -> int:
        """The rows of the lists that name the person."""
        return sum(1 for _, rows in self._lists() for _ in rows)

    def is_erased(self) -> bool:
        """Whether any partition has their tombstone."""
        return any(reader.tombstone(number) for reader in self.topics for number in reader.partitions)

    def erasures(self, now_ms: int) -> list[OutgoingRecord]:
        """One record for every partition: facts may have come in under a wrong key, and other records may name the person."""
        return [
            erasure(reader.topic, self.agent, now_ms, number) for reader in self.topics for number in reader.partitions
        ]

    def erase(self, post: Callable[[Sequence[OutgoingRecord]], None], now_ms: int, within_s: float, show: Show) -> bool:
        """Sends, waits until every partition obeyed, removes the flags -> False where a partition did not in time.

        The flags go last: a register that reads them anew must not find the person's actions. Raises ProduceFailed, FlagsAway
        and what Redis raises.
        """
        places = [(reader, number) for reader in self.topics for number in reader.partitions]
        before = [reader.erasures(number) for reader, number in places]
        post(self.erasures(now_ms))
        until_s = clock.monotonic() + within_s
        while True:
            after = [reader.erasures(number) for reader, number in places]
            waiting = sum(now <= was for now, was in zip(after, before, strict=True))
            show(f"erased in {len(places) - waiting} of {len(places)} partitions")
            if not waiting or clock.monotonic() > until_s:
                break
            clock.sleep(_ASK_EVERY_S)
        if not waiting:
            self.flags.erase(self.agent)
        return not waiting

    def _lists(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The rows about the person of each list that has any; dates as text."""
        for name in ("roster", "rota", "leave", "employment"):
            rows = [_fields(row) for row in getattr(self.site, name) if row.agent == self.agent]
            if rows:
                yield name, json.loads(json.dumps(rows, default=str))


def sheets_naming(folder: Path, agent: str) -> list[Path]:
    """The files of sealed sheets that have a line of the person: in a folder, and in those of months within it."""
    found = []
    for path in sorted([*folder.glob("sheet-*.json"), *folder.glob("sheets-*/sheet-*.json")]):
        try:
            held = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        lines = held.get("lines", []) if isinstance(held, dict) else []
        if any(isinstance(line, dict) and line.get("line") == agent for line in lines):
            found.append(path)
    return found


def _fields(row: Any) -> dict[str, Any]:
    return dict(zip(row._fields, row, strict=True)) if hasattr(row, "_fields") else asdict(row)


def _plain(held: HeldData) -> dict[str, Any]:
    return {
        "cells": held.cells,
        "records": [each._asdict() | {"line": msgspec.to_builtins(_readable(each.line))} for each in held.records],
        "states": held.states,
        "named_in": [{"kind": kind, "id": id} for kind, id in held.mentions],
        "erased": None if held.tombstone is None else rfc3339(held.tombstone.erased_ms),
    }


def _readable(line: dict[str, Any]) -> dict[str, Any]:
    """A line with its instant as text, and what was sealed or decided as values."""
    more: dict[str, Any] = {}
    if line.get("at_ms"):
        more["time"] = rfc3339(line["at_ms"])
    if isinstance(line.get("record"), str):
        more["record"] = msgspec.json.decode(line["record"]) if _is_json(line["record"]) else line["record"]
    return line | more


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _in_words(held: HeldData) -> list[str]:
    words = [f"counters of {len(buckets)} {name}" for name, buckets in held.cells.items() if buckets]
    kinds = [record.line.get("kind", "action") if record.kind == "action" else record.kind for record in held.records]
    ordered = sorted(set(kinds), key=lambda kind: (kind not in _CASES, kind))
    words += [f"{kinds.count(kind)} {kind}" for kind in ordered]
    words += [f"{len(held.states)} states"] if held.states else []
    words += [f"named in {len(held.mentions)} records of others"] if held.mentions else []
    words += [f"id in {', '.join(held.places)}"] if held.places else []
    return [", ".join(words)] if words else []
