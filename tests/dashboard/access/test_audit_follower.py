"""People see the newest rows with filters whose numbers add up, and each person who looked at them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.audit_chain import Chain
from dashboard.access.audit_follower import KEPT_MS, AuditFilter, AuditFollower, Looker
from dashboard.access.audit_rows import KINDS, AuditEntry, encode_row
from streams.site_time import DAY_MS, MINUTE_MS
from tests.dashboard.access.audit_rows_made import MemoryFollower, entry

NOW_MS = 1_763_870_400_000


class Archive:
    """A log, and what people see of it."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.opened: list[MemoryFollower] = []
        self.now_ms = NOW_MS
        self.follower = AuditFollower(self._open, lambda: self.now_ms)
        self._chain = Chain()

    def _open(self, start: int | None) -> MemoryFollower:
        self.opened.append(MemoryFollower(self.values, start))
        return self.opened[-1]

    def write(self, new: AuditEntry, ago_ms: int = 0) -> None:
        self._chain, (row,) = self._chain.extend([(new, NOW_MS - ago_ms)])
        self.values.append(encode_row(row))

    def whats(self, **wanted: object) -> list[str]:
        self.follower.refresh()
        return [line.what for line in self.follower.rows(AuditFilter(**wanted))]


@pytest.fixture
def archive() -> Archive:
    return Archive()


def test_the_newest_rows_come_first_with_their_place_in_the_log(archive: Archive) -> None:
    assert archive.whats() == []
    for n in range(5):
        archive.write(entry(what=str(n), address="10.0.0.8"), ago_ms=(5 - n) * MINUTE_MS)
    archive.follower.refresh()
    lines = archive.follower.rows(AuditFilter(), limit=2)
    assert [(line.what, line.number, line.time_ms) for line in lines] == [
        ("4", 5, NOW_MS - MINUTE_MS),
        ("3", 4, NOW_MS - 2 * MINUTE_MS),
    ]
    assert (lines[0].account, lines[0].name, lines[0].whom, lines[0].agent, lines[0].address) == (
        "oidc:1",
        "周岚",
        "8100",
        None,
        "10.0.0.8",
    )


def test_rows_are_filtered_by_kind_account_person_and_day(archive: Archive) -> None:
    archive.write(entry(what="yesterday"), ago_ms=DAY_MS)
    archive.write(entry(what="export", kind="exported", whom=None, team="dawn"))
    archive.write(entry(what="other person", whom="8101"))
    archive.write(entry(what="other account", account="local:GU.ming", name="顾明"))
    assert archive.whats(kind="exported") == ["export"]
    assert (
        archive.whats(kind="paired")
        == archive.whats(people=frozenset({"nobody"}))
        == archive.whats(account="nobody")
        == []
    )
    assert archive.whats(people=frozenset({"8101"})) == ["other person"]
    assert archive.whats(account="gu.M") == archive.whats(account="顾") == ["other account"]
    assert archive.whats(to_ms=NOW_MS) == ["yesterday"]
    assert archive.whats(from_ms=NOW_MS, people=frozenset({"8100"})) == ["other account"]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from("ab"), st.sampled_from(["1", "2", None]))))
def test_the_numbers_by_kind_add_up_to_the_rows_of_the_filter(rows: list[tuple[str, str, str | None]]) -> None:
    archive = Archive()
    for kind, account, whom in rows:
        archive.write(entry(kind=kind, account=account, name=account, whom=whom))
    archive.follower.refresh()
    for account in (None, "a"):
        for person in (None, "1"):
            wanted = [row for row in rows if account in (None, row[1]) and person in (None, row[2])]
            people = None if person is None else frozenset({person})
            counts = archive.follower.counts(AuditFilter(kind="set", account=account, people=people))
            assert counts == {kind: sum(row[0] == kind for row in wanted) for kind in KINDS}
            assert sum(counts.values()) == len(archive.follower.rows(AuditFilter(account=account, people=people)))


def test_a_person_sees_who_looked_at_them_and_who_was_refused(archive: Archive) -> None:
    archive.write(entry(what="old"), ago_ms=100 * DAY_MS)
    for ago in (3, 2, 1):
        archive.write(entry(), ago_ms=ago * DAY_MS)
    archive.write(entry(account="oidc:2", name="陆沉", kind="denied"), ago_ms=5)
    archive.write(entry(account="oidc:2", name="陆沉", kind="decided", what="C-1"))
    archive.write(entry(whom="8101"))
    archive.follower.refresh()
    assert archive.follower.lookers_at("8100", NOW_MS - 90 * DAY_MS) == [
        Looker("oidc:2", "陆沉", "denied", 1, NOW_MS - 5),
        Looker("oidc:1", "周岚", "viewed_person", 3, NOW_MS - DAY_MS),
    ]


LOOKS = st.tuples(st.sampled_from(KINDS), st.sampled_from("ab"), st.sampled_from(["1", "2", None]), st.integers(0, 9))


@given(st.lists(LOOKS), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_lookers_are_those_of_the_rows_that_are_left(
    rows: list[tuple[str, str, str | None, int]], first: int, last: int, gone: int
) -> None:
    """``gone``: so many days have left the log; the others are counted from the rows themselves."""
    archive = Archive()
    rows.sort(key=lambda row: row[3])
    for kind, account, whom, day in rows:
        archive.write(entry(kind=kind, account=account, whom=whom), ago_ms=-day * DAY_MS)
    archive.follower.refresh()
    archive.now_ms = NOW_MS + KEPT_MS + gone * DAY_MS
    archive.follower.refresh()
    from_ms, to_ms = NOW_MS + first * DAY_MS, NOW_MS + last * DAY_MS
    found = archive.follower.lookers_at("1", from_ms, to_ms)
    wanted = [
        (row[1], row[0]) for row in rows
        if row[2] == "1" and row[0] in ("viewed_person", "exported", "denied") and max(first, gone) <= row[3] < last
    ]  # fmt: skip
    assert {(each.account, each.kind): each.looks for each in found} == Counter(wanted)


def test_rows_older_than_what_people_see_are_forgotten(archive: Archive) -> None:
    archive.write(entry(what="first"), ago_ms=10)
    archive.write(entry(what="second"))
    assert archive.whats() == ["second", "first"]
    archive.now_ms = NOW_MS + KEPT_MS
    assert archive.whats() == ["second"]
    archive.write(entry(what="third"), ago_ms=-DAY_MS)
    archive.now_ms += 1
    assert archive.whats() == ["third"]


def test_after_a_failure_it_goes_on_where_it_stood(archive: Archive) -> None:
    for n in range(3):
        archive.write(entry(what=str(n)))
    archive.whats()
    archive.write(entry(what="3"))
    archive.write(entry(what="4"))
    archive.opened[0].faults = 1
    with pytest.raises(ConnectionError):
        archive.follower.refresh()
    assert archive.opened[0].is_closed
    assert archive.whats() == ["4", "3", "2", "1", "0"]
    assert archive.opened[1].next == 5


def test_what_is_no_row_is_left_out(archive: Archive) -> None:
    archive.write(entry(what="a"))
    archive.values.append(b"{}")
    archive.write(entry(what="b"))
    assert archive.whats() == ["b", "a"]
