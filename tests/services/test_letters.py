"""Dead letters on a real Kafka: refused by one set of rules, replayed under another, counted once; poison stays refused."""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Literal

import msgspec
import pytest
from kafka import KafkaAdminClient, TopicPartition

from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.dead_letters.letters import GONE, SAME, SENT, DeadLetterFollower, DeadLetterIndex, Letter
from streams.dead_letters.replay_letters import replay
from streams.decode import EVENTS, encode
from streams.kafka_log.log_reader import RecordReader
from streams.kafka_log.produce import Producer
from streams.kafka_log.topics import Unreachable, connect
from streams.metrics import NAMES
from streams.site_time import HOUR_MS, MINUTE_MS, SiteTime, rfc3339
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests.services import stored
from tests.services.kafka import KafkaServer

pytestmark = pytest.mark.services
ZONE = SiteTime("Asia/Shanghai")
POISON = (
    b"{",
    b'{"specversion":"1.0"}',
    b'{"specversion":"1.0","id":"1","source":"/t","type":"call.ended","time":"x"}',
)


class OldScore(msgspec.Struct, frozen=True):
    """What a version that knew whole scores alone took."""

    evaluation_id: str
    version: int
    agent: str
    score: int
    form: Literal["a"] | None = None
    critical_fail: bool | None = None
    call_id: str | None = None


OLD = Rules(
    ZONE,
    Counting(lateness_ms=HOUR_MS, future_ms=MINUTE_MS),
    Retention(),
    EVENTS | {"evaluation.scored": msgspec.json.Decoder(OldScore)},
)
FIXED = Rules(ZONE, Counting(lateness_ms=72 * HOUR_MS, future_ms=10 * MINUTE_MS), Retention())


def events(now_ms: int, numbers: Sequence[int]) -> list[tuple[bytes, bytes]]:
    """Calls of the last minutes; every fifth is ahead of the clock, every seventh of yesterday; scores with a fraction."""
    found = []
    for n in numbers:
        at_ms = now_ms + (5 * MINUTE_MS if n % 5 == 0 else -20 * HOUR_MS if n % 7 == 0 else -n * 1000)
        agent = f"a{n % 9}"
        call = {"call_id": f"c{n}", "version": 1, "agent": agent, "direction": "outbound", "outcome": "handled",
                "ended_at": rfc3339(at_ms), "talk_s": n % 50}  # fmt: skip
        found.append((agent.encode(), encode("call.ended", f"e{n}", "/t", at_ms, call)))
        if n % 10 == 3:
            score = {"evaluation_id": f"q{n}", "version": 1, "agent": agent, "score": 80.5}
            found.append((agent.encode(), encode("evaluation.scored", f"s{n}", "/t", now_ms - n, score)))
    return found


def late(event: tuple[bytes, bytes], now_ms: int) -> bool:
    """Whether it is one of the events of yesterday."""
    return json.loads(event[1])["time"] < rfc3339(now_ms - 10 * HOUR_MS)


class Line:
    """A topic, what is counted of it, and its letters."""

    def __init__(self, kafka: KafkaServer, client: Any) -> None:
        self.kafka, self.client = kafka, client
        self.topic = kafka.fresh_topic(4)
        self.producer = Producer(kafka.bootstrap, self.topic)

    def send(self, events: Sequence[tuple[bytes, bytes]]) -> None:
        for key, value in events:
            self.producer.send(key, value)
        self.producer.flush()

    def count(self, rules: Rules) -> None:
        consume(self.kafka.bootstrap, self.topic, self.client, rules, until_end=True, stop=threading.Event())

    def index(self) -> DeadLetterIndex:
        with closing(DeadLetterFollower(self.kafka.bootstrap, [self.topic])) as letters:
            return letters.read_index()

    def replay(self, letters: Sequence[Letter] | None = None, reason: str | None = None) -> Counter[str]:
        wanted = self.index().waiting(reason) if letters is None else letters
        with closing(RecordReader(self.kafka.bootstrap)) as log:
            counts = replay(wanted, log, self.producer, "tester", before=lambda tally: None, stop=threading.Event())
            return counts - Counter(total=counts["total"])

    def waiting(self) -> Counter[str]:
        return Counter(letter.reason for letter in self.index().waiting())

    def cells(self) -> dict[str, stored.Cells]:
        return {kind: stored.cells(self.client, self.topic, kind) for kind in ("m", "h", "d", "mo")}

    def total(self, name: str) -> int:
        reader = Reader(self.client, self.topic, 4)
        return sum(meta.totals.get(name, 0) for number in reader.partitions if (meta := reader.meta(number)))


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    with open_redis(redis_url) as opened:
        yield opened


@pytest.fixture
def line(kafka: KafkaServer, client: Any) -> Iterator[Line]:
    made = Line(kafka, client)
    yield made
    made.producer.close()


@pytest.fixture
def control(kafka: KafkaServer, client: Any) -> Iterator[Line]:
    made = Line(kafka, client)
    yield made
    made.producer.close()


def handled(line: Line) -> int:
    return sum(n for (_, _, name), n in line.cells()["mo"].items() if name == "handled" and name in NAMES)


