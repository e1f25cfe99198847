"""What is noticed of each source stands on the health page and in check, in words for every kind."""

import io
import json
from typing import Any

import pytest

from dashboard.health.check import check, write_json, write_text
from dashboard.health.counted_report import MOST_NOTICES, source_notices
from dashboard.health.health_service import HealthService
from dashboard.health.report import MORE_NOTICES, MOST_NOTICE_TASKS, notice_tasks
from dashboard.site.watch import SiteWatch
from layouts.wording.words import load_words
from streams.site_time import MINUTE_MS, rfc3339
from streams.source_days import MISROUTED, Finding, Lag, SourceDay
from streams.store.source_reports import CLOCK_BEHIND, FINDINGS, SourceReport, finding_texts
from tests.dashboard.partitions import NOON_MS, SITE, Partition, call, heartbeat, reader
from tests.field import APPEND_MS, field_records

_EXAMPLE = {"id": "c-1", "key": "7", "agent": "1042", "differs": "minute", "stands": "/b", "state": "talk"}
_FIGURES = dict.fromkeys(("talk_s", "lasted_s", "wait_s", "ahead_s"), "90")


def report(kind: str, count: int = 3, records: int = 10) -> SourceReport:
    if kind == CLOCK_BEHIND:
        return SourceReport("/a", SourceDay(records, {}, {1: Lag(40_000, 20, "c-1"), 2: Lag(41_000, 20, "c-2")}))
    return SourceReport("/a", SourceDay(records, {kind: Finding(count, _EXAMPLE | _FIGURES)}))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", FINDINGS)
def test_every_kind_has_its_sentence(kind: str, lang: str) -> None:
    (one,) = notice_tasks(source_notices([report(kind)], True))
    assert one["code"] == kind
    names = {name for _, name in load_words(lang).split(f"todo.{kind}") if name}
    assert names <= one.keys() | {"stands", "its_key", "its_agent"}
    assert {"source", "n", "id"} <= names


def test_a_constant_lag_is_a_slow_clock_and_a_batch_is_not() -> None:
    (found,) = finding_texts(report(CLOCK_BEHIND))
    assert found.startswith("all 40 newest facts of source /a came at least 40 s late (record c-2)")
    batch = SourceDay(99, {}, {1: Lag(40_000, 20, "c-1"), 2: Lag(400_000, 20, "c-2")})
    few = SourceDay(99, {}, {1: Lag(40_000, 19, "c-1"), 2: Lag(40_000, 20, "c-2")})
    in_time = SourceDay(99, {}, {1: Lag(30_000, 20, "c-1"), 2: Lag(30_000, 20, "c-2")})
    assert [finding_texts(SourceReport("/a", day)) for day in (batch, few, in_time)] == [[], [], []]


def test_few_misrouted_records_are_listed_and_ask_for_nothing() -> None:
    listed = source_notices([report(MISROUTED, 10, 1000)], True)
    assert [(each["kind"], each["n"], each["records"]) for each in listed] == [(MISROUTED, 10, 1000)]
    assert notice_tasks(listed) == []
    assert len(notice_tasks(source_notices([report(MISROUTED, 11, 1000)], True))) == 1


def test_under_a_works_council_nobodys_state_is_an_example() -> None:
    assert source_notices([report("long_state")], False) == []


def test_many_sources_make_no_endless_list_and_what_counts_for_nobody_stands_first() -> None:
    many = [SourceReport(f"/{n}", SourceDay(9, {kind: Finding(1, _EXAMPLE)})) for n in range(60) for kind in FINDINGS]
    listed = source_notices(many, True)
    assert len(listed) == MOST_NOTICES
    assert [each["kind"] for each in listed[:61]] == [MISROUTED] * 60 + ["conflict"]
    said = notice_tasks(listed)
    assert [each["code"] for each in said] == [MISROUTED] * MOST_NOTICE_TASKS + [MORE_NOTICES]
    assert notice_tasks(listed[:MOST_NOTICE_TASKS])[-1]["code"] == MISROUTED


