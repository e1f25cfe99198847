"""Single persons by the level of the works council: judged, counted, or for themselves alone. On real counters."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dashboard.actions.acting_person import Refused
from dashboard.actions.my_page import MyPageService
from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.topics import topics_of
from dashboard.cli.main import main
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import moment_of
from dashboard.floor.totals import totals
from dashboard.site.load import Site
from dashboard.site.works_council import LEVELS, Level, PersonsWithheld
from streams.metrics import NAMES
from streams.store.client import open_redis
from tests.dashboard.actions.test_curve_service import appeal_service_of
from tests.dashboard.partitions import NOON_MS, Partition, call, complaint, evaluation, reader, state
from tests.dashboard.planned import at, site

pytestmark = pytest.mark.services
JUDGED_TERMS = {"target", "target_by_now", "attainment", "pace", "volume", "quality", "conduct", "score", "adherence"}


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    """One agent with calls, a complaint and an evaluation."""
    client = open_redis(redis_url)
    first = Partition(client, 0, append_ms=NOON_MS)
    first.write(state("a1", at(9), "available"), *(call("a1", f"c{n}", at(9, 5 + n)) for n in range(30)))
    first.write(complaint("a1", "k1", at(9, 30)), evaluation("a1", "e1", at(10), 80))
    yield client
    client.close()


def of_level(level: Level) -> Site:
    return replace(site(), works_council=level)


@pytest.mark.parametrize("level", LEVELS)
def test_an_explanation_judges_nobody_where_the_council_says_so(client: Any, redis_url: str, level: Level) -> None:
    service = appeal_service_of(client, redis_url, of_level(level))
    found = service.explain("a1", "day", None, reader="a1")
    terms = {term.name: term for term in found.terms}
    counted = {name: terms[name].value for name in ("calls", "deducted", "net")}
    assert counted == {"calls": 30, "deducted": 1, "net": 29}
    assert [record.id for record in terms["evaluation_mean"].records] == ["e1"]
    is_judged = level == "judge"
    assert bool(JUDGED_TERMS & terms.keys()) == is_judged
    assert (terms["evaluation_mean"].value == 80, found.assessed is not None) == (is_judged, is_judged)
    assert ("works_council" in found.reasons) != is_judged


def test_at_teams_nobody_but_the_person_reads_an_explanation(client: Any, redis_url: str) -> None:
    for level, reads in (("judge", True), ("count", True), ("teams", False)):
        service = appeal_service_of(client, redis_url, of_level(level))
        for other in (None, "a2"):
            if reads:
                assert service.explain("a1", "month", None, other).term("net").value == 29
                continue
            with pytest.raises(Refused) as refusal:
                service.explain("a1", "month", None, other)
            assert (refusal.value.status, refusal.value.word) == (404, "works_council")


@pytest.mark.parametrize("level", LEVELS)
def test_the_own_page_has_counts_and_records_at_every_level(client: Any, redis_url: str, level: Level) -> None:
    page = MyPageService(appeal_service_of(client, redis_url, of_level(level))).read_page("a1")
    assert (page.day.calls, page.day.deducted, page.month.net) == (30, 1, 29)
    assert {(record.id, record.effect) for record in page.records} == {("k1", -1.0), ("e1", 80.0)}
    judged = [page.day.target, page.day.pace, page.month.attainment, page.month.score, page.bracket]
    assert (judged == [None] * 5) == (level != "judge")


@pytest.mark.parametrize("level", LEVELS)
def test_a_sheet_and_totals_by_agent_have_counts_or_are_refused(client: Any, level: Level) -> None:
    floor = of_level(level)
    board = BoardJudge(reader(client), floor, floor.time).judge("day", moment_of(None, NOON_MS, floor.time))
    if level == "teams":
        with pytest.raises(PersonsWithheld, match="no row of a person"):
            sheet.shown_rows(board, "agent", floor)
        with pytest.raises(PersonsWithheld):
            next(totals(reader(client), floor, "agent", "day", None, None))
        return
    judged = next(row for row in sheet.shown_rows(board, "agent", floor) if row["agent"] == "a1")
    counted = next(totals(reader(client), floor, "agent", "day", None, None))
    measures = [name for name in NAMES if name.endswith(("_s", "_points"))]
    assert (judged["handled"], judged["net"], counted["handled"], counted["evaluations"]) == (30, 29, 30, 1)
    withheld = [judged[name] for name in ("target", "pace", "score", "assessed")] + [counted[name] for name in measures]
    assert (withheld == [None] * len(withheld)) == (level == "count")


@pytest.mark.parametrize("level", LEVELS)
def test_the_publisher_writes_rows_of_persons_by_the_level(client: Any, level: Level) -> None:
    floor = replace(of_level(level), teams=site().teams[:1], roster=_nine())
    view = ReadModel(reader(client), floor).tick(NOON_MS)
    assert view is not None
    made = {each.topic: each for each in Frames("e").write_tick(view)}
    written = b"".join(each.snapshot + (each.frame or b"") for each in made.values())
    assert ("team:dawn" in made, b'"a1"' in written, "安一".encode() in written) == (True, *[level != "teams"] * 2)
    if view.agents is None:
        return
    withheld = [view.agents.column(name)[0] for name in ("since", "aht_s", "score", "due", "pace")]
    assert (withheld == [-1.0] * 5) == (level == "count")
    assert topics_of(["dawn"], floor.judges_persons)


def _nine() -> Any:
    (first, *_) = site().roster
    return (first, *(first._replace(agent=f"x{n}", name=f"人{n}") for n in range(8)))


@pytest.mark.parametrize(
    "command",
    [
        ["judge", "--by", "agent", "--period", "day"],
        ["totals", "--by", "agent", "--period", "day"],
        ["explain", "a1", "--period", "day"],
        ["report", "--month", "2026-11"],
        ["close", "2026-10", "--approved-by", "boss"],
    ],
)
def test_commands_about_persons_are_refused_with_the_reason(
    command: list[str], tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[site]\nzone = "Europe/Berlin"\n', "utf-8")
    assert main([*command, "--site", str(path), "--redis", "redis://127.0.0.1:1"]) == 2
    assert '[site] works_council is "teams", so no row of a person is given' in capsys.readouterr().err
