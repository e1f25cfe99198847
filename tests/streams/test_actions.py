"""What people do here: decoded strictly, each action_id counted once, carried by the change feed, kept by the log."""

from typing import Any

import pytest

from streams.actions import RETENTION_MS, action
from streams.consume.consume import rules_of_actions
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.decode import ACTIONS, Event, Ignored, Record, decode, encode
from streams.events import Action, BadEvent
from streams.ledger.fold import Fold
from streams.ledger.partition_state import PartitionState
from streams.site_time import DAY_MS, SiteTime
from streams.store.ledger_reader import ActionLine
from tests.streams.ledger.ledger_shelf import Shelf
from tests.streams.making import NOW_MS

RULES = rules_of_actions(Rules(SiteTime("Asia/Shanghai"), Counting(), Retention()))


def filed(**more: Any) -> Action:
    usual: dict[str, Any] = {"action_id": "x1", "agent": "a1", "by": "a1", "kind": "appeal.filed"}
    return Action(**(usual | more))


def value(at_ms: int = NOW_MS, **more: Any) -> bytes:
    return action("t", filed(**more), at_ms).value


def test_an_action_comes_back_as_it_was_sent() -> None:
    sent = filed(ref="k1", text="你好", due="2026-11-30", until="2026-11-30T06:00:00Z", record="{}", outcome="granted")
    record = action("t", sent, NOW_MS)
    assert (record.topic, record.key) == ("t", b"a1")
    assert decode(record.value, ACTIONS) == Event(NOW_MS, "/callfloor", sent)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x" * 501},
        {"kind": "appeal.lost"},
        {"kind": "month.closed"},
        {"by": ""},
        {"action_id": None},
        {"due": "tomorrow"},
        {"until": "2026-13-01"},
        {"outcome": "maybe"},
    ],
)
def test_a_wrong_field_is_no_action(wrong: dict[str, Any]) -> None:
    data = {"action_id": "x1", "agent": "a1", "by": "a1", "kind": "appeal.filed"} | wrong
    with pytest.raises(BadEvent) as caught:
        decode(encode("appeal.filed", "id", "/test", NOW_MS, data), ACTIONS)
    assert caught.value.reason == "bad_field"


def test_each_topic_knows_its_own_types() -> None:
    assert decode(value()) == Ignored("appeal.filed")
    other = encode("complaint.recorded", "id", "/test", NOW_MS, {})
    assert decode(other, ACTIONS) == Ignored("complaint.recorded")


def fold(known: PartitionState, *values: bytes, key: str = "a1") -> Fold:
    folded = Fold(known, *RULES)
    for each in values:
        folded.fold_record(Record(known.position or 0, NOW_MS + RETENTION_MS * 2, key.encode(), each))
    return folded


def test_one_action_id_counts_once_also_after_a_take_over() -> None:
    shelf = Shelf()
    changes = fold(shelf.take_over(), value(), value(text="again")).take_changes()
    assert changes is not None
    shelf.put(changes)
    known = shelf.take_over()
    fold(known, value(text="and again"))
    assert (known.totals["applied"], known.totals["duplicates"]) == (1, 2)
    line = known.facts["action", "a1"]["x1"]
    assert isinstance(line, ActionLine)
    assert (line.text, line.gives, shelf.cells) == (None, True, {})


def test_under_the_key_of_another_it_is_nobodys() -> None:
    known = PartitionState()
    fold(known, value(), key="a2")
    line = known.facts["action", "a2"]["x1"]
    assert isinstance(line, ActionLine)
    assert not line.gives


@pytest.mark.parametrize(("days", "kept"), [(399, True), (402, False)])
def test_actions_are_kept_by_the_log_for_400_days(days: int, kept: bool) -> None:
    known = PartitionState()
    folded = fold(known, value(), value(NOW_MS + days * DAY_MS, action_id="x2"))
    assert folded.take_changes() is not None
    assert ("x1" in known.facts["action", "a1"]) == kept
