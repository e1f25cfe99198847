"""The book of records says what the ledger says, however it was brought up to date."""

from random import Random
from typing import Any

import pytest

from dashboard.actions.appeal_records import AppealableRecord, RecordFollower, may_appeal
from streams.site_time import HOUR_MS, SiteTime
from streams.store.ledger_reader import LedgerReader
from tests.dashboard.partitions import (
    PARTITIONS,
    TOPIC,
    Partition,
    call,
    complaint,
    decided,
    erased,
    event,
    reader,
)
from tests.dashboard.planned import at

pytestmark = pytest.mark.services
TIME = SiteTime("Asia/Shanghai")
HOUR = at(0) // HOUR_MS


def book(client: Any) -> RecordFollower:
    return RecordFollower(LedgerReader(client, TOPIC, PARTITIONS, TIME), reader(client))


def ledger(client: Any) -> set[AppealableRecord]:
    ledgers = LedgerReader(client, TOPIC, PARTITIONS, TIME)
    return {
        AppealableRecord(agent, id, line, number)  # type: ignore[arg-type]
        for number in ledgers.partitions
        for (_, agent, id), line in ledgers.all_facts(number).items()
        if may_appeal(line)
    }


def conduct(agent: str, id: str, at_ms: int, version: int) -> tuple[str, bytes]:
    data = {"record_id": id, "version": version, "agent": agent, "kind": "late", "points": -5}
    return agent, event("conduct.recorded", at_ms, data)


def anything(chance: Random, n: int) -> tuple[str, bytes]:
    agent, at_ms = chance.choice(["a1", "a2"]), at(9) + n * HOUR_MS // 7
    return chance.choice(
        [
            complaint(agent, f"x{n}", at_ms),
            decided(agent, f"x{chance.randint(0, n)}", at_ms, chance.choice(["confirmed", "appealed", "upheld"])),
            conduct(agent, f"r{chance.randint(0, n)}", at_ms, n),
            call(agent, f"c{n}", at_ms),
        ]
    )


@pytest.mark.parametrize("seed", range(3))
def test_it_follows_the_ledger_over_days_and_hours(store_client: Any, seed: int) -> None:
    chance, partitions = Random(seed), [Partition(store_client, number) for number in range(PARTITIONS)]
    kept = book(store_client)
    for n in range(0, 240, 4):
        made = [anything(chance, n + k) for k in range(4)]
        for agent, partition in zip(("a1", "a2"), partitions, strict=True):
            if own := [each for each in made if each[0] == agent]:
                partition.write(*own)
        if chance.random() < 0.5:
            kept.refresh()
            assert {kept.get(entry.id, entry.agent) for entry in ledger(store_client)} == ledger(store_client)
    kept.refresh()
    appealed = {
        entry for entry in ledger(store_client) if any(each.decision == "appealed" for each in decisions(entry))
    }
    assert set(kept.appealed(0)) == appealed
    assert set(kept.appealed(HOUR + 24)) == {entry for entry in appealed if entry.line.stamp >= HOUR + 24}


def decisions(entry: AppealableRecord) -> tuple[Any, ...]:
    return getattr(entry.line, "decisions", ())


def test_a_store_that_went_back_is_read_again(store_client: Any) -> None:
    Partition(store_client, 0).write(*[complaint("a1", f"x{n}", at(9)) for n in range(5)])
    kept = book(store_client)
    kept.refresh()
    assert kept.get("x4") is not None
    store_client.flushall()
    Partition(store_client, 0).write(complaint("a2", "x0", at(9)))
    kept.refresh()
    assert [kept.get(id) and kept.get(id).agent for id in ("x0", "x4")] == ["a2", None]  # type: ignore[union-attr]


def test_the_records_of_an_erased_person_are_forgotten_and_those_of_others_stay(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(complaint("a1", "x", at(9)), complaint("a2", "y", at(9)))
    kept = book(store_client)
    kept.refresh()
    assert kept.get("x") is not None
    partition.write(erased("a1"))
    kept.refresh()
    assert kept.get("x") is None
    assert kept.get("y") is not None


def test_what_belongs_to_nobody_or_to_another_cannot_be_appealed(store_client: Any) -> None:
    Partition(store_client, 0).write(decided("a1", "x", at(9), "confirmed"), complaint("a1", "y", at(9)))
    kept = book(store_client)
    kept.refresh()
    assert kept.get("x") is None
    assert kept.get("y", "a2") is None
    found = kept.get("y")
    assert found is not None and found.agent == "a1"


def test_a_record_on_two_partitions_has_two_lines_and_a_decision_alone_is_none(store_client: Any) -> None:
    here, there = Partition(store_client, 0), Partition(store_client, 1)
    here.write(
        decided("a1", "x", at(9), "confirmed"), complaint("a1", "y", at(9)), decided("a1", "y", at(9), "overturned")
    )
    there.write(complaint("a1", "x", at(9)), complaint("a1", "y", at(9)))
    kept = book(store_client)
    kept.refresh()
    assert [entry.partition for entry in kept.lines("x", "a1")] == [1]
    assert [entry.partition for entry in kept.lines("y", "a1")] == [1, 0]  # what still takes a call comes first
    found = kept.get("y")
    assert found is not None and found.partition == 1
