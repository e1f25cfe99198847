"""Check: sound counters are sound, each way to be unsound is named, and what does not fit is warned of."""

import io
import json
from typing import Any

import pytest

from dashboard.health.check import CheckReport, check, identity_problems, topic_warnings, write_json, write_text
from streams.halts import CODEC, Halt
from streams.metrics import TOTALS
from streams.site_time import DAY_MS
from streams.source_days import SourceDays
from streams.store.identity import LogIdentity, stored_identity
from streams.store.reader import Meta
from tests.dashboard.partitions import NOON_MS, TOPIC, Partition, call, event, heartbeat, reader


class Metas:
    """One partition with these sums."""

    def __init__(self, position: int, totals: dict[str, int]) -> None:
        self._meta = Meta(position, None, None, totals)
        self.partitions = (0,)

    def meta(self, partition: int) -> Meta | None:
        return self._meta

    def source_days(self, partition: int) -> SourceDays:
        return {}


def test_what_was_counted_is_sound_and_every_record_is_in_the_sums(store_client: Any) -> None:
    Partition(store_client, 0).write(
        call("a1", "1", NOON_MS),
        call("a1", "1", NOON_MS),
        call("a1", "1", NOON_MS, version=0),
        heartbeat(NOON_MS),
        ("", b"no json"),
        ("", event("call.started", NOON_MS, {})),
    )
    found = check(reader(store_client), TOPIC, lambda: {0: (0, 8), 1: (0, 0)})
    assert found.sound
    assert (found.partitions[0].position, found.partitions[0].lag, found.partitions[1].position) == (6, 2, None)
    assert found.partitions[0].totals == {
        "records": 6, "consumed": 4, "applied": 1, "duplicates": 1, "superseded": 1, "dead_lettered": 1, "ignored": 1,
        "heartbeats": 1, "misrouted": 0, "conflicts": 0,
    }  # fmt: skip
    assert found.partitions[0].dead_by_reason == {"not_json": 1}