@pytest.mark.parametrize("kind", FINDINGS[1:])
def test_an_id_cannot_break_the_line_it_stands_on_or_steer_a_terminal(kind: str) -> None:
    odd = dict.fromkeys(_EXAMPLE | _FIGURES, "{n}\n\x1b[2Jsound: <b>")
    (_, finding) = report(kind).findings[0]
    days = {1: Lag(40_000, 20, odd["id"]), 2: Lag(41_000, 20, odd["id"])} if kind == CLOCK_BEHIND else {}
    day = SourceDay(9, {} if days else {kind: Finding(finding.count, odd)}, days)
    (text,) = finding_texts(SourceReport("/a\r", day))
    assert text.isprintable()
    assert r"{n}\n\x1b[2Jsound: <b>" in text
    assert r"source /a\r" in text


def _noticed(client: Any) -> tuple[list[str], str]:
    """The codes on the health page, and what check prints."""
    health = HealthService(SiteWatch.fixed(SITE), lambda: reader(client), lambda: NOON_MS)
    out = io.StringIO()
    write_text(check(reader(client), "t", lambda: {0: (0, 99), 1: (0, 0)}), out)
    return [each["code"] for each in health.report().to_do], out.getvalue()


@pytest.mark.services
def test_what_a_stranger_sends_is_named_on_the_health_page_and_by_check(store_client: Any) -> None:
    start = rfc3339(NOON_MS - 10 * MINUTE_MS)
    odd = [
        call("a1", "c-1", NOON_MS - 9 * MINUTE_MS, started_at=start, talk_s=600),
        call("a1", "c-2", NOON_MS - 11 * MINUTE_MS, started_at=start),
        call("a2", "c-3", NOON_MS, wait_s=15_000),
        call("a2", "c-3", NOON_MS, wait_s=15_000, talk_s=7),
        ("7f3c", call("a2", "c-4", NOON_MS)[1]),
    ]
    Partition(store_client, 0).write(heartbeat(NOON_MS), *odd)
    codes, printed = _noticed(store_client)
    assert set(codes) >= {"misrouted", "conflict", "talk_over_call", "ends_before_start", "long_wait"}
    assert codes.index("misrouted") < codes.index("conflict")
    assert (
        "duplicates of source test that would give something else than what stands: 1 (record c-3 differs in talk_s"
        in printed
    )
    assert "(call c-3: 15000 s)" in printed
    assert "UNSOUND: 1 of 5 records of source test count for nobody" in printed


def _field(client: Any, name: str, key: str | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A field input, counted -> what the health page says is to do of its sources, and the JSON of check."""
    records = [(each.key.decode(), each.value or b"") for each in field_records(name, key)]
    Partition(client, 0, append_ms=APPEND_MS).write(*records)
    told = HealthService(SiteWatch.fixed(SITE), lambda: reader(client), lambda: APPEND_MS).report()
    out = io.StringIO()
    write_json(check(reader(client), "t", lambda: {0: (0, len(records)), 1: (0, 0)}), out)
    return [each for each in told.to_do if each["code"] in FINDINGS], json.loads(out.getvalue())


@pytest.mark.services
def test_keys_in_clothes_are_nothing_to_notice(store_client: Any) -> None:
    said, checked = _field(store_client, "03-key-is-not-the-agent")
    assert (said, checked["sound"], checked["warnings"]) == ([], True, [])
    assert [each["findings"] for each in checked["sources"]] == [{}]


@pytest.mark.services
@pytest.mark.parametrize("key", ["call-7", "", '"call-7"', "1043"])
def test_keys_that_are_no_agents_are_named_by_the_page_and_by_check(store_client: Any, key: str) -> None:
    (said,), checked = _field(store_client, "03-key-is-not-the-agent", key)
    assert (said["code"], said["n"], said["records"], said["key"], said["agent"]) == (MISROUTED, 1, 1, key, "1042")
    assert checked["sound"] is False
    assert "1 of 1 records" in checked["problems"][0]
    assert checked["sources"][0]["findings"][MISROUTED]["example"]["key"] == key


@pytest.mark.services
def test_two_systems_that_number_alike_are_named_by_the_page_and_by_check(store_client: Any) -> None:
    (said,), checked = _field(store_client, "15-two-systems-one-id", "1042")
    assert (said["code"], said["source"], said["stands"], said["id"], said["n"]) == (
        *("conflict", "/acd/two", "/acd/one"),
        *("100", 1),
    )
    assert checked["sound"] is True
    (warning,) = checked["warnings"]
    assert warning.startswith("duplicates of source /acd/two that would give something else than what stands: 1 (rec")
    assert "what stands came from /acd/one" in warning
    assert checked["partitions"]["0"]["conflicts"] == 1
    assert [list(each["findings"]) for each in checked["sources"]] == [[], ["conflict"]]
