"""The register of appeals with a month of 5,000 agents in the ledger: 400,000 calls, 2,000 complaints, 10,000 evaluations."""

from functools import partial
from typing import Any

import pytest

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_messages import Topics
from dashboard.actions.appeal_records import RecordFollower
from dashboard.actions.appeal_register import AppealRegister, Sources
from dashboard.actions.appeal_rules import AppealRules
from streams.site_time import SiteTime
from streams.store.client import open_redis
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader
from tests.benchmarks.bench_explain import figures, timed
from tests.benchmarks.bench_tick import NOW_MS, PARTITIONS, site
from tests.benchmarks.month_floor import TOPIC, MonthFloor

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
CLOCK = SiteTime("Asia/Shanghai")
ACTIONS = "bench.actions"


def test_the_register(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        MonthFloor(client).fill()
        print()
        register(client)


def register(client: Any) -> None:
    """Prints what the first look costs, and what every later one does."""
    rules, sources = AppealRules(site(), Topics(TOPIC, ACTIONS)), sources_of(client)
    for name, act in (("GET /appeals", listed), ("find a record", found)):
        first, *later = [timed(partial(act, AppealRegister(rules, sources))) for _ in range(20)]
        print(f"{name}: {figures(later)}; the first {first[0]:.0f} ms CPU, {first[1]:.0f} ms wall")


def sources_of(client: Any) -> Sources:
    """As the web server opens them."""
    ledgers = LedgerReader(client, TOPIC, PARTITIONS, CLOCK)
    lines = LedgerReader(client, ACTIONS, PARTITIONS, CLOCK)
    log = ActionFollower(lines, Reader(client, ACTIONS, PARTITIONS))
    return Sources(ledgers, log, RecordFollower(ledgers, Reader(client, TOPIC, PARTITIONS)))


def listed(register: AppealRegister) -> int:
    """All appeals as the route gives them."""
    register.sources.actions.refresh()
    return len([register.view(case, NOW_MS) for case in register.cases(NOW_MS)])


def found(register: AppealRegister) -> Any:
    """One record of an agent."""
    register.sources.actions.refresh()
    return register.find("complaint-1-00100", None)