def test_a_partition_that_is_halted_is_a_problem_with_its_reason_until_it_is_counted_on(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(call("a1", "1", NOON_MS))
    partition.halt(Halt(CODEC, 1, "no snappy"))
    found = check(reader(store_client), TOPIC, lambda: {0: (0, 9)})
    assert not found.sound
    assert found.problems[0].startswith(
        "partition 0 is counted up to offset 1 and no further (codec): no snappy. To do:"
    )
    out = io.StringIO()
    write_json(found, out)
    halt = json.loads(out.getvalue())["partitions"]["0"]["halt"]
    assert halt == {"reason": "codec", "offset": 1, "detail": "no snappy"}
    partition.write(call("a1", "2", NOON_MS))
    assert check(reader(store_client), TOPIC, lambda: {0: (0, 2)}).sound


def test_what_is_counted_while_it_checks_is_not_beyond_the_end(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(call("a1", "1", NOON_MS))

    def ends() -> dict[int, tuple[int, int]]:
        partition.write(call("a1", "2", NOON_MS), call("a1", "3", NOON_MS))
        return {0: (0, 3), 1: (0, 0)}

    found = check(reader(store_client), TOPIC, ends)
    assert found.sound
    assert (found.partitions[0].position, found.partitions[0].end) == (1, 3)


def test_a_log_of_which_nothing_was_counted_is_told_so(store_client: Any) -> None:
    text = io.StringIO()
    write_text(check(reader(store_client), TOPIC, lambda: {0: (0, 4), 1: (2, 3)}), text)
    assert "nothing counted yet: 5 records wait" in text.getvalue()
    assert "sound" not in text.getvalue()
    write_text(check(reader(store_client), TOPIC, lambda: {0: (0, 0), 1: (3, 3)}), text)
    assert "sound: every record" in text.getvalue()


SOUND = {"records": 5, "consumed": 3, "ignored": 1, "heartbeats": 1, "applied": 2, "dead_lettered": 1}


def judged(position: int = 5, ends: tuple[int, int] = (0, 5), dead: int = 1, **changes: int) -> CheckReport:
    return check(Metas(position, {**SOUND, "dead:future": dead, **changes}), "t", lambda: {0: ends})


def test_the_sums_of_the_contract_hold() -> None:
    assert judged().sound


@pytest.mark.parametrize(
    ("report", "word"),
    [
        (judged(records=6), "are not consumed"),
        (judged(applied=1), "is not applied"),
        (judged(dead=2), "sum of its reasons"),
        (judged(misrouted=3), "misrouted 3 are more than the applied 2"),
        (judged(conflicts=1), "conflicts 1 are more than the duplicates 0"),
    ],
)
def test_a_sum_that_does_not_hold_is_unsound(report: CheckReport, word: str) -> None:
    assert not report.sound
    assert word in report.problems[0]


def test_no_id_can_break_the_line_of_a_warning_or_steer_a_terminal() -> None:
    found = check(Metas(0, dict.fromkeys(TOTALS, 0)), TOPIC, lambda: {0: (0, 0)}, ["a\x1b[2J"], ["b\nsound: yes"])
    out = io.StringIO()
    write_text(found, out)
    assert "warning: b\\nsound: yes\nUNSOUND: a\\x1b[2J\n" in out.getvalue()


def test_records_of_which_none_could_be_counted_are_a_warning() -> None:
    refused = {
        **dict.fromkeys(TOTALS, 0),
        "records": 6,
        "consumed": 3,
        "dead_lettered": 3,
        "ignored": 1,
        "heartbeats": 2,
    }
    (warning,) = check(Metas(6, refused), TOPIC, lambda: {0: (0, 6)}).warnings
    assert warning.startswith(
        "4 records came and none could be counted: 3 were refused (`callfloor replay --dead-letters"
    )
    assert warning.endswith("1 are of types that are not known")
    assert check(Metas(6, refused | {"superseded": 1}), TOPIC, lambda: {0: (0, 6)}).warnings == ()


def test_a_source_whose_keys_are_no_agents_is_unsound_with_example_and_cure(store_client: Any) -> None:
    wrong = [("call-7", call("a1", str(number), NOON_MS)[1]) for number in range(3)]
    Partition(store_client, 0).write(*wrong, call("a1", "right", NOON_MS))
    found = check(reader(store_client), TOPIC, lambda: {0: (0, 4), 1: (0, 0)})
    assert found.partitions[0].totals["misrouted"] == 3
    (problem,) = found.problems
    for word in ("3 of 4 records of source test", "'call-7'", "agent 'a1'", "record key to data.agent"):
        assert word in problem
    text = io.StringIO()
    write_json(found, text)
    example = {"id": "0", "key": "call-7", "agent": "a1"}
    assert json.loads(text.getvalue())["sources"] == [
        {"source": "test", "records": 4, "findings": {"misrouted": {"count": 3, "example": example}}}
    ]


@pytest.mark.parametrize(("right", "sound"), [(99, True), (98, False)])
def test_one_record_in_a_hundred_may_be_misrouted_over_all_partitions(
    store_client: Any, right: int, sound: bool
) -> None:
    Partition(store_client, 0).write(("", call("a1", "wrong", NOON_MS)[1]))
    Partition(store_client, 1).write(*(call("a2", str(number), NOON_MS) for number in range(right)))
    found = check(reader(store_client), TOPIC, lambda: {0: (0, 1), 1: (0, right)})
    assert found.sound is sound
    assert "has no key" in "".join([*found.warnings, *found.problems])


@pytest.mark.parametrize(("days", "sound"), [(1, False), (2, True)])
def test_the_newest_two_business_days_of_the_log_are_judged(store_client: Any, days: int, sound: bool) -> None:
    later = NOON_MS - (2 - days) * DAY_MS
    Partition(store_client, 0).write(("x", call("a1", "wrong", NOON_MS - 2 * DAY_MS)[1]))
    Partition(store_client, 1).write(call("a2", "right", later))
    assert check(reader(store_client), TOPIC, lambda: {0: (0, 1), 1: (0, 1)}).sound is sound


def test_positions_outside_of_the_log_are_unsound() -> None:
    assert "recreated" in judged(position=6).problems[0]
    assert "3 records" in judged(position=5, ends=(8, 9)).problems[0]


def test_another_log_than_the_one_counted_is_unsound_and_an_unknown_id_is_not_compared(store_client: Any) -> None:
    assert stored_identity(store_client, TOPIC) is None
    Partition(store_client, 1).write(heartbeat(NOON_MS))
    stored = stored_identity(store_client, TOPIC)
    assert stored == LogIdentity("cluster", "topic", 2)
    assert identity_problems({}, stored._asdict()) == []
    assert identity_problems(stored._asdict(), LogIdentity("cluster", "", 2)._asdict()) == []
    (problem,) = identity_problems(stored._asdict(), LogIdentity("cluster", "other", 2)._asdict())
    assert "topic_id topic, Kafka now has other" in problem


@pytest.mark.parametrize(
    ("log_append_time", "retention_ms", "words"),
    [
        (True, 40 * DAY_MS, []),
        (True, None, []),
        (True, 35 * DAY_MS, []),
        (False, 40 * DAY_MS, ["LogAppendTime"]),
        (None, None, ["DescribeConfigs"]),
        (True, 34 * DAY_MS, ["34.0 days"]),
    ],
)
def test_a_topic_that_does_not_fit_is_warned_of(
    log_append_time: bool | None, retention_ms: int | None, words: list[str]
) -> None:
    found = topic_warnings("t", log_append_time, retention_ms)
    assert len(found) == len(words)
    assert all(word in text for word, text in zip(words, found, strict=True))


def test_json_has_the_sums_by_partition_and_text_the_verdict() -> None:
    out, text = io.StringIO(), io.StringIO()
    write_json(judged(), out)
    body = json.loads(out.getvalue())
    place = {"position": 5, "begin": 0, "end": 5, "lag": 0, "halt": None}
    assert body["sound"] is True
    assert body["partitions"] == {"0": {**place, **dict.fromkeys(TOTALS, 0), **SOUND, "dead_by_reason": {"future": 1}}}
    write_text(judged(records=6), text)
    assert "UNSOUND: partition 0" in text.getvalue()
    assert "every record" not in text.getvalue()
