"""One line of the bank's log -> a call, a skip or a refusal; and January against the truth of an independent program."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from streams.decode import Event, decode
from streams.events import CallEnded
from streams.site_time import SiteTime, parse_rfc3339
from streams.sources.anonymous_bank import COLUMNS, adapt, rows
from streams.sources.record import Fact, RefusedRecord, SkippedRecord
from streams.sources.replay import FileRecord, Line, read_lines
from tests.golden import real_data

HANDLED = {
    "vru+line": "AA0103", "call_id": "33230", "customer_id": "0", "priority": "0", "type": "PS", "date": "990105",
    "vru_entry": "9:00:00", "vru_exit": "9:00:07", "vru_time": "7", "q_start": "9:00:07", "q_exit": "9:01:00",
    "q_time": "53", "outcome": "AGENT", "ser_start": "9:01:00", "ser_exit": "9:04:00", "ser_time": "180",
    "server": "DORIT",
}  # fmt: skip
TIME = SiteTime("Asia/Jerusalem")


def call(**cells: str) -> dict[str, object]:
    adapted = adapt({**HANDLED, **cells})
    assert isinstance(adapted, list)
    (fact,) = adapted
    assert isinstance(decode(fact.encode()), Event)
    return dict(fact.data)


def test_an_agents_call_ends_at_ser_exit_in_the_zone_of_the_bank() -> None:
    assert call() == {
        "call_id": "bank-990105-AA0103-33230",
        "version": 1,
        "agent": "DORIT",
        "direction": "inbound",
        "queue": "PS",
        "started_at": "1999-01-05T07:00:00Z",
        "ended_at": "1999-01-05T07:04:00Z",
        "outcome": "handled",
        "wait_s": 53,
        "talk_s": 180,
    }


def test_no_server_is_handled_by_nobody() -> None:
    data = call(server="NO_SERVER")
    assert (data["agent"], data["outcome"], data["talk_s"]) == (None, "handled", 180)


def test_a_hang_up_is_abandoned_at_q_exit_even_where_the_row_names_a_server() -> None:
    data = call(outcome="HANG")
    assert (data["outcome"], data["agent"], data["ended_at"]) == ("abandoned", None, "1999-01-05T07:01:00Z")
    assert "talk_s" not in data


def test_who_never_queued_left_at_vru_exit() -> None:
    assert call(outcome="HANG", q_start="0:00:00", q_exit="0:00:00", q_time="0")["ended_at"] == "1999-01-05T07:00:07Z"


@pytest.mark.parametrize(
    ("entry", "end", "ended_at"),
    [
        ("23:58:00", "0:03:00", "1999-01-05T22:03:00Z"),  # over midnight: the next day
        ("9:00:05", "9:00:01", "1999-01-05T07:00:01Z"),  # a clock that runs behind: the same day
        ("12:00:00", "0:00:00", "1999-01-04T22:00:00Z"),  # 12 h are not more than 12 h
        ("12:00:01", "0:00:00", "1999-01-05T22:00:00Z"),
    ],
)
def test_an_end_more_than_12_h_before_the_entry_is_on_the_next_day(entry: str, end: str, ended_at: str) -> None:
    assert call(vru_entry=entry, ser_start=end, ser_exit=end)["ended_at"] == ended_at
    assert call(vru_entry=entry, outcome="HANG", q_exit=end)["ended_at"] == ended_at


def test_phantoms_are_skipped_and_what_cannot_be_counted_is_refused_by_name() -> None:
    assert adapt({**HANDLED, "outcome": "PHANTOM"}) == SkippedRecord("phantom")
    without = {"ser_start": "0:00:00", "ser_exit": "0:00:00", "ser_time": "0"}
    assert adapt({**HANDLED, **without}) == RefusedRecord("no_service_time")


@pytest.mark.parametrize(
    "cells",
    [{"outcome": "?"}, {"ser_exit": "25:00:00"}, {"ser_exit": "9.04"}, {"date": "991301"}, {"q_time": "-1"}]
    + [{"ser_time": "x"}, {"type": ""}, {"server": ""}],
)
def test_a_row_that_makes_no_sense_is_refused(cells: dict[str, str]) -> None:
    assert adapt({**HANDLED, **cells}) == RefusedRecord("bad_row")


def test_rows_split_at_line_ends_and_refuse_a_line_of_another_width() -> None:
    head = "\t".join(COLUMNS)
    text = f"{head}\r\n" + "\t".join(HANDLED.values()) + "\r\nAA0101\t1\r\n" + "\t".join(HANDLED.values()) + "\r\n"
    assert list(rows(text)) == [HANDLED, RefusedRecord("bad_row"), HANDLED]
    with pytest.raises(ValueError, match="the first line must be the columns"):
        list(rows("vru+line,call_id\n"))


def test_the_same_call_id_on_another_line_or_day_is_another_call() -> None:
    ids = {call()["call_id"], call(date="990106")["call_id"], call(**{"vru+line": "AA0104"})["call_id"]}
    assert len(ids) == 3


def bank_folder() -> Path:
    return real_data() / "anonymousbank"


@pytest.fixture(scope="module")
def january() -> list[Line]:
    return list(read_lines(bank_folder() / "january.txt", "anonymous_bank"))


def calls(lines: list[Line]) -> list[tuple[int, CallEnded]]:
    events = [decode(line.value) for line in lines if isinstance(line, FileRecord)]
    return [(e.time_ms, e.data) for e in events if isinstance(e, Event) and isinstance(e.data, CallEnded)]


def truth(name: str) -> list[dict[str, str]]:
    with (bank_folder() / f"truth_january_{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.realdata
def test_january_is_sent_skipped_and_refused_as_the_data_says(january: list[Line]) -> None:
    left = Counter(
        line._replace(line=0) if isinstance(line, RefusedRecord) else line
        for line in january
        if not isinstance(line, FileRecord)
    )
    assert left == {SkippedRecord("phantom"): 240, RefusedRecord("no_service_time"): 42}
    assert len({data.call_id for _, data in calls(january)}) == 31599 - 240 - 42


@pytest.mark.realdata
def test_january_by_completion_day_is_the_truth(january: list[Line]) -> None:
    completed: Counter[tuple[str, str]] = Counter()
    talk_s: Counter[tuple[str, str]] = Counter()
    for time_ms, data in calls(january):
        if data.outcome == "handled" and data.agent:
            day = str(TIME.day(time_ms).label)
            completed[day, data.agent] += 1
            talk_s[day, data.agent] += data.talk_s or 0
    expected = {(r["completion_date"], r["agent"]): r for r in truth("agent_completion_day")}
    assert completed == {cell: int(row["completed"]) for cell, row in expected.items()}
    assert talk_s == {cell: int(row["talk_seconds"]) for cell, row in expected.items()}


@pytest.mark.realdata
def test_january_by_entry_day_is_the_truth_less_the_refused(january: list[Line]) -> None:
    found: Counter[tuple[str, str]] = Counter()
    for _, data in calls(january):
        kind = "abandoned" if data.outcome == "abandoned" else "handled" if data.agent else "handled_unattributed"
        found[str(TIME.day(parse_rfc3339(data.started_at or "")).label), kind] += 1
    refused = Counter({r["date"]: 0 for r in truth("day_totals")})
    for row in truth("agent_day"):
        refused[row["date"]] += int(row["handled_no_time"])
    for row in truth("day_totals"):
        day = row["date"]
        assert found[day, "abandoned"] == int(row["abandoned"])
        assert found[day, "handled_unattributed"] == int(row["handled_unattributed"])
        assert found[day, "handled"] == int(row["handled"]) - refused[day]


def test_a_fact_keys_itself_by_its_agent() -> None:
    assert Fact("call.ended", "1", "/s", 0, {"agent": "李"}).key == "李".encode()
    assert Fact("call.ended", "1", "/s", 0, {"agent": None}).key == b""
