"""The quality trend of 5,000 agents with 60 evaluations each: read whole, read on, charted; beside a tick, asked.

Evaluations and days are written as the store writes them: 75 business days of shifts, evaluations in 8 commits an hour of ten
hours a day, with three surveys for every evaluation, which have to be passed over. Redis is a process of its own: what is
measured is the reader's CPU.
"""

import random
from datetime import timedelta
from time import process_time
from typing import Any

import numpy as np
import pytest

from dashboard.floor.lines import Lines
from dashboard.people.quality_trends import QualityFollower, Trends
from dashboard.site.load import Site, Spell, Team
from streams.ledger.facts import EvaluationLine, FactLine, SurveyLine
from streams.metrics import COUNT, INDEX, pack
from streams.site_time import DAY_MS, HOUR_MS, day_key
from streams.store.client import open_redis
from streams.store.keys import Keys
from streams.store.ledger_reader import LedgerReader
from streams.store.ledger_rows import pack_facts
from streams.store.reader import Reader
from tests.dashboard.people.quality_events import SHANGHAI, TODAY

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
AGENTS, TEAMS, PARTITIONS, TOPIC = 5_000, 250, 4, "bench"
DAYS, EACH, COMMITS = 75, 60, 8
MORNING_MS = SHANGHAI.day_of(TODAY).start_ms + 9 * HOUR_MS
Facts = dict[tuple[str, str, str], FactLine]


def facts(count: int, at_ms: int, choose: random.Random) -> list[Facts]:
    """Per partition: so many evaluations of one hour and three surveys for each."""
    found: list[Facts] = [{} for _ in range(PARTITIONS)]
    for number in range(4 * count):
        agent, id, at = choose.randrange(AGENTS), f"f-{at_ms}-{number}", at_ms + choose.randrange(HOUR_MS)
        points, stamp = round(choose.gauss(8500, 600)), at_ms // HOUR_MS
        line: FactLine = SurveyLine(stamp=stamp, gives=True, rank=1, at_ms=at, points=points)
        if number % 4 == 0:
            line = EvaluationLine(stamp=stamp, gives=True, version=1, at_ms=at, points=points, form="standard")
        kind = "survey" if number % 4 else "evaluation"
        found[agent % PARTITIONS][kind, f"a{agent}", id] = line
    return found


def write_hour(client: Any, at_ms: int, start: int, parts: list[Facts], commits: int) -> None:
    for partition, part in enumerate(parts):
        keys, rows = Keys(TOPIC, partition), list(part.items())
        size = -(-len(rows) // commits)
        blobs = {str(start + at): pack_facts(dict(rows[at : at + size])) for at in range(0, len(rows), size)}
        client.hset(keys.bucket("lf", at_ms // HOUR_MS), mapping=blobs)
        client.zadd(keys.existing("lf"), {str(at_ms // HOUR_MS): at_ms // HOUR_MS})
        client.hset(keys.meta, mapping={"position": start + len(rows)})


def write_day(client: Any, back: int) -> None:
    row = np.zeros((1, COUNT), np.int64)
    row[0, [INDEX[name] for name in ("handled", "state_talk_s", "state_available_s")]] = 80, 14_000, 9_000
    key = day_key(TODAY - timedelta(days=back))
    for partition in range(PARTITIONS):
        agents = [agent for agent in range(partition, AGENTS, PARTITIONS) if (agent + back) % 7 < 5]
        client.hset(Keys(TOPIC, partition).bucket("d", key), mapping={f"a{a}": pack(row)[0] for a in agents})


def write(client: Any) -> int:
    """-> the offset behind all of it."""
    choose, start = random.Random(1), 0
    for back in range(DAYS, 0, -1):
        write_day(client, back)
        for hour in range(10):
            at_ms = MORNING_MS - back * DAY_MS + hour * HOUR_MS
            write_hour(client, at_ms, start, facts(AGENTS * EACH // DAYS // 10, at_ms, choose), COMMITS)
            start += 1_000_000
    return start


def site() -> Site:
    teams = tuple(Team(f"t{at}", f"T{at}", f"T{at}", "outbound") for at in range(TEAMS))
    roster = tuple(Spell(f"a{at}", f"A{at}", f"A{at}", "A", f"t{at % TEAMS}", None, None) for at in range(AGENTS))
    return Site(name="bench", name_en="bench", zone="Asia/Shanghai", teams=teams, roster=roster)


class Watch:
    """CPU of this process between two looks, in ms."""

    def __init__(self) -> None:
        self._at = process_time()

    def ms(self) -> float:
        before, self._at = self._at, process_time()
        return 1000 * (self._at - before)


def test_the_trend_of_a_whole_floor(redis_url: str) -> None:
    client = open_redis(redis_url)
    client.flushall()
    start = write(client)
    lines, now_ms = Lines(site(), TODAY), MORNING_MS + HOUR_MS
    reading = QualityFollower(LedgerReader(client, TOPIC, PARTITIONS, SHANGHAI), Reader(client, TOPIC, PARTITIONS))
    trends, watch = Trends(reading, (OSError,)), Watch()
    trends.newest_trends(now_ms, lines, SHANGHAI)
    reading.read(TODAY)
    print(f"\nwhole ledger, {len(reading.index.scores.at_ms):,} scores of {AGENTS:,} agents: {watch.ms():,.0f} ms CPU")
    trends.step()
    print(f"charted: {watch.ms():.1f} ms CPU")
    trends.step()
    print(f"looked, nothing new: {watch.ms():.1f} ms CPU")
    choose, later = random.Random(2), []
    for at in range(20):
        write_hour(client, MORNING_MS, start + at * 1_000, facts(20, MORNING_MS, choose), 1)
        watch.ms()
        trends.step()
        later.append(watch.ms())
    print(f"20 scores and 60 surveys more, read and charted: median {np.median(later):.1f} ms CPU")
    watch.ms()
    for _ in range(1_000):
        shown = trends.newest_trends(now_ms, lines, SHANGHAI)
    print(f"asked by a tick: {watch.ms():.2f} us CPU")
    assert trends.newest_trends(now_ms, lines, SHANGHAI) is shown
    assert int((shown.lines.n > 0).sum()) > 0.9 * AGENTS
    client.close()
