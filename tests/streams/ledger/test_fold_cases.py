"""The golden fold scenarios, folded and stored in a real Redis: in one batch, in many, and taken over again and again."""

import random
from collections.abc import Callable

import pytest

from streams.consume.consumer import Rules
from streams.decode import Record
from streams.ledger.fold import Fold
from streams.store.client import open_redis
from streams.store.identity import LogIdentity
from streams.store.loader import load
from streams.store.store import Store
from tests.fold_scenario import compare, rules_of
from tests.golden import Scenario, fold_scenarios, scenario

PARTITIONS = 4
IDENTITY = LogIdentity("cluster", "topic", PARTITIONS)
Cut = Callable[[], str]
"""Asked after every record: ``on``, ``commit`` or ``take over`` (commit, and load the partition anew)."""


def _one_batch() -> Cut:
    return lambda: "on"


def _many_batches() -> Cut:
    dice = random.Random(1)
    return lambda: "commit" if dice.random() < 0.05 else "on"


def _take_overs() -> Cut:
    dice = random.Random(2)
    return lambda: "take over" if dice.random() < 0.03 else "on"


@pytest.mark.services
@pytest.mark.parametrize("cut", [_one_batch, _many_batches, _take_overs])
@pytest.mark.parametrize("name", fold_scenarios())
def test_every_cell_total_and_state_is_the_oracles(name: str, cut: Callable[[], Cut], redis_url: str) -> None:
    golden = scenario(name)
    with open_redis(redis_url) as client:
        for partition in {logged.partition for logged in golden.records}:
            _fold_partition(client, golden, partition, cut())
        assert compare(golden, client, "t", PARTITIONS) == []


@pytest.mark.services
@pytest.mark.parametrize("name", fold_scenarios()[:1])
def test_the_comparison_sees_one_call_too_few(name: str, redis_url: str) -> None:
    golden = scenario(name)
    short = golden._replace(records=golden.records[:-1])
    with open_redis(redis_url) as client:
        for partition in {logged.partition for logged in golden.records}:
            _fold_partition(client, short, partition, _one_batch())
        assert compare(golden, client, "t", PARTITIONS) != []


def _fold_partition(client: object, golden: Scenario, partition: int, cut: Cut) -> None:
    rules = rules_of(golden.config)
    store, fold = _take_over(client, partition, rules)
    for logged in golden.records:
        if logged.partition == partition:
            fold.fold_record(Record(*logged[1:]))
            what = cut()
            if what != "on":
                _commit(store, fold)
            if what == "take over":
                store, fold = _take_over(client, partition, rules)
    _commit(store, fold)


def _take_over(client: object, partition: int, rules: Rules) -> tuple[Store, Fold]:
    store, known = load(client, "t", partition, IDENTITY)
    return store, Fold(known, *rules)


def _commit(store: Store, fold: Fold) -> None:
    changes = fold.take_changes()
    if changes is not None:
        store.commit(changes)
