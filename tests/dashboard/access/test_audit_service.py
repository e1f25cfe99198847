"""What an auditor gets of the log: rows with names and roles, days, the state of the chains, and exports that can be checked."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dashboard.access.audit_chain import Chain, ChainCheck
from dashboard.access.audit_follower import KEPT_MS, AuditFollower
from dashboard.access.audit_page import AuditPage, AuditQuestion
from dashboard.access.audit_rows import KINDS, AuditEntry, AuditRow, decode_row, encode_row
from dashboard.access.audit_service import AuditService, AuditUnread
from dashboard.access.audit_verification import LIFE_MS, ChainState
from dashboard.access.refusals import Refused
from dashboard.floor.periods import BadPeriod
from dashboard.site.types import Grant, Spell
from streams.site_time import DAY_MS, MINUTE_MS
from tests.dashboard.access.audit_rows_made import MemoryFollower, entry
from tests.dashboard.partitions import NOON_MS, SITE
from tests.waiting import PATIENCE_S, wait_until

FLOOR = replace(
    SITE,
    roster=(
        Spell("8100", "林晓芸", "Lin Xiaoyun", None, "dawn", None, None),
        Spell("8101", "林静", "Lin Jing", None, "dawn", None, None),
        Spell("8200", "赵敏", "Zhao Min", None, "lake", None, None),
    ),
    grants=(
        Grant("oidc:1", None, "lead", "dawn", None, None, NOON_MS - DAY_MS // 2),
        Grant("oidc:1", None, "supervisor", None, None, NOON_MS - DAY_MS // 2, None),
        Grant("oidc:2", None, "lead", "lake", None, None, None),
    ),
)


class Archive:
    """A log in memory with its service. ``is_away``: it cannot be read."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.now_ms = NOON_MS
        self.is_away = False
        self.checks = 0
        self.may_check = threading.Event()
        self.may_check.set()
        follower = AuditFollower(self._open, lambda: self.now_ms)
        self.service = AuditService(
            follower, self._check, self._rows, lambda: FLOOR, lambda: self.now_ms, (ConnectionError,)
        )
        self._chain = Chain()

    def write(self, new: AuditEntry, ago_ms: int = 0) -> None:
        self._chain, (row,) = self._chain.extend([(new, NOON_MS - ago_ms)])
        self.values.append(encode_row(row))

    def page(self, **asked: str) -> AuditPage:
        return self.service.read_page(AuditQuestion(**asked))

    def checked(self) -> ChainState:
        """The state once no check runs."""
        return (
            wait_until(
                lambda: None if (state := self.page().chain).is_running else state, PATIENCE_S, "the check to end"
            )
            or ChainState()
        )

    def _open(self, start: int | None) -> MemoryFollower:
        self._require()
        return MemoryFollower(self.values, start)

    def _rows(self, since_ms: int) -> Iterator[AuditRow]:
        self._require()
        return (row for row in map(decode_row, self.values) if row.time_ms >= since_ms)

    def _check(self) -> ChainCheck:
        self.checks += 1
        assert self.may_check.wait(PATIENCE_S)
        self._require()
        check = ChainCheck()
        for offset, value in enumerate(self.values):
            check.follow_row(offset, value)
        return check

    def _require(self) -> None:
        if self.is_away:
            raise ConnectionError("no broker")


@pytest.fixture
def archive() -> Archive:
    return Archive()


def test_a_page_has_the_rows_of_the_day_with_names_and_the_roles_of_then(archive: Archive) -> None:
    archive.write(entry(), ago_ms=DAY_MS)
    archive.write(entry(kind="denied", account="oidc:2", name="陆沉", whom="9999"), ago_ms=MINUTE_MS)
    archive.write(entry(account="oidc:8100", name="林晓芸", agent="8100"))
    page = archive.page()
    assert [(row.number, row.account, row.roles) for row in page.rows] == [
        (3, "oidc:8100", ("agent",)),
        (2, "oidc:2", ("lead",)),
    ]
    assert (page.number, page.period_rows, str(page.today)) == (3, 2, "2026-11-23")
    assert (page.people["8100"].name, page.people["8100"].team, page.people["9999"].name) == ("林晓芸", "dawn", "")
    assert page.teams["dawn"].name == SITE.teams[0].name
    yesterday = archive.page(date="2026-11-22")
    assert [(row.number, row.roles) for row in yesterday.rows] == [(1, ("lead",))]
    assert [row.number for row in archive.page(since="2026-11-22").rows] == [3, 2, 1]


def test_the_numbers_by_kind_add_up_whatever_kind_is_wanted(archive: Archive) -> None:
    for n, kind in enumerate(KINDS):
        archive.write(entry(kind=kind, whom="8100" if n % 2 else "8200"))
    page = archive.page(kind="denied")
    assert [row.kind for row in page.rows] == ["denied"]
    assert sum(page.counts.values()) == page.period_rows == len(KINDS)
    some = archive.page(person="林晓")
    assert (sum(some.counts.values()), some.period_rows) == (len(some.rows), len(KINDS))
    assert {row.whom for row in some.rows} == {"8100"}
    assert {row.whom for row in archive.page(person="林").rows} == {"8100"}
    assert archive.page(account="nobody").rows == []