def test_what_was_refused_is_counted_once_after_the_fix_and_poison_stays(line: Line, control: Line) -> None:
    now_ms = time.time_ns() // 1_000_000
    all_events = events(now_ms, range(1, 201))
    line.send([*all_events, *((b"a1", value) for value in POISON)])
    control.send([each for each in all_events if not late(each, now_ms)])
    control.count(FIXED)
    line.count(OLD)
    refused = line.waiting()
    assert refused == {"future": 40, "too_late": 23, "bad_field": 20, "not_json": 1, "not_cloudevent": 2}
    assert line.cells() != control.cells(), "what the replay must bring is missing before it"
    assert line.replay(reason="not_known") == {}

    # Without a fix all of it comes back, nothing is counted, and each is known to have come again.
    assert line.replay() == {SENT: 63}
    line.count(OLD)
    assert (line.waiting(), handled(line)) == (refused, 137)
    assert sum(each.again for each in line.index().by_reason()) == 63

    assert line.replay(reason="future") == {SENT: 40}
    line.count(FIXED)
    assert handled(line) == 177
    letters = line.index().waiting()
    assert line.replay() == {SENT: 23}
    line.count(FIXED)
    assert line.cells() == control.cells(), "recount difference"
    assert handled(line) == 177
    stays = {"not_json": 1, "not_cloudevent": 2, "too_late": 23}
    assert line.waiting() == stays, "what was too late may have been swept: only a rebuild counts it"

    # Replayed twice, whether by a second asking or by a program that died before it noted it: nothing changes.
    assert line.replay([letter for letter in letters if letter.reason not in stays]) == {SENT: 20}
    line.count(FIXED)
    assert line.cells() == control.cells()
    assert line.total("duplicates") == 20
    assert line.waiting() == stays
    assert line.replay(reason="too_late") == {}


def test_the_comparison_sees_a_record_that_is_counted_twice(line: Line, control: Line) -> None:
    """Control: one replayed letter under another id is a difference."""
    now_ms = time.time_ns() // 1_000_000
    all_events = events(now_ms, range(1, 21))
    line.send(all_events)
    control.send([each for each in all_events if not late(each, now_ms)])
    control.count(FIXED)
    line.count(OLD)
    line.replay()
    line.count(FIXED)
    assert line.cells() == control.cells()
    key, value = all_events[0]
    line.send([(key, value.replace(b'"c1"', b'"c1-again"'))])
    line.count(FIXED)
    assert line.cells() != control.cells()


def test_what_died_between_sending_and_noting_is_one_letter_again(line: Line) -> None:
    """The same bytes under the same key are sent once, however many letters there are of them."""
    line.send([(b"a1", POISON[0])] * 3 + [(b"a2", POISON[0])])
    line.count(FIXED)
    assert line.waiting() == {"not_json": 4}
    assert line.replay() == {SENT: 2, SAME: 2}
    line.count(FIXED)
    assert line.waiting() == {"not_json": 2}
    (told,) = line.index().by_reason()
    assert (told.waiting, told.again, told.gone) == (2, 2, 0)
    assert told.newest is not None
    assert told.newest.sha256 == hashlib.sha256(POISON[0]).hexdigest()


def test_a_record_that_kafka_no_longer_has_is_told_and_not_offered_again(line: Line) -> None:
    for number in range(6):
        line.producer.send(b"a1", POISON[number % 3], partition=1)
    line.producer.send(None, POISON[0], partition=0)
    line.producer.flush()
    line.count(FIXED)
    admin = connect(KafkaAdminClient, line.kafka.bootstrap)
    admin.delete_records({TopicPartition(line.topic, 1): 4})
    admin.close()
    of_another = line.index().waiting()[0]._replace(offset=0, sha256="0" * 64)
    assert line.replay([*line.index().waiting(), of_another]) == {GONE: 5, SENT: 3}
    assert sum(each.gone for each in line.index().by_reason()) == 5
    assert line.waiting() == {}
    line.count(FIXED)
    assert line.waiting().total() == 3


def test_a_topic_that_is_not_there_loses_no_letter(line: Line) -> None:
    line.send([(b"a1", POISON[0])])
    line.count(FIXED)
    away = [letter._replace(topic=f"{line.topic}-away") for letter in line.index().waiting()]
    with pytest.raises(Unreachable, match="try again"):
        line.replay(away)
    assert line.waiting() == {"not_json": 1}
    assert line.replay() == {SENT: 1}


def test_far_apart_letters_of_a_long_log_are_found(line: Line) -> None:
    for number in range(12_000):
        bad = number in (0, 3, 6_500, 11_999)
        line.producer.send(b"k", POISON[1] + b" " * number if bad else b"{}", partition=2)
    line.producer.flush()
    log = RecordReader(line.kafka.bootstrap)
    found = [
        (offset, record and record.value)
        for _, offset, record in log.read_records(line.topic, {2: [0, 3, 6_500, 11_999, 12_000]})
    ]
    log.close()
    assert [offset for offset, _ in found] == [12_000, 0, 3, 6_500, 11_999]
    assert [value for _, value in found] == [None, *(POISON[1] + b" " * n for n in (0, 3, 6_500, 11_999))]