def test_more_rows_than_a_page_has_are_counted(archive: Archive) -> None:
    for _ in range(503):
        archive.write(entry())
    archive.write(entry(kind="set"))
    assert [(len(page.rows), page.more) for page in (archive.page(), archive.page(kind="set"))] == [(500, 4), (1, 0)]


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"date": "2026-11-24"}, "2026-11-23"),
        ({"date": "2020-01-01"}, "show --day"),
        ({"date": "yesterday"}, "no day"),
        ({"date": "2026-11-23", "since": "2026-11-22"}, "one day"),
        ({"kind": "seen"}, "kind is one of"),
    ],
)
def test_a_wrong_question_says_what_is_allowed(archive: Archive, asked: dict[str, str], word: str) -> None:
    with pytest.raises((BadPeriod, Refused), match=word):
        archive.page(**asked)


def test_the_chains_are_checked_when_the_page_is_looked_at_and_again_after_an_hour(archive: Archive) -> None:
    archive.may_check.clear()
    archive.write(entry())
    assert (archive.page().chain.state, archive.page().chain.is_running) == ("unchecked", True)
    for _ in range(3):
        assert archive.service.verify().is_running
    archive.may_check.set()
    state = archive.checked()
    assert (state.state, state.rows, state.checked_ms, state.writers) == ("intact", 1, NOON_MS, 1)
    assert archive.checks == 1, "one at a time"
    archive.now_ms += LIFE_MS - 1
    assert (archive.checked().checked_ms, archive.checks) == (NOON_MS, 1)
    archive.now_ms += 1
    assert (archive.checked().checked_ms, archive.checks) == (NOON_MS + LIFE_MS, 2)
    archive.service.verify()
    wait_until(lambda: archive.checks == 3, PATIENCE_S, "a check that was asked for")


def test_a_broken_chain_is_named_from_its_first_wrong_row_on(archive: Archive) -> None:
    for n in range(5):
        archive.write(entry(what=str(n)))
    edited = json.loads(archive.values[2]) | {"whom": "8101"}
    archive.values[2] = json.dumps(edited, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    state = archive.checked()
    assert (state.state, state.broken_from, state.intact_before, state.intact) == ("broken", 3, 2, 2)
    assert [(fault.number, fault.seq, fault.reason) for fault in state.faults] == [
        (3, 3, "edited: its hash is another")
    ]


def test_while_kafka_is_away_the_page_says_so_and_goes_on_afterwards(archive: Archive) -> None:
    archive.is_away = True
    with pytest.raises(AuditUnread) as refused:
        archive.page()
    assert (refused.value.status, refused.value.word) == (503, "audit_unread")
    assert archive.service.find_lookers("8100") is None
    assert archive.service.find_newest("paired", 5) is None
    with pytest.raises(AuditUnread):
        archive.service.export_rows(AuditQuestion())
    archive.is_away = False
    archive.write(entry())
    assert len(archive.page().rows) == 1
    found = wait_until(lambda: archive.service.find_lookers("8100"), PATIENCE_S, "the log to be read")
    assert found is not None and [each.name for each in found.lookers] == ["周岚"]


def test_who_looked_at_a_person_and_who_was_refused(archive: Archive) -> None:
    archive.write(entry(), ago_ms=DAY_MS)
    archive.write(entry(kind="exported"), ago_ms=3)
    archive.write(entry(account="oidc:8100", name="林晓芸", agent="8100"), ago_ms=2)
    archive.write(entry(account="oidc:2", name="陆沉", kind="denied"), ago_ms=1)
    archive.write(entry(whom="8101"))
    looks = archive.page(agent="林晓芸").looks
    assert looks is not None and looks.person.id == "8100"
    assert [(each.name, each.looks, each.is_self, each.is_lead, each.roles) for each in looks.lookers] == [
        ("林晓芸", 1, True, False, ("agent",)),
        ("周岚", 1, False, False, ("supervisor",)),
    ]
    assert [(each.name, each.looks) for each in looks.refused] == [("陆沉", 1)]
    page = archive.page(agent="林")
    assert ([each.id for each in page.candidates], page.looks) == (["8100", "8101"], None)
    own = archive.service.find_lookers("8100")
    assert own is not None and [(each.name, each.looks) for each in own.lookers] == [("林晓芸", 1), ("周岚", 2)]
    yesterday = archive.page(agent="8100", date="2026-11-22").looks
    assert yesterday is not None and [(each.name, each.is_lead) for each in yesterday.lookers] == [("周岚", True)]


def test_an_export_has_the_rows_as_they_are_and_heads_to_compare_with(archive: Archive) -> None:
    for n in range(4):
        archive.write(entry(what=str(n), kind="set" if n % 2 else "denied"))
    archive.write(entry(what="yesterday"), ago_ms=DAY_MS)
    export = archive.service.export_rows(AuditQuestion(kind="set"))
    *rows, end = export.content.splitlines()
    assert rows == [archive.values[1], archive.values[3]]
    assert export.name == "audit-2026-11-23.jsonl"
    for row in map(json.loads, rows):  # as docs/operations.md says it
        hash = row.pop("hash")
        text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == hash
    told: dict[str, Any] = json.loads(end)
    newest = decode_row(archive.values[-1])
    assert [head.split()[:3] for head in told["heads"]] == [[newest.writer, "5", newest.hash]]
    assert (told["exported_rows"], told["log_rows"], told["intact_rows"], told["faults"]) == (2, 5, 5, [])


def test_older_rows_than_people_see_are_not_asked_for(archive: Archive) -> None:
    archive.write(entry(), ago_ms=KEPT_MS - DAY_MS)
    first = FLOOR.time.day(NOON_MS - KEPT_MS + DAY_MS).label
    assert len(archive.page(since=str(first)).rows) == 1
